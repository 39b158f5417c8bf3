//! mutant: timed-out-waiter-eats-wakeup
//! idea: The time is over: leave, whoever has just woken us.
//! caught-by: model::giving_up_swallows_no_wakeup = lost_wakeup

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering::*};
use std::sync::{Mutex, MutexGuard};
use std::thread::{self, Thread, ThreadId};
use std::time::{Duration, Instant};

/// One level of depth; what is above counts as the owner's number.
const LEVEL: u64 = 1;
const OWNER: u64 = 1 << 32;

#[derive(Debug, Default)]
pub struct RLock {
    /// Owner and depth in one; 0 is free.
    word: AtomicU64,
    /// The threads that have ever asked. Their places are their numbers.
    known: Mutex<Vec<ThreadId>>,
    queue: Mutex<VecDeque<Thread>>,
}

impl RLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        self.acquire_until(None);
    }

    pub fn try_acquire(&self) -> bool {
        self.enter(self.me())
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        // No deadline means for ever.
        self.acquire_until(Instant::now().checked_add(timeout))
    }

    fn acquire_until(&self, deadline: Option<Instant>) -> bool {
        let me = self.me();
        while !self.enter(me) {
            self.queue.lock().unwrap().push_back(thread::current());
            // Before we were in the queue, the lock may have been freed.
            if self.enter(me) {
                self.leave();
                return true;
            }
            match deadline.map(|at| at.saturating_duration_since(Instant::now())) {
                None => thread::park(),
                Some(Duration::ZERO) => {
                    self.leave();
                    return false;
                }
                Some(left) => thread::park_timeout(left),
            }
            self.leave();
        }
        true
    }

    /// The number of the calling thread, as the upper half of the word.
    fn me(&self) -> u64 {
        let id = thread::current().id();
        let mut known = self.known.lock().unwrap();
        let place = known.iter().position(|&thread| thread == id);
        let place = place.unwrap_or_else(|| {
            known.push(id);
            known.len() - 1
        });
        (place as u64 + 1) * OWNER
    }

    fn enter(&self, me: u64) -> bool {
        match self.word.compare_exchange(0, me | LEVEL, Acquire, Relaxed) {
            Ok(_) => true,
            // Nobody else changes the word while it is ours.
            Err(word) if word & !(OWNER - 1) == me => {
                self.word.store(word + LEVEL, Relaxed);
                true
            }
            Err(_) => false,
        }
    }

    /// Leaves the queue. Returns whether the thread was still in it.
    fn leave(&self) -> bool {
        let me = thread::current().id();
        let mut queue = self.queue.lock().unwrap();
        let place = queue.iter().position(|thread| thread.id() == me);
        place.and_then(|place| queue.remove(place)).is_some()
    }

    pub fn release(&self) -> Result<(), NotOwner> {
        match self.depth() {
            0 => return Err(NotOwner),
            1 => {
                self.word.store(0, Release);
                let next = self.queue.lock().unwrap().pop_front();
                if let Some(thread) = next {
                    thread.unpark();
                }
            }
            _ => {
                self.word.fetch_sub(LEVEL, Relaxed);
            }
        }
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        self.word.load(Relaxed) != 0
    }

    pub fn is_owned(&self) -> bool {
        self.depth() > 0
    }

    pub fn depth(&self) -> usize {
        let word = self.word.load(Relaxed);
        if word & !(OWNER - 1) == self.me() {
            (word & (OWNER - 1)) as usize
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
