//! alternate: private semaphores
//! idea: Every waiter brings a semaphore of its own to sleep on, as in Birrell's construction; the notifier posts it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// A semaphore that one thread sleeps on. One post is all it ever gets.
#[derive(Debug)]
struct Private {
    permits: Mutex<usize>,
    owner: Thread,
}

impl Private {
    fn post(&self) {
        *self.permits.lock().unwrap() += 1;
        self.owner.unpark();
    }

    /// Waits for a post until the deadline; without one, for ever.
    fn pend(&self, deadline: Option<Instant>) -> bool {
        loop {
            let mut permits = self.permits.lock().unwrap();
            if *permits > 0 {
                *permits -= 1;
                return true;
            }
            drop(permits);
            match deadline.map(|at| at.saturating_duration_since(Instant::now())) {
                None => thread::park(),
                Some(Duration::ZERO) => return false,
                Some(left) => thread::park_timeout(left),
            }
        }
    }
}

#[derive(Debug)]
pub struct Condition<T> {
    lock: Arc<Mutex<T>>,
    beds: Mutex<VecDeque<Arc<Private>>>,
}

impl<T> Condition<T> {
    pub fn new(value: T) -> Self {
        Self::with_lock(Arc::new(Mutex::new(value)))
    }

    pub fn with_lock(lock: Arc<Mutex<T>>) -> Self {
        Condition {
            lock,
            beds: Mutex::default(),
        }
    }

    pub fn lock_handle(&self) -> Arc<Mutex<T>> {
        Arc::clone(&self.lock)
    }

    pub fn acquire(&self) -> MutexGuard<'_, T> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn wait<'a>(&'a self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.wait_timeout(guard, Duration::MAX).0
    }

    pub fn wait_timeout<'a>(
        &'a self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> (MutexGuard<'a, T>, bool) {
        let deadline = Instant::now().checked_add(timeout);
        let bed = Arc::new(Private {
            permits: Mutex::new(0),
            owner: thread::current(),
        });
        self.beds.lock().unwrap().push_back(Arc::clone(&bed));
        drop(guard);
        let notified = bed.pend(deadline) || {
            let mut beds = self.beds.lock().unwrap();
            let before = beds.len();
            beds.retain(|other| !Arc::ptr_eq(other, &bed));
            beds.len() == before
        };
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
        // Only those who wait now: who comes back meanwhile finds the list locked.
        let mut beds = self.beds.lock().unwrap();
        let n = n.min(beds.len());
        beds.drain(..n).for_each(|bed| bed.post());
    }

    pub fn notify_all(&self) {
        let beds = std::mem::take(&mut *self.beds.lock().unwrap());
        beds.iter().for_each(|bed| bed.post());
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
