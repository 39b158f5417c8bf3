//! A counter, a mutex that protects it, and a condition variable to sleep on.
//!
//! Every method looks at the counter and changes it under the same mutex, in one go. That
//! alone makes the count right at every instant: there is no moment between "is there a
//! permit?" and "take it" in which another thread could get in.
//!
//! No code but our own runs under the mutex, so it cannot be poisoned, and the `unwrap`s
//! cannot fail.
//!
//! ```
//! use semaphore::Semaphore;
//!
//! let gate = Semaphore::new(2);
//! gate.acquire();
//! gate.acquire();
//! assert!(!gate.try_acquire()); // full
//! gate.release();
//! assert_eq!(gate.permits(), 1);
//! ```

use std::error::Error;
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// A number of permits which threads take and put back.
#[derive(Debug)]
pub struct Semaphore {
    /// The permits that can be taken now.
    permits: Mutex<usize>,
    /// Notified for every permit that is added.
    added: Condvar,
}

impl Semaphore {
    /// Makes a semaphore with `permits` permits.
    pub fn new(permits: usize) -> Self {
        Semaphore {
            permits: Mutex::new(permits),
            added: Condvar::new(),
        }
    }

    /// Waits until there is a permit, then takes it.
    pub fn acquire(&self) {
        let mut permits = self.permits.lock().unwrap();
        // Being woken says that there was a permit, not that it is still there: another
        // thread may have taken it first. With `if` the subtraction would overflow.
        while *permits == 0 {
            permits = self.added.wait(permits).unwrap();
        }
        *permits -= 1;
    }

    /// Takes a permit if there is one, without waiting, and returns whether it did.
    pub fn try_acquire(&self) -> bool {
        let mut permits = self.permits.lock().unwrap();
        if *permits == 0 {
            return false;
        }
        *permits -= 1;
        true
    }

    /// Like [`acquire`](Semaphore::acquire), but returns `false` when `timeout` has passed.
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        // The deadline is fixed once. A wait that was woken in vain goes on for what is
        // left, not for the whole timeout again.
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            // Further away than the clock can tell: that is for ever.
            self.acquire();
            return true;
        };
        let mut permits = self.permits.lock().unwrap();
        while *permits == 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            // The count decides, not whether the wait timed out: a permit that arrives at
            // the last moment is taken, and its wake-up is not wasted.
            (permits, _) = self.added.wait_timeout(permits, left).unwrap();
        }
        *permits -= 1;
        true
    }

    /// Adds one permit and lets one waiting thread in.
    pub fn release(&self) {
        self.release_many(1);
    }

    /// Adds `permits` permits in one step.
    pub fn release_many(&self, permits: usize) {
        self.add(self.permits.lock().unwrap(), permits);
    }

    /// The number of permits that can be taken now.
    pub fn permits(&self) -> usize {
        *self.permits.lock().unwrap()
    }

    /// Acquires a permit and returns a guard that puts it back when dropped.
    pub fn guard(&self) -> Permit<'_> {
        self.acquire();
        Permit { semaphore: self }
    }

    /// Adds permits to a counter that the caller has locked.
    fn add(&self, mut permits: MutexGuard<'_, usize>, added: usize) {
        *permits += added;
        match added {
            0 => {}
            1 => self.added.notify_one(),
            // Perhaps more threads than there are permits. Those that find none sleep on.
            // One `notify_one` however, for several permits, would leave a thread asleep
            // beside a permit that it could have.
            _ => self.added.notify_all(),
        }
    }
}

/// Has a permit of a [`Semaphore`] for as long as it lives. Made by [`Semaphore::guard`].
#[derive(Debug)]
#[must_use = "the permit is put back as soon as the guard is dropped"]
pub struct Permit<'a> {
    semaphore: &'a Semaphore,
}

impl Drop for Permit<'_> {
    /// Runs also when a panic unwinds, as a statement at the end of the block would not.
    fn drop(&mut self) {
        self.semaphore.release();
    }
}

/// A semaphore that never has more permits than it was made with.
#[derive(Debug)]
pub struct BoundedSemaphore {
    semaphore: Semaphore,
    /// The number of permits at the start.
    bound: usize,
}

impl BoundedSemaphore {
    /// Makes a semaphore with `permits` permits, which is also the most it will ever have.
    pub fn new(permits: usize) -> Self {
        BoundedSemaphore {
            semaphore: Semaphore::new(permits),
            bound: permits,
        }
    }

    /// Waits until there is a permit, then takes it.
    pub fn acquire(&self) {
        self.semaphore.acquire();
    }

    /// Takes a permit if there is one, without waiting, and returns whether it did.
    pub fn try_acquire(&self) -> bool {
        self.semaphore.try_acquire()
    }

    /// Like [`acquire`](BoundedSemaphore::acquire), but returns `false` when `timeout` has
    /// passed.
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        self.semaphore.acquire_timeout(timeout)
    }

    /// Puts one permit back and lets one waiting thread in.
    ///
    /// # Errors
    ///
    /// [`OverRelease`] if all permits are there already.
    pub fn release(&self) -> Result<(), OverRelease> {
        self.release_many(1)
    }

    /// Puts `permits` permits back in one step.
    ///
    /// # Errors
    ///
    /// [`OverRelease`] if fewer than `permits` are missing. Then nothing changes.
    pub fn release_many(&self, permits: usize) -> Result<(), OverRelease> {
        // The question and the deed happen under one lock. Asking `self.permits()` first
        // and releasing afterwards would let two threads both get the answer "one is
        // missing", and both put one back.
        let now = self.semaphore.permits.lock().unwrap();
        // Written as a subtraction because a sum could overflow.
        if permits > self.bound - *now {
            return Err(OverRelease);
        }
        self.semaphore.add(now, permits);
        Ok(())
    }

    /// The number of permits that can be taken now.
    pub fn permits(&self) -> usize {
        self.semaphore.permits()
    }

    /// Acquires a permit and returns a guard that puts it back when dropped.
    pub fn guard(&self) -> BoundedPermit<'_> {
        self.acquire();
        BoundedPermit { semaphore: self }
    }
}

/// Has a permit of a [`BoundedSemaphore`] for as long as it lives.
#[derive(Debug)]
#[must_use = "the permit is put back as soon as the guard is dropped"]
pub struct BoundedPermit<'a> {
    semaphore: &'a BoundedSemaphore,
}

impl Drop for BoundedPermit<'_> {
    fn drop(&mut self) {
        // An error means that somebody has put the permit back by hand. Nothing is left to
        // do then, and a panic in a destructor that runs during a panic ends the program.
        let _ = self.semaphore.release();
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::thread;

    #[test]
    fn no_more_threads_get_in_than_there_are_permits() {
        let gate = Semaphore::new(2);
        let inside = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let _permit = gate.guard();
                        assert!(inside.fetch_add(1, Relaxed) < 2);
                        thread::yield_now();
                        inside.fetch_sub(1, Relaxed);
                    }
                });
            }
        });
        assert_eq!(gate.permits(), 2);
    }

    #[test]
    fn many_permits_wake_many_threads() {
        let gate = Semaphore::new(0);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| gate.acquire());
            }
            gate.release_many(3);
        });
        assert_eq!(gate.permits(), 0);
    }

    #[test]
    fn a_timed_wait_waits_its_time_and_takes_nothing() {
        let gate = Semaphore::new(0);
        let start = Instant::now();
        assert!(!gate.acquire_timeout(Duration::from_millis(20)));
        assert!(start.elapsed() >= Duration::from_millis(20));
        gate.release();
        assert!(gate.acquire_timeout(Duration::MAX));
    }

    #[test]
    fn a_bounded_semaphore_takes_back_all_or_nothing() {
        let gate = BoundedSemaphore::new(3);
        gate.acquire();
        assert_eq!(gate.release_many(2), Err(OverRelease));
        assert_eq!(gate.permits(), 2);
        assert_eq!(gate.release(), Ok(()));
        assert_eq!(gate.release(), Err(OverRelease));
    }

    #[test]
    fn a_panic_puts_the_permit_back_once() {
        let gate = BoundedSemaphore::new(1);
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let _permit = gate.guard();
            panic!("on purpose");
        }));
        assert!(panic.is_err());
        assert_eq!(gate.permits(), 1);
    }
}
