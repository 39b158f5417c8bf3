//! # Timer
//!
//! Some things should happen later: a reminder in ten minutes, a retry in half a second, a
//! warning if the answer takes too long. A *timer* waits on behalf of its owner, on a thread
//! of its own, and then runs an *action*. If the answer does come in time, the owner
//! *cancels* the timer, and the action never runs.
//!
//! ```no_run
//! use std::time::Duration;
//! use timer::Timer;
//!
//! let warning = Timer::new(Duration::from_secs(5), || println!("still no answer"));
//! warning.start().unwrap();
//! // … wait for the answer; here it is …
//! if warning.cancel() {
//!     println!("in time: the warning will never be seen");
//! }
//! ```
//!
//! The difficulty is in the last moment: what if the interval is over just when somebody
//! cancels? Either the action runs or `cancel` returns `true`. Never both, and never
//! neither.
//!
//! ## Your task
//!
//! Fill in every `todo!()`. Names and signatures stay as they are; add all the private
//! fields and functions that you like. `cargo grader check timer` tells how you are doing,
//! and `cargo grader hint timer` helps you on.
//!
//! You may use `Mutex`, `Condvar`, the atomics, `thread::spawn`, `thread::sleep`, and
//! `thread::park` with `Thread::unpark`, all from `std`, and everything in `std` that has
//! nothing to do with threads. No `unsafe`, no `static`, no other crate.
//!
//! ## What holds everywhere
//!
//! * **Once or never.** The action runs at most once; never before the interval is over; and
//!   never after `cancel` has returned `true`.
//! * **Waiting is sleeping.** Neither the timer nor a thread in `join` uses processor time
//!   while it waits: it does not look again and again at the clock, it sleeps.
//! * **What one thread wrote, the next one reads.** Everything that a thread wrote before it
//!   called `start` is visible to the action, and everything that the action wrote is
//!   visible to a thread that `join` lets go on.
//! * **An interval of zero** is over at once. **`Duration::MAX`** means "never"; take care
//!   that no sum overflows. The action runs soon after its time.
//! * **A panic breaks nothing.** An action that panics ends the timer like one that returns.
//! * **No method waits but `join`.** The action may itself call the others on its timer.
//! * Every type here can be sent to and shared between threads (`Send` and `Sync`).
//! * `{:?}` of a timer never waits, not even while the action runs.

use std::error::Error;
use std::fmt;
use std::time::Duration;

/// Runs an action once, some time after it was started, unless it is cancelled before.
///
/// This is a handle. The timer does not depend on it: dropping the handle does not cancel a
/// timer that was started.
pub struct Timer {
    // Your fields.
}

impl Timer {
    /// Makes a timer that will run `action` when `interval` has passed. It does not start it.
    pub fn new(interval: Duration, action: impl FnOnce() + Send + 'static) -> Self {
        let _ = action;
        todo!("a timer that will run the action {interval:?} after its start")
    }

    /// Starts the timer. The interval counts from now, not from [`new`](Timer::new).
    ///
    /// A timer that was cancelled before can still be started, once, and it runs nothing.
    ///
    /// # Errors
    ///
    /// [`AlreadyStarted`] if this is not the first call, whatever has become of the timer
    /// since. The call changes nothing then.
    pub fn start(&self) -> Result<(), AlreadyStarted> {
        todo!("start a thread that waits and then runs the action")
    }

    /// Cancels the timer.
    ///
    /// Returns `true` if and only if it is this call that has prevented the action: then
    /// the action never runs. `false` means that there was nothing to prevent any more,
    /// because the action runs, or has run, or was prevented by an earlier call.
    ///
    /// Never waits: not for the interval, and not for an action that is running. Works
    /// before `start`, too.
    pub fn cancel(&self) -> bool {
        todo!("prevent the action, if it is not too late")
    }

    /// Whether the timer was started and is not done: it waits for its time, or the action
    /// is running.
    ///
    /// It is done when the action has returned or panicked, and as soon as `cancel` has
    /// returned `true`.
    pub fn is_alive(&self) -> bool {
        todo!("started, and not done?")
    }

    /// Waits until the timer is done: until the action has returned or panicked, or until
    /// the timer is cancelled.
    ///
    /// Returns at once if it is done already. Any number of threads may call this, at the
    /// same time and one after the other. You need not care for an action that joins its
    /// own timer.
    ///
    /// # Errors
    ///
    /// [`NotStarted`], at once, if the timer was not started yet.
    pub fn join(&self) -> Result<(), NotStarted> {
        todo!("sleep until the timer is done")
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An action has no `Debug`, so this cannot be derived. Say more if you like.
        f.debug_struct("Timer").finish_non_exhaustive()
    }
}

/// The error of [`Timer::start`]: a timer can be started only once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlreadyStarted;

impl fmt::Display for AlreadyStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the timer was started a second time")
    }
}

impl Error for AlreadyStarted {}

/// The error of [`Timer::join`]: a timer that was not started never ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotStarted;

impl fmt::Display for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the timer was joined before it was started")
    }
}

impl Error for NotStarted {}
