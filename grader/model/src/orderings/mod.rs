//! loom behind the shape of `std`: every behaviour that the C11 memory model allows.
//!
//! [`sync`], [`thread`], [`time`], [`hint`] and [`mod@panic`] have the shape of `std`. The
//! rest of this module is what tests of memory orderings are written with.
//!
//! # What is modelled, and what is not
//!
//! * At most four threads beside the main one, and no thread may still be blocked when
//!   the main closure has returned.
//! * No time passes: [`time::Instant`] stands still, sleeping is yielding, and a timed
//!   wait ends only when something else ends it, unless its timeout is zero. A deadlock
//!   that a timed wait takes part in makes a search incomplete, never failed.
//! * No spurious wake-ups, and `notify_one` wakes whoever has waited longest.
//! * `std::sync::Arc` is std's own, so what its counter orders is not seen.
//! * Blocking types other than `Mutex` and `Condvar` are built from these two, so a
//!   failed `try_lock` or a second reader orders more here than the type promises.
//!
//! # loom's false alarms, and their cures
//!
//! * A store is performed as a swap: loom lets a plain store be reordered against a
//!   failed swap of the same variable, and then reports a spin lock as a deadlock.
//! * Fences stand around sequentially consistent accesses, which loom treats as acquire
//!   and release only.
//! * `park` is built from a mutex and a condition variable: loom's own passes causality
//!   at once and wakes threads that are not parked.
//! * A loom mutex whose `try_lock` is pending when another thread gets the lock counts
//!   as blocked. A search that meets `try_lock`, or a panic that unwinds through a guard,
//!   begins anew with locks that are built from a monitor ([`sync::Mutex`]).
//! * A thread that does nothing but look at things yields now and then, so that a spin
//!   loop without a hint lets others run.

mod explore;
#[path = "../face/mod.rs"]
#[expect(
    clippy::duplicate_mod,
    reason = "each engine that searches has types of its own"
)]
mod face;
mod judge;
mod object;
mod plot;
mod raw;
mod scene;
mod story;
mod tracked;
mod world;

pub use crate::outcome::{Diagnosis, fail};
pub use explore::{Explore, explore};
pub use face::{catch_panic, hint, panic, print, sync, thread, time};
pub use tracked::Tracked;
