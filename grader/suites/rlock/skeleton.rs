//! # RLock: a lock that its owner may enter again
//!
//! A method locks, does half of its work, and calls another method that locks, too. With
//! a plain lock the thread now waits for itself, for ever. A *re-entrant* lock, in Python
//! `threading.RLock`, knows who has it: its *owner*. The owner gets in again without
//! waiting, and the lock counts how often. It is free for the others when the owner has
//! released it as many times as it has acquired it.
//!
//! ```no_run
//! use rlock::RLock;
//!
//! let lock = RLock::new();
//! lock.acquire();
//! lock.acquire(); // ours already, so we do not wait
//! assert_eq!(lock.depth(), 2);
//! lock.release().unwrap();
//! assert!(lock.is_owned()); // one release is still due
//! lock.release().unwrap();
//! assert!(!lock.is_locked());
//! ```
//!
//! ## Your task
//!
//! Fill in every `todo!()`. Names and signatures stay as they are; add all the private
//! fields and functions that you like. `cargo grader check rlock` tells how you are doing,
//! and `cargo grader hint rlock` helps you on.
//!
//! You may use `Mutex`, `Condvar`, the atomics, and `thread::park` with `Thread::unpark`,
//! all from `std`, and everything in `std` that has nothing to do with threads. Who is
//! calling says `thread::current().id()`. No `unsafe`, no `static`, no other crate.
//!
//! ## What holds everywhere
//!
//! * **Waiting is sleeping.** A thread that waits for the lock uses no processor time: it
//!   does not look again and again whether the lock is free, it sleeps until it is woken.
//! * **What one thread wrote, the next one reads.** Everything that the owner wrote before
//!   its last release is visible to the thread that acquires the lock next.
//! * **A timeout of zero** means "try once". **`Duration::MAX`** means "for ever"; take
//!   care that no sum overflows. A wait never gives up before its time, and it ends soon
//!   after it. A thread that has given up leaves no trace: it has taken nothing, and no
//!   wake-up meant for another thread is lost with it.
//! * **A panic breaks nothing.** If the owner panics, it still owns the lock and can
//!   release it, and a guard releases it by itself.
//! * **The order is yours.** Waiting threads may get the lock in any order, and a thread
//!   that has just come may overtake them.
//! * Every type here can be shared between threads (`Sync`) and, but for the guard, sent
//!   to another thread (`Send`).
//! * `{:?}` of a lock never waits, not even while another thread has the lock.
//!
//! You need not care about a thread that ends while it owns the lock, nor about a depth
//! greater than `usize::MAX`.

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::MutexGuard;
use std::time::Duration;

/// A lock that at most one thread owns at a time, and that its owner may acquire again.
///
/// Its *depth* is the number of releases that its owner still owes. Dropping a lock that
/// is still held is harmless.
#[derive(Debug)]
pub struct RLock {
    // Your fields.
}

impl RLock {
    /// Makes a lock that nobody owns.
    pub fn new() -> Self {
        todo!("a lock that is free")
    }

    /// Makes the calling thread the owner, or takes it one level deeper if it is the owner
    /// already. Waits only while *another* thread owns the lock.
    pub fn acquire(&self) {
        todo!("sleep while another thread owns the lock, then go one level deeper")
    }

    /// Acquires the lock if that needs no waiting.
    ///
    /// Returns whether the caller has acquired it: `false`, at once, while another thread
    /// owns it. A failed try changes nothing; a successful one counts like any other
    /// acquire and needs a release of its own.
    pub fn try_acquire(&self) -> bool {
        todo!("go one level deeper unless another thread owns the lock")
    }

    /// Like [`acquire`](RLock::acquire), but gives up when `timeout` has passed.
    ///
    /// Returns whether the caller has acquired the lock. `false` never comes before the
    /// whole `timeout` has passed, and never to the owner. With a timeout of zero this is
    /// [`try_acquire`](RLock::try_acquire), with `Duration::MAX` it is `acquire`.
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        todo!("sleep until no other thread owns the lock or {timeout:?} have passed")
    }

    /// Takes one acquire back. With the last one the lock is free, and if threads are
    /// waiting for it, exactly one of them gets in.
    ///
    /// # Errors
    ///
    /// [`NotOwner`] if the calling thread does not own the lock, be it free or another
    /// thread's. Nothing has changed then.
    pub fn release(&self) -> Result<(), NotOwner> {
        todo!("go one level up; at the top, free the lock and wake a thread that waits for it")
    }

    /// Whether any thread owns the lock.
    ///
    /// Never waits. By the time that the caller looks at the answer, it may be out of
    /// date, unless the caller is the owner.
    pub fn is_locked(&self) -> bool {
        todo!("does anybody own the lock?")
    }

    /// Whether the calling thread owns the lock. Never waits.
    pub fn is_owned(&self) -> bool {
        todo!("does the calling thread own the lock?")
    }

    /// How many releases the calling thread still owes: 0 if it is not the owner. Never
    /// waits.
    pub fn depth(&self) -> usize {
        todo!("how deep is the calling thread in the lock?")
    }

    /// [Acquires](RLock::acquire) the lock and returns a guard that releases it, once,
    /// when it is dropped, also when that happens because a panic unwinds.
    pub fn guard(&self) -> RLockGuard<'_> {
        todo!("acquire the lock and wrap it in a guard")
    }
}

impl Default for RLock {
    /// The same as [`RLock::new`].
    fn default() -> Self {
        Self::new()
    }
}

/// Stands for one acquire for as long as it lives. Made by [`RLock::guard`].
///
/// If its thread has released the lock by hand in the meantime, the guard's drop finds
/// that it owns nothing. It ignores that.
#[derive(Debug)]
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct RLockGuard<'a> {
    lock: &'a RLock,
    /// Only the owner may release, so a guard must not be sent to another thread. A
    /// `MutexGuard` must not either; a type that contains one, if only for show, inherits
    /// that. Leave this as it is, and write `stays_here: PhantomData` to make a guard.
    stays_here: PhantomData<MutexGuard<'static, ()>>,
}

impl Drop for RLockGuard<'_> {
    fn drop(&mut self) {
        todo!("release {:?} {:?}", self.lock, self.stays_here)
    }
}

/// The error of [`RLock::release`]: the calling thread does not own the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotOwner;

impl fmt::Display for NotOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the lock was released by a thread that does not own it")
    }
}

impl Error for NotOwner {}
