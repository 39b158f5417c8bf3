//! The operations that this engine knows: what `face` is built on.
//!
//! Each is an operation of loom, or a few on one [`Monitor`](monitor::Monitor), run in
//! [`switching`](super::world::switching) and told to the [`world`](super::world):
//! [`intend`](super::world::intend) before, for the case that it never comes back, and
//! after it [`record`](super::world::record), or [`record_look`](super::world::record_look)
//! when it has changed nothing.
//!
//! What an operation depends on is what loom sees of it, so whatever another thread may
//! have changed is looked at in the monitor.

mod atomic;
mod barrier;
mod channel;
mod condvar;
mod local;
mod lock;
mod monitor;
mod once;
mod rwlock;
mod thread;
mod time;
mod word;

pub(super) use super::world::panicking;
pub(super) use atomic::{Atomic, fence};
pub(super) use barrier::Barrier;
pub(super) use channel::Channel;
pub(super) use condvar::Condvar;
pub(super) use local::{drop_locals, keep_local, local};
pub(super) use lock::{Held, Lock};
pub(super) use once::Once;
pub(super) use rwlock::RwLock;
pub(super) use std::panic::resume_unwind;
pub(super) use thread::{Thread, current, live, park, sleep, spawn, spin_loop, yield_now};
pub(super) use time::{Countdown, now};

use std::panic::{self, AssertUnwindSafe};

use super::world::{self, event};
use crate::trace::{Op, Place};

/// Begins an execution. Called by its main thread, after the world has begun it.
pub(super) fn begin(place: Place) {
    local::begin();
    thread::begin(place);
}

/// Catches every panic of the calling modelled thread. loom's own panics never unwind (they
/// end the search), so nothing of the engine's can be caught by mistake.
pub(super) fn catch<R>(body: impl FnOnce() -> R) -> std::thread::Result<R> {
    panic::catch_unwind(AssertUnwindSafe(body))
}

/// Data under a lock is about to be changed, which loom need not know.
pub(super) fn changes_data() {}

/// See `interleavings`, whose executions may be long.
pub(super) fn looks_at_data() {}

/// A mark in the trace.
pub(super) fn print(place: Place) {
    if world::inside() {
        world::record(event(Op::Print, place));
    }
}
