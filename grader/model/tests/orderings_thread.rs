//! Threads start, park, join and panic as std's do.
#![cfg(feature = "orderings")]

mod orderings_support;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use kata_model::orderings::sync::Mutex;
use kata_model::orderings::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use kata_model::orderings::sync::atomic::{AtomicBool, AtomicU32};
use kata_model::orderings::time::Instant;
use kata_model::orderings::{Explore, Tracked, thread};
use kata_model::orderings_thread_local;
use kata_model::outcome::{Completeness, Diagnosis};
use orderings_support::{fails, passes};

/// A lock with a queue of parked threads, and its ways to go wrong.
struct ParkLock {
    locked: AtomicBool,
    queue: Mutex<VecDeque<thread::Thread>>,
    data: Tracked<u32>,
    looks_again: bool,
}

impl ParkLock {
    fn new() -> ParkLock {
        ParkLock {
            locked: AtomicBool::new(false),
            queue: Mutex::new(VecDeque::new()),
            data: Tracked::new(0),
            looks_again: true,
        }
    }

    fn lock(&self) {
        while self.locked.swap(true, Acquire) {
            self.queue.lock().unwrap().push_back(thread::current());
            if self.looks_again && !self.locked.swap(true, Acquire) {
                return;
            }
            thread::park();
        }
    }

    fn unlock(&self) {
        self.locked.store(false, Release);
        let next = self.queue.lock().unwrap().pop_front();
        if let Some(next) = next {
            next.unpark();
        }
    }

    fn add(&self) {
        self.lock();
        self.data.update(|value| value + 1);
        self.unlock();
    }
}

fn two_threads_add(lock: ParkLock) {
    let lock = Arc::new(lock);
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let lock = lock.clone();
            thread::spawn(move || lock.add())
        })
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
    assert_eq!(lock.data.get(), 2);
}

#[test]
fn a_queue_of_parked_threads_makes_a_lock() {
    passes(|| two_threads_add(ParkLock::new()));
}

#[test]
fn parking_without_a_second_look_sleeps_for_ever() {
    let failure = fails(Diagnosis::LostWakeup, || {
        let mut lock = ParkLock::new();
        lock.looks_again = false;
        two_threads_add(lock);
    });
    assert_eq!(failure.counterexample.unwrap()["blocked"][1]["op"], "park");
}

#[test]
fn a_late_unpark_harms_nobody() {
    passes(|| {
        let flag = Arc::new((AtomicBool::new(false), AtomicU32::new(0)));
        let told = flag.clone();
        let waiter = thread::spawn(move || {
            while !told.0.load(Acquire) {
                thread::park();
            }
            let last = thread::spawn(move || told.1.load(Relaxed));
            last.join().unwrap();
        });
        flag.0.store(true, Release);
        flag.1.fetch_add(1, Relaxed);
        waiter.thread().unpark();
        waiter.join().unwrap();
    });
}

#[test]
fn a_token_is_kept_for_one_park() {
    passes(|| {
        thread::current().unpark();
        thread::current().unpark();
        thread::park();
    });
    fails(Diagnosis::Deadlock, || {
        thread::current().unpark();
        thread::current().unpark();
        thread::park();
        thread::park();
    });
}

#[test]
fn an_unpark_publishes_what_came_before() {
    passes(|| {
        let data = Arc::new(Tracked::new(0));
        let shared = data.clone();
        let reader = thread::spawn(move || {
            thread::park();
            shared.get()
        });
        data.set(1);
        reader.thread().unpark();
        assert_eq!(reader.join().unwrap(), 1);
    });
}

#[test]
fn joining_hands_over_the_result_and_its_memory() {
    passes(|| {
        let data = Arc::new(Tracked::new(0));
        let shared = data.clone();
        let thread = thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || {
                shared.set(1);
                thread::current().name().map(str::to_owned)
            })
            .unwrap();
        assert_eq!(thread.join().unwrap().as_deref(), Some("writer"));
        assert_eq!(data.get(), 1);
    });
}

#[test]
fn a_scope_waits_for_its_threads() {
    passes(|| {
        let count = AtomicU32::new(0);
        let doubled = thread::scope(|scope| {
            scope.spawn(|| count.fetch_add(1, Relaxed));
            let joined = scope.spawn(|| count.fetch_add(1, Relaxed) * 2);
            joined.join().unwrap()
        });
        assert_eq!(count.load(Relaxed), 2);
        assert!(doubled == 0 || doubled == 2);
    });
}

#[test]
fn a_panic_is_what_join_returns() {
    passes(|| {
        let payload = thread::spawn(|| panic!("on purpose")).join().unwrap_err();
        assert_eq!(payload.downcast_ref::<&str>(), Some(&"on purpose"));
    });
}

#[test]
fn an_unexpected_panic_is_told_by_its_own_words() {
    let failure = fails(Diagnosis::Panic, || {
        thread::spawn(|| panic!("the story")).join().unwrap();
    });
    assert_eq!(failure.message.as_deref(), Some("the story"));
}

#[test]
fn unwinding_is_known_to_the_thread_that_unwinds() {
    struct Tells(Arc<Tracked<bool>>);
    impl Drop for Tells {
        fn drop(&mut self) {
            self.0.set(thread::panicking());
        }
    }
    passes(|| {
        let told = Arc::new(Tracked::new(false));
        let tells = Tells(told.clone());
        let thread = thread::spawn(move || {
            let _tells = tells;
            panic!("on purpose")
        });
        assert!(thread.join().is_err());
        assert!(told.get());
        assert!(!thread::panicking());
    });
}

#[test]
fn too_many_threads_are_no_verdict() {
    let explored = Explore::new()
        .try_run(|| {
            for _ in 0..5 {
                thread::spawn(|| ());
            }
        })
        .unwrap();
    assert_eq!(explored.completeness, Completeness::Incomplete(None));
}

#[test]
fn each_thread_has_its_locals() {
    orderings_thread_local! {
        static COUNT: Cell<u32> = const { Cell::new(1) };
        static NAMES: RefCell<Vec<&'static str>> = RefCell::new(vec!["first"]);
    }
    passes(|| {
        COUNT.set(COUNT.get() + 1);
        NAMES.with_borrow_mut(|names| names.push("second"));
        let other = thread::spawn(|| (COUNT.get(), NAMES.with_borrow(Vec::len)));
        assert_eq!(other.join().unwrap(), (1, 1));
        assert_eq!((COUNT.get(), NAMES.take().len()), (2, 2));
    });
}

#[test]
fn no_time_passes() {
    passes(|| {
        let start = Instant::now();
        thread::sleep(Duration::from_secs(1));
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert!(start.checked_add(Duration::MAX).is_none());
    });
}

#[test]
fn a_moment_beyond_the_end_of_time_is_told_where_it_was_asked_for() {
    let failure = fails(Diagnosis::Panic, || {
        let _ = Instant::now() + Duration::MAX;
    });
    let (file, line, _) = failure.location.unwrap();
    assert_eq!((file.as_str(), line), (file!(), line!() - 3));
}

#[test]
fn waiting_for_a_thread_to_finish_ends() {
    passes(|| {
        let thread = thread::spawn(|| ());
        while !thread.is_finished() {
            thread::yield_now();
        }
        thread.join().unwrap();
    });
}
