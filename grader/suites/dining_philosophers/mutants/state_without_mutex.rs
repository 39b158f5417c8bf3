//! mutant: state-without-mutex
//! idea: Atomics need no mutex: look at both neighbours, and if neither eats, eat.
//! base: none
//! caught-by: model::two_philosophers_both_eat = data_race
//! caught-by: model::neighbours_never_eat_at_once = data_race

use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
use std::sync::{Condvar, Mutex, PoisonError};

#[derive(Debug)]
pub struct Table {
    chairs: Vec<Mutex<()>>,
    states: Vec<AtomicU8>,
    meals: Mutex<u64>,
    changed: Condvar,
}

const THINKING: u8 = 0;
const EATING: u8 = 1;

impl Table {
    pub fn new(seats: usize) -> Self {
        assert!(
            seats >= 2,
            "a table needs at least two seats, and {seats} were asked for"
        );
        Self {
            chairs: (0..seats).map(|_| Mutex::new(())).collect(),
            states: (0..seats).map(|_| AtomicU8::new(THINKING)).collect(),
            meals: Mutex::new(0),
            changed: Condvar::new(),
        }
    }

    pub fn seats(&self) -> usize {
        self.chairs.len()
    }

    pub fn dine<R>(&self, seat: usize, meal: impl FnOnce() -> R) -> R {
        let seats = self.seats();
        assert!(
            seat < seats,
            "there is no seat {seat} at a table with {seats} seats"
        );
        let _chair = self.chairs[seat]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let neighbours = [(seat + 1) % seats, (seat + seats - 1) % seats];
        loop {
            let seen = *self.meals.lock().unwrap();
            if neighbours
                .iter()
                .all(|&neighbour| self.states[neighbour].load(SeqCst) == THINKING)
            {
                break;
            }
            let meals = self.meals.lock().unwrap();
            drop(self.changed.wait_while(meals, |now| *now == seen).unwrap());
        }
        self.states[seat].store(EATING, SeqCst);
        let _eating = Eating { table: self, seat };
        meal()
    }
}

struct Eating<'a> {
    table: &'a Table,
    seat: usize,
}

impl Drop for Eating<'_> {
    fn drop(&mut self) {
        self.table.states[self.seat].store(THINKING, SeqCst);
        *self.table.meals.lock().unwrap() += 1;
        self.table.changed.notify_all();
    }
}
