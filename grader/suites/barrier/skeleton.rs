//! # Barrier
//!
//! Some work goes in steps: everybody computes a part of step one, and nobody may begin
//! step two before *all* parts of step one are there. A *barrier* is the place where they
//! wait for each other. It is made for a number of *parties*, and whoever comes to it
//! waits until that many have come. Then all of them go on together, and the barrier is
//! ready for the next time.
//!
//! ```no_run
//! use barrier::Barrier;
//! use std::thread;
//!
//! let barrier = Barrier::new(3);
//! thread::scope(|scope| {
//!     for _ in 0..3 {
//!         scope.spawn(|| {
//!             // … compute a part of step one …
//!             let index = barrier.wait().unwrap();
//!             // All three parts are there.
//!             if index == 0 {
//!                 println!("one of us, and only one, says this");
//!             }
//!         });
//!     }
//! });
//! ```
//!
//! ## Your task
//!
//! Fill in every `todo!()`. Names and signatures stay as they are; add all the private
//! fields and functions that you like. `cargo grader check barrier` tells how you are
//! doing, and `cargo grader hint barrier` helps you on.
//!
//! You may use `Mutex`, `Condvar`, the atomics, and `thread::park` with `Thread::unpark`,
//! all from `std`, and everything in `std` that has nothing to do with threads. Not
//! `std::sync::Barrier`, which is what you are building; no `unsafe`, no `static`, no
//! other crate.
//!
//! ## Cycles
//!
//! The calls of `wait` come in *cycles*. A cycle begins with nobody waiting, and it ends
//! in one of two ways.
//!
//! * It is **complete** when as many calls have come as there are parties. All of them
//!   return `Ok`, each with an index of its own: every number from 0 up to, but not
//!   including, the number of parties is handed out exactly once. Who gets which is yours
//!   to decide.
//! * It is **broken** when somebody calls `abort` or `reset`, or when a waiting thread
//!   runs out of time, before it is complete. Then all that wait return
//!   `Err(BrokenBarrier)`.
//!
//! What a cycle has become, it remains. If it is complete, its parties get their `Ok` even
//! if somebody aborts or resets the barrier before they have had the time to wake up; and
//! if it is broken, they get their error even if the barrier is whole again by then.
//!
//! After a complete cycle the next one begins by itself. A fast thread that comes round
//! again, while the others have not even woken up yet, waits for the *next* cycle: it is
//! neither let through nor counted twice. What counts are calls, not threads: any thread
//! may come, and there may be more threads than parties.
//!
//! After a broken cycle it depends. Following `abort` or a time-out the *barrier* is broken
//! as well: everybody who comes gets the error at once, until somebody calls `reset`.
//! Following `reset` the barrier is whole.
//!
//! ## What holds everywhere
//!
//! * **Waiting is sleeping.** A thread that waits at the barrier uses no processor time: it
//!   does not look again and again who has come, it sleeps until it is woken.
//! * **What one thread wrote, the others read.** Everything that any party wrote before it
//!   came to the barrier is visible to all parties, and to the action, once the cycle is
//!   complete; and what the action wrote is visible to all parties.
//! * **A timeout of zero** means "try once". **`Duration::MAX`** means "for ever"; take
//!   care that no sum overflows. A wait never runs out of time before its time, and it ends
//!   soon after it.
//! * **A panic does not ruin the barrier.** If the action panics, the barrier is broken, and
//!   `reset` makes it usable again.
//! * Every type here can be sent to and shared between threads (`Send` and `Sync`).
//! * `{:?}` of a barrier never waits, not even while threads wait or the action runs.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// A place where a fixed number of threads wait for each other, again and again.
pub struct Barrier {
    // Your fields.
}

impl Barrier {
    /// Makes a barrier for this many parties.
    ///
    /// With one party there is nobody to wait for, and `wait` never blocks.
    ///
    /// # Panics
    ///
    /// If `parties` is zero, with a sentence that says so.
    pub fn new(parties: usize) -> Self {
        todo!("a barrier for {parties}")
    }

    /// Like [`new`](Barrier::new), and `action` runs once in each complete cycle.
    ///
    /// It runs after the last party has come and before anyone is released, in one of the
    /// threads that take part.
    ///
    /// If it panics, the cycle is not complete after all: the barrier is broken, the other
    /// parties get [`BrokenBarrier`], and the panic goes on in the thread that ran the
    /// action. After a [`reset`](Barrier::reset), the action runs again in the next
    /// complete cycle.
    ///
    /// You need not care for an action that uses the barrier itself, nor for an `abort`, a
    /// `reset` or a time-out that comes while the action runs.
    ///
    /// # Panics
    ///
    /// If `parties` is zero, with a sentence that says so.
    pub fn with_action(parties: usize, action: impl FnMut() + Send + 'static) -> Self {
        let _ = action;
        todo!("a barrier for {parties} that runs the action once a cycle")
    }

    /// Waits until all parties have come.
    ///
    /// Returns the caller's index in this cycle.
    ///
    /// # Errors
    ///
    /// [`BrokenBarrier`], if the cycle is broken while the caller waits; and at once, if the
    /// barrier is broken already.
    pub fn wait(&self) -> Result<usize, BrokenBarrier> {
        todo!("sleep until all parties have come or the barrier is broken")
    }

    /// Like [`wait`](Barrier::wait), but if the cycle has not ended when `timeout` has
    /// passed, the caller breaks the barrier: for itself, and for all others.
    ///
    /// With a timeout of zero the caller is either the last party or breaks the barrier at
    /// once. With `Duration::MAX` this is `wait`.
    ///
    /// # Errors
    ///
    /// [`BrokenBarrier`], as for `wait`, and when the time is over.
    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, BrokenBarrier> {
        todo!("sleep until all parties have come or {timeout:?} have passed")
    }

    /// Makes the barrier whole and empty. All that wait now get [`BrokenBarrier`].
    ///
    /// Whoever comes afterwards finds a barrier as good as new. If nobody waits and the
    /// barrier is whole, nothing changes.
    pub fn reset(&self) {
        todo!("send all waiting threads away and begin anew")
    }

    /// Breaks the barrier. All that wait now get [`BrokenBarrier`], and so does everybody
    /// who comes before the next [`reset`](Barrier::reset).
    pub fn abort(&self) {
        todo!("send all waiting threads away and stay broken")
    }

    /// How many parties have to come: the number that the barrier was made with.
    pub fn parties(&self) -> usize {
        todo!("the number of parties")
    }

    /// How many threads wait at the barrier: those that have come in this cycle. Zero when
    /// it is broken.
    ///
    /// By the time that the caller looks at the answer, it may be out of date.
    pub fn n_waiting(&self) -> usize {
        todo!("how many have come")
    }

    /// Whether the barrier is broken.
    pub fn is_broken(&self) -> bool {
        todo!("is it broken?")
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An action has no `Debug`, so this cannot be derived. Say more if you like.
        f.debug_struct("Barrier").finish_non_exhaustive()
    }
}

/// The error of [`Barrier::wait`] and [`Barrier::wait_timeout`]: the parties will not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenBarrier;

impl fmt::Display for BrokenBarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl Error for BrokenBarrier {}
