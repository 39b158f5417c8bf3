//! mutant: timeout-restarts
//! idea: Woken in vain? Then wait again.
//! caught-by: model::woken_in_vain_it_keeps_its_deadline = assertion

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
        self.wait_timeout(Duration::MAX);
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
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
            let start = Instant::now();
            match timeout {
                Duration::MAX => thread::park(),
                timeout => thread::park_timeout(timeout),
            }
            if start.elapsed() >= timeout {
                return !self.leave(&me);
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
