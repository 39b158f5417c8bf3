//! Executions per second of `kata-model`, its trace on, and of the raw engines on the
//! same program: two threads that wait for two items, under a mutex and a condition
//! variable; and two threads that add to a number under a mutex, for loom. Both take
//! thousands of executions: starting a search is not what is measured.

use std::time::Instant;

use crate::table::{Round, in_turns, median};

const ROUNDS: usize = 7;

/// Executions that shuttle, which does not end by itself on larger programs, is asked for.
const EXECUTIONS: usize = 20_000;

/// How many preemptions both searches for loom try.
const PREEMPTIONS: u32 = 5;

macro_rules! wait_for_items {
    ($($engine:ident)::+) => {
        || {
            use std::sync::Arc;

            use $($engine)::+::sync::{Condvar, Mutex};
            use $($engine)::+::thread;

            let items = Arc::new((Mutex::new(0_usize), Condvar::new()));
            let consumers: Vec<_> = (0..2)
                .map(|_| {
                    let items = Arc::clone(&items);
                    thread::spawn(move || {
                        let mut count = items.0.lock().unwrap();
                        while *count == 0 {
                            count = items.1.wait(count).unwrap();
                        }
                        *count -= 1;
                    })
                })
                .collect();
            for _ in 0..2 {
                *items.0.lock().unwrap() += 1;
                items.1.notify_one();
            }
            for consumer in consumers {
                consumer.join().unwrap();
            }
        }
    };
}

macro_rules! add_by_turns {
    ($($engine:ident)::+) => {
        || {
            use std::sync::Arc;

            use $($engine)::+::sync::Mutex;
            use $($engine)::+::sync::atomic::{AtomicUsize, Ordering};
            use $($engine)::+::thread;

            let shared = Arc::new((Mutex::new(0_usize), AtomicUsize::new(0)));
            let threads: Vec<_> = (0..2)
                .map(|_| {
                    let shared = Arc::clone(&shared);
                    thread::spawn(move || {
                        for _ in 0..4 {
                            *shared.0.lock().unwrap() += 1;
                            shared.1.fetch_add(1, Ordering::AcqRel);
                        }
                    })
                })
                .collect();
            for thread in threads {
                thread.join().unwrap();
            }
        }
    };
}

/// Prints how the engines compare.
pub(crate) fn compare() {
    println!("executions per second, medians of {ROUNDS} rounds in turns");
    println!(
        "{:<42} {:>10} {:>10} {:>7}",
        "", "kata-model", "raw", "ratio"
    );
    row(
        "interleavings, every schedule (shuttle DFS)",
        interleavings,
        shuttle,
    );
    row("orderings (loom)", orderings, loom);
}

fn row(name: &str, ours: fn() -> Round, theirs: fn() -> Round) {
    let rounds = in_turns(ROUNDS, ours, theirs);
    println!(
        "{name:<42} {:>10.0} {:>10.0} {:>7.2}",
        median(rounds.iter().map(|(ours, _)| ours.rate())),
        median(rounds.iter().map(|(_, theirs)| theirs.rate())),
        median(
            rounds
                .iter()
                .map(|(ours, theirs)| ours.rate() / theirs.rate())
        ),
    );
}

fn interleavings() -> Round {
    let start = Instant::now();
    let exploration = kata_model::interleavings::Explore::new()
        .preemptions(4)
        .exhaustive()
        .no_spurious()
        .try_run(wait_for_items!(kata_model::interleavings))
        .expect("the program is correct");
    Round {
        work: exploration.executions,
        took: start.elapsed(),
    }
}

fn shuttle() -> Round {
    let mut config = shuttle::Config::new();
    config.silence_warnings = true;
    let scheduler = shuttle::scheduler::DfsScheduler::new(Some(EXECUTIONS), false);
    let start = Instant::now();
    let executions = shuttle::Runner::new(scheduler, config).run(wait_for_items!(shuttle));
    Round {
        work: executions as u64,
        took: start.elapsed(),
    }
}

fn orderings() -> Round {
    let start = Instant::now();
    let exploration = kata_model::orderings::Explore::new()
        .preemptions(PREEMPTIONS)
        .try_run(add_by_turns!(kata_model::orderings))
        .expect("the program is correct");
    Round {
        work: exploration.executions,
        took: start.elapsed(),
    }
}

fn loom() -> Round {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    let executions = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&executions);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(PREEMPTIONS as usize);
    let start = Instant::now();
    builder.check(move || {
        count.fetch_add(1, Relaxed);
        add_by_turns!(loom)();
    });
    Round {
        work: executions.load(Relaxed),
        took: start.elapsed(),
    }
}
