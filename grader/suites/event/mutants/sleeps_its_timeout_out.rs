//! mutant: sleeps-its-timeout-out
//! idea: Sleep for the time given, then see whether it was set.
//! caught-by: stress::a_set_releases_all_who_wait = deadlock
//! caught-by: model::no_set_is_missed = lost_wakeup
//! caught-by: model::a_timed_wait_ends_with_the_set = assertion

use std::sync::{Condvar, Mutex};
use std::thread;
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
        let before = self.state.lock().unwrap().sets;
        let start = Instant::now();
        while let Some(left) = timeout.checked_sub(start.elapsed()) {
            if self.is_set() || left.is_zero() {
                break;
            }
            thread::park_timeout(left);
        }
        let state = self.state.lock().unwrap();
        state.is_set || state.sets != before
    }
}
