//! mutant: if-not-while
//! idea: Whoever is woken has been promised the lock, so there is no need to look again.
//! caught-by: model::nobody_gets_in_while_it_is_held = spurious_wakeup
//! caught-by: model::three_threads_take_turns = data_race
//! caught-by: stress::one_thread_at_a_time = assertion

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
        if *locked {
            locked = self.freed.wait(locked).unwrap();
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
            (locked, _) = self.freed.wait_timeout(locked, left).unwrap();
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
