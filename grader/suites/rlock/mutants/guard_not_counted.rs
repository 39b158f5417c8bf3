//! mutant: guard-not-counted
//! idea: A guard of the owner has nothing to acquire.
//! caught-by: stress::a_guard_is_worth_one_acquire = assertion
//! caught-by: stress::the_owner_gets_in_again = assertion

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct RLock {
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    owner: Option<ThreadId>,
    depth: usize,
}

impl State {
    fn enter(&mut self, me: ThreadId) -> bool {
        if self.owner.is_some_and(|owner| owner != me) {
            return false;
        }
        self.owner = Some(me);
        self.depth += 1;
        true
    }

    fn depth_of(&self, thread: ThreadId) -> usize {
        if self.owner == Some(thread) {
            self.depth
        } else {
            0
        }
    }
}

impl RLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        let me = thread::current().id();
        let mut state = self.state.lock().unwrap();
        while !state.enter(me) {
            state = self.freed.wait(state).unwrap();
        }
    }

    pub fn try_acquire(&self) -> bool {
        self.state.lock().unwrap().enter(thread::current().id())
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            self.acquire();
            return true;
        };
        let me = thread::current().id();
        let mut state = self.state.lock().unwrap();
        while !state.enter(me) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            (state, _) = self.freed.wait_timeout(state, left).unwrap();
        }
        true
    }

    pub fn release(&self) -> Result<(), NotOwner> {
        let mut state = self.state.lock().unwrap();
        if state.owner != Some(thread::current().id()) {
            return Err(NotOwner);
        }
        state.depth -= 1;
        if state.depth == 0 {
            state.owner = None;
            self.freed.notify_one();
        }
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        self.state.lock().unwrap().owner.is_some()
    }

    pub fn is_owned(&self) -> bool {
        self.depth() > 0
    }

    pub fn depth(&self) -> usize {
        self.state.lock().unwrap().depth_of(thread::current().id())
    }

    pub fn guard(&self) -> RLockGuard<'_> {
        if !self.is_owned() {
            self.acquire();
        }
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
