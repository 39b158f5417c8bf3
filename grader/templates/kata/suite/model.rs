//! Every interleaving: two or three threads, one or two operations each.

// REPLACE: One public function for each test that `exercise.toml` calls `model::…`. Each
// `explore` runs its program once for every order in which the threads can take turns, so
// keep it small, and try the same in two sizes.

use std::sync::Arc;

use kata_model::interleavings::sync::mpsc::channel;
use kata_model::interleavings::thread::{JoinHandle, spawn};
use kata_model::interleavings::{Tracked, explore};

use __topic__::Latch;

pub fn no_arrival_is_missed() {
    explore(|| let_pass(1));
}

pub fn two_pass_together() {
    explore(|| let_pass(2));
}

/// The main thread writes and arrives; some others wait and read.
fn let_pass(waiters: usize) {
    let shared = Arc::new((Latch::new(1), Tracked::new(0)));
    let waiting: Vec<_> = (0..waiters)
        .map(|_| {
            let shared = Arc::clone(&shared);
            spawn(move || {
                shared.0.wait();
                assert!(
                    shared.1.get() == 1,
                    "what was written before `arrive` is not there after `wait`"
                );
            })
        })
        .collect();
    shared.1.set(1);
    shared.0.arrive();
    waiting.into_iter().for_each(join);
}

pub fn nobody_passes_before_the_last_arrival() {
    explore(|| {
        let latch = Arc::new(Latch::new(2));
        let (passed, who_passed) = channel();
        let waiting = Arc::clone(&latch);
        let waiting = spawn(move || {
            waiting.wait();
            passed.send(()).unwrap();
        });
        latch.arrive();
        waiting.wait_until_blocked();
        assert!(
            who_passed.try_recv().is_err(),
            "one of two has arrived, and a thread did not wait for the other"
        );
        latch.arrive();
        join(waiting);
    });
}

fn join(thread: JoinHandle<()>) {
    thread.join().unwrap();
}
