//! Dining philosophers who all reach for the lower-numbered of their two forks first.
//!
//! A deadlock needs a circle: each philosopher holds a fork and waits for the fork that
//! the next one holds. If everybody takes their forks in the order of the *forks'* numbers,
//! whoever waits for a fork holds only lower ones. Follow the waiting from one philosopher
//! to the next, and the numbers grow; they cannot come back to where they began. In
//! practice it is the last philosopher who is different, for whom the fork on the right is
//! number 0.
//!
//! A `Mutex` for each fork would do for that. But `Mutex` does not promise who gets it
//! next: a neighbour who puts the fork down and gets hungry again at once might be quicker,
//! every time. Here nobody starves, so each fork has a line that people stand in.
//!
//! ```
//! use dining_philosophers::Table;
//! use std::thread;
//!
//! let table = Table::new(5);
//! thread::scope(|scope| {
//!     for seat in 0..table.seats() {
//!         let table = &table;
//!         scope.spawn(move || table.dine(seat, || println!("philosopher {seat} eats")));
//!     }
//! });
//! ```

use std::sync::{Condvar, Mutex};

/// A round table with a fork between each two neighbouring seats.
#[derive(Debug)]
pub struct Table {
    /// Fork `i` lies to the left of seat `i`, so it is also to the right of the seat before.
    forks: Vec<Fork>,
}

impl Table {
    /// Lays a table for philosophers in the seats `0..seats`.
    ///
    /// # Panics
    ///
    /// If there are fewer than two seats.
    pub fn new(seats: usize) -> Self {
        assert!(
            seats >= 2,
            "a table needs at least two seats, and {seats} were asked for"
        );
        Self {
            forks: (0..seats).map(|_| Fork::default()).collect(),
        }
    }

    /// The number of seats.
    pub fn seats(&self) -> usize {
        self.forks.len()
    }

    /// Calls `meal` while the philosopher in `seat` holds both forks.
    ///
    /// # Panics
    ///
    /// If there is no such seat, or if `meal` panics.
    pub fn dine<R>(&self, seat: usize, meal: impl FnOnce() -> R) -> R {
        let seats = self.seats();
        assert!(
            seat < seats,
            "there is no seat {seat} at a table with {seats} seats"
        );
        let left = seat;
        let right = (seat + 1) % seats;
        // The names matter: `let _ = …` would drop the fork on the spot.
        let _first = self.forks[left.min(right)].pick_up();
        let _second = self.forks[left.max(right)].pick_up();
        meal()
    }
}

/// A fork, and the line of those who want it.
#[derive(Debug, Default)]
struct Fork {
    line: Mutex<Line>,
    /// Notified whenever the fork is put down.
    put_down: Condvar,
}

/// Like the tickets at a counter: each who comes draws the next number and waits until
/// that number is served.
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

/// Holds a fork for as long as it lives.
///
/// The line's mutex is not held along with it, so a meal that panics does not poison it.
struct Held<'a>(&'a Fork);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.line.lock().unwrap().now_served += 1;
        // All, because only one of those who wait has the number that is served now, and
        // a single notification might wake another one. They are few: one neighbour, and
        // whoever shares a chair.
        self.0.put_down.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::thread;

    #[test]
    fn all_eat_and_no_fork_is_used_twice_at_once() {
        let table = Table::new(5);
        let forks: Vec<AtomicUsize> = (0..5).map(|_| AtomicUsize::new(0)).collect();
        thread::scope(|scope| {
            for seat in 0..5 {
                let (table, forks) = (&table, &forks);
                scope.spawn(move || {
                    for _ in 0..200 {
                        table.dine(seat, || {
                            for fork in [&forks[seat], &forks[(seat + 1) % 5]] {
                                // A load and a store: two at once would lose a use.
                                fork.store(fork.load(Relaxed) + 1, Relaxed);
                            }
                        });
                    }
                });
            }
        });
        assert!(forks.iter().all(|fork| fork.load(Relaxed) == 400));
    }

    #[test]
    fn two_who_share_no_fork_eat_together() {
        let table = Table::new(4);
        let both_eat = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| table.dine(0, || both_eat.wait()));
            scope.spawn(|| table.dine(2, || both_eat.wait()));
        });
    }

    #[test]
    fn a_panic_puts_the_forks_down() {
        let table = Table::new(2);
        let panic = catch_unwind(AssertUnwindSafe(|| table.dine(0, || panic!("on purpose"))));
        assert!(panic.is_err());
        assert_eq!(table.dine(1, || "fed"), "fed");
    }

    #[test]
    #[should_panic(expected = "at least two seats")]
    fn nobody_eats_with_one_fork() {
        Table::new(1);
    }
}
