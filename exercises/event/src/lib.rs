//! # Event: one thread tells the others that it has happened
//!
//! A thread prepares something, and any number of others wait until it is there. An
//! *event* is the simplest way to tell them, in Python `threading.Event`: a flag that is
//! *clear* at first. A thread that *waits* sleeps while the flag is clear. Whoever *sets*
//! it wakes all that wait, and whoever comes later does not wait at all, until somebody
//! *clears* the flag again.
//!
//! ```no_run
//! use event::Event;
//! use std::time::Duration;
//!
//! let event = Event::new();
//! assert!(!event.wait_timeout(Duration::ZERO)); // it has not happened yet
//! event.set();
//! event.wait(); // it has happened: no need to wait
//! assert!(event.is_set()); // and waiting does not take it away
//! event.clear();
//! assert!(!event.is_set());
//! ```
//!
//! ## The pulse
//!
//! `set` releases every thread that is waiting *at that moment*, even when `clear` follows
//! so quickly that none of them has woken up in between. A set and a clear one right after
//! the other are a *pulse*: it lets those pass that wait now, and nobody else. A thread
//! that wakes up therefore must not ask whether the flag is set. It asks whether it has
//! been set *since it began to wait*.
//!
//! ## Your task
//!
//! Fill in every `todo!()`. Names and signatures stay as they are; add all the private
//! fields and functions that you like. `cargo grader check event` tells how you are doing,
//! and `cargo grader hint event` helps you on.
//!
//! You may use `Mutex`, `Condvar`, the atomics, and `thread::park` with `Thread::unpark`,
//! all from `std`, and everything in `std` that has nothing to do with threads. No
//! `unsafe`, no `static`, no other crate.
//!
//! ## What holds everywhere
//!
//! * **Waiting is sleeping.** A thread that waits uses no processor time: it does not look
//!   again and again whether the flag is set, it sleeps until it is woken.
//! * **What one thread wrote, the next one reads.** Everything that a thread wrote before
//!   it set the event is visible to every thread which that lets pass.
//! * **A timeout of zero** means "look once". **`Duration::MAX`** means "for ever"; take
//!   care that no sum overflows. A wait never gives up before its time, and it ends soon
//!   after it. A thread that has given up leaves no trace.
//! * **A panic breaks nothing.** An event works on when a thread that uses it panics.
//! * **The order is yours.** Threads that are released may wake up in any order.
//! * The event can be sent to and shared between threads (`Send` and `Sync`).
//! * `{:?}` of an event never waits, not even while threads wait for the event.

use std::time::Duration;

/// A flag that threads can wait for. Clear at first.
#[derive(Debug)]
pub struct Event {
    // Your fields.
}

impl Event {
    /// Makes an event that is clear.
    pub fn new() -> Self {
        todo!("an event that is clear")
    }

    /// Sets the flag and releases every thread that is waiting at this moment.
    ///
    /// If the flag is set already, nothing changes.
    pub fn set(&self) {
        todo!("set the flag and wake all who wait")
    }

    /// Clears the flag: whoever comes from now on waits until the next
    /// [`set`](Event::set).
    ///
    /// Threads that a `set` has released before stay released, and threads that are
    /// waiting go on waiting. If the flag is clear already, nothing changes.
    pub fn clear(&self) {
        todo!("clear the flag")
    }

    /// Whether the flag is set.
    ///
    /// Never waits. By the time that the caller looks at the answer, it may be out of date.
    pub fn is_set(&self) -> bool {
        todo!("is the flag set?")
    }

    /// Returns at once if the flag is set, and otherwise waits for the next
    /// [`set`](Event::set). The flag stays as it is.
    pub fn wait(&self) {
        todo!("sleep until the flag is set, unless it is set already")
    }

    /// Like [`wait`](Event::wait), but gives up when `timeout` has passed.
    ///
    /// Returns `true` if the flag was set, at the beginning or while this thread waited,
    /// even if it is clear again by now; `false` if the time was over before that, and
    /// never before the whole `timeout` has passed. With a timeout of zero this is
    /// [`is_set`](Event::is_set), with `Duration::MAX` it is `wait`.
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        todo!("sleep until the flag is set or {timeout:?} have passed")
    }
}

impl Default for Event {
    /// The same as [`Event::new`].
    fn default() -> Self {
        Self::new()
    }
}
