//! alternate: one-shot per waiter
//! idea: Every waiter sleeps on a mutex and a condition variable of its own until it is handed the lock.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

/// `None`: free. `Some`: taken, and who waits for it.
#[derive(Debug, Default)]
pub struct Lock(Mutex<Option<VecDeque<Arc<Turn>>>>);

#[derive(Debug, Default)]
struct Turn {
    come: Mutex<bool>,
    bell: Condvar,
}

impl Lock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        self.acquire_timeout(Duration::MAX);
    }

    pub fn try_acquire(&self) -> bool {
        let mut line = self.0.lock().unwrap();
        let free = line.is_none();
        line.get_or_insert_default();
        free
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        let turn = Arc::new(Turn::default());
        match &mut *self.0.lock().unwrap() {
            Some(line) => line.push_back(Arc::clone(&turn)),
            free => {
                *free = Some(VecDeque::new());
                return true;
            }
        }
        let mut come = turn.come.lock().unwrap();
        while !*come {
            let Some(deadline) = deadline else {
                come = turn.bell.wait(come).unwrap();
                continue;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                (come, _) = turn.bell.wait_timeout(come, left).unwrap();
                continue;
            }
            // Let go first: a release locks the line and then the turn.
            drop(come);
            let mut line = self.0.lock().unwrap();
            let line = line.as_mut().expect("somebody has the lock, perhaps we do");
            let before = line.len();
            line.retain(|other| !Arc::ptr_eq(other, &turn));
            return line.len() == before;
        }
        true
    }

    pub fn release(&self) -> Result<(), NotAcquired> {
        let mut line = self.0.lock().unwrap();
        let Some(waiting) = line.as_mut() else {
            return Err(NotAcquired);
        };
        match waiting.pop_front() {
            Some(turn) => {
                *turn.come.lock().unwrap() = true;
                turn.bell.notify_one();
            }
            None => *line = None,
        }
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        self.0.lock().unwrap().is_some()
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
