//! alternate: ticket lock
//! idea: Everybody draws a number and sleeps until it is called: strictly first come, first served.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Lock {
    counter: Mutex<Counter>,
    called: Condvar,
}

/// The lock is free when the ticket that is served has not been drawn yet.
#[derive(Debug, Default)]
struct Counter {
    next: u64,
    serving: u64,
    /// Tickets of those who gave up.
    void: BTreeSet<u64>,
}

impl Counter {
    fn draw(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }
}

impl Lock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        self.acquire_timeout(Duration::MAX);
    }

    pub fn try_acquire(&self) -> bool {
        let mut counter = self.counter.lock().unwrap();
        if counter.next != counter.serving {
            return false;
        }
        counter.draw();
        true
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        let mut counter = self.counter.lock().unwrap();
        let ticket = counter.draw();
        while counter.serving != ticket {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            counter = match left {
                None => self.called.wait(counter).unwrap(),
                Some(Duration::ZERO) => {
                    counter.void.insert(ticket);
                    return false;
                }
                Some(left) => self.called.wait_timeout(counter, left).unwrap().0,
            };
        }
        true
    }

    pub fn release(&self) -> Result<(), NotAcquired> {
        let mut guard = self.counter.lock().unwrap();
        let counter = &mut *guard;
        if counter.next == counter.serving {
            return Err(NotAcquired);
        }
        counter.serving += 1;
        while counter.void.remove(&counter.serving) {
            counter.serving += 1;
        }
        self.called.notify_all();
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        let counter = self.counter.lock().unwrap();
        counter.next != counter.serving
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
