//! mutant: parks-its-timeout-once
//! idea: Park for as long as the timeout; then it is set, or the time is over.
//! caught-by: model::woken_in_vain_it_lasts_its_time = assertion
//! caught-by: model::a_timed_wait_lasts_its_time = spurious_wakeup
//! caught-by: model::a_timed_waiter_answers_the_truth = spurious_wakeup

use std::sync::atomic::{AtomicBool, Ordering::*};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};
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

#[derive(Debug)]
struct Waiter {
    thread: Thread,
    released: AtomicBool,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        let mut state = self.state.lock().unwrap();
        state.is_set = true;
        for waiter in state.waiters.drain(..) {
            waiter.released.store(true, Release);
            waiter.thread.unpark();
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
        let me = Arc::new(Waiter {
            thread: thread::current(),
            released: AtomicBool::new(false),
        });
        state.waiters.push(Arc::clone(&me));
        drop(state);
        while !me.released.load(Acquire) {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            match left {
                None => thread::park(),
                // Whoever is not in the list any more has just been released.
                Some(Duration::ZERO) => return !self.leave(&me),
                Some(left) => {
                    thread::park_timeout(left);
                    return !self.leave(&me);
                }
            }
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
