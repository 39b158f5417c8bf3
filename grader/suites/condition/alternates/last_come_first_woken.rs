//! alternate: last come first woken
//! idea: The waiters are a stack.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering::*};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Condition<T> {
    lock: Arc<Mutex<T>>,
    waiters: Mutex<VecDeque<Arc<Waiter>>>,
}

#[derive(Debug)]
struct Waiter {
    thread: Thread,
    notified: AtomicBool,
}

impl<T> Condition<T> {
    pub fn new(value: T) -> Self {
        Self::with_lock(Arc::new(Mutex::new(value)))
    }

    pub fn with_lock(lock: Arc<Mutex<T>>) -> Self {
        Condition {
            lock,
            waiters: Mutex::default(),
        }
    }

    pub fn lock_handle(&self) -> Arc<Mutex<T>> {
        Arc::clone(&self.lock)
    }

    pub fn acquire(&self) -> MutexGuard<'_, T> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn wait<'a>(&'a self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        let waiter = self.enqueue();
        drop(guard);
        while !waiter.notified.load(Acquire) {
            thread::park();
        }
        self.acquire()
    }

    pub fn wait_timeout<'a>(
        &'a self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> (MutexGuard<'a, T>, bool) {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            return (self.wait(guard), true);
        };
        let waiter = self.enqueue();
        drop(guard);
        while !waiter.notified.load(Acquire) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            thread::park_timeout(left);
        }
        let notified = !self.leave(&waiter);
        (self.acquire(), notified)
    }

    pub fn wait_for<'a, P: FnMut(&mut T) -> bool>(
        &'a self,
        mut guard: MutexGuard<'a, T>,
        mut predicate: P,
    ) -> MutexGuard<'a, T> {
        while !predicate(&mut guard) {
            guard = self.wait(guard);
        }
        guard
    }

    pub fn wait_for_timeout<'a, P: FnMut(&mut T) -> bool>(
        &'a self,
        mut guard: MutexGuard<'a, T>,
        mut predicate: P,
        timeout: Duration,
    ) -> (MutexGuard<'a, T>, bool) {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            return (self.wait_for(guard, predicate), true);
        };
        while !predicate(&mut guard) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return (guard, false);
            }
            (guard, _) = self.wait_timeout(guard, left);
        }
        (guard, true)
    }

    pub fn notify(&self, n: usize) {
        let mut waiters = self.waiters.lock().unwrap();
        let from = waiters.len().saturating_sub(n);
        for waiter in waiters.drain(from..) {
            waiter.notified.store(true, Release);
            waiter.thread.unpark();
        }
    }

    pub fn notify_all(&self) {
        self.notify(usize::MAX);
    }

    fn enqueue(&self) -> Arc<Waiter> {
        let waiter = Arc::new(Waiter {
            thread: thread::current(),
            notified: AtomicBool::new(false),
        });
        self.waiters.lock().unwrap().push_back(Arc::clone(&waiter));
        waiter
    }

    /// Leaves the queue. Returns whether the waiter was still in it.
    fn leave(&self, waiter: &Arc<Waiter>) -> bool {
        let mut waiters = self.waiters.lock().unwrap();
        let place = waiters.iter().position(|other| Arc::ptr_eq(other, waiter));
        place.and_then(|place| waiters.remove(place)).is_some()
    }
}

#[derive(Debug)]
pub struct BoundedBuffer<T> {
    not_full: Condition<VecDeque<T>>,
    not_empty: Condition<VecDeque<T>>,
    capacity: usize,
}

#[allow(clippy::len_without_is_empty)]
impl<T> BoundedBuffer<T> {
    pub fn new(capacity: usize) -> Self {
        assert!(capacity > 0, "a buffer needs room for at least one item");
        let not_full = Condition::new(VecDeque::new());
        let not_empty = Condition::with_lock(not_full.lock_handle());
        BoundedBuffer {
            not_full,
            not_empty,
            capacity,
        }
    }

    pub fn put(&self, item: T) {
        let items = self.not_full.acquire();
        let mut items = self
            .not_full
            .wait_for(items, |items| items.len() < self.capacity);
        items.push_back(item);
        self.not_empty.notify(1);
    }

    pub fn take(&self) -> T {
        let items = self.not_empty.acquire();
        let mut items = self.not_empty.wait_for(items, |items| !items.is_empty());
        self.not_full.notify(1);
        items.pop_front().unwrap()
    }

    pub fn len(&self) -> usize {
        self.not_empty.acquire().len()
    }

    pub fn put_timeout(&self, item: T, timeout: Duration) -> Result<(), T> {
        let items = self.not_full.acquire();
        let (mut items, has_room) =
            self.not_full
                .wait_for_timeout(items, |items| items.len() < self.capacity, timeout);
        if !has_room {
            return Err(item);
        }
        items.push_back(item);
        self.not_empty.notify(1);
        Ok(())
    }

    pub fn take_timeout(&self, timeout: Duration) -> Option<T> {
        let items = self.not_empty.acquire();
        let (mut items, _) =
            self.not_empty
                .wait_for_timeout(items, |items| !items.is_empty(), timeout);
        let item = items.pop_front()?;
        self.not_full.notify(1);
        Some(item)
    }
}
