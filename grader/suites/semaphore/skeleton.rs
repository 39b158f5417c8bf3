//! # Semaphore
//!
//! A car park with three places lets three cars in; the fourth waits at the gate until one
//! leaves. A *semaphore* is that gate. It holds a number of *permits*: `acquire` takes one,
//! and waits while there is none; `release` puts one back. With one permit it is a lock,
//! with ten it lets ten threads at once use a database that can bear no more.
//!
//! ```no_run
//! use semaphore::Semaphore;
//!
//! let gate = Semaphore::new(2);
//! gate.acquire();
//! gate.acquire();
//! assert!(!gate.try_acquire()); // full
//! gate.release();
//! assert_eq!(gate.permits(), 1);
//! ```
//!
//! ## Your task
//!
//! Fill in every `todo!()`. Names and signatures stay as they are; add all the private
//! fields and functions that you like. `cargo grader check semaphore` tells how you are
//! doing, and `cargo grader hint semaphore` helps you on.
//!
//! You may use `Mutex`, `Condvar`, the atomics, and `thread::park` with `Thread::unpark`,
//! all from `std`, and everything in `std` that has nothing to do with threads. No
//! `unsafe`, no `static`, no other crate.
//!
//! ## What holds everywhere
//!
//! * **The count is never wrong**, not even for an instant: never below zero, and a
//!   [`BoundedSemaphore`] never has more permits than it was made with. That is so whoever
//!   looks, whenever.
//! * **No permit is lost and none is made up.** Each permit released lets exactly one
//!   `acquire` through. If a permit is there, no thread goes on sleeping for want of it.
//! * **Waiting is sleeping.** A thread that waits for a permit uses no processor time: it
//!   does not look again and again, it sleeps until it is woken.
//! * **What one thread wrote, the next one reads.** Everything that a thread wrote before a
//!   release is visible to the thread that acquires that permit.
//! * **A timeout of zero** means "try once". **`Duration::MAX`** means "for ever"; take
//!   care that no sum overflows. A wait never gives up before its time, and it ends soon
//!   after it. A thread that has given up leaves no trace: it has taken nothing, and no
//!   wake-up meant for another thread is lost with it.
//! * **A panic breaks nothing.** If a thread panics while it has a permit, the permit can
//!   still be released, and a guard releases it by itself, exactly once.
//! * **The order is yours.** Waiting threads may get permits in any order, and a thread that
//!   has just come may overtake them. A permit that was just released may already be
//!   promised to a thread that waits, so that [`permits`](Semaphore::permits) does not
//!   count it and `try_acquire` does not get it.
//! * Any thread may release, also one that never acquired.
//! * Every type here can be sent to and shared between threads (`Send` and `Sync`).
//! * `{:?}` of a semaphore never waits.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// A number of permits which threads take and put back.
///
/// There is no upper limit: whoever releases more than was acquired adds permits. Dropping
/// a semaphore while permits are out is harmless.
#[derive(Debug)]
pub struct Semaphore {
    // Your fields.
}

impl Semaphore {
    /// Makes a semaphore with `permits` permits. Zero is allowed: then the first `acquire`
    /// waits for the first `release`.
    pub fn new(permits: usize) -> Self {
        todo!("a semaphore with {permits} permits")
    }

    /// Waits until there is a permit, then takes it.
    pub fn acquire(&self) {
        todo!("sleep until there is a permit, then take it")
    }

    /// Takes a permit if there is one, without waiting.
    ///
    /// Returns whether the caller has got one: `false`, at once, if there is none. A failed
    /// try changes nothing.
    pub fn try_acquire(&self) -> bool {
        todo!("take a permit if there is one")
    }

    /// Like [`acquire`](Semaphore::acquire), but gives up when `timeout` has passed.
    ///
    /// Returns whether the caller has got a permit. `false` never comes before the whole
    /// `timeout` has passed, however often the caller is woken in vain meanwhile. With a
    /// timeout of zero this is [`try_acquire`](Semaphore::try_acquire), with
    /// `Duration::MAX` it is `acquire`.
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        todo!("sleep until there is a permit or {timeout:?} have passed")
    }

    /// Puts one permit back, or adds one. If threads are waiting, one of them gets in.
    pub fn release(&self) {
        todo!("add a permit and wake a thread that waits for one")
    }

    /// Adds `permits` permits in one step, and lets in as many waiting threads as there are
    /// permits for. `release_many(0)` does nothing.
    pub fn release_many(&self, permits: usize) {
        todo!("add {permits} permits and wake as many threads as can use them")
    }

    /// The number of permits that can be taken now.
    ///
    /// Never waits. By the time that the caller looks at the answer, it may be out of date.
    pub fn permits(&self) -> usize {
        todo!("the number of permits")
    }

    /// [Acquires](Semaphore::acquire) a permit and returns a guard that puts it back when it
    /// is dropped, also when that happens because a panic unwinds.
    pub fn guard(&self) -> Permit<'_> {
        todo!("acquire a permit and wrap it in a guard")
    }
}

/// Has a permit of a [`Semaphore`] for as long as it lives. Made by [`Semaphore::guard`].
#[derive(Debug)]
#[must_use = "the permit is put back as soon as the guard is dropped"]
pub struct Permit<'a> {
    semaphore: &'a Semaphore,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        todo!("put the permit back into {:?}", self.semaphore)
    }
}

/// A semaphore that never has more permits than it was made with.
///
/// Where permits stand for things that really exist, one release too many is a mistake in
/// the program. A [`Semaphore`] cannot see it; this type reports it. In everything else it
/// is the same.
#[derive(Debug)]
pub struct BoundedSemaphore {
    // Your fields.
}

impl BoundedSemaphore {
    /// Makes a semaphore with `permits` permits, which is also the most it will ever have.
    pub fn new(permits: usize) -> Self {
        todo!("a semaphore with {permits} permits and no more")
    }

    /// Like [`Semaphore::acquire`].
    pub fn acquire(&self) {
        todo!("sleep until there is a permit, then take it")
    }

    /// Like [`Semaphore::try_acquire`].
    pub fn try_acquire(&self) -> bool {
        todo!("take a permit if there is one")
    }

    /// Like [`Semaphore::acquire_timeout`].
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        todo!("sleep until there is a permit or {timeout:?} have passed")
    }

    /// Puts one permit back. If threads are waiting, one of them gets in.
    ///
    /// # Errors
    ///
    /// [`OverRelease`] if all permits are there already. Then nothing changes. Of two
    /// threads that put back the last missing permit at the same moment, exactly one
    /// succeeds.
    pub fn release(&self) -> Result<(), OverRelease> {
        todo!("put a permit back, unless none is missing")
    }

    /// Puts `permits` permits back in one step, and lets in as many waiting threads as there
    /// are permits for. `release_many(0)` does nothing and succeeds.
    ///
    /// # Errors
    ///
    /// [`OverRelease`] if fewer than `permits` are missing. It is all or nothing: then
    /// nothing changes.
    pub fn release_many(&self, permits: usize) -> Result<(), OverRelease> {
        todo!("put {permits} permits back, unless fewer are missing")
    }

    /// Like [`Semaphore::permits`].
    pub fn permits(&self) -> usize {
        todo!("the number of permits")
    }

    /// Like [`Semaphore::guard`].
    pub fn guard(&self) -> BoundedPermit<'_> {
        todo!("acquire a permit and wrap it in a guard")
    }
}

/// Has a permit of a [`BoundedSemaphore`] for as long as it lives. Made by
/// [`BoundedSemaphore::guard`].
///
/// If the permit was put back by hand in the meantime, the guard's drop finds the semaphore
/// full. It ignores that.
#[derive(Debug)]
#[must_use = "the permit is put back as soon as the guard is dropped"]
pub struct BoundedPermit<'a> {
    semaphore: &'a BoundedSemaphore,
}

impl Drop for BoundedPermit<'_> {
    fn drop(&mut self) {
        todo!("put the permit back into {:?}", self.semaphore)
    }
}

/// The error of [`BoundedSemaphore::release`]: more was put back than had been taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverRelease;

impl fmt::Display for OverRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("more permits were released than had been acquired")
    }
}

impl Error for OverRelease {}
