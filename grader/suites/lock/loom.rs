//! Every behaviour that the C11 memory model allows: what one thread writes under the
//! lock, the next one reads, and no reordering loses a wake-up.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use kata_model::orderings::{Tracked, explore, thread};
use lock::Lock;

/// Longer than anybody waits. No timed wait ends by itself here.
const AN_HOUR: Duration = Duration::from_secs(3600);

pub fn a_release_publishes_to_acquire() {
    take_turns(|lock| lock.acquire());
}

pub fn a_release_publishes_to_a_guard() {
    take_turns(|lock| mem::forget(lock.guard()));
}

pub fn a_release_publishes_to_a_timed_acquire() {
    take_turns(|lock| assert!(lock.acquire_timeout(AN_HOUR), "`acquire_timeout` gave up"));
}

pub fn a_release_publishes_to_a_try() {
    take_turns(|lock| {
        while !lock.try_acquire() {
            thread::yield_now();
        }
    });
}

/// Two threads go through the lock once each, one of them by way of `acquire`.
fn take_turns(way: fn(&Lock)) {
    explore(move || {
        let shared = Arc::new((Lock::new(), Tracked::new(0)));
        let ways: [fn(&Lock); 2] = [|lock| lock.acquire(), way];
        let threads = ways.map(|acquire| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let (lock, turns) = &*shared;
                acquire(lock);
                turns.update(|turns| turns + 1);
                let answer = lock.release();
                assert!(
                    answer == Ok(()),
                    "a thread that had the lock released it, and `release` said {answer:?}"
                );
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        assert!(
            shared.1.get() == 2,
            "two threads took turns, and {} turns were counted",
            shared.1.get()
        );
    });
}

pub fn a_release_by_another_thread_publishes() {
    explore(|| {
        let shared = Arc::new((Lock::new(), Tracked::new(0)));
        shared.0.acquire();
        let first = Arc::clone(&shared);
        let releasing = thread::spawn(move || {
            first.1.set(1);
            first.0.release().unwrap();
        });
        let second = Arc::clone(&shared);
        let waiting = thread::spawn(move || {
            second.0.acquire();
            assert!(
                second.1.get() == 1,
                "what was written before the release is not there after the acquire"
            );
        });
        releasing.join().unwrap();
        waiting.join().unwrap();
    });
}
