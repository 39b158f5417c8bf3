//! mutant: timeout-gives-up-early
//! idea: Wait once with the timeout; if the lock is still taken then, the time is over.
//! caught-by: model::a_timed_wait_lasts_its_time = spurious_wakeup
//! caught-by: model::woken_in_vain_it_lasts_its_time = spurious_wakeup

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
        let mut locked = self.locked.lock().unwrap();
        if *locked {
            (locked, _) = self.freed.wait_timeout(locked, timeout).unwrap();
        }
        !std::mem::replace(&mut *locked, true)
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
