//! mutant: runs-without-a-start
//! idea: Why wait for `start`? The thread can as well begin at once.
//! caught-by: model::nothing_runs_without_a_start = assertion

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
    finished: Condvar,
}

struct State {
    started: bool,
    action: Option<Action>,
    done: bool,
}

type Action = Box<dyn FnOnce() + Send>;

impl Timer {
    pub fn new(interval: Duration, action: impl FnOnce() + Send + 'static) -> Self {
        let state = State {
            started: false,
            action: Some(Box::new(action)),
            done: false,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            finished: Condvar::new(),
        });
        let in_thread = Arc::clone(&shared);
        let deadline = Instant::now().checked_add(interval);
        thread::spawn(move || in_thread.run(deadline));
        Self { interval, shared }
    }

    pub fn start(&self) -> Result<(), AlreadyStarted> {
        let mut state = self.shared.state.lock().unwrap();
        if state.started {
            return Err(AlreadyStarted);
        }
        state.started = true;
        Ok(())
    }

    pub fn cancel(&self) -> bool {
        let mut state = self.shared.state.lock().unwrap();
        let Some(action) = state.action.take() else {
            return false;
        };
        state.done = true;
        self.shared.finished.notify_all();
        drop(state);
        drop(action);
        true
    }

    pub fn is_alive(&self) -> bool {
        let state = self.shared.state.lock().unwrap();
        state.started && !state.done
    }

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
    fn run(&self, deadline: Option<Instant>) {
        let Some(action) = self.wait_for_action(deadline) else {
            return;
        };
        let _ = catch_unwind(AssertUnwindSafe(action));
        self.state.lock().unwrap().done = true;
        self.finished.notify_all();
    }

    fn wait_for_action(&self, deadline: Option<Instant>) -> Option<Action> {
        let mut state = self.state.lock().unwrap();
        while !state.done {
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
