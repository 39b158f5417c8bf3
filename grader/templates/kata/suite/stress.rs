//! Real threads: what a latch does, and that its waiters sleep.

// REPLACE: One public function for each test that `exercise.toml` calls `stress::…`. Learners
// read the messages, which say what has happened and what should have.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use kata_model::real::thread::spawn;
use kata_model::real::{rounds, sleeps_while_blocked, wait_until_asleep, within};

use __topic__::Latch;

/// Long enough, also on a busy machine, for all that need not wait.
const PATIENCE: Duration = Duration::from_secs(3);

pub fn an_open_latch_lets_everybody_pass() {
    within(PATIENCE, "an open latch lets everybody pass", || {
        Latch::new(0).wait();
        let latch = Latch::new(2);
        for _ in 0..3 {
            latch.arrive();
        }
        latch.wait();
        latch.wait();
    });
}

pub fn the_last_arrival_lets_all_pass() {
    rounds(8, |_| {
        within(PATIENCE, "the last arrival lets all threads pass", || {
            let shared = Arc::new((Latch::new(2), AtomicUsize::new(0)));
            let waiting = [(); 5].map(|()| {
                let shared = Arc::clone(&shared);
                spawn(move || {
                    shared.0.wait();
                    shared.1.fetch_add(1, SeqCst);
                })
            });
            shared.0.arrive();
            waiting.iter().for_each(wait_until_asleep);
            let passed = shared.1.load(SeqCst);
            assert!(
                passed == 0,
                "one of two has arrived, and {passed} of 5 threads did not wait for the other"
            );
            shared.0.arrive();
            for thread in waiting {
                thread.join().unwrap();
            }
        });
    });
}

pub fn waiting_is_sleeping() {
    within(PATIENCE, "a waiting thread passes", || {
        let latch = Arc::new(Latch::new(1));
        let waiting = Arc::clone(&latch);
        sleeps_while_blocked(
            "a thread in `wait`",
            Duration::from_millis(60),
            move || waiting.wait(),
            || latch.arrive(),
        );
    });
}
