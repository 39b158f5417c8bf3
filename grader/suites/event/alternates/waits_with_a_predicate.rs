//! alternate: waits with a predicate
//! idea: `wait_while` and `wait_timeout_while` bring the loop, the deadline and the clock along.

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
        let before = state.sets;
        state = self
            .was_set
            .wait_while(state, |state| !state.is_set && state.sets == before)
            .unwrap();
        drop(state);
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        let state = self.state.lock().unwrap();
        let before = state.sets;
        let was_not_set = |state: &mut State| !state.is_set && state.sets == before;
        let waited = self.was_set.wait_timeout_while(state, timeout, was_not_set);
        !waited.unwrap().1.timed_out()
    }
}
