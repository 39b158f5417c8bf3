//! alternate: tickets
//! idea: Who waits draws a number; the last release calls the next one. The owner shows its name, not a number.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct RLock {
    state: Mutex<State>,
    called: Condvar,
}

#[derive(Debug, Default)]
struct State {
    owner: Option<ThreadId>,
    depth: usize,
    next: u64,
    serving: u64,
    /// Tickets of those who gave up.
    void: BTreeSet<u64>,
}

impl State {
    fn is_mine(&self) -> bool {
        self.owner == Some(thread::current().id())
    }
}

impl RLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        self.acquire_until(None);
    }

    pub fn try_acquire(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        if state.next == state.serving {
            state.next += 1;
            state.owner = Some(thread::current().id());
        }
        let mine = state.is_mine();
        state.depth += usize::from(mine);
        mine
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        // No deadline means for ever.
        self.acquire_until(Instant::now().checked_add(timeout))
    }

    fn acquire_until(&self, deadline: Option<Instant>) -> bool {
        if self.try_acquire() {
            return true;
        }
        let mut state = self.state.lock().unwrap();
        let ticket = state.next;
        state.next += 1;
        while state.serving != ticket {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            state = match left {
                None => self.called.wait(state).unwrap(),
                Some(Duration::ZERO) => {
                    state.void.insert(ticket);
                    return false;
                }
                Some(left) => self.called.wait_timeout(state, left).unwrap().0,
            };
        }
        state.owner = Some(thread::current().id());
        state.depth = 1;
        true
    }

    pub fn release(&self) -> Result<(), NotOwner> {
        let mut guard = self.state.lock().unwrap();
        let state = &mut *guard;
        if !state.is_mine() {
            return Err(NotOwner);
        }
        state.depth -= 1;
        if state.depth == 0 {
            state.owner = None;
            state.serving += 1;
            while state.void.remove(&state.serving) {
                state.serving += 1;
            }
            self.called.notify_all();
        }
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        let state = self.state.lock().unwrap();
        state.next != state.serving
    }

    pub fn is_owned(&self) -> bool {
        self.state.lock().unwrap().is_mine()
    }

    pub fn depth(&self) -> usize {
        let state = self.state.lock().unwrap();
        if state.is_mine() { state.depth } else { 0 }
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
