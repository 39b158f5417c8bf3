//! mutant: relaxed-lock
//! idea: Only the release has to be ordered.
//! caught-by: loom::a_release_publishes_to_acquire = data_race
//! caught-by: model::two_threads_take_turns = data_race
//! caught-by: loom::a_release_publishes_to_a_guard = data_race
//! caught-by: loom::a_release_publishes_to_a_timed_acquire = data_race
//! caught-by: loom::a_release_publishes_to_a_try = data_race
//! caught-by: loom::a_release_by_another_thread_publishes = data_race

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
            .compare_exchange(false, true, Relaxed, Relaxed)
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
            self.leave(&me);
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
