//! mutant: one-fork-will-do
//! idea: A philosopher can eat with the fork on the left.
//! caught-by: model::neighbours_never_eat_at_once = data_race

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
        let first = left.min(right);
        let _first = self.pick_up(first);
        meal()
    }

    fn pick_up(&self, fork: usize) -> MutexGuard<'_, ()> {
        self.forks[fork]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
