//! Every behaviour that the C11 memory model allows: what one owner writes, the next one
//! reads, and no thread takes itself for the owner by mistake.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use kata_model::orderings::{Explore, Tracked, explore, thread};
use rlock::RLock;

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
fn take_turns(way: fn(&RLock)) {
    explore(move || {
        let shared = Arc::new((RLock::new(), Tracked::new(0)));
        let ways: [fn(&RLock); 2] = [|lock| lock.acquire(), way];
        let threads = ways.map(|acquire| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let (lock, turns) = &*shared;
                acquire(lock);
                turns.update(|turns| turns + 1);
                release(lock);
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

pub fn the_last_release_publishes_what_all_levels_wrote() {
    Explore::new().preemptions(3).run(|| {
        let shared = Arc::new((RLock::new(), Tracked::new(0)));
        let first = Arc::clone(&shared);
        let nesting = thread::spawn(move || {
            let (lock, written) = &*first;
            lock.acquire();
            assert!(lock.try_acquire(), "the owner did not get in again");
            written.update(|written| written + 1);
            release(lock);
            written.update(|written| written + 1);
            release(lock);
        });
        let second = Arc::clone(&shared);
        let other = thread::spawn(move || {
            let (lock, written) = &*second;
            lock.acquire();
            assert!(
                written.get() != 1,
                "a thread got in between the two releases of the owner"
            );
            release(lock);
        });
        nesting.join().unwrap();
        other.join().unwrap();
    });
}

fn release(lock: &RLock) {
    let answer = lock.release();
    assert!(
        answer == Ok(()),
        "the calling thread owned the lock, and `release` said {answer:?}"
    );
}
