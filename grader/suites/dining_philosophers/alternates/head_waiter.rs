//! alternate: head waiter
//! idea: One queue for the whole table: who comes is served in turn, unless somebody before wants one of the same forks.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};

#[derive(Debug)]
pub struct Table {
    seats: usize,
    waiter: Mutex<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    in_use: Vec<bool>,
    queue: VecDeque<Guest>,
}

#[derive(Debug)]
struct Guest {
    seat: usize,
    served: Arc<Condvar>,
    /// Cleared when the guest has been served.
    waits: Arc<Mutex<bool>>,
}

impl Table {
    pub fn new(seats: usize) -> Self {
        assert!(
            seats >= 2,
            "a table needs at least two seats, and {seats} were asked for"
        );
        Self {
            seats,
            waiter: Mutex::new(Waiter {
                in_use: vec![false; seats],
                queue: VecDeque::new(),
            }),
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
        let (served, waits) = <(Arc<Condvar>, Arc<Mutex<bool>>)>::default();
        *waits.lock().unwrap() = true;
        let mut waiter = self.waiter.lock().unwrap();
        waiter.queue.push_back(Guest {
            seat,
            served: Arc::clone(&served),
            waits: Arc::clone(&waits),
        });
        waiter.serve();
        drop(waiter);
        drop(
            served
                .wait_while(waits.lock().unwrap(), |waits| *waits)
                .unwrap(),
        );
        let _held = Held { table: self, seat };
        meal()
    }
}

impl Waiter {
    fn serve(&mut self) {
        let seats = self.in_use.len();
        // A fork that somebody in the queue waits for is not given to those behind.
        let mut spoken_for = self.in_use.clone();
        self.queue.retain(|guest| {
            let forks = [guest.seat, (guest.seat + 1) % seats];
            let free = forks.iter().all(|&fork| !spoken_for[fork]);
            for fork in forks {
                spoken_for[fork] = true;
                self.in_use[fork] |= free;
            }
            if free {
                *guest.waits.lock().unwrap() = false;
                guest.served.notify_one();
            }
            !free
        });
    }
}

struct Held<'a> {
    table: &'a Table,
    seat: usize,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut waiter = self.table.waiter.lock().unwrap();
        for fork in [self.seat, (self.seat + 1) % self.table.seats] {
            waiter.in_use[fork] = false;
        }
        waiter.serve();
    }
}
