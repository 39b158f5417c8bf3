//! alternate: one token
//! idea: A box holds the one token or is empty; to have the lock is to have taken the token out.

use std::error::Error;
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

#[derive(Debug)]
struct Token;

#[derive(Debug)]
pub struct Lock {
    token: Mutex<Option<Token>>,
    back: Condvar,
}

impl Default for Lock {
    fn default() -> Self {
        Self::new()
    }
}

impl Lock {
    pub fn new() -> Self {
        Lock {
            token: Mutex::new(Some(Token)),
            back: Condvar::new(),
        }
    }

    fn open(&self) -> MutexGuard<'_, Option<Token>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn acquire(&self) {
        let mut token = self.open();
        while token.take().is_none() {
            token = self
                .back
                .wait(token)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub fn try_acquire(&self) -> bool {
        self.open().take().is_some()
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        let mut token = self.open();
        while token.take().is_none() {
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                return false;
            }
            token = self
                .back
                .wait_timeout(token, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }

    pub fn release(&self) -> Result<(), NotAcquired> {
        if self.open().replace(Token).is_some() {
            return Err(NotAcquired);
        }
        self.back.notify_one();
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        self.open().is_none()
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
