// REPLACE: The reference solution. Who has passed reads it, so it explains itself. Whether a
// failure is the machine's fault is told by running this, so it has to be beyond doubt.

//! A latch from the number of missing arrivals and a condition variable.
//!
//! ```
//! use __topic__::Latch;
//!
//! let latch = Latch::new(2);
//! latch.arrive();
//! latch.arrive();
//! latch.wait(); // both have arrived: no need to wait
//! ```

use std::sync::{Condvar, Mutex};

/// A gate that opens once, when enough threads have arrived.
#[derive(Debug)]
pub struct Latch {
    /// How many arrivals are missing.
    missing: Mutex<usize>,
    /// Notified when none is missing any more.
    opened: Condvar,
}

impl Latch {
    /// Makes a latch that opens with the arrival number `count`.
    pub fn new(count: usize) -> Self {
        Self {
            missing: Mutex::new(count),
            opened: Condvar::new(),
        }
    }

    /// Arrives: one arrival less is missing. Never waits.
    pub fn arrive(&self) {
        let mut missing = self.missing.lock().unwrap();
        *missing = missing.saturating_sub(1);
        if *missing == 0 {
            // All of them: this is news for everybody who waits, not for just one.
            self.opened.notify_all();
        }
    }

    /// Returns at once if the latch is open, and otherwise waits until it is.
    pub fn wait(&self) {
        let mut missing = self.missing.lock().unwrap();
        // `while`, as a wait may also end for no reason at all.
        while *missing > 0 {
            missing = self.opened.wait(missing).unwrap();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn the_last_arrival_lets_all_pass() {
        let latch = Latch::new(2);
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| latch.wait());
            }
            latch.arrive();
            latch.arrive();
        });
    }
}
