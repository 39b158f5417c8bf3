//! mutant: believes-unpark
//! idea: `park` returns when the fork has been handed on.
//! caught-by: model::a_stray_unpark_does_no_harm = data_race
//! caught-by: model::a_meal_holds_both_neighbours_up = spurious_wakeup

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering::*};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};

#[derive(Debug)]
pub struct Table {
    forks: Vec<Fork>,
}

#[derive(Debug, Default)]
struct Fork(Mutex<Option<VecDeque<Arc<Waiting>>>>);

#[derive(Debug)]
struct Waiting {
    thread: Thread,
    has_it: AtomicBool,
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
        let (left, right) = (seat, (seat + 1) % seats);
        let _first = self.forks[left.max(right)].pick_up();
        let _second = self.forks[left.min(right)].pick_up();
        meal()
    }
}

impl Fork {
    fn pick_up(&self) -> Held<'_> {
        let mut fork = self.0.lock().unwrap();
        if let Some(queue) = &mut *fork {
            let me = Arc::new(Waiting {
                thread: thread::current(),
                has_it: AtomicBool::new(false),
            });
            queue.push_back(Arc::clone(&me));
            drop(fork);
            if !me.has_it.load(Acquire) {
                thread::park();
            }
        } else {
            *fork = Some(VecDeque::new());
        }
        Held(self)
    }
}

struct Held<'a>(&'a Fork);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut fork = self.0.0.lock().unwrap();
        match fork.as_mut().and_then(VecDeque::pop_front) {
            Some(next) => {
                next.has_it.store(true, Release);
                next.thread.unpark();
            }
            None => *fork = None,
        }
    }
}
