//! mutant: waiter-left-early
//! idea: Who has one fork may leave the waiter, so that the next can come.
//! caught-by: model::two_philosophers_both_eat = lock_cycle

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub struct Table {
    forks: Vec<Mutex<()>>,
    room: Room,
}

impl Table {
    pub fn new(seats: usize) -> Self {
        assert!(
            seats >= 2,
            "a table needs at least two seats, and {seats} were asked for"
        );
        Self {
            forks: (0..seats).map(|_| Mutex::new(())).collect(),
            room: Room {
                places: Mutex::new(seats - 1),
                left: Condvar::new(),
            },
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
        let place = self.room.enter();
        let _left = self.pick_up(seat);
        drop(place);
        let _right = self.pick_up((seat + 1) % seats);
        meal()
    }

    fn pick_up(&self, fork: usize) -> MutexGuard<'_, ()> {
        self.forks[fork]
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Room {
    places: Mutex<usize>,
    left: Condvar,
}

struct Place<'a>(&'a Room);

impl Room {
    fn enter(&self) -> Place<'_> {
        let mut places = self.places.lock().unwrap();
        while *places == 0 {
            places = self.left.wait(places).unwrap();
        }
        *places -= 1;
        Place(self)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        *self.0.places.lock().unwrap() += 1;
        self.0.left.notify_one();
    }
}
