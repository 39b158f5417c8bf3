//! mutant: begins-set
//! idea: Nothing stands in the way at first.
//! caught-by: stress::a_new_event_is_clear = assertion

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
    sets: u64,
}

impl Event {
    pub fn new() -> Self {
        let event = Self::default();
        event.set();
        event
    }

    pub fn set(&self) {
        let mut state = self.state.lock().unwrap();
        state.is_set = true;
        state.sets += 1;
        self.was_set.notify_all();
    }

    pub fn clear(&self) {
        self.state.lock().unwrap().is_set = false;
    }

    pub fn is_set(&self) -> bool {
        self.state.lock().unwrap().is_set
    }

    pub fn wait(&self) {
        let mut state = self.state.lock().unwrap();
        if state.is_set {
            return;
        }
        let before = state.sets;
        while state.sets == before {
            state = self.was_set.wait(state).unwrap();
        }
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            self.wait();
            return true;
        };
        let mut state = self.state.lock().unwrap();
        if state.is_set {
            return true;
        }
        let before = state.sets;
        while state.sets == before {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            (state, _) = self.was_set.wait_timeout(state, left).unwrap();
        }
        true
    }
}
