//! mutant: zero-length-naps
//! idea: Sleep for no time at all between two looks: that is not spinning.
//! caught-by: model::waiting_is_sleeping = busy_wait
//! caught-by: stress::waiting_is_sleeping = busy_wait
//! caught-by: model::woken_in_vain_it_keeps_its_deadline = busy_wait
//! caught-by: model::a_timed_wait_lasts_its_time = busy_wait
//! caught-by: model::woken_in_vain_it_lasts_its_time = busy_wait
//! caught-by: model::giving_up_swallows_no_wakeup = busy_wait
//! caught-by: model::giving_up_leaves_no_trace = busy_wait

use std::error::Error;
use std::fmt;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Lock {
    locked: Mutex<bool>,
    freed: Condvar,
}

impl Lock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        let mut locked = self.locked.lock().unwrap();
        while *locked {
            (locked, _) = self.freed.wait_timeout(locked, Duration::ZERO).unwrap();
        }
        *locked = true;
    }

    pub fn try_acquire(&self) -> bool {
        let mut locked = self.locked.lock().unwrap();
        !std::mem::replace(&mut *locked, true)
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            self.acquire();
            return true;
        };
        let mut locked = self.locked.lock().unwrap();
        while *locked {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            (locked, _) = self.freed.wait_timeout(locked, Duration::ZERO).unwrap();
        }
        *locked = true;
        true
    }

    pub fn release(&self) -> Result<(), NotAcquired> {
        let mut locked = self.locked.lock().unwrap();
        if !*locked {
            return Err(NotAcquired);
        }
        *locked = false;
        self.freed.notify_one();
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        *self.locked.lock().unwrap()
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
