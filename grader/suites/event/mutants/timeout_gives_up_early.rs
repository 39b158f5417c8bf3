//! mutant: timeout-gives-up-early
//! idea: Wait once with the timeout; if it is still clear then, the time is over.
//! caught-by: model::a_timed_wait_lasts_its_time = spurious_wakeup

use std::sync::{Condvar, Mutex};
use std::time::Duration;

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
        Self::default()
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
        if timeout == Duration::MAX {
            self.wait();
            return true;
        }
        let mut state = self.state.lock().unwrap();
        if state.is_set {
            return true;
        }
        let before = state.sets;
        (state, _) = self.was_set.wait_timeout(state, timeout).unwrap();
        state.sets != before
    }
}
