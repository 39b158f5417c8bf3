//! alternate: odd and even
//! idea: Those in even seats begin with the left fork, those in odd seats with the right one.

use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub struct Table {
    forks: Vec<Mutex<()>>,
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
        let (first, second) = match seat % 2 {
            0 => (left, right),
            _ => (right, left),
        };
        let _first = self.pick_up(first);
        let _second = self.pick_up(second);
        meal()
    }

    fn pick_up(&self, fork: usize) -> MutexGuard<'_, ()> {
        // A meal that panics poisons its forks. They are not the worse for it.
        self.forks[fork]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
