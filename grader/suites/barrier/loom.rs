//! Every behaviour that the C11 memory model allows: what the parties wrote before they
//! came, all of them read afterwards, and no reordering loses a wake-up.

use std::sync::Arc;
use std::time::Duration;

use barrier::{Barrier, BrokenBarrier};
use kata_model::orderings::{Explore, Tracked, explore, thread};

/// Longer than anybody waits. No timed wait ends by itself here.
const AN_HOUR: Duration = Duration::from_secs(3600);

type Wait = fn(&Barrier) -> Result<usize, BrokenBarrier>;

pub fn what_was_written_before_wait_is_read_after_it() {
    write_meet_read(|barrier| barrier.wait());
}

pub fn what_was_written_before_a_timed_wait_is_read_after_it() {
    write_meet_read(|barrier| barrier.wait_timeout(AN_HOUR));
}

/// Two threads each write, wait and read what the other wrote.
fn write_meet_read(way: Wait) {
    explore(move || {
        let shared = Arc::new((Barrier::new(2), [Tracked::new(0), Tracked::new(0)]));
        let ways: [Wait; 2] = [|barrier| barrier.wait(), way];
        let threads = [0, 1].map(|mine| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let (barrier, written) = &*shared;
                written[mine].set(mine + 1);
                let index = passed(ways[mine](barrier));
                let theirs = 1 - mine;
                assert!(
                    written[theirs].get() == theirs + 1,
                    "what one party wrote before it came is not there for the other"
                );
                index
            })
        });
        let [first, second] = threads.map(|thread| thread.join().unwrap());
        assert!(
            first + second == 1,
            "two parties met, and their indices were {first} and {second}"
        );
    });
}

pub fn the_action_stands_between_before_and_after() {
    explore(|| {
        let written = Arc::new([(); 3].map(|()| Tracked::new(0)));
        let seen = Arc::clone(&written);
        let barrier = Arc::new(Barrier::with_action(2, move || {
            seen[2].set(seen[0].get() + seen[1].get());
        }));
        let threads = [0, 1].map(|mine| {
            let (barrier, written) = (Arc::clone(&barrier), Arc::clone(&written));
            thread::spawn(move || {
                written[mine].set(1);
                passed(barrier.wait());
                let sum = written[2].get();
                assert!(
                    sum == 2,
                    "both parties wrote 1 before they came, the action added up, and a party read {sum}"
                );
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

pub fn the_second_cycle_publishes_as_well() {
    Explore::new().preemptions(2).run(|| {
        let shared = Arc::new((Barrier::new(2), [Tracked::new(0), Tracked::new(0)]));
        let threads = [0, 1].map(|mine| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let (barrier, written) = &*shared;
                passed(barrier.wait());
                written[mine].set(1);
                passed(barrier.wait());
                assert!(
                    written[1 - mine].get() == 1,
                    "what one party wrote before it came again is not there for the other"
                );
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

fn passed(answer: Result<usize, BrokenBarrier>) -> usize {
    match answer {
        Ok(index) => index,
        Err(_) => panic!("both parties came, and one was told that the barrier is broken"),
    }
}
