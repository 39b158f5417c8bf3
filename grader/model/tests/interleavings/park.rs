use std::sync::Arc;
use std::sync::atomic::Ordering;

use kata_model::Diagnosis;
use kata_model::interleavings::sync::atomic::AtomicBool;
use kata_model::interleavings::{Tracked, thread};

use crate::{fails, passes};

#[test]
fn a_stale_token_is_harmless_in_a_loop() {
    passes(|| {
        let flag = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&flag);
        let waiter = thread::spawn(move || {
            while !other.load(Ordering::Acquire) {
                thread::park();
            }
        });
        waiter.thread().unpark();
        flag.store(true, Ordering::Release);
        waiter.thread().unpark();
        waiter.join().unwrap();
    });
}

#[test]
fn a_stale_token_is_caught_without_a_loop() {
    fails(Diagnosis::Assertion, || {
        let flag = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&flag);
        let waiter = thread::spawn(move || {
            thread::park();
            assert!(other.load(Ordering::Acquire));
        });
        waiter.thread().unpark();
        flag.store(true, Ordering::Release);
        waiter.join().unwrap();
    });
}

#[test]
fn unpark_orders_what_came_before_it() {
    passes(|| {
        let data = Arc::new((Tracked::new(0), AtomicBool::new(false)));
        let other = Arc::clone(&data);
        let waiter = thread::spawn(move || {
            while !other.1.load(Ordering::Acquire) {
                thread::park();
            }
            other.0.get()
        });
        data.0.set(1);
        data.1.store(true, Ordering::Release);
        waiter.thread().unpark();
        assert_eq!(waiter.join().unwrap(), 1);
    });
}
