//! mutant: a-newcomer-takes-the-place
//! idea: Count the sleepers; a set lets as many go.
//! base: none
//! caught-by: model::a_newcomer_takes_nobodys_place = deadlock

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
    sleepers: usize,
    /// Sleepers that have been released and have not gone yet.
    released: usize,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        let mut state = self.state.lock().unwrap();
        state.is_set = true;
        state.released = state.sleepers;
        self.was_set.notify_all();
    }

    pub fn clear(&self) {
        self.state.lock().unwrap().is_set = false;
    }

    pub fn is_set(&self) -> bool {
        self.state.lock().unwrap().is_set
    }

    pub fn wait(&self) {
        self.wait_until(None);
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        // No deadline means for ever.
        self.wait_until(Instant::now().checked_add(timeout))
    }

    fn wait_until(&self, deadline: Option<Instant>) -> bool {
        let mut state = self.state.lock().unwrap();
        if state.is_set {
            return true;
        }
        state.sleepers += 1;
        while state.released == 0 {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            state = match left {
                None => self.was_set.wait(state).unwrap(),
                Some(Duration::ZERO) => {
                    state.sleepers -= 1;
                    return false;
                }
                Some(left) => self.was_set.wait_timeout(state, left).unwrap().0,
            };
        }
        state.sleepers -= 1;
        state.released -= 1;
        true
    }
}
