//! Real threads: what a barrier does, and that its waiters sleep.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use barrier::{Barrier, BrokenBarrier};
use kata_model::real::thread::{self, JoinHandle};
use kata_model::real::{
    Tracked, assert_refuses, catch_panic, implements, rounds, sleeps_while_blocked,
    wait_until_asleep, within,
};

/// Long enough, also on a busy machine, for all that need not wait.
const PATIENCE: Duration = Duration::from_secs(3);

/// Longer than any test runs.
const AN_HOUR: Duration = Duration::from_secs(3600);

type Answer = Result<usize, BrokenBarrier>;

/// The ways to wait.
const WAYS: [(&str, fn(&Barrier) -> Answer); 3] = [
    ("wait", |barrier| barrier.wait()),
    ("wait_timeout(one hour)", |barrier| {
        barrier.wait_timeout(AN_HOUR)
    }),
    ("wait_timeout(Duration::MAX)", |barrier| {
        barrier.wait_timeout(Duration::MAX)
    }),
];

pub fn a_new_barrier_is_whole_and_empty() {
    within(PATIENCE, "a new barrier answers questions", || {
        for parties in [1, 2, 7] {
            for barrier in [
                Barrier::new(parties),
                Barrier::with_action(parties, || panic!("the action ran without a cycle")),
            ] {
                assert!(
                    barrier.parties() == parties,
                    "a barrier for {parties} says that it has {} parties",
                    barrier.parties()
                );
                assert!(
                    barrier.n_waiting() == 0,
                    "nobody has come to a new barrier, and {} wait",
                    barrier.n_waiting()
                );
                assert!(!barrier.is_broken(), "a new barrier is broken");
            }
        }
    });
}

pub fn a_barrier_for_nobody_is_refused() {
    drop(Barrier::new(1));
    assert_refuses("Barrier::new(0)", || Barrier::new(0));
    assert_refuses("Barrier::with_action(0, …)", || {
        Barrier::with_action(0, || ())
    });
}

pub fn a_single_party_never_waits() {
    within(
        PATIENCE,
        "a barrier for one lets its only party through",
        || {
            let runs = Arc::new(AtomicUsize::new(0));
            let counter = Arc::clone(&runs);
            let barrier = Barrier::with_action(1, move || {
                counter.fetch_add(1, SeqCst);
            });
            for (way, wait) in WAYS {
                let answer = wait(&barrier);
                assert!(
                    answer == Ok(0),
                    "the only party came by `{way}` and got {answer:?}; it should get `Ok(0)`"
                );
            }
            let answer = barrier.wait_timeout(Duration::ZERO);
            assert!(
                answer == Ok(0),
                "the only party came with no time to wait and got {answer:?}; it should get `Ok(0)`"
            );
            let runs = runs.load(SeqCst);
            assert!(
                runs == 4,
                "there were 4 complete cycles, and the action ran {runs} times"
            );
        },
    );
}

pub fn nobody_passes_before_all_have_come() {
    within(PATIENCE, "five threads meet", || {
        let barrier = Arc::new(Barrier::new(5));
        let passed = Arc::new(AtomicUsize::new(0));
        let waiting: Vec<_> = (0..4)
            .map(|index| {
                let passed = Arc::clone(&passed);
                spawn(&barrier, move |barrier| {
                    let answer = WAYS[index % WAYS.len()].1(barrier);
                    passed.fetch_add(1, SeqCst);
                    answer
                })
            })
            .collect();
        until_waiting(&barrier, 4);
        waiting.iter().for_each(wait_until_asleep);
        let early = passed.load(SeqCst);
        assert!(
            early == 0,
            "{early} of five parties passed when only four had come"
        );
        assert!(
            !barrier.is_broken(),
            "four threads wait, and the barrier is broken"
        );
        let last = barrier.wait();
        all_met(waiting.into_iter().map(join).chain([last]));
        is_whole_and_empty(&barrier, "all have passed");
    });
}

pub fn many_cycles_stay_in_step() {
    rounds(4, |_| {
        within(PATIENCE, "five threads meet ten times", || {
            let barrier = Arc::new(Barrier::new(5));
            let steps: Arc<[AtomicUsize; 5]> = Arc::default();
            let threads: Vec<_> = (0..5)
                .map(|index| {
                    let steps = Arc::clone(&steps);
                    spawn(&barrier, move |barrier| in_step(barrier, index, &steps))
                })
                .collect();
            let mut answers: Vec<_> = threads.into_iter().map(join).collect();
            for _ in 0..10 {
                all_met(answers.iter_mut().map(|answers| answers.pop().unwrap()));
            }
            is_whole_and_empty(&barrier, "all have passed ten times");
        });
    });
}

/// Goes through the barrier ten times, the first thread always in a hurry.
fn in_step(barrier: &Barrier, index: usize, steps: &[AtomicUsize; 5]) -> Vec<Answer> {
    let wait = WAYS[index % WAYS.len()].1;
    (1..=10)
        .map(|step| {
            if index > 0 {
                thread::sleep(Duration::from_micros(200 * index as u64));
            }
            steps[index].store(step, SeqCst);
            let answer = wait(barrier);
            for other in steps {
                let other = other.load(SeqCst);
                assert!(
                    other == step || other == step + 1,
                    "a thread passed the barrier after its step {step} while another was at its step {other}"
                );
            }
            answer
        })
        .collect()
}

pub fn more_threads_than_parties_may_come() {
    rounds(4, |_| {
        within(PATIENCE, "six threads meet two by two", || {
            let barrier = Arc::new(Barrier::new(2));
            let threads: Vec<_> = (0..6)
                .map(|index| spawn(&barrier, WAYS[index % WAYS.len()].1))
                .collect();
            let mut indices: Vec<_> = threads
                .into_iter()
                .map(|thread| join(thread).expect("nobody has broken the barrier"))
                .collect();
            indices.sort_unstable();
            assert!(
                indices == [0, 0, 0, 1, 1, 1],
                "six threads met two by two, and their indices were {indices:?}"
            );
        });
    });
}

pub fn the_action_runs_once_a_cycle() {
    within(PATIENCE, "three threads meet ten times", || {
        let runs = Arc::new(Tracked::new(0));
        let who: Arc<Mutex<Vec<_>>> = Arc::default();
        let (counter, ran_in) = (Arc::clone(&runs), Arc::clone(&who));
        let barrier = Arc::new(Barrier::with_action(3, move || {
            counter.update(|runs| runs + 1);
            ran_in.lock().unwrap().push(thread::current().id());
        }));
        let threads = [(); 3].map(|()| {
            let runs = Arc::clone(&runs);
            spawn(&barrier, move |barrier| {
                for cycle in 1..=10 {
                    let answer = barrier.wait();
                    assert!(answer.is_ok(), "nobody broke the barrier, and a party got {answer:?}");
                    let runs = runs.get();
                    assert!(
                        runs == cycle,
                        "a party was released from cycle {cycle} when the action had run {runs} times"
                    );
                }
            })
        });
        let parties: Vec<_> = threads.iter().map(|thread| thread.thread().id()).collect();
        threads.into_iter().for_each(join);
        assert!(
            who.lock().unwrap().iter().all(|id| parties.contains(id)),
            "the action ran in a thread that is none of the parties"
        );
    });
}

pub fn a_panic_of_the_action_breaks_the_barrier() {
    within(
        PATIENCE,
        "all parties hear of a panic of the action",
        || {
            let runs = Arc::new(Tracked::new(0));
            let counter = Arc::clone(&runs);
            let barrier = Arc::new(Barrier::with_action(3, move || {
                counter.update(|runs| runs + 1);
                assert!(counter.get() > 1, "on purpose");
            }));
            let parties =
                WAYS.map(|(_, wait)| spawn(&barrier, move |barrier| catch_panic(|| wait(barrier))));
            let heard = parties.map(join);
            let panics = heard.iter().filter(|heard| heard.is_err()).count();
            assert!(
                panics == 1,
                "the action panicked, and the panic went on in {panics} threads; it should be the one that ran it"
            );
            for heard in heard {
                match heard {
                    Err(message) => assert!(
                        message == "on purpose",
                        "the action panicked with \"on purpose\", and in its thread went on \"{message}\""
                    ),
                    Ok(answer) => assert!(
                        answer == Err(BrokenBarrier),
                        "the action panicked, and another party got {answer:?}"
                    ),
                }
            }
            stays_broken(&barrier, "the action has panicked");
            barrier.reset();
            meet(&barrier);
            assert!(
                runs.get() == 2,
                "the action panicked, the barrier was reset, and the next cycle was complete without the action"
            );
        },
    );
}

pub fn an_abort_breaks_the_barrier_for_all() {
    within(PATIENCE, "an abort wakes everybody", || {
        let barrier = Arc::new(Barrier::new(4));
        let waiting = WAYS.map(|(_, wait)| spawn(&barrier, wait));
        waiting.iter().for_each(wait_until_asleep);
        barrier.abort();
        for (thread, (way, _)) in waiting.into_iter().zip(WAYS) {
            let answer = join(thread);
            assert!(
                answer == Err(BrokenBarrier),
                "a thread in `{way}` was woken by an abort and got {answer:?}"
            );
        }
        stays_broken(&barrier, "somebody has aborted");
        barrier.abort();
        stays_broken(&barrier, "somebody has aborted twice");
        barrier.reset();
        meet(&barrier);
    });
}

pub fn an_abort_needs_nobody_who_waits() {
    within(PATIENCE, "an empty barrier can be aborted", || {
        let barrier = Arc::new(Barrier::new(2));
        barrier.abort();
        stays_broken(&barrier, "somebody has aborted while nobody waited");
        barrier.reset();
        meet(&barrier);
        barrier.abort();
        stays_broken(&barrier, "somebody has aborted after a complete cycle");
    });
}

pub fn a_reset_sends_all_away_and_leaves_a_good_barrier() {
    within(PATIENCE, "a reset wakes everybody", || {
        let barrier = Arc::new(Barrier::new(4));
        barrier.reset();
        is_whole_and_empty(&barrier, "a new barrier was reset");
        let waiting = WAYS.map(|(_, wait)| spawn(&barrier, wait));
        until_waiting(&barrier, 3);
        barrier.reset();
        let newcomers: Vec<_> = (0..4)
            .map(|index| spawn(&barrier, WAYS[index % WAYS.len()].1))
            .collect();
        for (thread, (way, _)) in waiting.into_iter().zip(WAYS) {
            let answer = join(thread);
            assert!(
                answer == Err(BrokenBarrier),
                "a thread in `{way}` was woken by a reset and got {answer:?}"
            );
        }
        all_met(newcomers.into_iter().map(join));
        is_whole_and_empty(&barrier, "the barrier was reset, and all have passed");
    });
}

pub fn a_complete_cycle_stays_complete() {
    let afterwards: [(&str, fn(&Barrier)); 3] = [
        ("aborted", |barrier| barrier.abort()),
        ("reset", |barrier| barrier.reset()),
        ("aborted and reset", |barrier| {
            barrier.abort();
            barrier.reset();
        }),
    ];
    rounds(30, move |round| {
        let (what, act) = afterwards[round % afterwards.len()];
        within(PATIENCE, "three threads meet", move || {
            let barrier = Arc::new(Barrier::new(3));
            let threads = WAYS.map(|(_, wait)| {
                spawn(&barrier, move |barrier| {
                    let answer = wait(barrier);
                    act(barrier);
                    answer
                })
            });
            for answer in threads.map(join) {
                assert!(
                    answer.is_ok(),
                    "all three had come, one went on and {what} the barrier, and another got {answer:?}"
                );
            }
        });
    });
}

pub fn a_time_out_breaks_the_barrier_for_all() {
    within(PATIENCE, "a time-out wakes everybody", || {
        let barrier = Arc::new(Barrier::new(4));
        let patient = [WAYS[0], WAYS[1]].map(|(_, wait)| spawn(&barrier, wait));
        patient.iter().for_each(wait_until_asleep);
        let answer = barrier.wait_timeout(Duration::from_millis(20));
        assert!(
            answer == Err(BrokenBarrier),
            "a party was missing, the time was over, and `wait_timeout` said {answer:?}"
        );
        for answer in patient.map(join) {
            assert!(
                answer == Err(BrokenBarrier),
                "one party ran out of time, and another got {answer:?}"
            );
        }
        stays_broken(&barrier, "a party has run out of time");
        barrier.reset();
        meet(&barrier);
    });
}

pub fn a_timed_wait_lasts_its_time() {
    within(PATIENCE, "a timed wait ends", || {
        for micros in (700..1000).step_by(50).chain([20_700]) {
            let barrier = Barrier::new(2);
            let timeout = Duration::from_micros(micros);
            let start = Instant::now();
            let answer = barrier.wait_timeout(timeout);
            let waited = start.elapsed();
            assert!(
                answer == Err(BrokenBarrier),
                "nobody else came, and `wait_timeout` said {answer:?}"
            );
            assert!(
                waited >= timeout,
                "`wait_timeout({timeout:?})` gave up after {waited:?}"
            );
        }
    });
}

pub fn a_timeout_of_zero_tries_once() {
    within(PATIENCE, "`wait_timeout` of zero returns at once", || {
        let barrier = Arc::new(Barrier::new(2));
        let waiting = spawn(&barrier, |barrier| barrier.wait());
        until_waiting(&barrier, 1);
        // It may be counted already and not be through with coming.
        wait_until_asleep(&waiting);
        let answer = barrier.wait_timeout(Duration::ZERO);
        assert!(
            answer.is_ok(),
            "the last party came with no time to wait, and got {answer:?}; it has nobody to wait for"
        );
        all_met([join(waiting), answer]);
        let answer = barrier.wait_timeout(Duration::ZERO);
        assert!(
            answer == Err(BrokenBarrier),
            "a first party came with no time to wait, and got {answer:?}"
        );
        stays_broken(&barrier, "a party had no time to wait");
    });
}

pub fn the_longest_timeout_is_for_ever() {
    for timeout in [Duration::MAX, Duration::MAX - Duration::from_nanos(1)] {
        within(PATIENCE, "`wait_timeout(Duration::MAX)` waits", move || {
            let barrier = Arc::new(Barrier::new(2));
            let waiting = spawn(&barrier, move |barrier| barrier.wait_timeout(timeout));
            wait_until_asleep(&waiting);
            let last = barrier.wait_timeout(timeout);
            all_met([join(waiting), last]);
        });
    }
}

pub fn waiting_is_sleeping() {
    for (way, wait) in WAYS {
        within(PATIENCE, "a waiting thread is released", move || {
            let barrier = Arc::new(Barrier::new(2));
            let waiting = Arc::clone(&barrier);
            sleeps_while_blocked(
                &format!("a thread in `{way}`"),
                Duration::from_millis(60),
                move || _ = wait(&waiting),
                || _ = barrier.wait(),
            );
        });
    }
}

pub fn debug_never_waits() {
    within(PATIENCE, "`{:?}` of a barrier answers at once", || {
        let (running, is_running) = mpsc::channel();
        let (go_on, may_go_on) = mpsc::channel::<()>();
        let barrier = Arc::new(Barrier::with_action(2, move || {
            running.send(()).unwrap();
            may_go_on.recv().unwrap();
        }));
        let empty = format!("{barrier:?}");
        let first = spawn(&barrier, |barrier| barrier.wait());
        wait_until_asleep(&first);
        let awaited = format!("{barrier:?}");
        let last = spawn(&barrier, |barrier| barrier.wait());
        is_running.recv().unwrap();
        let full = format!("{barrier:?}");
        go_on.send(()).unwrap();
        all_met([join(first), join(last)]);
        barrier.abort();
        let broken = format!("{barrier:?}");
        assert!(
            ![empty, awaited, full, broken].iter().any(String::is_empty),
            "`{{:?}}` of a barrier says nothing"
        );
    });
}

pub fn every_type_can_be_shared() {
    drop(Barrier::new(1));
    let wanted = [
        ("Barrier", "Send", implements!(Barrier: Send)),
        ("Barrier", "Sync", implements!(Barrier: Sync)),
        ("Barrier", "Debug", implements!(Barrier: Debug)),
        ("BrokenBarrier", "Send", implements!(BrokenBarrier: Send)),
        ("BrokenBarrier", "Sync", implements!(BrokenBarrier: Sync)),
        ("BrokenBarrier", "Clone", implements!(BrokenBarrier: Clone)),
        ("BrokenBarrier", "Eq", implements!(BrokenBarrier: Eq)),
        ("BrokenBarrier", "Debug", implements!(BrokenBarrier: Debug)),
        (
            "BrokenBarrier",
            "Display",
            implements!(BrokenBarrier: Display),
        ),
        ("BrokenBarrier", "Error", implements!(BrokenBarrier: Error)),
    ];
    for (name, property, holds) in wanted {
        assert!(holds, "`{name}` is not `{property}`");
    }
    assert!(
        !BrokenBarrier.to_string().is_empty(),
        "the error `BrokenBarrier` has no text"
    );
}

/// Starts a thread that uses the barrier.
fn spawn<R: Send + 'static>(
    barrier: &Arc<Barrier>,
    body: impl FnOnce(&Barrier) -> R + Send + 'static,
) -> JoinHandle<R> {
    let barrier = Arc::clone(barrier);
    thread::spawn(move || body(&barrier))
}

/// Waits for a thread. Its panic goes on here.
fn join<R>(thread: JoinHandle<R>) -> R {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Waits until the barrier says that so many wait.
fn until_waiting(barrier: &Arc<Barrier>, count: usize) {
    let asked = Arc::clone(barrier);
    within(
        PATIENCE / 2,
        &format!("`n_waiting` says {count} when {count} threads wait"),
        move || {
            while asked.n_waiting() != count {
                thread::sleep(Duration::from_millis(1));
            }
        },
    );
}

/// One complete cycle of a barrier for two or more.
fn meet(barrier: &Arc<Barrier>) {
    let threads: Vec<_> = (0..barrier.parties())
        .map(|index| spawn(barrier, WAYS[index % WAYS.len()].1))
        .collect();
    all_met(threads.into_iter().map(join));
    is_whole_and_empty(barrier, "all have passed");
}

/// The answers of one complete cycle.
fn all_met(answers: impl IntoIterator<Item = Answer>) {
    let mut indices: Vec<_> = answers
        .into_iter()
        .map(|answer| match answer {
            Ok(index) => index,
            Err(_) => panic!("all parties came, and one was told that the barrier is broken"),
        })
        .collect();
    indices.sort_unstable();
    assert!(
        indices.iter().copied().eq(0..indices.len()),
        "{} parties met, and their indices were {indices:?}",
        indices.len()
    );
}

fn is_whole_and_empty(barrier: &Barrier, when: &str) {
    assert!(!barrier.is_broken(), "{when}, and the barrier is broken");
    assert!(
        barrier.n_waiting() == 0,
        "{when}, and `n_waiting` says that {} wait",
        barrier.n_waiting()
    );
}

fn stays_broken(barrier: &Barrier, when: &str) {
    assert!(barrier.is_broken(), "{when}, and `is_broken` says no");
    assert!(
        barrier.n_waiting() == 0,
        "{when}, and `n_waiting` says that {} wait",
        barrier.n_waiting()
    );
    for (way, wait) in WAYS {
        let answer = wait(barrier);
        assert!(
            answer == Err(BrokenBarrier),
            "{when}, somebody came by `{way}` and got {answer:?}; the barrier is broken until it is reset"
        );
    }
}
