//! alternate: a list of entries
//! idea: The owner is whoever is in the list, the depth is its length.

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct RLock {
    /// One entry per acquire, all of the same thread.
    entries: Mutex<Vec<ThreadId>>,
    freed: Condvar,
}

fn enter(entries: &mut Vec<ThreadId>) -> bool {
    let me = thread::current().id();
    let may = entries.first().is_none_or(|&owner| owner == me);
    if may {
        entries.push(me);
    }
    may
}

impl RLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        let entries = self.entries.lock().unwrap();
        drop(
            self.freed
                .wait_while(entries, |entries| !enter(entries))
                .unwrap(),
        );
    }

    pub fn try_acquire(&self) -> bool {
        enter(&mut self.entries.lock().unwrap())
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            self.acquire();
            return true;
        };
        let mut entries = self.entries.lock().unwrap();
        while !enter(&mut entries) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            (entries, _) = self.freed.wait_timeout(entries, left).unwrap();
        }
        true
    }

    pub fn release(&self) -> Result<(), NotOwner> {
        if !self.is_owned() {
            return Err(NotOwner);
        }
        let mut entries = self.entries.lock().unwrap();
        entries.pop();
        if entries.is_empty() {
            self.freed.notify_one();
        }
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        !self.entries.lock().unwrap().is_empty()
    }

    pub fn is_owned(&self) -> bool {
        self.depth() > 0
    }

    pub fn depth(&self) -> usize {
        let me = thread::current().id();
        let entries = self.entries.lock().unwrap();
        if entries.first() == Some(&me) {
            entries.len()
        } else {
            0
        }
    }

    pub fn guard(&self) -> RLockGuard<'_> {
        self.acquire();
        RLockGuard {
            lock: self,
            stays_here: PhantomData,
        }
    }
}

#[derive(Debug)]
#[must_use = "the lock is released as soon as the guard is dropped"]
pub struct RLockGuard<'a> {
    lock: &'a RLock,
    stays_here: PhantomData<MutexGuard<'static, ()>>,
}

impl Drop for RLockGuard<'_> {
    fn drop(&mut self) {
        let _ = self.lock.release();
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotOwner;

impl fmt::Display for NotOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the lock was released by a thread that does not own it")
    }
}

impl Error for NotOwner {}
