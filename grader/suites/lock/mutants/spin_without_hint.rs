//! mutant: spin-without-hint
//! idea: Look again and again until the lock is free.
//! base: none
//! caught-by: model::waiting_is_sleeping = busy_wait
//! caught-by: stress::waiting_is_sleeping = busy_wait
//! caught-by: model::woken_in_vain_it_keeps_its_deadline = busy_wait
//! caught-by: model::a_timed_wait_lasts_its_time = busy_wait
//! caught-by: model::woken_in_vain_it_lasts_its_time = busy_wait
//! caught-by: model::giving_up_swallows_no_wakeup = busy_wait
//! caught-by: model::giving_up_leaves_no_trace = busy_wait
//! caught-by: model::all_kinds_wait_in_one_line = busy_wait
//! caught-by: model::overtaken_again_and_again_it_waits_on = busy_wait
//! caught-by: model::a_try_does_not_wait_for_who_waits = busy_wait
//! caught-by: model::one_waiter_does_not_hold_up_another = busy_wait
//! caught-by: model::a_release_at_the_deadline_reaches_who_waits_on = busy_wait
//! only

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::*};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Lock {
    locked: AtomicBool,
}

impl Lock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        while self.locked.swap(true, Acquire) {}
    }

    pub fn try_acquire(&self) -> bool {
        !self.locked.swap(true, Acquire)
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        loop {
            if self.try_acquire() {
                return true;
            }
            if start.elapsed() >= timeout {
                return false;
            }
        }
    }

    pub fn release(&self) -> Result<(), NotAcquired> {
        if self.locked.swap(false, Release) {
            Ok(())
        } else {
            Err(NotAcquired)
        }
    }

    pub fn is_locked(&self) -> bool {
        self.locked.load(Relaxed)
    }

    pub fn guard(&self) -> LockGuard<'_> {
        self.acquire();
        LockGuard { lock: self }
    }
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
