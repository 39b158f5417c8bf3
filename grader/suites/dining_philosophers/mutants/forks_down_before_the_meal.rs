//! mutant: forks-down-before-the-meal
//! idea: Put the forks down as soon as both were had, and then eat in peace.
//! caught-by: model::two_philosophers_both_eat = data_race

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
        let (first, second) = (left.min(right), left.max(right));
        let one = self.pick_up(first);
        let other = self.pick_up(second);
        drop((one, other));
        meal()
    }

    fn pick_up(&self, fork: usize) -> MutexGuard<'_, ()> {
        self.forks[fork]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
