//! mutant: spin-without-hint
//! idea: Look again and again until there is a permit.
//! base: none
//! caught-by: model::waiting_is_sleeping = busy_wait
//! caught-by: stress::waiting_is_sleeping = busy_wait
//! caught-by: model::woken_in_vain_it_keeps_its_deadline = busy_wait
//! caught-by: model::a_timed_wait_lasts_its_time = busy_wait
//! caught-by: model::woken_in_vain_it_lasts_its_time = busy_wait
//! caught-by: model::giving_up_swallows_no_wakeup = busy_wait
//! caught-by: model::giving_up_leaves_no_trace = busy_wait
//! caught-by: model::all_kinds_wait_in_one_line = busy_wait
//! caught-by: model::many_permits_let_all_kinds_in = busy_wait
//! caught-by: model::overtaken_again_and_again_it_waits_on = busy_wait
//! caught-by: model::a_try_does_not_wait_for_who_waits = busy_wait
//! caught-by: model::one_waiter_does_not_hold_up_another = busy_wait
//! caught-by: model::a_release_at_the_deadline_reaches_who_waits_on = busy_wait
//! only

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering::*};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Semaphore {
    permits: AtomicUsize,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        Semaphore {
            permits: AtomicUsize::new(permits),
        }
    }

    pub fn acquire(&self) {
        while !self.try_acquire() {}
    }

    pub fn try_acquire(&self) -> bool {
        self.permits
            .fetch_update(Acquire, Relaxed, |permits| permits.checked_sub(1))
            .is_ok()
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        while !self.try_acquire() {
            if start.elapsed() >= timeout {
                return false;
            }
        }
        true
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
            .map(drop)
            .map_err(|_| OverRelease)
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
