use std::sync::Arc;

use kata_model::Diagnosis;
use kata_model::interleavings::sync::Mutex;
use kata_model::interleavings::{Tracked, thread};

use crate::{fails, passes};

#[test]
fn protects_what_it_guards() {
    let exploration = passes(|| {
        let shared = Arc::new((Mutex::new(()), Tracked::new(0)));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let _guard = shared.0.lock().unwrap();
                    shared.1.update(|n| n + 1);
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(shared.1.get(), 2);
    });
    println!("{exploration:?}");
}

#[test]
fn data_outside_of_it_races() {
    let failure = fails(Diagnosis::DataRace, || {
        let shared = Arc::new(Tracked::new(0));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || other.update(|n| n + 1));
        shared.update(|n| n + 1);
        thread.join().unwrap();
    });
    println!("{failure:?}");
}

#[test]
fn taken_twice_by_one_thread_deadlocks_with_itself() {
    fails(Diagnosis::SelfDeadlock, || {
        let mutex = Mutex::new(0);
        let _first = mutex.lock().unwrap();
        let _second = mutex.lock().unwrap();
    });
}

#[test]
fn two_taken_in_opposite_orders_make_a_lock_cycle() {
    let failure = fails(Diagnosis::LockCycle, || {
        let pair = Arc::new((Mutex::new(0), Mutex::new(0)));
        let other = Arc::clone(&pair);
        let thread = thread::spawn(move || {
            let _b = other.1.lock().unwrap();
            let _a = other.0.lock().unwrap();
        });
        let _a = pair.0.lock().unwrap();
        let _b = pair.1.lock().unwrap();
        drop((_a, _b));
        thread.join().unwrap();
    });
    assert_eq!(crate::preemptions(&failure), 1);
}

#[test]
fn is_poisoned_by_a_panic_under_it_and_by_nothing_else() {
    passes(|| {
        let mutex = Arc::new(Mutex::new(1));
        let other = Arc::clone(&mutex);
        let thread = thread::spawn(move || {
            let _guard = other.lock().unwrap();
            panic!("under the lock");
        });
        assert!(thread.join().is_err());
        assert!(mutex.is_poisoned());
        assert_eq!(*mutex.lock().unwrap_err().into_inner(), 1);
        mutex.clear_poison();
        assert!(mutex.lock().is_ok());
    });
}

#[test]
fn try_lock_fails_only_while_another_holds_it() {
    passes(|| {
        let mutex = Arc::new(Mutex::new(0));
        let guard = mutex.lock().unwrap();
        let other = Arc::clone(&mutex);
        let thread = thread::spawn(move || other.try_lock().is_ok());
        assert!(!thread.join().unwrap());
        drop(guard);
        assert!(mutex.try_lock().is_ok());
    });
}
