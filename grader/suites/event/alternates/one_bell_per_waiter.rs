//! alternate: one bell per waiter
//! idea: Each waiter sleeps on a condition variable of its own; a set takes the whole list and rings them one by one.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Event {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    is_set: bool,
    waiters: Vec<Arc<Waiter>>,
}

#[derive(Debug, Default)]
struct Waiter {
    released: Mutex<bool>,
    bell: Condvar,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        let mut state = self.state.lock().unwrap();
        state.is_set = true;
        let waiters = std::mem::take(&mut state.waiters);
        drop(state);
        // The last who came is the first to go.
        for waiter in waiters.iter().rev() {
            *waiter.released.lock().unwrap() = true;
            waiter.bell.notify_one();
        }
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
        let me = Arc::new(Waiter::default());
        state.waiters.push(Arc::clone(&me));
        drop(state);
        let mut released = me.released.lock().unwrap();
        while !*released {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            released = match left {
                None => me.bell.wait(released).unwrap(),
                Some(Duration::ZERO) => {
                    drop(released);
                    // Whoever is not in the list any more has just been released.
                    return !self.leave(&me);
                }
                Some(left) => me.bell.wait_timeout(released, left).unwrap().0,
            };
        }
        true
    }

    /// Leaves the list. Returns whether the waiter was still in it.
    fn leave(&self, me: &Arc<Waiter>) -> bool {
        let waiters = &mut self.state.lock().unwrap().waiters;
        let place = waiters.iter().position(|waiter| Arc::ptr_eq(waiter, me));
        place.map(|place| waiters.swap_remove(place)).is_some()
    }
}
