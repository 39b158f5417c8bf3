//! Every behaviour that the C11 memory model allows: what is written before a release is
//! read after the acquire, and no reordering loses a wake-up.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use kata_model::orderings::{Tracked, explore, thread};
use semaphore::{BoundedSemaphore, Semaphore};

/// Longer than anybody waits. No timed wait ends by itself here.
const AN_HOUR: Duration = Duration::from_secs(3600);

pub fn a_release_publishes_to_acquire() {
    hand_over(|gate| gate.release(), |gate| gate.acquire());
}

pub fn a_release_publishes_to_a_guard() {
    hand_over(|gate| gate.release(), |gate| mem::forget(gate.guard()));
}

pub fn a_release_publishes_to_a_timed_acquire() {
    hand_over(
        |gate| gate.release(),
        |gate| assert!(gate.acquire_timeout(AN_HOUR), "`acquire_timeout` gave up"),
    );
}

pub fn a_release_of_many_publishes_to_a_try() {
    hand_over(
        |gate| gate.release_many(2),
        |gate| {
            while !gate.try_acquire() {
                thread::yield_now();
            }
        },
    );
}

/// One thread writes and releases, another acquires and reads.
fn hand_over(release: fn(&Semaphore), acquire: fn(&Semaphore)) {
    explore(move || {
        let shared = Arc::new((Semaphore::new(0), Tracked::new(0)));
        let first = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            first.1.set(7);
            release(&first.0);
        });
        let second = Arc::clone(&shared);
        let reader = thread::spawn(move || {
            acquire(&second.0);
            assert!(
                second.1.get() == 7,
                "what was written before the release is not there after the acquire"
            );
        });
        writer.join().unwrap();
        reader.join().unwrap();
    });
}

pub fn no_wakeup_is_lost() {
    explore(|| {
        let gate = Arc::new(Semaphore::new(0));
        let [first, second] = [Arc::clone(&gate), Arc::clone(&gate)];
        let waiting = thread::spawn(move || first.acquire());
        let releasing = thread::spawn(move || second.release());
        waiting.join().unwrap();
        releasing.join().unwrap();
    });
}

pub fn a_bounded_semaphore_is_a_lock_too() {
    explore(|| {
        let shared = Arc::new((BoundedSemaphore::new(1), Tracked::new(0)));
        let threads = [(); 2].map(|()| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                shared.0.acquire();
                shared.1.update(|turns| turns + 1);
                let answer = shared.0.release();
                assert!(
                    answer == Ok(()),
                    "a permit was missing, and the release that put it back said {answer:?}"
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
