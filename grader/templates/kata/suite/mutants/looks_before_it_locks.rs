//! mutant: looks-before-it-locks
//! idea: First look whether anybody is missing; if so, lock and go to sleep.
//! caught-by: model::no_arrival_is_missed = lost_wakeup
//! caught-by: model::two_pass_together = lost_wakeup
//! caught-by: loom::an_arrival_publishes = lost_wakeup

// REPLACE: One wrong idea for each file, named like the file. The header says which tests
// catch it, and as what. A test that catches nothing is worth nothing.

use std::sync::{Condvar, Mutex};

#[derive(Debug)]
pub struct Latch {
    missing: Mutex<usize>,
    opened: Condvar,
}

impl Latch {
    pub fn new(count: usize) -> Self {
        Self {
            missing: Mutex::new(count),
            opened: Condvar::new(),
        }
    }

    pub fn arrive(&self) {
        let mut missing = self.missing.lock().unwrap();
        *missing = missing.saturating_sub(1);
        if *missing == 0 {
            self.opened.notify_all();
        }
    }

    pub fn wait(&self) {
        while self.is_anybody_missing() {
            let missing = self.missing.lock().unwrap();
            drop(self.opened.wait(missing).unwrap());
        }
    }

    fn is_anybody_missing(&self) -> bool {
        *self.missing.lock().unwrap() > 0
    }
}
