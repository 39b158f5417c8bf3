//! mutant: believes-unpark
//! idea: `park` returns when a release has handed a permit over.
//! caught-by: model::nobody_gets_in_without_a_permit = spurious_wakeup
//! caught-by: model::a_stray_unpark_does_no_harm = assertion
//! caught-by: model::one_permit_is_a_lock = data_race

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::*};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Semaphore {
    state: Mutex<State>,
}

/// Nobody waits while there are permits.
#[derive(Debug)]
struct State {
    permits: usize,
    queue: VecDeque<Arc<Waiter>>,
}

#[derive(Debug)]
struct Waiter {
    thread: Thread,
    has_permit: AtomicBool,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        Semaphore {
            state: Mutex::new(State {
                permits,
                queue: VecDeque::new(),
            }),
        }
    }

    pub fn acquire(&self) {
        self.acquire_timeout(Duration::MAX);
    }

    pub fn try_acquire(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let there_is_one = state.permits > 0;
        state.permits -= usize::from(there_is_one);
        there_is_one
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        let mut state = self.state.lock().unwrap();
        if state.permits > 0 {
            state.permits -= 1;
            return true;
        }
        let me = Arc::new(Waiter {
            thread: thread::current(),
            has_permit: AtomicBool::new(false),
        });
        state.queue.push_back(Arc::clone(&me));
        drop(state);
        if !me.has_permit.load(Acquire) {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            match left {
                None => thread::park(),
                // Whoever is not in the queue any more has just been given a permit.
                Some(Duration::ZERO) => return !self.leave(&me),
                Some(left) => thread::park_timeout(left),
            }
        }
        true
    }

    /// Leaves the queue. Returns whether the waiter was still in it.
    fn leave(&self, me: &Arc<Waiter>) -> bool {
        let queue = &mut self.state.lock().unwrap().queue;
        let place = queue.iter().position(|waiter| Arc::ptr_eq(waiter, me));
        place.and_then(|place| queue.remove(place)).is_some()
    }

    pub fn release(&self) {
        self.release_many(1);
    }

    pub fn release_many(&self, permits: usize) {
        let _ = self.add(permits, usize::MAX);
    }

    fn add(&self, permits: usize, bound: usize) -> Result<(), OverRelease> {
        let mut state = self.state.lock().unwrap();
        if permits > bound - state.permits {
            return Err(OverRelease);
        }
        let given = permits.min(state.queue.len());
        state.permits += permits - given;
        for waiter in state.queue.drain(..given) {
            waiter.has_permit.store(true, Release);
            waiter.thread.unpark();
        }
        Ok(())
    }

    pub fn permits(&self) -> usize {
        self.state.lock().unwrap().permits
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
