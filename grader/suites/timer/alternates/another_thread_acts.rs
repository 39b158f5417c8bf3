//! alternate: another thread acts
//! idea: The thread that waits does nothing but wait; when the time has come, it starts another one that runs the action.

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
    action: Option<Box<dyn FnOnce() + Send>>,
    done: bool,
}

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
                finished: Condvar::new(),
            }),
        }
    }

    pub fn start(&self) -> Result<(), AlreadyStarted> {
        let deadline = Instant::now().checked_add(self.interval);
        let mut state = self.shared.state.lock().unwrap();
        if state.started {
            return Err(AlreadyStarted);
        }
        state.started = true;
        drop(state);
        let shared = Arc::clone(&self.shared);
        thread::spawn(move || shared.wait(deadline));
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
    fn wait(self: Arc<Self>, deadline: Option<Instant>) {
        if let Some(action) = self.wait_for_action(deadline) {
            thread::spawn(move || self.act(action));
        }
    }

    fn act(&self, action: Box<dyn FnOnce() + Send>) {
        let _ = catch_unwind(AssertUnwindSafe(action));
        self.state.lock().unwrap().done = true;
        self.finished.notify_all();
    }

    fn wait_for_action(&self, deadline: Option<Instant>) -> Option<Box<dyn FnOnce() + Send>> {
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
        let mut text = f.debug_struct("Timer");
        text.field("interval", &self.interval);
        if let Ok(state) = self.shared.state.try_lock() {
            text.field("started", &state.started)
                .field("done", &state.done);
        }
        text.finish_non_exhaustive()
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
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
