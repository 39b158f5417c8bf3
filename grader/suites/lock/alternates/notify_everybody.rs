//! alternate: notify everybody
//! idea: All waiters are woken, after the inner mutex was let go, and race for the flag; `wait_while` does the loops.

use std::error::Error;
use std::fmt;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

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
        let locked = self.locked.lock().unwrap();
        *self.freed.wait_while(locked, |locked| *locked).unwrap() = true;
    }

    pub fn try_acquire(&self) -> bool {
        let mut locked = self.locked.lock().unwrap();
        !std::mem::replace(&mut *locked, true)
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let locked = self.locked.lock().unwrap();
        let (mut locked, result) = self
            .freed
            .wait_timeout_while(locked, timeout, |locked| *locked)
            .unwrap();
        // Free at the very last moment, and given up all the same: that is allowed.
        if result.timed_out() {
            return false;
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
        drop(locked);
        self.freed.notify_all();
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
