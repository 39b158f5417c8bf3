//! A re-entrant lock from an owner and a depth, a mutex that protects both, and a
//! condition variable to sleep on.
//!
//! The difference to a plain lock is one question, asked wherever the lock is taken: "is
//! it mine already?". It is answered under the mutex, together with what follows from the
//! answer, so owner and depth never contradict each other, and no thread sees another
//! thread's name where it should see its own.
//!
//! ```
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

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// A lock that at most one thread owns at a time, and that its owner may acquire again.
#[derive(Debug, Default)]
pub struct RLock {
    state: Mutex<State>,
    /// Notified once for each time that the lock becomes free.
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Who has the lock, if anybody has.
    owner: Option<ThreadId>,
    /// How many releases the owner owes; 0 exactly when there is no owner.
    depth: usize,
}

impl State {
    /// Takes the calling thread one level deeper, unless the lock is another thread's.
    fn enter(&mut self, me: ThreadId) -> bool {
        // A free lock and one of our own are the same case: both are ours from here on.
        if self.owner.is_some_and(|owner| owner != me) {
            return false;
        }
        self.owner = Some(me);
        self.depth += 1;
        true
    }

    fn depth_of(&self, thread: ThreadId) -> usize {
        if self.owner == Some(thread) {
            self.depth
        } else {
            0
        }
    }
}

impl RLock {
    /// Makes a lock that nobody owns.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits while another thread owns the lock, then takes the caller one level deeper.
    pub fn acquire(&self) {
        let me = thread::current().id();
        let mut state = self.state.lock().unwrap();
        // The look and the entry are one step. After each wake-up both are tried again,
        // as another thread may have been quicker.
        while !state.enter(me) {
            state = self.freed.wait(state).unwrap();
        }
    }

    /// Acquires the lock if that needs no waiting, and returns whether it did.
    pub fn try_acquire(&self) -> bool {
        self.state.lock().unwrap().enter(thread::current().id())
    }

    /// Like [`acquire`](RLock::acquire), but returns `false` when `timeout` has passed.
    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        // Fixed once, so that a wait that was woken in vain does not begin anew.
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            // Further away than the clock can tell: that is for ever.
            self.acquire();
            return true;
        };
        let me = thread::current().id();
        let mut state = self.state.lock().unwrap();
        while !state.enter(me) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            (state, _) = self.freed.wait_timeout(state, left).unwrap();
        }
        true
    }

    /// Takes one acquire back; the last one frees the lock and lets one waiting thread in.
    ///
    /// # Errors
    ///
    /// [`NotOwner`] if the calling thread does not own the lock.
    pub fn release(&self) -> Result<(), NotOwner> {
        let mut state = self.state.lock().unwrap();
        if state.owner != Some(thread::current().id()) {
            return Err(NotOwner);
        }
        state.depth -= 1;
        if state.depth == 0 {
            // Without this line everything looks right, until the same thread comes back
            // and takes itself for the owner while another thread is.
            state.owner = None;
            self.freed.notify_one();
        }
        Ok(())
    }

    /// Whether any thread owns the lock.
    pub fn is_locked(&self) -> bool {
        self.state.lock().unwrap().owner.is_some()
    }

    /// Whether the calling thread owns the lock.
    pub fn is_owned(&self) -> bool {
        self.depth() > 0
    }

    /// How many releases the calling thread still owes.
    pub fn depth(&self) -> usize {
        self.state.lock().unwrap().depth_of(thread::current().id())
    }

    /// Acquires the lock and returns a guard that releases it, once, when dropped.
    pub fn guard(&self) -> RLockGuard<'_> {
        self.acquire();
        RLockGuard {
            lock: self,
            stays_here: PhantomData,
        }
    }
}

/// Stands for one acquire for as long as it lives. Made by [`RLock::guard`].
#[derive(Debug)]
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct RLockGuard<'a> {
    lock: &'a RLock,
    /// Only the owner may release, so a guard must not be sent to another thread. A
    /// `MutexGuard` must not either; a type that contains one, if only for show, inherits
    /// that.
    stays_here: PhantomData<MutexGuard<'static, ()>>,
}

impl Drop for RLockGuard<'_> {
    /// Runs also when a panic unwinds, level by level, as the guards were made.
    fn drop(&mut self) {
        // An error means that this thread has released the lock by hand. What another
        // thread may have acquired since then is none of our business.
        let _ = self.lock.release();
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    #[test]
    fn steps_taken_under_the_lock_are_all_counted() {
        let lock = RLock::new();
        // A load and a store, as two steps: without the lock, some would be lost.
        let count = AtomicU32::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        let _outer = lock.guard();
                        let _inner = lock.guard();
                        count.store(count.load(Relaxed) + 1, Relaxed);
                    }
                });
            }
        });
        assert_eq!(count.into_inner(), 4000);
    }

    #[test]
    fn it_is_free_after_as_many_releases_as_acquires() {
        let lock = RLock::new();
        let try_elsewhere =
            || thread::scope(|scope| scope.spawn(|| lock.try_acquire()).join().unwrap());
        lock.acquire();
        assert!(lock.try_acquire());
        assert_eq!(lock.depth(), 2);
        assert_eq!(lock.release(), Ok(()));
        assert!(!try_elsewhere());
        assert_eq!(lock.release(), Ok(()));
        assert!(try_elsewhere());
    }

    #[test]
    fn only_the_owner_can_release() {
        let lock = RLock::new();
        assert_eq!(lock.release(), Err(NotOwner));
        let _guard = lock.guard();
        thread::scope(|scope| {
            scope.spawn(|| assert_eq!((lock.release(), lock.depth()), (Err(NotOwner), 0)));
        });
        assert_eq!(lock.depth(), 1);
    }

    #[test]
    fn a_panic_under_guards_frees_the_lock() {
        let lock = RLock::new();
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let _outer = lock.guard();
            let _inner = lock.guard();
            panic!("on purpose");
        }));
        assert!(panic.is_err());
        assert!(!lock.is_locked());
    }

    #[test]
    fn a_timed_wait_waits_its_time_and_takes_nothing() {
        let lock = RLock::new();
        let _guard = lock.guard();
        let timeout = Duration::from_millis(20);
        thread::scope(|scope| {
            scope.spawn(|| {
                let start = Instant::now();
                assert!(!lock.acquire_timeout(timeout));
                assert!(start.elapsed() >= timeout);
            });
        });
        assert!(lock.acquire_timeout(Duration::MAX));
        assert_eq!(lock.depth(), 2);
    }
}
