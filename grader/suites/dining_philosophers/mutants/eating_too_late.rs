//! mutant: eating-too-late
//! idea: Decide under the lock who may eat, and note down afterwards that it eats.
//! base: none
//! caught-by: model::two_philosophers_both_eat = data_race
//! caught-by: model::neighbours_never_eat_at_once = data_race

use std::sync::{Condvar, Mutex};

#[derive(Debug)]
pub struct Table {
    in_use: Mutex<Vec<bool>>,
    put_down: Condvar,
    seats: usize,
}

impl Table {
    pub fn new(seats: usize) -> Self {
        assert!(
            seats >= 2,
            "a table needs at least two seats, and {seats} were asked for"
        );
        Self {
            in_use: Mutex::new(vec![false; seats]),
            put_down: Condvar::new(),
            seats,
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
        let forks = [seat, (seat + 1) % seats];
        let mut in_use = self.in_use.lock().unwrap();
        while forks.iter().any(|&fork| in_use[fork]) {
            in_use = self.put_down.wait(in_use).unwrap();
        }
        drop(in_use);
        let mut in_use = self.in_use.lock().unwrap();
        for fork in forks {
            in_use[fork] = true;
        }
        drop(in_use);
        let _held = Held { table: self, forks };
        meal()
    }
}

struct Held<'a> {
    table: &'a Table,
    forks: [usize; 2],
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut in_use = self.table.in_use.lock().unwrap();
        for fork in self.forks {
            in_use[fork] = false;
        }
        self.table.put_down.notify_all();
    }
}
