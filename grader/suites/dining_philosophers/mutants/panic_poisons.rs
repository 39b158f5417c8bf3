//! mutant: panic-poisons
//! idea: A fork is a mutex, and a mutex is locked with `lock().unwrap()`.
//! caught-by: stress::a_panic_puts_the_forks_down = panic
//! caught-by: model::a_panic_puts_the_forks_down = panic

use std::sync::{Mutex, MutexGuard};

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
        let _first = self.pick_up(first);
        let _second = self.pick_up(second);
        meal()
    }

    fn pick_up(&self, fork: usize) -> MutexGuard<'_, ()> {
        self.forks[fork].lock().unwrap()
    }
}
