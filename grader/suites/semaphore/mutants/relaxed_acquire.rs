//! mutant: relaxed-acquire
//! idea: The count is atomic; taking from it needs no ordering.
//! caught-by: loom::a_release_publishes_to_acquire = data_race
//! caught-by: model::a_release_publishes_to_acquire = data_race
//! caught-by: loom::a_release_publishes_to_a_guard = data_race
//! caught-by: loom::a_release_publishes_to_a_timed_acquire = data_race
//! caught-by: loom::a_release_of_many_publishes_to_a_try = data_race
//! caught-by: loom::a_bounded_semaphore_is_a_lock_too = data_race

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::*};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Semaphore {
    permits: AtomicUsize,
    queue: Mutex<VecDeque<Thread>>,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        Semaphore {
            permits: AtomicUsize::new(permits),
            queue: Mutex::default(),
        }
    }

    pub fn acquire(&self) {
        self.acquire_timeout(Duration::MAX);
    }

    pub fn try_acquire(&self) -> bool {
        self.permits
            .fetch_update(Relaxed, Relaxed, |permits| permits.checked_sub(1))
            .is_ok()
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        let me = thread::current();
        while !self.try_acquire() {
            self.queue.lock().unwrap().push_back(me.clone());
            // Before we were in the queue, a permit may have come.
            let got_one = self.try_acquire();
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            match left {
                _ if got_one => {}
                None => thread::park(),
                Some(Duration::ZERO) => {}
                Some(left) => thread::park_timeout(left),
            }
            let was_woken = !self.leave(&me);
            if got_one || left == Some(Duration::ZERO) {
                // Somebody else may need the wake-up that we had no use for.
                if was_woken {
                    self.wake(1);
                }
                return got_one;
            }
        }
        true
    }

    /// Leaves the queue. Returns whether the thread was still in it.
    fn leave(&self, me: &Thread) -> bool {
        let mut queue = self.queue.lock().unwrap();
        let place = queue.iter().position(|thread| thread.id() == me.id());
        place.and_then(|place| queue.remove(place)).is_some()
    }

    fn wake(&self, n: usize) {
        let mut queue = self.queue.lock().unwrap();
        let n = n.min(queue.len());
        queue.drain(..n).for_each(|thread| thread.unpark());
    }

    pub fn release(&self) {
        self.release_many(1);
    }

    pub fn release_many(&self, permits: usize) {
        let _ = self.add(permits, usize::MAX);
    }

    fn add(&self, permits: usize, bound: usize) -> Result<(), OverRelease> {
        self.permits
            .fetch_update(Release, Relaxed, |now| {
                (permits <= bound - now).then(|| now + permits)
            })
            .map_err(|_| OverRelease)?;
        self.wake(permits);
        Ok(())
    }

    pub fn permits(&self) -> usize {
        self.permits.load(Relaxed)
    }

    pub fn guard(&self) -> Permit<'_> {
        self.acquire();
        Permit { semaphore: self }
    }
}

#[derive(Debug)]
pub struct Permit<'a> {
    semaphore: &'a Semaphore,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.semaphore.release();
    }
}

#[derive(Debug)]
pub struct BoundedSemaphore {
    semaphore: Semaphore,
    bound: usize,
}

impl BoundedSemaphore {
    pub fn new(permits: usize) -> Self {
        BoundedSemaphore {
            semaphore: Semaphore::new(permits),
            bound: permits,
        }
    }

    pub fn acquire(&self) {
        self.semaphore.acquire();
    }

    pub fn try_acquire(&self) -> bool {
        self.semaphore.try_acquire()
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        self.semaphore.acquire_timeout(timeout)
    }

    pub fn release(&self) -> Result<(), OverRelease> {
        self.release_many(1)
    }

    pub fn release_many(&self, permits: usize) -> Result<(), OverRelease> {
        self.semaphore.add(permits, self.bound)
    }

    pub fn permits(&self) -> usize {
        self.semaphore.permits()
    }

    pub fn guard(&self) -> BoundedPermit<'_> {
        self.acquire();
        BoundedPermit { semaphore: self }
    }
}

#[derive(Debug)]
pub struct BoundedPermit<'a> {
    semaphore: &'a BoundedSemaphore,
}

impl Drop for BoundedPermit<'_> {
    fn drop(&mut self) {
        let _ = self.semaphore.release();
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverRelease;

impl fmt::Display for OverRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("more permits were released than had been acquired")
    }
}

impl Error for OverRelease {}
