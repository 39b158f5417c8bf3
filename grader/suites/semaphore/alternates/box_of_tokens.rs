//! alternate: box of tokens
//! idea: Permits are tokens in a box; everybody is woken whenever one comes, after the box was closed.

use std::error::Error;
use std::fmt;
use std::sync::{Condvar, Mutex};
use std::time::Duration;

#[derive(Debug)]
struct Token;

/// Zero-sized tokens in a box: a vector of them is a counter that cannot go wrong.
#[derive(Debug)]
pub struct Semaphore {
    tokens: Mutex<Vec<Token>>,
    added: Condvar,
}

impl Semaphore {
    pub fn new(permits: usize) -> Self {
        let mut tokens = Vec::new();
        tokens.resize_with(permits, || Token);
        Semaphore {
            tokens: Mutex::new(tokens),
            added: Condvar::new(),
        }
    }

    pub fn acquire(&self) {
        let tokens = self.tokens.lock().unwrap();
        let _token = self
            .added
            .wait_while(tokens, |tokens| tokens.is_empty())
            .unwrap()
            .pop();
    }

    pub fn try_acquire(&self) -> bool {
        self.tokens.lock().unwrap().pop().is_some()
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let tokens = self.tokens.lock().unwrap();
        let (mut tokens, _) = self
            .added
            .wait_timeout_while(tokens, timeout, |tokens| tokens.is_empty())
            .unwrap();
        tokens.pop().is_some()
    }

    pub fn release(&self) {
        self.release_many(1);
    }

    pub fn release_many(&self, permits: usize) {
        let _ = self.add(permits, usize::MAX);
    }

    fn add(&self, permits: usize, bound: usize) -> Result<(), OverRelease> {
        let mut tokens = self.tokens.lock().unwrap();
        let now = tokens.len();
        if permits > bound - now {
            return Err(OverRelease);
        }
        tokens.resize_with(now + permits, || Token);
        drop(tokens);
        self.added.notify_all();
        Ok(())
    }

    pub fn permits(&self) -> usize {
        self.tokens.lock().unwrap().len()
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
