//! # Condition
//!
//! A lock keeps threads apart; a *condition* lets them wait for each other. A thread that
//! has the lock finds that it cannot go on: the buffer is empty, the answer is not there.
//! It *waits*: it lets go of the lock and falls asleep, in one step. Another thread takes
//! the lock, changes things, and *notifies*. The sleeper wakes up, takes the lock again,
//! and looks whether it can go on now.
//!
//! `std` has this as `Condvar`. Here you build it yourself, so `Condvar` is not to be had.
//! Then you use it, twice over one lock, for a [`BoundedBuffer`].
//!
//! ```no_run
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
//!
//! ## Your task
//!
//! Fill in every `todo!()`. Names and signatures stay as they are; add all the private
//! fields, types and functions that you like. `cargo grader check condition` tells how you
//! are doing, and `cargo grader hint condition` helps you on.
//!
//! You may use `Mutex`, the atomics, and `thread::park` with `Thread::unpark`, all from
//! `std`, and everything in `std` that has nothing to do with threads. No `Condvar`, no
//! `unsafe`, no `static`, no other crate.
//!
//! ## What holds everywhere
//!
//! * **No gap between letting go and waiting.** A thread that changes the data under the
//!   lock and then notifies reaches every thread that began to wait before it got the lock.
//! * **Waiting is sleeping.** A thread that waits uses no processor time: it does not look
//!   again and again, it sleeps until it is woken.
//! * **A wait returns for a reason.** `thread::park` may return although nobody has called
//!   `unpark`, or because of an `unpark` that was meant for something else. Your `wait` may
//!   not: it returns when it was notified, and a timed wait also when its time is over.
//! * **A wait returns with the lock**, whatever ended it. And what the notifier wrote
//!   before it notified is there to be read, even if it notified without the lock.
//! * **A timeout of zero** means "try once". **`Duration::MAX`** means "for ever"; take
//!   care that no sum overflows. A wait never gives up before its time, and it ends soon
//!   after it, once it can have the lock. A thread that has given up leaves no trace: no
//!   notification meant for another thread is lost with it.
//! * **A panic breaks nothing.** If a thread panics while it has the lock, `std` marks the
//!   mutex as *poisoned*. All methods here work in spite of that. (Whoever locks the
//!   [`lock_handle`](Condition::lock_handle) directly gets the poison error from `std`.)
//! * **The order is yours.** Which of the waiting threads a notification reaches is up to
//!   you, and so is whether a thread that has just come may overtake them.
//! * Every type here can be sent to and shared between threads (`Send` and `Sync`).
//! * `{:?}` never waits, not even while another thread has the lock.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// Some data, the lock that protects it, and a place where threads wait for it to change.
///
/// A thread may notify with or without having the lock.
#[derive(Debug)]
pub struct Condition<T> {
    lock: Arc<Mutex<T>>,
    // More of your fields.
}

impl<T> Condition<T> {
    /// Makes a condition with a lock of its own, which protects `value`.
    pub fn new(value: T) -> Self {
        Self::with_lock(Arc::new(Mutex::new(value)))
    }

    /// Makes a condition over a lock that exists already. Several conditions may share one
    /// lock; a notification of one of them does not reach those who wait at another.
    pub fn with_lock(lock: Arc<Mutex<T>>) -> Self {
        todo!("a condition over {:p}", lock)
    }

    /// The lock, for another condition or for anybody else who needs the data.
    pub fn lock_handle(&self) -> Arc<Mutex<T>> {
        todo!("another handle to {:p}", self.lock)
    }

    /// Waits until the lock is free and takes it. The guard releases it when dropped.
    pub fn acquire(&self) -> MutexGuard<'_, T> {
        todo!("lock it, poisoned or not")
    }

    /// Lets go of the lock, sleeps until notified, and takes the lock again.
    ///
    /// `guard` must come from this condition's lock.
    pub fn wait<'a>(&'a self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        todo!("become a waiter, let go of {:p}, sleep", &*guard)
    }

    /// Like [`wait`](Condition::wait), but gives up when `timeout` has passed.
    ///
    /// The answer is `true` if the thread was notified, and `false` if it gave up. Either
    /// way it has the lock again. A thread that got `true` has used up one notification, a
    /// thread that got `false` has used up none.
    pub fn wait_timeout<'a>(
        &'a self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> (MutexGuard<'a, T>, bool) {
        todo!("wait with {:p} for at most {timeout:?}", &*guard)
    }

    /// Waits until `predicate` is true of the data. If it is true already, does not wait.
    ///
    /// The predicate is called with the lock held, at the start and after each notification.
    pub fn wait_for<'a, P: FnMut(&mut T) -> bool>(
        &'a self,
        guard: MutexGuard<'a, T>,
        predicate: P,
    ) -> MutexGuard<'a, T> {
        let _ = predicate;
        todo!("wait with {:p} until the predicate is true", &*guard)
    }

    /// Like [`wait_for`](Condition::wait_for), but gives up when `timeout` has passed.
    ///
    /// The answer is what the predicate said last. It is asked at least once, also when the
    /// timeout is zero, and once more after the time is over. The timeout is one for the
    /// whole call, however often the thread is notified meanwhile.
    pub fn wait_for_timeout<'a, P: FnMut(&mut T) -> bool>(
        &'a self,
        guard: MutexGuard<'a, T>,
        predicate: P,
        timeout: Duration,
    ) -> (MutexGuard<'a, T>, bool) {
        let _ = predicate;
        todo!("wait with {:p} for at most {timeout:?}", &*guard)
    }

    /// Wakes `n` of the threads that are waiting now, or all of them if there are fewer.
    ///
    /// Exactly that many. What is left over is forgotten: a thread that begins to wait later
    /// needs a notification of its own. `notify(0)` wakes nobody.
    pub fn notify(&self, n: usize) {
        todo!("wake {n} waiting threads")
    }

    /// Wakes all the threads that are waiting now.
    pub fn notify_all(&self) {
        todo!("wake every waiting thread")
    }
}

/// A queue with room for a number of items, between threads that put and threads that take.
///
/// The first item in is the first out. There are never more items in it than its capacity;
/// none is lost, and none is taken twice.
///
/// Putters wait for one thing, takers for another: use two [`Condition`]s over one lock.
#[derive(Debug)]
pub struct BoundedBuffer<T> {
    // Your fields. This one is only here because `T` has to be used.
    not_empty: Condition<T>,
}

// A buffer has just the methods that the task gives it.
#[allow(clippy::len_without_is_empty)]
impl<T> BoundedBuffer<T> {
    /// Makes an empty buffer with room for `capacity` items.
    ///
    /// # Panics
    ///
    /// If `capacity` is zero, with a message that says so: nothing could ever be put.
    pub fn new(capacity: usize) -> Self {
        todo!("an empty buffer for {capacity} items")
    }

    /// Appends `item`. Waits while the buffer is full.
    pub fn put(&self, item: T) {
        let _ = item;
        todo!("append the item once there is room")
    }

    /// Removes the oldest item. Waits while the buffer is empty.
    pub fn take(&self) -> T {
        todo!("remove the oldest item once there is one")
    }

    /// The number of items in the buffer. By the time that the caller looks at the answer,
    /// it may be out of date.
    pub fn len(&self) -> usize {
        todo!("count the items, other than in {:p}", &self.not_empty)
    }

    /// Like [`put`](BoundedBuffer::put), but gives up when `timeout` has passed.
    ///
    /// # Errors
    ///
    /// The item, if there was no room for it in time.
    pub fn put_timeout(&self, item: T, timeout: Duration) -> Result<(), T> {
        let _ = item;
        todo!("append the item if there is room within {timeout:?}")
    }

    /// Like [`take`](BoundedBuffer::take), but returns `None` when `timeout` has passed and
    /// there was no item.
    pub fn take_timeout(&self, timeout: Duration) -> Option<T> {
        todo!("remove the oldest item if there is one within {timeout:?}")
    }
}
