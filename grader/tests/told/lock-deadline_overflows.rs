//! Bug: `acquire_timeout` adds the timeout to the clock, which panics for `Duration::MAX`.
//! Scenario: any thread calls `acquire_timeout(Duration::MAX)`.

use std::error::Error;
use std::fmt;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// A lock that at most one thread has at a time.
#[derive(Debug, Default)]
pub struct Lock {
    /// Whether somebody has the lock.
    locked: Mutex<bool>,
    /// Notified once for each time that `locked` becomes false.
    freed: Condvar,
}

impl Lock {
    /// Makes a lock that nobody has.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until the lock is free, then takes it.
    pub fn acquire(&self) {
        let mut locked = self.locked.lock().unwrap();
        // `wait` unlocks the mutex and falls asleep in one step, so a release cannot slip
        // in between our look at the flag and our sleep. And it is `while`, not `if`:
        // when we wake up another thread may have been quicker, and `wait` may also
        // return for no reason at all.
        while *locked {
            locked = self.freed.wait(locked).unwrap();
        }
        *locked = true;
    }

    /// Takes the lock if it is free, without waiting, and returns whether it did.
    pub fn try_acquire(&self) -> bool {
        let mut locked = self.locked.lock().unwrap();
        // Sets the flag, whatever it was. If it was set already, nothing has changed.
        !std::mem::replace(&mut *locked, true)
    }

    /// Like [`acquire`](Lock::acquire), but returns `false` when `timeout` has passed.
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        // The deadline is fixed once. A wait that was woken in vain goes on for what is
        // left, not for the whole timeout again.
        let deadline = Instant::now() + timeout;
        let mut locked = self.locked.lock().unwrap();
        while *locked {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            // Whether the wait says that it timed out is of no interest. The flag decides
            // whether we may have the lock, and the clock whether we go on waiting: so a
            // wake-up that arrives at the last moment is used and not thrown away.
            (locked, _) = self.freed.wait_timeout(locked, left).unwrap();
        }
        *locked = true;
        true
    }

    /// Gives the lock back and lets one waiting thread in.
    ///
    /// # Errors
    ///
    /// [`NotAcquired`] if nobody has the lock.
    pub fn release(&self) -> Result<(), NotAcquired> {
        let mut locked = self.locked.lock().unwrap();
        if !*locked {
            return Err(NotAcquired);
        }
        *locked = false;
        // One is enough: only one thread can have the lock, and when that thread releases
        // it, it wakes the next.
        self.freed.notify_one();
        Ok(())
    }

    /// Whether somebody has the lock.
    pub fn is_locked(&self) -> bool {
        *self.locked.lock().unwrap()
    }

    /// Acquires the lock and returns a guard that releases it when dropped.
    pub fn guard(&self) -> LockGuard<'_> {
        self.acquire();
        LockGuard { lock: self }
    }
}

/// Has the lock for as long as it lives. Made by [`Lock::guard`].
#[derive(Debug)]
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct LockGuard<'a> {
    lock: &'a Lock,
}

impl Drop for LockGuard<'_> {
    /// A panic that unwinds drops what it passes, so this runs then, too. A statement at
    /// the end of the critical section would not.
    fn drop(&mut self) {
        // An error means that somebody has released the lock by hand. Nothing is left to
        // do then, and a panic in a destructor that runs during a panic ends the program.
        let _ = self.lock.release();
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    use std::thread;

    #[test]
    fn steps_taken_under_the_lock_are_all_counted() {
        let lock = Lock::new();
        // A load and a store, as two steps: without the lock, some would be lost.
        let count = AtomicU32::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        let _guard = lock.guard();
                        count.store(count.load(Relaxed) + 1, Relaxed);
                    }
                });
            }
        });
        assert_eq!(count.into_inner(), 4000);
    }

    #[test]
    fn a_timed_wait_waits_its_time_and_takes_nothing() {
        let lock = Lock::new();
        lock.acquire();
        let start = Instant::now();
        assert!(!lock.acquire_timeout(Duration::from_millis(20)));
        assert!(start.elapsed() >= Duration::from_millis(20));
        assert_eq!(lock.release(), Ok(()));
        assert!(lock.acquire_timeout(Duration::MAX));
    }

    #[test]
    fn a_free_lock_cannot_be_released() {
        let lock = Lock::new();
        assert_eq!(lock.release(), Err(NotAcquired));
        assert!(!lock.is_locked());
    }

    #[test]
    fn a_panic_under_a_guard_frees_the_lock() {
        let lock = Lock::new();
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let _guard = lock.guard();
            panic!("on purpose");
        }));
        assert!(panic.is_err());
        assert!(!lock.is_locked());
    }
}
