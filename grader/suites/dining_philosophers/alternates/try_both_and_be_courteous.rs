//! alternate: try both and be courteous
//! idea: Begin with a fork picked at random, put it down when the other one is taken, and leave a fork that you used last to a hungry neighbour.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub struct Table {
    /// Only one thread at a time plays the philosopher of a seat.
    chairs: Vec<Mutex<()>>,
    forks: Vec<Mutex<Fork>>,
    /// How often a fork has been put down.
    put_down: Mutex<u64>,
    bell: Condvar,
}

#[derive(Debug, Default)]
struct Fork {
    taken: bool,
    /// Who has eaten with it last.
    last: Option<usize>,
    /// The neighbours on its left and on its right who are hungry.
    wanted: [bool; 2],
}

impl Table {
    pub fn new(seats: usize) -> Self {
        assert!(
            seats >= 2,
            "a table needs at least two seats, and {seats} were asked for"
        );
        Self {
            chairs: (0..seats).map(|_| Mutex::new(())).collect(),
            forks: (0..seats).map(|_| Mutex::default()).collect(),
            put_down: Mutex::new(0),
            bell: Condvar::new(),
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
        // Each hand says on which side of its fork the philosopher sits.
        let hands = [(seat, 1), ((seat + 1) % self.seats(), 0)];
        for (fork, side) in hands {
            self.fork(fork).wanted[side] = true;
        }
        let mut coin = seat as u32 + 1;
        loop {
            let mut seen = *self.put_down.lock().unwrap();
            coin = coin.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let first = (coin >> 16) as usize % 2;
            if self.try_take(hands[first], seat) {
                if self.try_take(hands[1 - first], seat) {
                    return Eating { table: self, seat };
                }
                self.fork(hands[first].0).taken = false;
                self.ring();
                // Our own ring is no reason to try again.
                seen += 1;
            }
            let mut now = self.put_down.lock().unwrap();
            while *now == seen {
                now = self.bell.wait(now).unwrap();
            }
        }
    }

    fn try_take(&self, (fork, side): (usize, usize), seat: usize) -> bool {
        let mut fork = self.fork(fork);
        let is_his_turn = fork.last == Some(seat) && fork.wanted[1 - side];
        let free = !fork.taken && !is_his_turn;
        fork.taken |= free;
        free
    }

    fn fork(&self, fork: usize) -> MutexGuard<'_, Fork> {
        self.forks[fork].lock().unwrap()
    }

    fn ring(&self) {
        *self.put_down.lock().unwrap() += 1;
        self.bell.notify_all();
    }
}

struct Eating<'a> {
    table: &'a Table,
    seat: usize,
}

impl Drop for Eating<'_> {
    fn drop(&mut self) {
        for (fork, side) in [(self.seat, 1), ((self.seat + 1) % self.table.seats(), 0)] {
            let mut fork = self.table.fork(fork);
            fork.last = Some(self.seat);
            fork.wanted[side] = false;
            fork.taken = false;
        }
        self.table.ring();
    }
}
