//! mutant: rings-without-going-to-bed
//! idea: The bell needs no lock: just ring it.
//! caught-by: model::no_wakeup_is_lost = lost_wakeup

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering::*};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

const FREE: u8 = 0;
const TAKEN: u8 = 1;
/// Taken, and perhaps somebody sleeps.
const CONTENDED: u8 = 2;

#[derive(Debug, Default)]
pub struct Lock {
    state: AtomicU8,
    bed: Mutex<()>,
    bell: Condvar,
}

impl Lock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        self.acquire_until(None);
    }

    pub fn try_acquire(&self) -> bool {
        self.state
            .compare_exchange(FREE, TAKEN, Acquire, Relaxed)
            .is_ok()
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        // No deadline means for ever.
        self.acquire_until(Instant::now().checked_add(timeout))
    }

    fn acquire_until(&self, deadline: Option<Instant>) -> bool {
        if self.try_acquire() {
            return true;
        }
        while self.state.swap(CONTENDED, Acquire) != FREE {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                return false;
            }
            self.sleep(left);
        }
        true
    }

    /// Sleeps until woken, unless the lock is not contended any more.
    fn sleep(&self, left: Option<Duration>) {
        let bed = self.bed.lock().unwrap();
        if self.state.load(Relaxed) != CONTENDED {
            return;
        }
        match left {
            None => drop(self.bell.wait(bed).unwrap()),
            Some(left) => drop(self.bell.wait_timeout(bed, left).unwrap()),
        }
    }

    pub fn release(&self) -> Result<(), NotAcquired> {
        match self.state.swap(FREE, Release) {
            FREE => return Err(NotAcquired),
            CONTENDED => {
                self.bell.notify_one();
            }
            _ => {}
        }
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        self.state.load(Relaxed) != FREE
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
