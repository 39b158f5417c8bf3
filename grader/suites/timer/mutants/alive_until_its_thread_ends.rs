//! mutant: alive-until-its-thread-ends
//! idea: Alive is whose thread has not ended.
//! caught-by: model::either_it_runs_or_it_is_cancelled = assertion

use std::error::Error;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

pub struct Timer {
    interval: Duration,
    shared: Arc<Shared>,
    /// Whoever joins first takes it; the others wait for the mutex meanwhile.
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    state: Mutex<State>,
    cancelled: Condvar,
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
        Self {
            interval,
            shared: Arc::new(Shared {
                state: Mutex::new(state),
                cancelled: Condvar::new(),
            }),
            thread: Mutex::new(None),
        }
    }

    pub fn start(&self) -> Result<(), AlreadyStarted> {
        let deadline = Instant::now().checked_add(self.interval);
        let mut state = self.shared.state.lock().unwrap();
        if state.started {
            return Err(AlreadyStarted);
        }
        state.started = true;
        let shared = Arc::clone(&self.shared);
        // Nobody can join before it is there: they look at `started` first.
        *self.thread.lock().unwrap() = Some(thread::spawn(move || shared.run(deadline)));
        Ok(())
    }

    pub fn cancel(&self) -> bool {
        let mut state = self.shared.state.lock().unwrap();
        let prevented = state.action.take().is_some();
        state.done |= prevented;
        self.shared.cancelled.notify_one();
        prevented
    }

    pub fn is_alive(&self) -> bool {
        let thread = self.thread.lock().unwrap();
        thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    pub fn join(&self) -> Result<(), NotStarted> {
        if !self.shared.state.lock().unwrap().started {
            return Err(NotStarted);
        }
        let mut thread = self.thread.lock().unwrap();
        if let Some(thread) = thread.take() {
            // An error is a panic of the action, which has been reported.
            let _ = thread.join();
        }
        Ok(())
    }
}

impl Shared {
    fn run(&self, deadline: Option<Instant>) {
        let mut state = self.state.lock().unwrap();
        while !state.done {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            state = match left {
                None => self.cancelled.wait(state).unwrap(),
                Some(Duration::ZERO) => break,
                Some(left) => self.cancelled.wait_timeout(state, left).unwrap().0,
            };
        }
        let action = state.action.take();
        drop(state);
        let _done = Done(self);
        if let Some(action) = action {
            action();
        }
    }
}

/// Marks the timer as done, also when the action panics.
struct Done<'a>(&'a Shared);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap().done = true;
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
