//! mutant: relaxed-fast-path
//! idea: Looking at the flag needs no ordering; only sleeping does.
//! caught-by: loom::a_set_publishes_to_wait = data_race
//! caught-by: loom::a_set_publishes_to_a_look = data_race
//! caught-by: model::what_was_written_before_a_set_is_read_after_the_wait = data_race
//! caught-by: loom::a_set_publishes_to_a_timed_wait = data_race
//! caught-by: loom::a_pulse_publishes_too = data_race
//! caught-by: loom::a_set_publishes_to_all_who_wait = data_race

use std::sync::atomic::{AtomicBool, Ordering::*};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Event {
    flag: AtomicBool,
    /// How often the event has been set.
    sets: Mutex<u64>,
    was_set: Condvar,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        if self.flag.load(Relaxed) {
            return;
        }
        let mut sets = self.sets.lock().unwrap();
        self.flag.store(true, Release);
        *sets += 1;
        drop(sets);
        self.was_set.notify_all();
    }

    pub fn clear(&self) {
        self.flag.store(false, Relaxed);
    }

    pub fn is_set(&self) -> bool {
        self.flag.load(Relaxed)
    }

    pub fn wait(&self) {
        self.wait_until(None);
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        // No deadline means for ever.
        self.wait_until(Instant::now().checked_add(timeout))
    }

    fn wait_until(&self, deadline: Option<Instant>) -> bool {
        if self.is_set() {
            return true;
        }
        let mut sets = self.sets.lock().unwrap();
        if self.is_set() {
            return true;
        }
        let before = *sets;
        while *sets == before {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            sets = match left {
                None => self.was_set.wait(sets).unwrap(),
                Some(Duration::ZERO) => return false,
                Some(left) => self.was_set.wait_timeout(sets, left).unwrap().0,
            };
        }
        true
    }
}
