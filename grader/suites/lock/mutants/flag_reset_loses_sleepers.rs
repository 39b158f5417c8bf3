//! mutant: flag-reset-loses-sleepers
//! idea: One bit says that somebody sleeps; whoever rings the bell clears it.
//! caught-by: model::two_waiters_both_get_in = lost_wakeup

use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Lock {
    locked: AtomicBool,
    sleepers: AtomicUsize,
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
        !self.locked.swap(true, SeqCst)
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        // No deadline means for ever.
        self.acquire_until(Instant::now().checked_add(timeout))
    }

    fn acquire_until(&self, deadline: Option<Instant>) -> bool {
        if self.try_acquire() {
            return true;
        }
        let mut bed = self.bed.lock().unwrap();
        loop {
            if self.try_acquire() {
                break true;
            }
            self.sleepers.store(1, SeqCst);
            if self.try_acquire() {
                break true;
            }
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            bed = match left {
                None => self.bell.wait(bed).unwrap(),
                Some(Duration::ZERO) => break false,
                Some(left) => self.bell.wait_timeout(bed, left).unwrap().0,
            };
        }
    }

    pub fn release(&self) -> Result<(), NotAcquired> {
        if !self.locked.swap(false, SeqCst) {
            return Err(NotAcquired);
        }
        if self.sleepers.swap(0, SeqCst) > 0 {
            drop(self.bed.lock().unwrap());
            self.bell.notify_one();
        }
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        self.locked.load(Relaxed)
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
