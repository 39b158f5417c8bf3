//! loom behind the shape of `std`: what weak memory allows, as far as loom knows it.
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
//! # Which behaviours are shown
//!
//! Whatever plain interleaving can give is tried, and nothing is shown that C++20 forbids:
//! random programs are compared with the search of `interleavings` and with the axioms
//! (`examples/differential`), and a litmus table (`tests/differential/litmus.rs`) names what
//! of the rest is not shown:
//!
//! * A load sees only stores that have been run, so loads are not buffered.
//! * All writes to one atomic come in the order in which they are run (no 2+2W, no S).
//! * A store goes on with the release sequence of the store before it.
//! * A compare-exchange that fails sees the newest value, and a load one of the last seven.
//! * What a thread has seen before it yielded, it does not see again once there is something
//!   newer. Who has made an atomic has seen its first value.
//! * Sequentially consistent fences and accesses also synchronise, each with those before it.
//!   Accesses are searched with a fence before each and, where weaker ones are about, once
//!   more with a fence behind each. What both of these hide is not shown.
//!
//! # loom's false alarms, and their cures
//!
//! * A store is performed as a swap: loom lets a plain store be reordered against a
//!   failed swap of the same variable, and then reports a spin lock as a deadlock.
//! * A fence stands on one side of each sequentially consistent access, which loom treats as
//!   an acquiring and releasing one only.
//! * `park` is built from a mutex and a condition variable: loom's own passes causality
//!   at once and wakes threads that are not parked.
//! * A loom mutex whose `try_lock` is pending when another thread gets the lock counts
//!   as blocked. A search that meets `try_lock`, or a panic that unwinds through a guard,
//!   begins anew with locks that are built from a monitor ([`sync::Mutex`]).
//! * Each atomic has a mark for each thread, since loom remembers only one last access of it
//!   and with that misses orders of loads and stores.
//! * loom's bound on preemptions is one higher than ours: it tries no other thread, not even
//!   where one has ended, as soon as the bound is used up.
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
