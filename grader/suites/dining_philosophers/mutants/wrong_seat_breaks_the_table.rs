//! mutant: wrong-seat-breaks-the-table
//! idea: A seat that does not exist is found out when the table looks for it.
//! caught-by: stress::a_seat_that_does_not_exist_panics = assertion

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
    ticket: u64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Thinking,
    Hungry { ticket: u64 },
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
                ticket: 0,
            }),
            changed: Condvar::new(),
        }
    }

    pub fn seats(&self) -> usize {
        self.chairs.len()
    }

    pub fn dine<R>(&self, seat: usize, meal: impl FnOnce() -> R) -> R {
        let _chair = self.chairs[seat]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let _eating = self.pick_up_both(seat);
        meal()
    }

    fn pick_up_both(&self, seat: usize) -> Eating<'_> {
        let mut philosophers = self.philosophers();
        let ticket = philosophers.ticket;
        philosophers.ticket += 1;
        philosophers.states[seat] = State::Hungry { ticket };
        while !philosophers.may_eat(seat, ticket) {
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
    fn may_eat(&self, seat: usize, my_ticket: u64) -> bool {
        let seats = self.states.len();
        [seat + 1, seat + seats - 1]
            .iter()
            .all(|neighbour| match self.states[neighbour % seats] {
                State::Thinking => true,
                State::Hungry { ticket } => ticket > my_ticket,
                State::Eating => false,
            })
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
