//! alternate: one picks up at a time
//! idea: Only one philosopher at a time may pick up forks, left and then right; those who eat are not in the way.

use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub struct Table {
    forks: Vec<Mutex<()>>,
    /// Held by whoever picks up forks.
    hands_off: Mutex<()>,
}

impl Table {
    pub fn new(seats: usize) -> Self {
        assert!(
            seats >= 2,
            "a table needs at least two seats, and {seats} were asked for"
        );
        Self {
            forks: (0..seats).map(|_| Mutex::new(())).collect(),
            hands_off: Mutex::new(()),
        }
    }

    pub fn seats(&self) -> usize {
        self.forks.len()
    }

    pub fn dine<R>(&self, seat: usize, meal: impl FnOnce() -> R) -> R {
        let seats = self.seats();
        assert!(
            seat < seats,
            "there is no seat {seat} at a table with {seats} seats"
        );
        let (left, right) = (seat, (seat + 1) % seats);
        let hands_off = self.hands_off.lock().unwrap();
        let _left = self.pick_up(left);
        let _right = self.pick_up(right);
        drop(hands_off);
        meal()
    }

    fn pick_up(&self, fork: usize) -> MutexGuard<'_, ()> {
        // A meal that panics poisons its forks. They are not the worse for it.
        self.forks[fork]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
