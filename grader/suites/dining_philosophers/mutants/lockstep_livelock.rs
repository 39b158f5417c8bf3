//! mutant: lockstep-livelock
//! idea: If the right fork is taken, put the left one down and begin again.
//! base: none
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
        let _both = loop {
            let first = self.pick_up(left);
            if let Some(second) = self.try_pick_up(right) {
                break (first, second);
            }
            drop(first);
        };
        meal()
    }

    fn pick_up(&self, fork: usize) -> MutexGuard<'_, ()> {
        self.forks[fork]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn try_pick_up(&self, fork: usize) -> Option<MutexGuard<'_, ()>> {
        match self.forks[fork].try_lock() {
            Ok(fork) => Some(fork),
            Err(TryLockError::Poisoned(fork)) => Some(fork.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}
