//! A timer from a thread, a mutex and a condition variable.
//!
//! Two may want the action: the timer's thread, to run it, and `cancel`, to prevent it. They
//! must never both succeed. So the action itself is what they compete for: it lies in an
//! `Option` under the mutex, and who takes it out has won. There is no flag to look at first
//! and to act on later, hence no moment in between in which the other could come.
//!
//! No code but our own runs under the mutex. The action runs after it was taken out and the
//! mutex was unlocked, so it may call the methods of its own timer, nobody who asks the timer
//! something has to wait for it, and its panic poisons nothing.
//!
//! ```
//! use std::time::Duration;
//! use timer::Timer;
//!
//! let timer = Timer::new(Duration::from_secs(3600), || println!("an hour has passed"));
//! timer.start().unwrap();
//! assert!(timer.is_alive());
//! assert!(timer.cancel()); // the action will never run
//! assert!(!timer.cancel()); // nothing left to prevent
//! timer.join().unwrap(); // at once
//! ```

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Runs an action once, some time after it was started, unless it is cancelled before.
pub struct Timer {
    interval: Duration,
    /// Shared with the timer's thread, which goes on when the handle is dropped.
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// Notified when `done` becomes true.
    finished: Condvar,
}

struct State {
    started: bool,
    /// There until somebody takes it: the thread to run it, or `cancel` to prevent it.
    action: Option<Box<dyn FnOnce() + Send>>,
    /// Whether the action has returned or was prevented.
    done: bool,
}

impl Timer {
    /// Makes a timer that will run `action` when `interval` has passed after its start.
    pub fn new(interval: Duration, action: impl FnOnce() + Send + 'static) -> Self {
        let state = State {
            started: false,
            action: Some(Box::new(action)),
            done: false,
        };
        Self {
            interval,
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                finished: Condvar::new(),
            }),
        }
    }

    /// Starts the timer.
    ///
    /// # Errors
    ///
    /// [`AlreadyStarted`] if this is not the first call.
    pub fn start(&self) -> Result<(), AlreadyStarted> {
        // The interval counts from here, however long it takes the thread to begin. A sum
        // that the clock cannot hold is `None`: a time that never comes.
        let deadline = Instant::now().checked_add(self.interval);
        let mut state = self.shared.state.lock().unwrap();
        if state.started {
            return Err(AlreadyStarted);
        }
        state.started = true;
        drop(state);
        let shared = Arc::clone(&self.shared);
        thread::spawn(move || shared.run(deadline));
        Ok(())
    }

    /// Cancels the timer. Returns whether it is this call that has prevented the action.
    pub fn cancel(&self) -> bool {
        let mut state = self.shared.state.lock().unwrap();
        let Some(action) = state.action.take() else {
            return false;
        };
        state.done = true;
        // All of them: the timer's thread sleeps on this as well as those who join.
        self.shared.finished.notify_all();
        drop(state);
        // What the action owns is dropped only now: that may run any code.
        drop(action);
        true
    }

    /// Whether the timer was started and is not done.
    pub fn is_alive(&self) -> bool {
        let state = self.shared.state.lock().unwrap();
        state.started && !state.done
    }

    /// Waits until the action has returned or was prevented.
    ///
    /// # Errors
    ///
    /// [`NotStarted`] if the timer was not started yet.
    pub fn join(&self) -> Result<(), NotStarted> {
        let mut state = self.shared.state.lock().unwrap();
        if !state.started {
            return Err(NotStarted);
        }
        while !state.done {
            state = self.shared.finished.wait(state).unwrap();
        }
        Ok(())
    }
}

impl Shared {
    /// What the timer's thread does.
    fn run(&self, deadline: Option<Instant>) {
        let Some(action) = self.wait_for_action(deadline) else {
            return;
        };
        // A panic has been reported by the time that it is caught here. If it ended the
        // thread, nobody would wake those who join.
        let _ = catch_unwind(AssertUnwindSafe(action));
        self.state.lock().unwrap().done = true;
        self.finished.notify_all();
    }

    /// Sleeps until the deadline and takes the action; `None` if it is cancelled.
    fn wait_for_action(&self, deadline: Option<Instant>) -> Option<Box<dyn FnOnce() + Send>> {
        let mut state = self.state.lock().unwrap();
        while !state.done {
            // A wait may end for no reason, so it is the clock that decides; and whoever
            // was woken too early waits for what is left, not for the interval again.
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            state = match left {
                None => self.finished.wait(state).unwrap(),
                Some(Duration::ZERO) => break,
                Some(left) => self.finished.wait_timeout(state, left).unwrap().0,
            };
        }
        state.action.take()
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Timer");
        text.field("interval", &self.interval);
        if let Ok(state) = self.shared.state.try_lock() {
            text.field("started", &state.started)
                .field("done", &state.done);
        }
        text.finish_non_exhaustive()
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    /// A timer and how often its action has run.
    fn counting(interval: Duration) -> (Timer, Arc<AtomicU32>) {
        let runs = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&runs);
        let timer = Timer::new(interval, move || {
            counter.fetch_add(1, Relaxed);
        });
        (timer, runs)
    }

    #[test]
    fn the_action_runs_once_when_its_time_has_come() {
        let interval = Duration::from_millis(20);
        let (timer, runs) = counting(interval);
        assert_eq!(timer.join(), Err(NotStarted));
        let start = Instant::now();
        assert_eq!(timer.start(), Ok(()));
        assert_eq!(timer.start(), Err(AlreadyStarted));
        assert_eq!(timer.join(), Ok(()));
        assert!(start.elapsed() >= interval);
        assert_eq!(runs.load(Relaxed), 1);
        assert!(!timer.cancel());
    }

    #[test]
    fn a_cancelled_timer_runs_nothing() {
        let (timer, runs) = counting(Duration::ZERO);
        assert!(timer.cancel());
        assert_eq!(timer.start(), Ok(()));
        assert_eq!(timer.join(), Ok(()));
        assert_eq!(runs.load(Relaxed), 0);
    }

    #[test]
    fn a_panic_ends_the_timer() {
        let timer = Timer::new(Duration::ZERO, || panic!("on purpose"));
        timer.start().unwrap();
        assert_eq!(timer.join(), Ok(()));
        assert!(!timer.is_alive());
    }
}
