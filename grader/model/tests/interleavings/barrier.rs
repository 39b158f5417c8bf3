use std::sync::Arc;

use kata_model::Diagnosis;
use kata_model::interleavings::sync::Barrier;
use kata_model::interleavings::{Tracked, thread};

use crate::{fails, passes};

#[test]
fn nobody_passes_before_all_have_come_and_one_leads() {
    passes(|| {
        let shared = Arc::new((Barrier::new(2), Tracked::new(0), Tracked::new(0)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            other.1.set(1);
            let leads = other.0.wait().is_leader();
            assert_eq!(other.2.get(), 2);
            leads
        });
        shared.2.set(2);
        let leads = shared.0.wait().is_leader();
        assert_eq!(shared.1.get(), 1);
        assert_ne!(leads, thread.join().unwrap());
    });
}

#[test]
fn it_can_be_used_again() {
    passes(|| {
        let barrier = Arc::new(Barrier::new(2));
        let other = Arc::clone(&barrier);
        let thread = thread::spawn(move || {
            other.wait();
            other.wait();
        });
        barrier.wait();
        barrier.wait();
        thread.join().unwrap();
    });
}

#[test]
fn one_party_too_few_is_a_deadlock() {
    fails(Diagnosis::Deadlock, || {
        Barrier::new(2).wait();
    });
}
