//! mutant: sleeps-its-timeout-out
//! idea: Sleep for the time given, then see whether the lock is free.
//! caught-by: model::the_longest_timeout_is_for_ever = deadlock
//! caught-by: stress::a_timed_wait_ends_when_the_lock_is_freed = deadlock

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
            locked = self.freed.wait(locked).unwrap();
        }
        *locked = true;
    }

    pub fn try_acquire(&self) -> bool {
        let mut locked = self.locked.lock().unwrap();
        !std::mem::replace(&mut *locked, true)
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        if self.try_acquire() {
            return true;
        }
        while deadline.is_none_or(|deadline| Instant::now() < deadline) {
            std::thread::park_timeout(timeout);
        }
        self.try_acquire()
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
