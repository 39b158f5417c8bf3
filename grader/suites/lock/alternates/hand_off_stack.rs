//! alternate: hand-off stack
//! idea: The same, but the last to come is served first.

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::*};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Lock {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    locked: bool,
    queue: VecDeque<Arc<Waiter>>,
}

#[derive(Debug)]
struct Waiter {
    thread: Thread,
    has_lock: AtomicBool,
}

impl Lock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        self.acquire_until(None);
    }

    pub fn try_acquire(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        !std::mem::replace(&mut state.locked, true)
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        // No deadline means for ever.
        self.acquire_until(Instant::now().checked_add(timeout))
    }

    fn acquire_until(&self, deadline: Option<Instant>) -> bool {
        let mut state = self.state.lock().unwrap();
        if !state.locked {
            state.locked = true;
            return true;
        }
        let me = Arc::new(Waiter {
            thread: thread::current(),
            has_lock: AtomicBool::new(false),
        });
        state.queue.push_back(Arc::clone(&me));
        drop(state);
        while !me.has_lock.load(Acquire) {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            match left {
                None => thread::park(),
                // Whoever is not in the queue any more has just been given the lock.
                Some(Duration::ZERO) => return !self.leave(&me),
                Some(left) => thread::park_timeout(left),
            }
        }
        true
    }

    /// Leaves the queue. Returns whether the waiter was still in it.
    fn leave(&self, me: &Arc<Waiter>) -> bool {
        let queue = &mut self.state.lock().unwrap().queue;
        let place = queue.iter().position(|waiter| Arc::ptr_eq(waiter, me));
        place.and_then(|place| queue.remove(place)).is_some()
    }

    pub fn release(&self) -> Result<(), NotAcquired> {
        let mut state = self.state.lock().unwrap();
        if !state.locked {
            return Err(NotAcquired);
        }
        match state.queue.pop_back() {
            // The lock stays locked: it only changes hands.
            Some(next) => {
                next.has_lock.store(true, Release);
                next.thread.unpark();
            }
            None => state.locked = false,
        }
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        self.state.lock().unwrap().locked
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
