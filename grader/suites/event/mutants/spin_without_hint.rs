//! mutant: spin-without-hint
//! idea: Look again and again until it is set.
//! base: none
//! caught-by: model::waiting_is_sleeping = busy_wait
//! caught-by: stress::waiting_is_sleeping = busy_wait

use std::sync::atomic::{AtomicU64, Ordering::*};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Event {
    /// Grows with each change: odd while the event is set.
    changes: AtomicU64,
}

fn is_odd(changes: u64) -> bool {
    changes % 2 == 1
}

impl Event {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn set(&self) {
        let change = |changes| (!is_odd(changes)).then_some(changes + 1);
        // An error means that it was set.
        let _ = self.changes.fetch_update(Release, Relaxed, change);
    }

    pub fn clear(&self) {
        let change = |changes| is_odd(changes).then_some(changes + 1);
        // An error means that it was clear.
        let _ = self.changes.fetch_update(Relaxed, Relaxed, change);
    }

    pub fn is_set(&self) -> bool {
        is_odd(self.changes.load(Acquire))
    }

    pub fn wait(&self) {
        self.wait_until(None);
    }

    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        // No deadline means for ever.
        self.wait_until(Instant::now().checked_add(timeout))
    }

    fn wait_until(&self, deadline: Option<Instant>) -> bool {
        let before = self.changes.load(Acquire);
        if is_odd(before) {
            return true;
        }
        while self.changes.load(Acquire) == before {
            if deadline.is_some_and(|at| Instant::now() >= at) {
                return false;
            }
        }
        true
    }
}
