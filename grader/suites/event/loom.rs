//! Every behaviour that the C11 memory model allows: what was written before a `set` is
//! there for whom it lets pass, and no reordering makes a waiter miss it.

use std::sync::Arc;
use std::time::Duration;

use event::Event;
use kata_model::orderings::{Explore, Tracked, explore, thread};

/// Longer than anybody waits. No timed wait ends by itself here.
const AN_HOUR: Duration = Duration::from_secs(3600);

pub fn a_set_publishes_to_wait() {
    published(|event| event.wait(), |event| event.set());
}

pub fn a_set_publishes_to_a_timed_wait() {
    published(
        |event| assert!(event.wait_timeout(AN_HOUR), "`wait_timeout` gave up"),
        |event| event.set(),
    );
}

pub fn a_set_publishes_to_a_look() {
    published(
        |event| {
            while !event.wait_timeout(Duration::ZERO) {
                thread::yield_now();
            }
        },
        |event| event.set(),
    );
}

pub fn a_pulse_publishes_too() {
    published(
        |event| event.wait(),
        |event| {
            event.set();
            event.clear();
            // For whoever was not waiting yet.
            event.set();
        },
    );
}

/// One thread writes and lets the other pass, which reads.
fn published(wait: fn(&Event), set: fn(&Event)) {
    explore(move || {
        let shared = Arc::new((Event::new(), Tracked::new(0)));
        let first = Arc::clone(&shared);
        let setting = thread::spawn(move || {
            let (event, written) = &*first;
            written.set(1);
            set(event);
        });
        let second = Arc::clone(&shared);
        let waiting = thread::spawn(move || {
            let (event, written) = &*second;
            wait(event);
            assert!(
                written.get() == 1,
                "what was written before `set` is not there after the wait"
            );
        });
        setting.join().unwrap();
        waiting.join().unwrap();
    });
}

pub fn a_set_publishes_to_all_who_wait() {
    Explore::new().preemptions(1).run(|| {
        let shared = Arc::new((Event::new(), Tracked::new(0)));
        let waiting = [0, 1].map(|_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let (event, written) = &*shared;
                event.wait();
                assert!(
                    written.get() == 1,
                    "what was written before `set` is not there after the wait"
                );
            })
        });
        let setting = thread::spawn(move || {
            let (event, written) = &*shared;
            written.set(1);
            event.set();
        });
        setting.join().unwrap();
        for thread in waiting {
            thread.join().unwrap();
        }
    });
}
