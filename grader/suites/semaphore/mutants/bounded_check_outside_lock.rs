//! mutant: bounded-check-outside-lock
//! idea: Ask whether there is room, then release.
//! caught-by: model::of_two_releases_one_counts = assertion
//! caught-by: stress::a_bounded_count_never_passes_its_bound = assertion

use std::error::Error;
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Semaphore {
    permits: Mutex<usize>,
    added: Condvar,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        Semaphore {
            permits: Mutex::new(permits),
            added: Condvar::new(),
        }
    }

    pub fn acquire(&self) {
        let mut permits = self.permits.lock().unwrap();
        while *permits == 0 {
            permits = self.added.wait(permits).unwrap();
        }
        *permits -= 1;
    }

    pub fn try_acquire(&self) -> bool {
        let mut permits = self.permits.lock().unwrap();
        if *permits == 0 {
            return false;
        }
        *permits -= 1;
        true
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            self.acquire();
            return true;
        };
        let mut permits = self.permits.lock().unwrap();
        while *permits == 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            (permits, _) = self.added.wait_timeout(permits, left).unwrap();
        }
        *permits -= 1;
        true
    }

    pub fn release(&self) {
        self.release_many(1);
    }

    pub fn release_many(&self, permits: usize) {
        self.add(self.permits.lock().unwrap(), permits);
    }

    pub fn permits(&self) -> usize {
        *self.permits.lock().unwrap()
    }

    pub fn guard(&self) -> Permit<'_> {
        self.acquire();
        Permit { semaphore: self }
    }

    fn add(&self, mut permits: MutexGuard<'_, usize>, added: usize) {
        *permits += added;
        match added {
            0 => {}
            1 => self.added.notify_one(),
            _ => self.added.notify_all(),
        }
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
        if permits > self.bound.saturating_sub(self.permits()) {
            return Err(OverRelease);
        }
        self.semaphore.release_many(permits);
        Ok(())
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
