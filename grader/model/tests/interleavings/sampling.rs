//! Programs that are too large to search.

use std::sync::Arc;

use kata_model::interleavings::sync::Mutex;
use kata_model::interleavings::{Explore, thread};
use kata_model::outcome::Completeness;

/// Philosophers who all take the left fork first.
fn dinner(seats: usize) -> impl Fn() + 'static {
    move || {
        let forks: Arc<Vec<_>> = Arc::new((0..seats).map(|_| Mutex::new(())).collect());
        let guests: Vec<_> = (0..seats)
            .map(|seat| {
                let forks = Arc::clone(&forks);
                thread::spawn(move || {
                    let _left = forks[seat].lock().unwrap();
                    let _right = forks[(seat + 1) % seats].lock().unwrap();
                })
            })
            .collect();
        for guest in guests {
            guest.join().unwrap();
        }
    }
}

#[test]
fn the_same_seed_finds_the_same_bug_in_the_same_schedule() {
    let found = || {
        let failure = Explore::new()
            .preemptions(0)
            .required(0)
            .sample(10_000)
            .try_run(dinner(3));
        failure
            .expect_err("three forks make a circle")
            .exploration
            .expect("a search")
            .executions
    };
    assert_eq!(found(), found());
}

#[test]
fn samples_are_never_called_complete() {
    let exploration = Explore::new()
        .preemptions(0)
        .sample(100)
        .try_run(|| {
            let lock = Arc::new(Mutex::new(0));
            let threads: Vec<_> = (0..6)
                .map(|_| {
                    let lock = Arc::clone(&lock);
                    thread::spawn(move || *lock.lock().unwrap() += 1)
                })
                .collect();
            for thread in threads {
                thread.join().unwrap();
            }
            assert_eq!(*lock.lock().unwrap(), 6);
        })
        .expect("correct");
    assert!(
        matches!(exploration.completeness, Completeness::Sampled(_)),
        "{exploration:?}"
    );
}
