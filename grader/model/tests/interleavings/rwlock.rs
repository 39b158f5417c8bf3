use std::sync::Arc;

use kata_model::Diagnosis;
use kata_model::interleavings::sync::RwLock;
use kata_model::interleavings::{Gauge, Tracked, thread};

use crate::{fails, passes};

#[test]
fn a_writer_is_alone() {
    passes(|| {
        let shared = Arc::new((RwLock::new(()), Tracked::new(0)));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let _guard = shared.0.write().unwrap();
                    shared.1.update(|n| n + 1);
                })
            })
            .collect();
        let seen = {
            let _guard = shared.0.read().unwrap();
            shared.1.get()
        };
        assert!(seen <= 2);
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

#[test]
fn readers_are_together() {
    fails(Diagnosis::Assertion, || {
        let shared = Arc::new((RwLock::new(()), Gauge::new(1)));
        let other = Arc::clone(&shared);
        let reader = thread::spawn(move || {
            let _guard = other.0.read().unwrap();
            let _inside = other.1.enter();
        });
        {
            let _guard = shared.0.read().unwrap();
            let _inside = shared.1.enter();
        }
        reader.join().unwrap();
    });
}

#[test]
fn writing_under_a_read_guard_is_a_data_race() {
    fails(Diagnosis::DataRace, || {
        let shared = Arc::new((RwLock::new(()), Tracked::new(0)));
        let other = Arc::clone(&shared);
        let reader = thread::spawn(move || {
            let _guard = other.0.read().unwrap();
            other.1.set(1);
        });
        {
            let _guard = shared.0.read().unwrap();
            shared.1.set(2);
        }
        reader.join().unwrap();
    });
}

#[test]
fn upgrading_deadlocks() {
    fails(Diagnosis::SelfDeadlock, || {
        let lock = RwLock::new(0);
        let _writing = lock.write().unwrap();
        let _reading = lock.read().unwrap();
    });
}
