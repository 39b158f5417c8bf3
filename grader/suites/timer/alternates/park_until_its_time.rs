//! alternate: park until its time
//! idea: The timer's thread and all that join park, and whoever ends the timer unparks them.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

pub struct Timer {
    interval: Duration,
    shared: Arc<Shared>,
}

struct Shared(Mutex<State>);

struct State {
    started: bool,
    action: Option<Action>,
    done: bool,
    /// The timer's thread, and all that join.
    asleep: Vec<Thread>,
}

type Action = Box<dyn FnOnce() + Send>;

impl Timer {
    pub fn new(interval: Duration, action: impl FnOnce() + Send + 'static) -> Self {
        let state = State {
            started: false,
            action: Some(Box::new(action)),
            done: false,
            asleep: Vec::new(),
        };
        Self {
            interval,
            shared: Arc::new(Shared(Mutex::new(state))),
        }
    }

    pub fn start(&self) -> Result<(), AlreadyStarted> {
        let deadline = Instant::now().checked_add(self.interval);
        let mut state = self.shared.0.lock().unwrap();
        if state.started {
            return Err(AlreadyStarted);
        }
        state.started = true;
        drop(state);
        let shared = Arc::clone(&self.shared);
        thread::spawn(move || shared.run(deadline));
        Ok(())
    }

    pub fn cancel(&self) -> bool {
        let action = self.shared.0.lock().unwrap().action.take();
        if action.is_some() {
            self.shared.finish();
        }
        action.is_some()
    }

    pub fn is_alive(&self) -> bool {
        let state = self.shared.0.lock().unwrap();
        state.started && !state.done
    }

    pub fn join(&self) -> Result<(), NotStarted> {
        if !self.shared.0.lock().unwrap().started {
            return Err(NotStarted);
        }
        self.shared.sleep_until(None);
        Ok(())
    }
}

impl Shared {
    fn run(&self, deadline: Option<Instant>) {
        self.sleep_until(deadline);
        let action = self.0.lock().unwrap().action.take();
        if let Some(action) = action {
            let _ = catch_unwind(AssertUnwindSafe(action));
            self.finish();
        }
    }

    /// Sleeps until the deadline, or until the timer is done.
    fn sleep_until(&self, deadline: Option<Instant>) {
        let mut state = self.0.lock().unwrap();
        state.asleep.push(thread::current());
        while !state.done {
            drop(state);
            match deadline.map(|at| at.saturating_duration_since(Instant::now())) {
                None => thread::park(),
                Some(Duration::ZERO) => return,
                Some(left) => thread::park_timeout(left),
            }
            state = self.0.lock().unwrap();
        }
    }

    fn finish(&self) {
        let mut state = self.0.lock().unwrap();
        state.done = true;
        for thread in state.asleep.drain(..) {
            thread.unpark();
        }
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
