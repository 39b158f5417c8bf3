//! mutant: relaxed-lock
//! idea: Only the release has to be ordered.
//! caught-by: loom::a_release_publishes_to_acquire = data_race
//! caught-by: model::two_threads_take_turns = data_race
//! caught-by: loom::a_release_publishes_to_a_guard = data_race
//! caught-by: loom::a_release_publishes_to_a_timed_acquire = data_race
//! caught-by: loom::a_release_publishes_to_a_try = data_race
//! caught-by: loom::the_last_release_publishes_what_all_levels_wrote = data_race

use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering::*};
use std::sync::{Mutex, MutexGuard};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// One level of depth; what is above counts as the owner's number.
const LEVEL: u64 = 1;
const OWNER: u64 = 1 << 32;

#[derive(Debug, Default)]
pub struct RLock {
    /// Owner and depth in one; 0 is free.
    word: AtomicU64,
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
                // Who has left the queue by itself has taken nobody's wake-up along.
                Some(Duration::ZERO) if self.leave() => return false,
                Some(left) => thread::park_timeout(left),
            }
            self.leave();
        }
        true
    }

    /// The number of the calling thread, as the upper half of the word.
    fn me(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        thread::current().id().hash(&mut hasher);
        (hasher.finish() | 1) << 32
    }

    fn enter(&self, me: u64) -> bool {
        match self.word.compare_exchange(0, me | LEVEL, Relaxed, Relaxed) {
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
