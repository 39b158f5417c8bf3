//! Every behaviour that the C11 memory model allows: what was written before the start the
//! action reads, what the action wrote is read after `join`, and no reordering lets both
//! the action run and `cancel` succeed.
//!
//! No time passes here, so every interval is zero.

use std::sync::Arc;
use std::time::Duration;

use kata_model::orderings::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kata_model::orderings::{Tracked, explore, thread};
use timer::Timer;

pub fn a_start_publishes_to_the_action_and_the_action_to_a_join() {
    explore(|| {
        let owner = thread::spawn(|| {
            let written = Arc::new([Tracked::new(0), Tracked::new(0)]);
            let shared = Arc::clone(&written);
            let timer = Timer::new(Duration::ZERO, move || {
                shared[1].set(shared[0].get() + 1);
            });
            written[0].set(1);
            start(&timer);
            join(&timer);
            assert!(
                written[1].get() == 2,
                "what the action wrote is not there after `join`"
            );
        });
        owner.join().unwrap();
    });
}

pub fn the_action_publishes_to_another_thread_in_join() {
    explore(|| {
        let written = Arc::new(Tracked::new(false));
        let shared = Arc::clone(&written);
        let timer = Arc::new(Timer::new(Duration::ZERO, move || shared.set(true)));
        start(&timer);
        let joining = thread::spawn(move || {
            join(&timer);
            assert!(
                written.get(),
                "what the action wrote is not there after `join`"
            );
        });
        joining.join().unwrap();
    });
}

pub fn either_it_runs_or_it_is_cancelled() {
    explore(|| {
        let runs = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&runs);
        let timer = Arc::new(Timer::new(Duration::ZERO, move || {
            counter.fetch_add(1, Relaxed);
        }));
        start(&timer);
        let owner = thread::spawn(move || {
            let cancelled = timer.cancel();
            join(&timer);
            let runs = runs.load(Relaxed);
            assert!(
                runs == u32::from(!cancelled),
                "`cancel` has returned `{cancelled}`, and the action has run {runs} times"
            );
        });
        owner.join().unwrap();
    });
}

fn start(timer: &Timer) {
    let answer = timer.start();
    assert!(
        answer == Ok(()),
        "a timer was started for the first time, and `start` said {answer:?}"
    );
}

fn join(timer: &Timer) {
    let answer = timer.join();
    assert!(
        answer == Ok(()),
        "a timer that was started was joined, and `join` said {answer:?}"
    );
}
