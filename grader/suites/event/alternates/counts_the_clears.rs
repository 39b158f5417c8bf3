//! alternate: counts the clears
//! idea: A waiter may go when the event is set, or when it has been cleared since: then it was set in between.

use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Event {
    state: Mutex<State>,
    was_set: Condvar,
}

#[derive(Debug, Default)]
struct State {
    is_set: bool,
    /// How often the event has gone from set to clear.
    clears: u64,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        let mut state = self.state.lock().unwrap();
        state.is_set = true;
        self.was_set.notify_all();
    }

    pub fn clear(&self) {
        let mut state = self.state.lock().unwrap();
        state.clears += u64::from(state.is_set);
        state.is_set = false;
    }

    pub fn is_set(&self) -> bool {
        self.state.lock().unwrap().is_set
    }

    pub fn wait(&self) {
        let mut state = self.state.lock().unwrap();
        let before = state.clears;
        while !state.is_set && state.clears == before {
            state = self.was_set.wait(state).unwrap();
        }
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            self.wait();
            return true;
        };
        let mut state = self.state.lock().unwrap();
        let before = state.clears;
        while !state.is_set && state.clears == before {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            (state, _) = self.was_set.wait_timeout(state, left).unwrap();
        }
        true
    }
}
