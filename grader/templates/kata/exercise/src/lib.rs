// REPLACE: This file is all that learners are given: the task in its doc comments, and a
// `todo!()` in each body. It has to compile without a warning, so each `todo!()` names the
// arguments. The suite's `skeleton.rs` is the same file and has to stay so: copy it there.

//! # __title__: the last to arrive lets all pass
//!
//! Some threads prepare something together, and others wait until all of it is there. A
//! *latch* counts the arrivals that are still missing. A thread that *waits* sleeps until
//! none is missing. Then the latch is open, and it stays open.
//!
//! ```no_run
//! use __topic__::Latch;
//!
//! let latch = Latch::new(2);
//! latch.arrive();
//! latch.arrive();
//! latch.wait(); // both have arrived: no need to wait
//! ```
//!
//! ## Your task
//!
//! Fill in every `todo!()`. Names and signatures stay as they are; add all the private
//! fields and functions that you like. `cargo grader check __topic__` tells how you are
//! doing, and `cargo grader hint __topic__` helps you on.
//!
//! You may use `Mutex`, `Condvar` and the atomics, all from `std`, and everything in `std`
//! that has nothing to do with threads. No `unsafe`, no `static`, no other crate.
//!
//! ## What holds everywhere
//!
//! * **Waiting is sleeping.** A thread that waits uses no processor time: it does not look
//!   again and again whether the latch is open, it sleeps until it is woken.
//! * **What one thread wrote, the next one reads.** Everything that a thread wrote before
//!   it arrived is visible to every thread that passes.

/// A gate that opens once, when enough threads have arrived.
#[derive(Debug)]
pub struct Latch {
    // Your fields.
}

impl Latch {
    /// Makes a latch that opens with the arrival number `count`.
    ///
    /// If `count` is zero, the latch is open from the beginning.
    pub fn new(count: usize) -> Self {
        todo!("a latch for which {count} arrivals are missing")
    }

    /// Arrives: one arrival less is missing. Never waits.
    ///
    /// The last arrival lets all threads pass that wait. Further ones change nothing.
    pub fn arrive(&self) {
        todo!("count an arrival, and wake all who wait if it was the last")
    }

    /// Returns at once if the latch is open, and otherwise waits until it is.
    pub fn wait(&self) {
        todo!("sleep until no arrival is missing")
    }
}
