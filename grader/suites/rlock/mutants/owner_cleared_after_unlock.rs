//! mutant: owner-cleared-after-unlock
//! idea: Free the lock first; who owned it is a detail that can be tidied up later.
//! caught-by: model::two_threads_take_turns = assertion

use std::error::Error;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::*};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct RLock {
    inner: Lock,
    /// The owner's number, 0 for nobody. A thread finds its own number here only if it
    /// has put it here itself, so no ordering is needed.
    owner: AtomicU64,
    /// Touched by the owner only.
    depth: AtomicUsize,
}

/// A plain lock.
#[derive(Debug, Default)]
struct Lock {
    locked: Mutex<bool>,
    freed: Condvar,
}

impl Lock {
    fn acquire_until(&self, deadline: Option<Instant>) -> bool {
        let mut locked = self.locked.lock().unwrap();
        while *locked {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            locked = match left {
                None => self.freed.wait(locked).unwrap(),
                Some(Duration::ZERO) => return false,
                Some(left) => self.freed.wait_timeout(locked, left).unwrap().0,
            };
        }
        *locked = true;
        true
    }

    fn try_acquire(&self) -> bool {
        let mut locked = self.locked.lock().unwrap();
        !std::mem::replace(&mut *locked, true)
    }

    fn release(&self) {
        *self.locked.lock().unwrap() = false;
        self.freed.notify_one();
    }
}

/// A number that no other living thread has.
fn me() -> u64 {
    let mut hasher = DefaultHasher::new();
    thread::current().id().hash(&mut hasher);
    hasher.finish().max(1)
}

impl RLock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        self.enter(|inner| inner.acquire_until(None));
    }

    pub fn try_acquire(&self) -> bool {
        self.enter(Lock::try_acquire)
    }

    pub fn acquire_timeout(&self, timeout: Duration) -> bool {
        // No deadline means for ever.
        let deadline = Instant::now().checked_add(timeout);
        self.enter(|inner| inner.acquire_until(deadline))
    }

    fn enter(&self, acquire: impl FnOnce(&Lock) -> bool) -> bool {
        if !self.is_owned() {
            if !acquire(&self.inner) {
                return false;
            }
            self.owner.store(me(), Relaxed);
        }
        self.depth.fetch_add(1, Relaxed);
        true
    }

    pub fn release(&self) -> Result<(), NotOwner> {
        if !self.is_owned() {
            return Err(NotOwner);
        }
        if self.depth.fetch_sub(1, Relaxed) == 1 {
            self.inner.release();
            self.owner.store(0, Relaxed);
        }
        Ok(())
    }

    pub fn is_locked(&self) -> bool {
        *self.inner.locked.lock().unwrap()
    }

    pub fn is_owned(&self) -> bool {
        self.owner.load(Relaxed) == me()
    }

    pub fn depth(&self) -> usize {
        if self.is_owned() {
            self.depth.load(Relaxed)
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
