//! mutant: duplicate-enqueue
//! idea: Woken but too late: queue up again.
//! caught-by: model::a_stray_unpark_does_no_harm = lost_wakeup
//! caught-by: model::one_release_lets_one_waiter_in = lost_wakeup

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::*};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Lock {
    locked: AtomicBool,
    queue: Mutex<VecDeque<Thread>>,
}

impl Lock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        self.acquire_until(None);
    }

    pub fn try_acquire(&self) -> bool {
        self.locked
            .compare_exchange(false, true, Acquire, Relaxed)
            .is_ok()
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        // No deadline means for ever.
        self.acquire_until(Instant::now().checked_add(timeout))
    }

    fn acquire_until(&self, deadline: Option<Instant>) -> bool {
        let me = thread::current();
        while !self.try_acquire() {
            self.queue.lock().unwrap().push_back(me.clone());
            // Before we were in the queue, the lock may have been freed.
            if self.try_acquire() {
                self.leave(&me);
                return true;
            }
            match left(deadline) {
                None => thread::park(),
                // Who has left the queue by itself has taken nobody's wake-up along.
                Some(Duration::ZERO) if self.leave(&me) => return false,
                Some(left) => thread::park_timeout(left),
            }
        }
        true
    }

    pub fn release(&self) -> Result<(), NotAcquired> {
        if !self.locked.swap(false, Release) {
            return Err(NotAcquired);
        }
        let next = self.queue.lock().unwrap().pop_front();
        if let Some(thread) = next {
            thread.unpark();
        }
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        self.locked.load(Relaxed)
    }

    pub fn guard(&self) -> LockGuard<'_> {
        self.acquire();
        LockGuard { lock: self }
    }

    /// Leaves the queue. Returns whether the thread was still in it.
    fn leave(&self, me: &Thread) -> bool {
        let mut queue = self.queue.lock().unwrap();
        let place = queue.iter().position(|thread| thread.id() == me.id());
        place.and_then(|place| queue.remove(place)).is_some()
    }
}

fn left(deadline: Option<Instant>) -> Option<Duration> {
    deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
}

#[derive(Debug)]
pub struct LockGuard<'a> {
    lock: &'a Lock,
}

impl Drop for LockGuard<'_> {
    fn drop(&mut self) {
        let _ = self.lock.release();
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAcquired;

impl fmt::Display for NotAcquired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the lock was released while nobody had it")
    }
}

impl Error for NotAcquired {}
