//! alternate: one number that is odd while set
//! idea: Every change counts up by one: the flag is the last bit, and who waits sleeps until the number is another.

use std::sync::atomic::{AtomicU64, Ordering::*};
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Event {
    /// Grows with each change: odd while the event is set.
    changes: AtomicU64,
    bed: Mutex<()>,
    bell: Condvar,
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
        if self.changes.fetch_update(Release, Relaxed, change).is_ok() {
            // Whoever has looked at the number is in bed before we ring.
            drop(self.bed.lock().unwrap());
            self.bell.notify_all();
        }
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
        let mut bed = self.bed.lock().unwrap();
        while self.changes.load(Acquire) == before {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            bed = match left {
                None => self.bell.wait(bed).unwrap(),
                Some(Duration::ZERO) => return false,
                Some(left) => self.bell.wait_timeout(bed, left).unwrap().0,
            };
        }
        true
    }
}
