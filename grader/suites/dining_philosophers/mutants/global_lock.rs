//! mutant: global-lock
//! idea: One lock around the table, and nothing can go wrong.
//! base: none
//! caught-by: model::those_who_share_no_fork_eat_together = deadlock
//! caught-by: stress::those_who_share_no_fork_eat_together = deadlock

use std::sync::{Mutex, PoisonError};

#[derive(Debug)]
pub struct Table {
    seats: usize,
    table: Mutex<()>,
}

impl Table {
    pub fn new(seats: usize) -> Self {
        assert!(
            seats >= 2,
            "a table needs at least two seats, and {seats} were asked for"
        );
        Self {
            seats,
            table: Mutex::new(()),
        }
    }

    pub fn seats(&self) -> usize {
        self.seats
    }

    pub fn dine<R>(&self, seat: usize, meal: impl FnOnce() -> R) -> R {
        let seats = self.seats();
        assert!(
            seat < seats,
            "there is no seat {seat} at a table with {seats} seats"
        );
        let _table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        meal()
    }
}
