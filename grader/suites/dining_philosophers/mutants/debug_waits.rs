//! mutant: debug-waits
//! idea: `{:?}` shows which forks are on the table.
//! caught-by: stress::debug_never_waits = deadlock

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub struct Table {
    forks: Vec<Mutex<()>>,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let forks = (0..self.seats()).map(|fork| *self.pick_up(fork));
        f.debug_list().entries(forks).finish()
    }
}

impl Table {
    pub fn new(seats: usize) -> Self {
        assert!(
            seats >= 2,
            "a table needs at least two seats, and {seats} were asked for"
        );
        Self {
            forks: (0..seats).map(|_| Mutex::new(())).collect(),
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
        let (first, second) = (left.min(right), left.max(right));
        let _first = self.pick_up(first);
        let _second = self.pick_up(second);
        meal()
    }

    fn pick_up(&self, fork: usize) -> MutexGuard<'_, ()> {
        self.forks[fork]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
