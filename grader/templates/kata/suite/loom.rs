//! Every behaviour that the C11 memory model allows: what was written before an arrival is
//! there for whoever passes.

// REPLACE: One public function for each test that `exercise.toml` calls `loom::…`: two threads,
// few operations, and the data read in the thread that was woken.

use std::sync::Arc;

use kata_model::orderings::thread::spawn;
use kata_model::orderings::{Tracked, explore};

use __topic__::Latch;

pub fn an_arrival_publishes() {
    explore(|| {
        let shared = Arc::new((Latch::new(1), Tracked::new(0)));
        let first = Arc::clone(&shared);
        let arriving = spawn(move || {
            first.1.set(1);
            first.0.arrive();
        });
        let second = Arc::clone(&shared);
        let waiting = spawn(move || {
            second.0.wait();
            assert!(
                second.1.get() == 1,
                "what was written before `arrive` is not there after `wait`"
            );
        });
        arriving.join().unwrap();
        waiting.join().unwrap();
    });
}
