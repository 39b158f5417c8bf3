//! mutant: begins-taken
//! idea: The flag says `free`, and `Default` will know how a lock begins.
//! base: none
//! caught-by: stress::a_new_lock_is_free = assertion

use std::error::Error;
use std::fmt;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Lock {
    free: Mutex<bool>,
    freed: Condvar,
}

impl Lock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        let mut free = self.free.lock().unwrap();
        while !*free {
            free = self.freed.wait(free).unwrap();
        }
        *free = false;
    }

    pub fn try_acquire(&self) -> bool {
        let mut free = self.free.lock().unwrap();
        std::mem::replace(&mut *free, false)
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            self.acquire();
            return true;
        };
        let mut free = self.free.lock().unwrap();
        while !*free {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            (free, _) = self.freed.wait_timeout(free, left).unwrap();
        }
        *free = false;
        true
    }

    pub fn release(&self) -> Result<(), NotAcquired> {
        let mut free = self.free.lock().unwrap();
        if *free {
            return Err(NotAcquired);
        }
        *free = true;
        self.freed.notify_one();
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        !*self.free.lock().unwrap()
    }

    pub fn guard(&self) -> LockGuard<'_> {
        self.acquire();
        LockGuard { lock: self }
    }
}

#[derive(Debug)]
#[must_use = "the lock is released as soon as the guard is dropped"]
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
