//! Correct programs that model checkers are known to reject.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::*;

use kata_model::interleavings::sync::atomic::{AtomicBool, AtomicUsize};
use kata_model::interleavings::sync::{Condvar, Mutex};
use kata_model::interleavings::thread::{self, Thread};
use kata_model::interleavings::{Explore, Tracked, catch_panic};

use crate::passes;

/// A lock of a swapped word, released by a plain store, with a queue of sleepers.
#[derive(Default)]
struct ParkLock {
    taken: AtomicBool,
    queue: Mutex<VecDeque<Thread>>,
}

impl ParkLock {
    fn acquire(&self) {
        while self.taken.swap(true, Acquire) {
            self.queue.lock().unwrap().push_back(thread::current());
            // Whoever released before the queue was joined did not see it.
            if !self.taken.swap(true, Acquire) {
                let me = thread::current().id();
                self.queue
                    .lock()
                    .unwrap()
                    .retain(|sleeper| sleeper.id() != me);
                return;
            }
            thread::park();
        }
    }

    fn release(&self) {
        self.taken.store(false, Release);
        let first = self.queue.lock().unwrap().pop_front();
        if let Some(first) = first {
            first.unpark();
        }
    }
}

#[test]
fn a_swapped_word_with_a_park_queue() {
    passes(|| {
        let shared = Arc::new((ParkLock::default(), Tracked::new(0)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            other.0.acquire();
            other.1.update(|n| n + 1);
            other.0.release();
        });
        shared.0.acquire();
        shared.1.update(|n| n + 1);
        shared.0.release();
        thread.join().unwrap();
    });
}

#[test]
fn an_event_count_with_seqcst() {
    struct EventCount {
        value: AtomicUsize,
        waiters: AtomicUsize,
        lock: Mutex<()>,
        posted: Condvar,
    }

    impl EventCount {
        fn take(&self) {
            loop {
                let value = self.value.load(SeqCst);
                if value > 0
                    && self
                        .value
                        .compare_exchange(value, value - 1, SeqCst, SeqCst)
                        .is_ok()
                {
                    return;
                }
                let guard = self.lock.lock().unwrap();
                self.waiters.fetch_add(1, SeqCst);
                if self.value.load(SeqCst) == 0 {
                    drop(self.posted.wait(guard).unwrap());
                }
                self.waiters.fetch_sub(1, SeqCst);
            }
        }

        fn post(&self) {
            self.value.fetch_add(1, SeqCst);
            if self.waiters.load(SeqCst) > 0 {
                drop(self.lock.lock().unwrap());
                self.posted.notify_one();
            }
        }
    }

    passes(|| {
        let count = Arc::new(EventCount {
            value: AtomicUsize::new(0),
            waiters: AtomicUsize::new(0),
            lock: Mutex::new(()),
            posted: Condvar::new(),
        });
        let other = Arc::clone(&count);
        let taker = thread::spawn(move || other.take());
        count.post();
        taker.join().unwrap();
    });
}

#[test]
fn an_unpark_that_comes_while_the_thread_already_joins() {
    passes(|| {
        let flag = Arc::new((AtomicBool::new(false), AtomicUsize::new(0)));
        let main = thread::current();
        let other = Arc::clone(&flag);
        let thread = thread::spawn(move || {
            other.0.store(true, Release);
            other.1.fetch_add(1, Relaxed);
            main.unpark();
        });
        while !flag.0.load(Acquire) {
            thread::park();
        }
        thread.join().unwrap();
    });
}

#[test]
fn a_try_lock_guard_held_while_joining_a_thread_that_tries() {
    passes(|| {
        let lock = Arc::new(Mutex::new(0));
        let guard = lock.try_lock().unwrap();
        let other = Arc::clone(&lock);
        let thread = thread::spawn(move || other.try_lock().is_err());
        assert!(thread.join().unwrap());
        drop(guard);
    });
}

#[test]
fn a_panic_while_a_mutex_is_held() {
    passes(|| {
        let lock = Arc::new(Mutex::new(0));
        let other = Arc::clone(&lock);
        let thread = thread::spawn(move || {
            let _ = catch_panic(|| {
                let _guard = other.lock().unwrap();
                panic!("under the lock");
            });
        });
        let value = *lock
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        assert_eq!(value, 0);
        thread.join().unwrap();
    });
}

#[test]
fn a_daemon_that_is_still_asleep_at_the_end() {
    Explore::new()
        .blocked_is_legal()
        .try_run(|| {
            thread::spawn(|| {
                loop {
                    thread::park();
                }
            });
        })
        .expect("a daemon may sleep for ever");
}

#[test]
fn a_ticket_lock_of_three_threads() {
    passes(|| {
        let shared = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0), Tracked::new(0)));
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let ticket = shared.0.fetch_add(1, Relaxed);
                    while shared.1.load(Acquire) != ticket {
                        thread::yield_now();
                    }
                    shared.2.update(|n| n + 1);
                    shared.1.store(ticket + 1, Release);
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(shared.2.get(), 3);
    });
}
