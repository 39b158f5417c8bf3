//! # Lock
//!
//! Two threads that touch the same thing at the same moment spoil it: both read 41,
//! both write 42, and one of the two steps is gone. A *lock* prevents that. A thread
//! *acquires* the lock before it touches the thing and *releases* it afterwards. While
//! one thread has the lock, every other thread that wants it has to wait.
//!
//! ```no_run
//! use lock::Lock;
//!
//! let lock = Lock::new();
//! lock.acquire();
//! assert!(!lock.try_acquire()); // somebody has it: we do
//! lock.release().unwrap();
//! assert!(lock.try_acquire());
//! ```
//!
//! ## Your task
//!
//! Fill in every `todo!()`. Names and signatures stay as they are; add all the private
//! fields and functions that you like. `cargo grader check lock` tells how you are doing,
//! and `cargo grader hint lock` helps you on.
//!
//! You may use `Mutex`, `Condvar`, the atomics, and `thread::park` with `Thread::unpark`,
//! all from `std`, and everything in `std` that has nothing to do with threads. No
//! `unsafe`, no `static`, no other crate.
//!
//! ## What holds everywhere
//!
//! * **Waiting is sleeping.** A thread that waits for the lock uses no processor time: it
//!   does not look again and again whether the lock is free, it sleeps until it is woken.
//! * **What one thread wrote, the next one reads.** Everything that a thread wrote before
//!   it released the lock is visible to the thread that acquires it next.
//! * **A timeout of zero** means "try once". **`Duration::MAX`** means "for ever"; take
//!   care that no sum overflows. A wait never gives up before its time, and it ends soon
//!   after it. A thread that has given up leaves no trace: it has taken nothing, and no
//!   wake-up meant for another thread is lost with it.
//! * **A panic breaks nothing.** If a thread panics while it has the lock, the lock can
//!   still be released and used by others, and a guard releases it by itself.
//! * **The order is yours.** Waiting threads may get the lock in any order, and a thread
//!   that has just come may overtake them.
//! * Every type here can be sent to and shared between threads (`Send` and `Sync`).
//! * `{:?}` of a lock never waits, not even while another thread has the lock.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// A lock that at most one thread has at a time.
///
/// It is not *re-entrant*: a thread that has the lock and acquires it again waits like
/// any other thread, until somebody releases it.
///
/// The lock does not remember who acquired it, so any thread may release it. Dropping a
/// lock that is still held is harmless.
#[derive(Debug)]
pub struct Lock {
    // Your fields.
}

impl Lock {
    /// Makes a lock that nobody has.
    pub fn new() -> Self {
        todo!("a lock that is free")
    }

    /// Waits until the lock is free, then takes it.
    ///
    /// When it returns, the caller has the lock, and nobody else has.
    pub fn acquire(&self) {
        todo!("sleep until the lock is free, then take it")
    }

    /// Takes the lock if it is free, without waiting.
    ///
    /// Returns whether the caller has the lock now: `false`, at once, while somebody has
    /// it. A failed try changes nothing.
    pub fn try_acquire(&self) -> bool {
        todo!("take the lock if it is free")
    }

    /// Like [`acquire`](Lock::acquire), but gives up when `timeout` has passed.
    ///
    /// Returns whether the caller has the lock now. `false` never comes before the whole
    /// `timeout` has passed. With a timeout of zero this is
    /// [`try_acquire`](Lock::try_acquire), with `Duration::MAX` it is `acquire`.
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        todo!("sleep until the lock is free or {timeout:?} have passed")
    }

    /// Gives the lock back. If threads are waiting for it, exactly one of them gets in.
    ///
    /// Any thread may call this, not only the one that acquired the lock.
    ///
    /// # Errors
    ///
    /// [`NotAcquired`] if nobody has the lock. The lock is still free afterwards, and works
    /// as before.
    pub fn release(&self) -> Result<(), NotAcquired> {
        todo!("free the lock and wake a thread that waits for it")
    }

    /// Whether somebody has the lock.
    ///
    /// Never waits. By the time that the caller looks at the answer, it may be out of date.
    pub fn is_locked(&self) -> bool {
        todo!("is the lock taken?")
    }

    /// [Acquires](Lock::acquire) the lock and returns a guard that releases it when it is
    /// dropped, also when that happens because a panic unwinds.
    pub fn guard(&self) -> LockGuard<'_> {
        todo!("acquire the lock and wrap it in a guard")
    }
}

impl Default for Lock {
    /// The same as [`Lock::new`].
    fn default() -> Self {
        Self::new()
    }
}

/// Has the lock for as long as it lives. Made by [`Lock::guard`].
///
/// If somebody has released the lock by hand in the meantime, the guard's drop finds it
/// free. It ignores that.
#[derive(Debug)]
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct LockGuard<'a> {
    lock: &'a Lock,
}

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        todo!("release {:?}", self.lock)
    }
}

/// The error of [`Lock::release`]: there was nothing to release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAcquired;

impl fmt::Display for NotAcquired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the lock was released while nobody had it")
    }
}

impl Error for NotAcquired {}
