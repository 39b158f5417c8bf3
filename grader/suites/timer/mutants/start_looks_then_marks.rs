//! mutant: start-looks-then-marks
//! idea: Look whether it was started, then mark it as started.
//! caught-by: model::two_starts_are_one = assertion

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::*};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

pub struct Timer {
    interval: Duration,
    shared: Arc<Shared>,
}

struct Shared {
    started: AtomicBool,
    state: AtomicU8,
    /// Taken by whoever has turned the state away from `PENDING`.
    action: Mutex<Option<Action>>,
    asleep: Mutex<Vec<Thread>>,
}

const PENDING: u8 = 0;
const RUNNING: u8 = 1;
const DONE: u8 = 2;

type Action = Box<dyn FnOnce() + Send>;

impl Timer {
    pub fn new(interval: Duration, action: impl FnOnce() + Send + 'static) -> Self {
        Self {
            interval,
            shared: Arc::new(Shared {
                started: AtomicBool::new(false),
                state: AtomicU8::new(PENDING),
                action: Mutex::new(Some(Box::new(action))),
                asleep: Mutex::new(Vec::new()),
            }),
        }
    }

    pub fn start(&self) -> Result<(), AlreadyStarted> {
        let deadline = Instant::now().checked_add(self.interval);
        if self.shared.started.load(Acquire) {
            return Err(AlreadyStarted);
        }
        self.shared.started.store(true, Release);
        let shared = Arc::clone(&self.shared);
        thread::spawn(move || shared.run(deadline));
        Ok(())
    }

    pub fn cancel(&self) -> bool {
        let prevented = self.shared.turn(PENDING, DONE);
        if prevented {
            self.shared.wake_all();
            drop(self.shared.action.lock().unwrap().take());
        }
        prevented
    }

    pub fn is_alive(&self) -> bool {
        self.shared.started.load(Acquire) && self.shared.state.load(Acquire) != DONE
    }

    pub fn join(&self) -> Result<(), NotStarted> {
        if !self.shared.started.load(Acquire) {
            return Err(NotStarted);
        }
        self.shared.sleep_until(None);
        Ok(())
    }
}

impl Shared {
    fn run(&self, deadline: Option<Instant>) {
        self.sleep_until(deadline);
        if self.turn(PENDING, RUNNING) {
            let action = self.action.lock().unwrap().take();
            let _ = catch_unwind(AssertUnwindSafe(|| action.map(|action| action())));
            self.state.store(DONE, Release);
            self.wake_all();
        }
    }

    fn turn(&self, from: u8, to: u8) -> bool {
        self.state
            .compare_exchange(from, to, AcqRel, Acquire)
            .is_ok()
    }

    /// Sleeps until the deadline, or until the timer is done.
    fn sleep_until(&self, deadline: Option<Instant>) {
        self.asleep.lock().unwrap().push(thread::current());
        while self.state.load(Acquire) != DONE {
            match deadline.map(|at| at.saturating_duration_since(Instant::now())) {
                None => thread::park(),
                Some(Duration::ZERO) => return,
                Some(left) => thread::park_timeout(left),
            }
        }
    }

    fn wake_all(&self) {
        for thread in self.asleep.lock().unwrap().drain(..) {
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
