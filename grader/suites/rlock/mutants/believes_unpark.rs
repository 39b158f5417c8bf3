//! mutant: believes-unpark
//! idea: `park` returns when a release has handed the lock over.
//! caught-by: model::a_stray_unpark_does_no_harm = assertion
//! caught-by: model::nobody_gets_in_while_it_is_held = spurious_wakeup
//! caught-by: model::one_release_lets_one_waiter_in = spurious_wakeup

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Mutex, MutexGuard};
use std::thread::{self, Thread, ThreadId};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct RLock {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    owner: Option<ThreadId>,
    depth: usize,
    queue: VecDeque<Thread>,
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
        if state.owner.is_none() {
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
        if state.owner.is_some() {
            state.queue.push_back(thread::current());
        } else {
            state.owner = Some(thread::current().id());
        }
        if !state.is_mine() {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                let me = thread::current().id();
                state.queue.retain(|thread| thread.id() != me);
                return false;
            }
            drop(state);
            match left {
                None => thread::park(),
                Some(left) => thread::park_timeout(left),
            }
            state = self.state.lock().unwrap();
        }
        state.owner = Some(thread::current().id());
        state.depth = 1;
        true
    }

    pub fn release(&self) -> Result<(), NotOwner> {
        let mut state = self.state.lock().unwrap();
        if !state.is_mine() {
            return Err(NotOwner);
        }
        state.depth -= 1;
        if state.depth == 0 {
            // The lock is never free while somebody waits: it only changes hands.
            let next = state.queue.pop_front();
            state.owner = next.as_ref().map(Thread::id);
            if let Some(thread) = next {
                thread.unpark();
            }
        }
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        self.state.lock().unwrap().owner.is_some()
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
