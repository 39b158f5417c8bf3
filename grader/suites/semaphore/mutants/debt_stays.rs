//! mutant: debt-stays
//! idea: The counter knows who waits; who gives up is not worth the trouble.
//! caught-by: model::giving_up_leaves_no_trace = assertion
//! caught-by: stress::giving_up_leaves_no_trace = assertion
//! caught-by: model::a_timed_waiter_answers_the_truth = assertion

use std::error::Error;
use std::fmt;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Semaphore {
    state: Mutex<State>,
    bell: Condvar,
}

#[derive(Debug)]
struct State {
    /// Permits; below zero, the number of those who wait.
    value: isize,
    /// Permits that were released to those who wait, and not picked up yet.
    wakeups: usize,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        Semaphore {
            state: Mutex::new(State {
                value: permits as isize,
                wakeups: 0,
            }),
            bell: Condvar::new(),
        }
    }

    pub fn acquire(&self) {
        self.acquire_timeout(Duration::MAX);
    }

    pub fn try_acquire(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let there_is_one = state.value > 0;
        state.value -= isize::from(there_is_one);
        there_is_one
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        let mut state = self.state.lock().unwrap();
        state.value -= 1;
        if state.value >= 0 {
            return true;
        }
        while state.wakeups == 0 {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            state = match left {
                None => self.bell.wait(state).unwrap(),
                Some(Duration::ZERO) => return false,
                Some(left) => self.bell.wait_timeout(state, left).unwrap().0,
            };
        }
        state.wakeups -= 1;
        true
    }

    pub fn release(&self) {
        self.release_many(1);
    }

    pub fn release_many(&self, permits: usize) {
        let _ = self.add(permits, isize::MAX as usize);
    }

    fn add(&self, permits: usize, bound: usize) -> Result<(), OverRelease> {
        let mut state = self.state.lock().unwrap();
        if permits > bound - state.value.max(0) as usize {
            return Err(OverRelease);
        }
        let waiting = (-state.value).max(0) as usize;
        state.value += permits as isize;
        let woken = permits.min(waiting);
        state.wakeups += woken;
        for _ in 0..woken {
            self.bell.notify_one();
        }
        Ok(())
    }

    pub fn permits(&self) -> usize {
        self.state.lock().unwrap().value.max(0) as usize
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
