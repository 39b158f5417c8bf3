//! Mutexes and condition variables order what they should and stand still where they should.
#![cfg(feature = "orderings")]

mod orderings_support;

use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Relaxed};
use std::time::Duration;

use kata_model::orderings::sync::atomic::AtomicBool;
use kata_model::orderings::sync::{Condvar, Mutex, MutexGuard};
use kata_model::orderings::{Explore, Tracked, panic, thread};
use kata_model::outcome::{Completeness, Diagnosis};
use orderings_support::{fails, passes};

#[test]
fn a_mutex_orders_what_it_protects() {
    let explored = passes(|| {
        let shared = Arc::new((Mutex::new(0), Tracked::new(0)));
        let other = shared.clone();
        let add = |shared: &(Mutex<i32>, Tracked<i32>)| {
            let mut guard = shared.0.lock().unwrap();
            *guard += 1;
            shared.1.set(*guard);
        };
        let thread = thread::spawn(move || add(&other));
        add(&shared);
        thread.join().unwrap();
        assert_eq!(*shared.0.lock().unwrap(), 2);
    });
    assert_eq!(explored.completeness, Completeness::Complete);
}

#[test]
fn locking_twice_is_a_self_deadlock() {
    let failure = fails(Diagnosis::SelfDeadlock, || {
        let mutex = Mutex::new(());
        let _first = mutex.lock().unwrap();
        let _second = mutex.lock().unwrap();
    });
    let example = failure.counterexample.unwrap();
    assert_eq!(example["blocked"][0]["op"], "lock");
}

#[test]
fn locking_crosswise_is_a_lock_cycle() {
    fails(Diagnosis::LockCycle, || {
        let locks = Arc::new((Mutex::new(()), Mutex::new(())));
        let other = locks.clone();
        let thread = thread::spawn(move || {
            let _second = other.1.lock().unwrap();
            let _first = other.0.lock().unwrap();
        });
        let first = locks.0.lock().unwrap();
        let second = locks.1.lock().unwrap();
        drop((first, second));
        thread.join().unwrap();
    });
}

#[test]
fn trying_a_lock_never_blocks() {
    passes(|| {
        let mutex = Arc::new(Mutex::new(0));
        let other = mutex.clone();
        let held = mutex.try_lock();
        let thread = thread::spawn(move || {
            if let Ok(mut value) = other.try_lock() {
                *value += 1;
            }
        });
        thread.join().unwrap();
        drop(held);
    });
}

#[test]
fn a_panic_under_a_lock_poisons_it() {
    passes(|| {
        let mutex = Arc::new(Mutex::new(0));
        let other = mutex.clone();
        let thread = thread::spawn(move || {
            let caught = panic::catch_unwind(panic::AssertUnwindSafe(|| {
                let _guard = other.lock().unwrap();
                panic!("on purpose")
            }));
            assert!(caught.is_err());
        });
        let value = *mutex.lock().unwrap_or_else(|poison| poison.into_inner());
        assert_eq!(value, 0);
        thread.join().unwrap();
        assert!(mutex.lock().is_err());
        mutex.clear_poison();
        assert!(mutex.lock().is_ok());
    });
}

struct Gate {
    open: Mutex<bool>,
    changed: Condvar,
}

impl Gate {
    fn new() -> Arc<Gate> {
        Arc::new(Gate {
            open: Mutex::new(false),
            changed: Condvar::new(),
        })
    }

    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.changed.notify_one();
    }

    fn pass(&self) {
        let guard = self.open.lock().unwrap();
        drop(self.changed.wait_while(guard, |open| !*open).unwrap());
    }
}

#[test]
fn a_condvar_wakes_its_waiter() {
    passes(|| {
        let gate = Gate::new();
        let other = gate.clone();
        let thread = thread::spawn(move || other.pass());
        gate.open();
        thread.join().unwrap();
    });
}

#[test]
fn a_careful_search_knows_condvars_too() {
    passes(|| {
        let gate = Gate::new();
        let other = gate.clone();
        let thread = thread::spawn(move || other.pass());
        gate.open();
        drop(gate.open.try_lock());
        thread.join().unwrap();
    });
}

fn wait_once<'a>(gate: &'a Gate, guard: MutexGuard<'a, bool>) -> MutexGuard<'a, bool> {
    gate.changed.wait(guard).unwrap()
}

#[test]
fn waiting_after_letting_go_of_the_lock_loses_the_wakeup() {
    let failure = fails(Diagnosis::LostWakeup, || {
        let gate = Gate::new();
        let other = gate.clone();
        let thread = thread::spawn(move || {
            let open = *other.open.lock().unwrap();
            if !open {
                drop(wait_once(&other, other.open.lock().unwrap()));
            }
        });
        gate.open();
        thread.join().unwrap();
    });
    let example = failure.counterexample.unwrap();
    assert!(example["preemptions"].as_u64().unwrap() <= 2);
    let marks: Vec<&str> = {
        let mut marked: Vec<_> = example["steps"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|step| !step["mark"].is_null())
            .collect();
        marked.sort_by_key(|step| step["mark"].as_u64());
        marked
            .iter()
            .map(|step| step["op"].as_str().unwrap())
            .collect()
    };
    assert_eq!(marks, ["lock", "notify_one", "wait"]);
}

#[test]
fn one_notification_for_two_waiters_is_not_enough() {
    fails(Diagnosis::LostWakeup, || {
        let gate = Gate::new();
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let gate = gate.clone();
                thread::spawn(move || gate.pass())
            })
            .collect();
        gate.open();
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn a_deadlock_of_a_timed_wait_is_no_verdict() {
    let explored = Explore::new()
        .try_run(|| {
            let gate = Gate::new();
            let guard = gate.open.lock().unwrap();
            let waited = gate.changed.wait_timeout(guard, Duration::from_secs(1));
            drop(waited);
        })
        .unwrap();
    assert_eq!(explored.completeness, Completeness::Incomplete(None));
}

#[test]
fn a_wait_without_a_timeout_to_speak_of_times_out() {
    passes(|| {
        let gate = Gate::new();
        let guard = gate.open.lock().unwrap();
        let (guard, result) = gate.changed.wait_timeout(guard, Duration::ZERO).unwrap();
        assert!(result.timed_out() && !*guard);
    });
}

/// Two threads that nap in turn get nowhere: what may happen after many naps may happen
/// after few.
#[test]
fn naps_of_no_time_are_not_tried_for_ever() {
    let explored = passes(|| {
        let gate = Arc::new(Gate::new());
        let threads = [(); 2].map(|()| {
            let gate = gate.clone();
            thread::spawn(move || {
                let mut open = gate.open.lock().unwrap();
                while !*open {
                    (open, _) = gate.changed.wait_timeout(open, Duration::ZERO).unwrap();
                }
            })
        });
        gate.open();
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert!(explored.executions < 5_000, "{explored:?}");
}

/// Two threads that look in turn, and ask in between whether a third has ended, get as far
/// as those that nap.
#[test]
fn asking_whether_a_thread_has_ended_is_not_tried_for_ever() {
    struct Shared {
        door: Mutex<()>,
        taken: AtomicBool,
    }
    fn try_a_while(shared: &Shared, last: &thread::JoinHandle<()>) {
        for _ in 0..8 {
            let free = shared.taken.compare_exchange(false, true, AcqRel, Relaxed);
            assert!(free.is_err() && !last.is_finished());
        }
    }
    let explored = passes(|| {
        let shared = Arc::new(Shared {
            door: Mutex::new(()),
            taken: AtomicBool::new(true),
        });
        let held = shared.door.lock().unwrap();
        let other = shared.clone();
        let last = Arc::new(thread::spawn(move || drop(other.door.lock().unwrap())));
        let (other, asked) = (shared.clone(), last.clone());
        let thread = thread::spawn(move || try_a_while(&other, &asked));
        try_a_while(&shared, &last);
        thread.join().unwrap();
        drop(held);
    });
    assert!(explored.executions < 5_000, "{explored:?}");
}
