//! mutant: chandy-misra-clean-forks
//! idea: Forks are clean after the meal, and clean forks are kept.
//! caught-by: model::two_philosophers_both_eat = deadlock
//! caught-by: stress::the_forks_are_down_after_the_meal = deadlock

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub struct Table {
    chairs: Vec<Mutex<()>>,
    table: Mutex<State>,
    dirtied: Condvar,
}

#[derive(Debug)]
struct State {
    forks: Vec<Fork>,
    moods: Vec<Mood>,
}

#[derive(Debug)]
struct Fork {
    owner: usize,
    dirty: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Mood {
    Thinking,
    Hungry,
    Eating,
}

impl Table {
    pub fn new(seats: usize) -> Self {
        assert!(
            seats >= 2,
            "a table needs at least two seats, and {seats} were asked for"
        );
        let fork = |fork: usize| Fork {
            owner: fork.saturating_sub(1),
            dirty: true,
        };
        Self {
            chairs: (0..seats).map(|_| Mutex::new(())).collect(),
            table: Mutex::new(State {
                forks: (0..seats).map(fork).collect(),
                moods: vec![Mood::Thinking; seats],
            }),
            dirtied: Condvar::new(),
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
        let _eating = self.ask_for_both(seat);
        meal()
    }

    fn ask_for_both(&self, seat: usize) -> Eating<'_> {
        let forks = [seat, (seat + 1) % self.seats()];
        self.state().moods[seat] = Mood::Hungry;
        loop {
            for fork in forks {
                self.state().ask(fork, seat);
            }
            let mut state = self.state();
            if forks.iter().all(|&fork| state.forks[fork].owner == seat) {
                state.moods[seat] = Mood::Eating;
                return Eating { table: self, seat };
            }
            if forks.iter().any(|&fork| state.would_get(fork, seat)) {
                continue;
            }
            drop(self.dirtied.wait(state).unwrap());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.table.lock().unwrap()
    }
}

impl State {
    fn would_get(&self, fork: usize, seat: usize) -> bool {
        let Fork { owner, dirty } = self.forks[fork];
        owner != seat && dirty && self.moods[owner] != Mood::Eating
    }

    fn ask(&mut self, fork: usize, seat: usize) {
        if self.would_get(fork, seat) {
            self.forks[fork] = Fork {
                owner: seat,
                dirty: false,
            };
        }
    }
}

struct Eating<'a> {
    table: &'a Table,
    seat: usize,
}

impl Drop for Eating<'_> {
    fn drop(&mut self) {
        let mut state = self.table.state();
        state.moods[self.seat] = Mood::Thinking;
        for fork in [self.seat, (self.seat + 1) % self.table.seats()] {
            state.forks[fork].dirty = false;
        }
        self.table.dirtied.notify_all();
    }
}
