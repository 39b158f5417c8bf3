//! mutant: tanenbaum-starves
//! idea: Eat when neither neighbour eats; who has waited longer does not matter.
//! caught-by: model::nobody_starves = assertion

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub struct Table {
    chairs: Vec<Mutex<()>>,
    philosophers: Mutex<Philosophers>,
    changed: Condvar,
}

#[derive(Debug)]
struct Philosophers {
    states: Vec<State>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Thinking,
    Eating,
}

impl Table {
    pub fn new(seats: usize) -> Self {
        assert!(
            seats >= 2,
            "a table needs at least two seats, and {seats} were asked for"
        );
        Self {
            chairs: (0..seats).map(|_| Mutex::new(())).collect(),
            philosophers: Mutex::new(Philosophers {
                states: vec![State::Thinking; seats],
            }),
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
        let _eating = self.pick_up_both(seat);
        meal()
    }

    fn pick_up_both(&self, seat: usize) -> Eating<'_> {
        let mut philosophers = self.philosophers();
        while !philosophers.may_eat(seat) {
            philosophers = self.changed.wait(philosophers).unwrap();
        }
        philosophers.states[seat] = State::Eating;
        Eating { table: self, seat }
    }

    fn philosophers(&self) -> MutexGuard<'_, Philosophers> {
        self.philosophers.lock().unwrap()
    }
}

impl Philosophers {
    fn may_eat(&self, seat: usize) -> bool {
        let seats = self.states.len();
        [seat + 1, seat + seats - 1]
            .iter()
            .all(|neighbour| self.states[neighbour % seats] != State::Eating)
    }
}

struct Eating<'a> {
    table: &'a Table,
    seat: usize,
}

impl Drop for Eating<'_> {
    fn drop(&mut self) {
        self.table.philosophers().states[self.seat] = State::Thinking;
        self.table.changed.notify_all();
    }
}
