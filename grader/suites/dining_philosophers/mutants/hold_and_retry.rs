//! mutant: hold-and-retry
//! idea: Keep the left fork and try the right one until it is there.
//! caught-by: model::two_philosophers_both_eat = livelock
//! caught-by: model::waiting_is_sleeping = busy_wait

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

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
        let (first, second) = (left, right);
        let _first = self.pick_up(first);
        let _second = loop {
            match self.forks[second].try_lock() {
                Ok(fork) => break fork,
                Err(TryLockError::Poisoned(fork)) => break fork.into_inner(),
                Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            }
        };
        meal()
    }

    fn pick_up(&self, fork: usize) -> MutexGuard<'_, ()> {
        self.forks[fork]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
