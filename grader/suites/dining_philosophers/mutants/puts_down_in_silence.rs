//! mutant: puts-down-in-silence
//! idea: A fork on the table can be seen by all.
//! caught-by: model::two_philosophers_both_eat = lost_wakeup

use std::sync::{Condvar, Mutex};

#[derive(Debug)]
pub struct Table {
    forks: Vec<Fork>,
}

impl Table {
    pub fn new(seats: usize) -> Self {
        assert!(
            seats >= 2,
            "a table needs at least two seats, and {seats} were asked for"
        );
        Self {
            forks: (0..seats).map(|_| Fork::default()).collect(),
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
        let left = seat;
        let right = (seat + 1) % seats;
        let _first = self.forks[left.min(right)].pick_up();
        let _second = self.forks[left.max(right)].pick_up();
        meal()
    }
}

#[derive(Debug, Default)]
struct Fork {
    line: Mutex<Line>,
    put_down: Condvar,
}

#[derive(Debug, Default)]
struct Line {
    next_ticket: u64,
    now_served: u64,
}

impl Fork {
    fn pick_up(&self) -> Held<'_> {
        let mut line = self.line.lock().unwrap();
        let ticket = line.next_ticket;
        line.next_ticket += 1;
        while line.now_served != ticket {
            line = self.put_down.wait(line).unwrap();
        }
        Held(self)
    }
}

struct Held<'a>(&'a Fork);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.line.lock().unwrap().now_served += 1;
    }
}
