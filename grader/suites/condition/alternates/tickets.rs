//! alternate: tickets
//! idea: Every wait draws a number. A notification strikes numbers off the list of those who wait; a waiter sleeps until its number is gone.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub struct Condition<T> {
    lock: Arc<Mutex<T>>,
    tickets: Mutex<Tickets>,
}

#[derive(Debug, Default)]
struct Tickets {
    next: u64,
    waiting: BTreeMap<u64, Thread>,
}

impl<T> Condition<T> {
    pub fn new(value: T) -> Self {
        Self::with_lock(Arc::new(Mutex::new(value)))
    }

    pub fn with_lock(lock: Arc<Mutex<T>>) -> Self {
        Condition {
            lock,
            tickets: Mutex::default(),
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
        let start = Instant::now();
        let mut tickets = self.tickets.lock().unwrap();
        let ticket = tickets.next;
        tickets.next += 1;
        tickets.waiting.insert(ticket, thread::current());
        drop(tickets);
        drop(guard);
        loop {
            let left = timeout.saturating_sub(start.elapsed());
            let mut tickets = self.tickets.lock().unwrap();
            if !tickets.waiting.contains_key(&ticket) {
                break;
            }
            if left.is_zero() {
                tickets.waiting.remove(&ticket);
                drop(tickets);
                return (self.acquire(), false);
            }
            drop(tickets);
            if timeout == Duration::MAX {
                thread::park();
            } else {
                thread::park_timeout(left);
            }
        }
        (self.acquire(), true)
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
        // Woken after the list has been let go.
        let mut woken = Vec::new();
        let mut tickets = self.tickets.lock().unwrap();
        while woken.len() < n
            && let Some((_, thread)) = tickets.waiting.pop_first()
        {
            woken.push(thread);
        }
        drop(tickets);
        woken.into_iter().for_each(|thread| thread.unpark());
    }

    pub fn notify_all(&self) {
        self.notify(usize::MAX);
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
        assert_ne!(capacity, 0, "no room for an item");
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
