//! mutant: everybody-reversed
//! idea: If all begin with the right fork, it is no longer left then right.
//! caught-by: model::two_philosophers_both_eat = lock_cycle
//! caught-by: model::three_philosophers_all_eat = lock_cycle

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
        let (first, second) = (right, left);
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
