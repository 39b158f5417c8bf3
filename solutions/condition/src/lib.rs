//! A queue of sleepers, each with a flag of its own that says "you have been notified".
//!
//! The flag is what makes this exact. `unpark` alone is not a message: it may be left over
//! from something else, and `park` may return without it. So nobody believes in waking up;
//! everybody looks at a flag that only one notifier ever sets.
//!
//! Two mutexes are at work. `lock` is the user's: it protects the data. `waiters` is ours:
//! it protects the queue, for a few instructions at a time. It is locked while the user's
//! lock is held (in `wait`), never the other way round, so the two cannot deadlock.
//!
//! ```
//! use condition::Condition;
//! use std::thread;
//!
//! let letters = Condition::new(0);
//! thread::scope(|scope| {
//!     scope.spawn(|| {
//!         let mut box_ = letters.wait_for(letters.acquire(), |count| *count > 0);
//!         *box_ -= 1;
//!     });
//!     *letters.acquire() += 1;
//!     letters.notify(1);
//! });
//! ```

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// Some data, the lock that protects it, and a place where threads wait for it to change.
#[derive(Debug)]
pub struct Condition<T> {
    lock: Arc<Mutex<T>>,
    /// Those who wait and have not been notified yet, the longest waiting first.
    waiters: Mutex<VecDeque<Arc<Waiter>>>,
}

/// One call of `wait`.
#[derive(Debug)]
struct Waiter {
    thread: Thread,
    /// Set once, by whoever takes this waiter out of the queue to notify it.
    notified: AtomicBool,
}

impl Waiter {
    fn is_notified(&self) -> bool {
        self.notified.load(Ordering::Acquire)
    }
}

impl<T> Condition<T> {
    /// Makes a condition with a lock of its own, which protects `value`.
    pub fn new(value: T) -> Self {
        Self::with_lock(Arc::new(Mutex::new(value)))
    }

    /// Makes a condition over a lock that exists already.
    pub fn with_lock(lock: Arc<Mutex<T>>) -> Self {
        Condition {
            lock,
            waiters: Mutex::new(VecDeque::new()),
        }
    }

    /// The lock, for another condition or for anybody else who needs the data.
    pub fn lock_handle(&self) -> Arc<Mutex<T>> {
        Arc::clone(&self.lock)
    }

    /// Waits until the lock is free and takes it.
    pub fn acquire(&self) -> MutexGuard<'_, T> {
        // A poisoned mutex says that a thread panicked in the middle of a change. What the
        // data looks like then is a question for its owner, not for us.
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of the lock, sleeps until notified, and takes the lock again.
    pub fn wait<'a>(&'a self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        let waiter = self.enqueue();
        // Only now. In the other order a notifier could come in between, find the queue
        // empty, and leave us to sleep for ever. As it is, whoever gets the lock after us
        // finds us in the queue; if it notifies before we have fallen asleep, the flag is
        // set or `park` returns at once.
        drop(guard);
        while !waiter.is_notified() {
            thread::park();
        }
        self.acquire()
    }

    /// Like [`wait`](Condition::wait), but gives up when `timeout` has passed. The answer is
    /// whether the thread was notified.
    pub fn wait_timeout<'a>(
        &'a self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> (MutexGuard<'a, T>, bool) {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            // Further away than the clock can tell: that is for ever.
            return (self.wait(guard), true);
        };
        let waiter = self.enqueue();
        drop(guard);
        while !waiter.is_notified() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            thread::park_timeout(left);
        }
        let notified = self.leave(&waiter);
        (self.acquire(), notified)
    }

    /// Waits until `predicate` is true of the data.
    pub fn wait_for<'a, P: FnMut(&mut T) -> bool>(
        &'a self,
        mut guard: MutexGuard<'a, T>,
        mut predicate: P,
    ) -> MutexGuard<'a, T> {
        // A loop, because between the notification and our getting the lock another thread
        // may have made the predicate false again.
        while !predicate(&mut guard) {
            guard = self.wait(guard);
        }
        guard
    }

    /// Like [`wait_for`](Condition::wait_for), but gives up when `timeout` has passed. The
    /// answer is what the predicate said last.
    pub fn wait_for_timeout<'a, P: FnMut(&mut T) -> bool>(
        &'a self,
        mut guard: MutexGuard<'a, T>,
        mut predicate: P,
        timeout: Duration,
    ) -> (MutexGuard<'a, T>, bool) {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            return (self.wait_for(guard, predicate), true);
        };
        // The predicate comes first, so it is asked even if there is no time at all; and it
        // is asked again after the last wait, so no change that came in time is missed.
        while !predicate(&mut guard) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return (guard, false);
            }
            (guard, _) = self.wait_timeout(guard, left);
        }
        (guard, true)
    }

    /// Wakes `n` of the threads that are waiting now, or all of them if there are fewer.
    pub fn notify(&self, n: usize) {
        let mut waiters = self.waiters.lock().unwrap();
        let n = n.min(waiters.len());
        for waiter in waiters.drain(..n) {
            // The flag before the unpark: the thread looks at the flag when it wakes up.
            waiter.notified.store(true, Ordering::Release);
            waiter.thread.unpark();
        }
    }

    /// Wakes all the threads that are waiting now.
    pub fn notify_all(&self) {
        self.notify(usize::MAX);
    }

    /// Makes the calling thread a waiter.
    fn enqueue(&self) -> Arc<Waiter> {
        let waiter = Arc::new(Waiter {
            thread: thread::current(),
            notified: AtomicBool::new(false),
        });
        self.waiters.lock().unwrap().push_back(Arc::clone(&waiter));
        waiter
    }

    /// Takes a waiter whose time may be over out of the queue. Returns whether a notifier
    /// had done so first.
    ///
    /// Both do it under the lock of the queue, so there is no doubt about who was first. A
    /// waiter that stayed in the queue would swallow a notification meant for another.
    fn leave(&self, waiter: &Arc<Waiter>) -> bool {
        let mut waiters = self.waiters.lock().unwrap();
        match waiters.iter().position(|other| Arc::ptr_eq(other, waiter)) {
            Some(place) => {
                waiters.remove(place);
                false
            }
            None => true,
        }
    }
}

/// A queue with room for a number of items, between threads that put and threads that take.
///
/// With one condition for both, a notification could reach a putter when it is a taker that
/// can go on. With two, each reaches somebody who can use it.
#[derive(Debug)]
pub struct BoundedBuffer<T> {
    /// Notified for every item that is taken.
    not_full: Condition<VecDeque<T>>,
    /// Notified for every item that is put. Has the same lock as `not_full`.
    not_empty: Condition<VecDeque<T>>,
    capacity: usize,
}

#[allow(
    clippy::len_without_is_empty,
    reason = "the exercise gives the buffer these methods and no others"
)]
impl<T> BoundedBuffer<T> {
    /// Makes an empty buffer with room for `capacity` items.
    ///
    /// # Panics
    ///
    /// If `capacity` is zero.
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

    /// Appends `item`. Waits while the buffer is full.
    pub fn put(&self, item: T) {
        let items = self.not_full.acquire();
        let items = self.not_full.wait_for(items, |items| self.has_room(items));
        self.append(items, item);
    }

    /// Removes the oldest item. Waits while the buffer is empty.
    pub fn take(&self) -> T {
        let items = self.not_empty.acquire();
        let items = self.not_empty.wait_for(items, |items| !items.is_empty());
        self.remove(items).expect("waited until there was an item")
    }

    /// The number of items in the buffer.
    pub fn len(&self) -> usize {
        self.not_empty.acquire().len()
    }

    /// Like [`put`](BoundedBuffer::put), but gives the item back when `timeout` has passed.
    pub fn put_timeout(&self, item: T, timeout: Duration) -> Result<(), T> {
        let items = self.not_full.acquire();
        let (items, room) =
            self.not_full
                .wait_for_timeout(items, |items| self.has_room(items), timeout);
        if !room {
            return Err(item);
        }
        self.append(items, item);
        Ok(())
    }

    /// Like [`take`](BoundedBuffer::take), but returns `None` when `timeout` has passed.
    pub fn take_timeout(&self, timeout: Duration) -> Option<T> {
        let items = self.not_empty.acquire();
        let (items, _) = self
            .not_empty
            .wait_for_timeout(items, |items| !items.is_empty(), timeout);
        self.remove(items)
    }

    fn has_room(&self, items: &VecDeque<T>) -> bool {
        items.len() < self.capacity
    }

    /// One item more: one taker can go on.
    fn append(&self, mut items: MutexGuard<'_, VecDeque<T>>, item: T) {
        items.push_back(item);
        self.not_empty.notify(1);
    }

    /// One item fewer: one putter can go on.
    fn remove(&self, mut items: MutexGuard<'_, VecDeque<T>>) -> Option<T> {
        let item = items.pop_front()?;
        self.not_full.notify(1);
        Some(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    #[test]
    fn a_notification_reaches_as_many_as_it_says() {
        // How many wait, and how many have come back.
        let condition = Condition::new((0, 0));
        thread::scope(|scope| {
            for _ in 0..5 {
                scope.spawn(|| {
                    let mut counts = condition.acquire();
                    counts.0 += 1;
                    counts = condition.wait(counts);
                    counts.1 += 1;
                });
            }
            while condition.acquire().0 < 5 {
                thread::yield_now();
            }
            condition.notify(3);
            while condition.acquire().1 < 3 {
                thread::yield_now();
            }
            thread::sleep(Duration::from_millis(20));
            assert_eq!(condition.acquire().1, 3);
            condition.notify_all();
        });
        assert_eq!(condition.acquire().1, 5);
    }

    #[test]
    fn a_wait_that_gave_up_takes_no_notification_with_it() {
        let condition = Condition::new(());
        let start = Instant::now();
        let (guard, notified) =
            condition.wait_timeout(condition.acquire(), Duration::from_millis(20));
        assert!(!notified && start.elapsed() >= Duration::from_millis(20));
        drop(guard);
        assert!(condition.waiters.lock().unwrap().is_empty());
    }

    #[test]
    fn a_panic_under_the_lock_does_no_harm() {
        let condition = Condition::new(1);
        let panic = catch_unwind(AssertUnwindSafe(|| {
            let _guard = condition.acquire();
            panic!("on purpose");
        }));
        assert!(panic.is_err());
        assert_eq!(*condition.acquire(), 1);
        assert!(condition.lock_handle().is_poisoned());
    }

    #[test]
    fn a_buffer_hands_every_item_on_in_order() {
        let buffer = BoundedBuffer::new(2);
        thread::scope(|scope| {
            scope.spawn(|| (0..1000).for_each(|item| buffer.put(item)));
            assert!((0..1000).all(|item| buffer.take() == item));
        });
        assert_eq!(buffer.take_timeout(Duration::ZERO), None);
        buffer.put(1);
        buffer.put(2);
        assert_eq!(buffer.put_timeout(3, Duration::ZERO), Err(3));
        assert_eq!(buffer.len(), 2);
    }
}
