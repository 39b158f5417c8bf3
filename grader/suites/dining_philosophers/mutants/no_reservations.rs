//! mutant: no-reservations
//! idea: Serve everybody in the queue whose forks are there.
//! caught-by: model::nobody_starves = assertion

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::*};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};

#[derive(Debug)]
pub struct Table {
    seats: usize,
    forks: AtomicU64,
    queue: Mutex<VecDeque<Arc<Guest>>>,
}

const QUEUE: u64 = 1 << 63;

#[derive(Debug)]
struct Guest {
    thread: Thread,
    forks: u64,
    served: AtomicBool,
}

impl Table {
    pub fn new(seats: usize) -> Self {
        assert!(
            seats >= 2,
            "a table needs at least two seats, and {seats} were asked for"
        );
        assert!(seats < 64, "there is no table with {seats} seats");
        Self {
            seats,
            forks: AtomicU64::new(0),
            queue: Mutex::default(),
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
        let forks = 1 << seat | 1 << ((seat + 1) % seats);
        let _held = self.pick_up(forks);
        meal()
    }

    fn pick_up(&self, forks: u64) -> Held<'_> {
        let free = |word: u64| (word & (forks | QUEUE) == 0).then_some(word | forks);
        if self.forks.fetch_update(Acquire, Relaxed, free).is_err() {
            let me = Arc::new(Guest {
                thread: thread::current(),
                forks,
                served: AtomicBool::new(false),
            });
            let mut queue = self.queue.lock().unwrap();
            queue.push_back(Arc::clone(&me));
            self.forks.fetch_or(QUEUE, AcqRel);
            self.serve(&mut queue);
            drop(queue);
            while !me.served.load(Acquire) {
                thread::park();
            }
        }
        Held { table: self, forks }
    }

    fn serve(&self, queue: &mut VecDeque<Arc<Guest>>) {
        queue.retain(|guest| {
            let forks = self.forks.load(Acquire);
            if guest.forks & forks != 0 {
                return true;
            }
            self.forks.fetch_or(guest.forks, AcqRel);
            guest.served.store(true, Release);
            guest.thread.unpark();
            false
        });
        if queue.is_empty() {
            self.forks.fetch_and(!QUEUE, AcqRel);
        }
    }
}

struct Held<'a> {
    table: &'a Table,
    forks: u64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let before = self.table.forks.fetch_and(!self.forks, AcqRel);
        if before & QUEUE != 0 {
            self.table.serve(&mut self.table.queue.lock().unwrap());
        }
    }
}
