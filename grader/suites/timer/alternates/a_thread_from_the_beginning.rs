//! alternate: a thread from the beginning
//! idea: The thread is there from the beginning and waits for the start first.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

pub struct Timer {
    interval: Duration,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    started: Option<Instant>,
    abandoned: bool,
    action: Option<Action>,
    done: bool,
}

type Action = Box<dyn FnOnce() + Send>;

impl Timer {
    pub fn new(interval: Duration, action: impl FnOnce() + Send + 'static) -> Self {
        let state = State {
            started: None,
            abandoned: false,
            action: Some(Box::new(action)),
            done: false,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        let in_thread = Arc::clone(&shared);
        thread::spawn(move || in_thread.run(interval));
        Self { interval, shared }
    }

    pub fn start(&self) -> Result<(), AlreadyStarted> {
        let mut state = self.shared.state.lock().unwrap();
        if state.started.is_some() {
            return Err(AlreadyStarted);
        }
        state.started = Some(Instant::now());
        self.shared.changed.notify_all();
        Ok(())
    }

    pub fn cancel(&self) -> bool {
        let mut state = self.shared.state.lock().unwrap();
        let Some(action) = state.action.take() else {
            return false;
        };
        state.done = true;
        self.shared.changed.notify_all();
        drop(state);
        drop(action);
        true
    }

    pub fn is_alive(&self) -> bool {
        let state = self.shared.state.lock().unwrap();
        state.started.is_some() && !state.done
    }

    pub fn join(&self) -> Result<(), NotStarted> {
        let mut state = self.shared.state.lock().unwrap();
        if state.started.is_none() {
            return Err(NotStarted);
        }
        while !state.done {
            state = self.shared.changed.wait(state).unwrap();
        }
        Ok(())
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        let mut state = self.shared.state.lock().unwrap();
        // A timer that was never started never will be.
        if state.started.is_none() {
            state.abandoned = true;
            state.action = None;
            self.shared.changed.notify_all();
        }
    }
}

impl Shared {
    fn run(&self, interval: Duration) {
        let Some(action) = self.wait_for_action(interval) else {
            return;
        };
        let _ = catch_unwind(AssertUnwindSafe(action));
        self.state.lock().unwrap().done = true;
        self.changed.notify_all();
    }

    fn wait_for_action(&self, interval: Duration) -> Option<Action> {
        let mut state = self.state.lock().unwrap();
        while !state.done && !state.abandoned {
            let deadline = state.started.map(|at| at.checked_add(interval));
            let left = deadline
                .flatten()
                .map(|at| at.saturating_duration_since(Instant::now()));
            state = match left {
                None => self.changed.wait(state).unwrap(),
                Some(Duration::ZERO) => break,
                Some(left) => self.changed.wait_timeout(state, left).unwrap().0,
            };
        }
        state.action.take()
    }
}

impl fmt::Debug for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer")
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlreadyStarted;

impl fmt::Display for AlreadyStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the timer was started a second time")
    }
}

impl Error for AlreadyStarted {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotStarted;

impl fmt::Display for NotStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the timer was joined before it was started")
    }
}

impl Error for NotStarted {}
