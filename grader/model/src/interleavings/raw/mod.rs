//! The operations that this engine knows: what `face` is built on.
//!
//! Each is a [step](super::kernel::step) of the kernel, or a few, and each step is made of
//!
//! * a [`Request`](super::request::Request): the word for the trace and the place, which
//!   objects it touches and with what kind of [`Access`](super::object::Access), and the
//!   [`Gate`](super::request::Gate) that has to be open;
//! * an effect on the state of those objects, done in one piece.
//!
//! What a step depends on is what it touches: an effect that reads or writes the state of
//! an object whose access it does not declare makes the search miss interleavings.
//!
//! Outside of a model, where there is one thread, operations that cannot block do what
//! they do without a step.

mod atomic;
mod barrier;
mod channel;
mod condvar;
mod lock;
mod once;
mod poison;
mod rwlock;
mod thread;
mod time;

pub(super) use super::panics::{catch, resume_unwind};
pub(super) use atomic::{Atomic, fence};
pub(super) use barrier::Barrier;
pub(super) use channel::Channel;
pub(super) use condvar::Condvar;
pub(super) use lock::{Held, Lock};
pub(super) use once::Once;
pub(super) use rwlock::RwLock;
pub(super) use thread::{
    Thread, current, keep_local, live, local, panicking, park, run, sleep, spawn, spin_loop,
    yield_now,
};
pub(super) use time::{Countdown, now};

use super::kernel;
use crate::trace::{Event, Op, Place};

/// Data under a lock is about to be changed, which is no step, but shows that something is done.
pub(super) fn changes_data() {
    if kernel::inside() {
        kernel::with(kernel::Kernel::changes_data);
    }
}

/// Data under a lock is about to be read, by which a thread may go on in another way.
pub(super) fn looks_at_data() {
    if kernel::inside() {
        kernel::with(kernel::Kernel::looks_at_data);
    }
}

/// A mark in the trace, which is no step: it touches nothing.
pub(super) fn print(place: Place) {
    if kernel::inside() {
        kernel::with(|kernel| {
            let thread = kernel.current as u8;
            kernel.events.push(Event::new(thread, Op::Print, place));
        });
    }
}
