//! mutant: clear-orphans-waiters
//! idea: A clear begins anew, with a fresh flag and a fresh condition variable.
//! caught-by: model::a_clear_forgets_no_waiter = deadlock
//! caught-by: stress::a_clear_releases_nobody_and_forgets_nobody = deadlock

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Event {
    now: Mutex<Arc<Epoch>>,
}

/// The time from one clear to the next.
#[derive(Debug, Default)]
struct Epoch {
    is_set: Mutex<bool>,
    was_set: Condvar,
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        let now = self.now.lock().unwrap();
        *now.is_set.lock().unwrap() = true;
        now.was_set.notify_all();
    }

    pub fn clear(&self) {
        *self.now.lock().unwrap() = Arc::default();
    }

    pub fn is_set(&self) -> bool {
        let now = self.now.lock().unwrap();
        *now.is_set.lock().unwrap()
    }

    pub fn wait(&self) {
        self.wait_until(None);
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        // No deadline means for ever.
        self.wait_until(Instant::now().checked_add(timeout))
    }

    fn wait_until(&self, deadline: Option<Instant>) -> bool {
        let mine = Arc::clone(&self.now.lock().unwrap());
        let mut is_set = mine.is_set.lock().unwrap();
        while !*is_set {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            is_set = match left {
                None => mine.was_set.wait(is_set).unwrap(),
                Some(Duration::ZERO) => return false,
                Some(left) => mine.was_set.wait_timeout(is_set, left).unwrap().0,
            };
        }
        true
    }
}
