//! Every interleaving: two or three threads, one or two operations each.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use kata_model::interleavings::sync::mpsc;
use kata_model::interleavings::thread::{self, JoinHandle};
use kata_model::interleavings::time::Instant;
use kata_model::interleavings::{Explore, Gauge, Tracked, advance, catch_panic, explore};
use lock::Lock;

/// Not a whole number of milliseconds, lest rounding go unnoticed.
const TIMEOUT: Duration = Duration::from_micros(100_700);

/// The ways to wait for the lock. For tests in which time stands still while anybody can run.
const KINDS: [fn(&Lock); 3] = [
    |lock| lock.acquire(),
    |lock| mem::forget(lock.guard()),
    |lock| {
        let (got_it, waited) = timed(lock);
        assert!(
            got_it && waited < TIMEOUT,
            "the lock was released at once, and `acquire_timeout({TIMEOUT:?})` said {got_it} after {waited:?}"
        );
    },
];

pub fn two_threads_take_turns() {
    explore(|| take_turns(1));
}

pub fn three_threads_take_turns() {
    explore(|| take_turns(2));
}

/// The main thread and some others each go through the lock once.
fn take_turns(others: usize) {
    let shared = Arc::new((Lock::new(), Gauge::new(1), Tracked::new(0)));
    let turn = |(lock, inside, turns): &(Lock, Gauge, Tracked<usize>)| {
        lock.acquire();
        let entered = inside.enter();
        turns.update(|turns| turns + 1);
        drop(entered);
        release(lock);
    };
    let others: Vec<_> = (0..others)
        .map(|_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || turn(&shared))
        })
        .collect();
    turn(&shared);
    others.into_iter().for_each(join);
    assert!(
        !shared.0.is_locked(),
        "everybody has released the lock, and it is taken"
    );
}

pub fn no_wakeup_is_lost() {
    explore(|| {
        let lock = held();
        let waiting = spawn(&lock, |lock| lock.acquire());
        release(&lock);
        join(waiting);
        release(&lock);
    });
}

pub fn two_waiters_both_get_in() {
    explore(|| {
        let lock = held();
        let turn = |lock: &Lock| {
            lock.acquire();
            release(lock);
        };
        let waiting = [spawn(&lock, turn), spawn(&lock, turn)];
        release(&lock);
        waiting.into_iter().for_each(join);
    });
}

pub fn all_kinds_wait_in_one_line() {
    for (first, second) in [(0, 1), (1, 2), (2, 0)] {
        for by_hand in [true, false] {
            Explore::new().no_timeouts().run(move || {
                let lock = Arc::new(Lock::new());
                let guard = lock.guard();
                let waiting = [KINDS[first], KINDS[second]].map(|acquire| {
                    spawn(&lock, move |lock| {
                        acquire(lock);
                        release(lock);
                    })
                });
                waiting.iter().for_each(JoinHandle::wait_until_blocked);
                if by_hand {
                    mem::forget(guard);
                    release(&lock);
                } else {
                    drop(guard);
                }
                waiting.into_iter().for_each(join);
            });
        }
    }
}

pub fn overtaken_again_and_again_it_waits_on() {
    for acquire in KINDS {
        Explore::new().no_timeouts().run(move || {
            let lock = held();
            let inside = Arc::new(Gauge::new(1));
            let seen = Arc::clone(&inside);
            let waiting = spawn(&lock, move |lock| {
                acquire(lock);
                drop(seen.enter());
            });
            waiting.wait_until_blocked();
            for _ in 0..5 {
                release(&lock);
                if !lock.try_acquire() {
                    // The waiting thread was given the lock, and cannot be overtaken.
                    return join(waiting);
                }
                let entered = inside.enter();
                waiting.wait_until_blocked();
                drop(entered);
            }
            release(&lock);
            join(waiting);
        });
    }
}

pub fn one_release_lets_one_waiter_in() {
    explore(|| {
        let lock = held();
        let (inside, who_is_inside) = mpsc::channel();
        let waiting = [0, 1].map(|_| {
            let inside = inside.clone();
            spawn(&lock, move |lock| {
                lock.acquire();
                inside.send(()).unwrap();
            })
        });
        for _ in 0..2 {
            assert!(
                who_is_inside.try_recv().is_err(),
                "the lock was released once, and two threads got in"
            );
            release(&lock);
            who_is_inside.recv().unwrap();
        }
        waiting.into_iter().for_each(join);
        release(&lock);
    });
}

pub fn nobody_gets_in_while_it_is_held() {
    explore(|| {
        let lock = held();
        let inside = Arc::new(Gauge::new(1));
        let entered = inside.enter();
        let seen = Arc::clone(&inside);
        let waiting = spawn(&lock, move |lock| {
            lock.acquire();
            drop(seen.enter());
        });
        drop(entered);
        release(&lock);
        join(waiting);
    });
}

pub fn a_stray_unpark_does_no_harm() {
    explore(|| {
        let lock = held();
        let inside = Arc::new(Gauge::new(1));
        let entered = inside.enter();
        let turn = |lock: &Lock, inside: &Gauge| {
            lock.acquire();
            drop(inside.enter());
            release(lock);
        };
        let [first, second] = [Arc::clone(&inside), Arc::clone(&inside)];
        let unparked = spawn(&lock, move |lock| {
            // Left over from something else that this thread has done.
            thread::current().unpark();
            turn(lock, &first);
        });
        let other = spawn(&lock, move |lock| turn(lock, &second));
        drop(entered);
        release(&lock);
        join(unparked);
        join(other);
    });
}

pub fn a_try_never_waits() {
    explore(|| {
        let lock = held();
        let start = Instant::now();
        let got_it = spawn(&lock, |lock| {
            lock.try_acquire() || lock.acquire_timeout(Duration::ZERO)
        });
        assert!(!join(got_it), "a try got a lock that another thread had");
        assert!(
            start.elapsed() < Duration::from_millis(1),
            "a try took {:?}; it should not wait at all",
            start.elapsed()
        );
        release(&lock);
        assert!(
            lock.try_acquire(),
            "the lock is free, and `try_acquire` did not get it; failed tries must change nothing"
        );
    });
}

pub fn a_try_does_not_wait_for_who_waits() {
    for acquire in KINDS {
        Explore::new().no_timeouts().run(move || {
            let lock = held();
            let waiting = spawn(&lock, acquire);
            waiting.wait_until_blocked();
            assert!(
                !lock.try_acquire() && !lock.acquire_timeout(Duration::ZERO),
                "a try got a lock that was taken and waited for"
            );
            assert!(
                lock.is_locked(),
                "the lock is taken and waited for, and `is_locked` says no"
            );
            let _ = format!("{lock:?}");
            release(&lock);
            join(waiting);
        });
    }
}

pub fn two_tries_for_a_free_lock() {
    explore(|| {
        let lock = Arc::new(Lock::new());
        let other = spawn(&lock, |lock| lock.try_acquire());
        let mine = lock.try_acquire();
        let other = join(other);
        assert!(!(mine && other), "two threads tried, and both got the lock");
        assert!(
            lock.is_locked() == (mine || other),
            "`is_locked` and the answers of `try_acquire` contradict each other"
        );
    });
}

pub fn a_question_takes_nothing() {
    explore(|| {
        let lock = Arc::new(Lock::new());
        let other = spawn(&lock, |lock| {
            let _ = lock.is_locked();
            let _ = format!("{lock:?}");
        });
        assert!(
            lock.try_acquire(),
            "`try_acquire` did not get a free lock because another thread looked at it with `is_locked` or `{{:?}}`"
        );
        join(other);
    });
}

pub fn a_timed_wait_lasts_its_time() {
    explore(|| {
        let lock = held();
        let (got_it, waited) = timed(&lock);
        assert!(
            !got_it,
            "`acquire_timeout` got a lock that was taken all the time"
        );
        assert!(
            waited >= TIMEOUT,
            "`acquire_timeout({TIMEOUT:?})` gave up after {waited:?}"
        );
        assert!(
            waited < TIMEOUT * 3 / 2,
            "`acquire_timeout({TIMEOUT:?})` gave up only after {waited:?}"
        );
    });
}

pub fn one_waiter_does_not_hold_up_another() {
    explore(|| {
        let lock = held();
        let patient = spawn(&lock, |lock| lock.acquire());
        patient.wait_until_blocked();
        let (got_it, waited) = timed(&lock);
        assert!(
            !got_it,
            "`acquire_timeout` got a lock that was taken all the time"
        );
        assert!(
            waited < TIMEOUT * 3 / 2,
            "another thread waited as well, and `acquire_timeout({TIMEOUT:?})` took {waited:?}"
        );
        release(&lock);
        join(patient);
    });
}

pub fn what_was_written_is_there_at_the_deadline() {
    explore(|| {
        let lock = held();
        let letter = Arc::new(Tracked::new(0));
        let written = Arc::clone(&letter);
        let waiting = spawn(&lock, move |lock| {
            if lock.acquire_timeout(TIMEOUT) {
                assert!(
                    written.get() == 7,
                    "what was written before the release is not there for whom `acquire_timeout` let in"
                );
            }
        });
        letter.set(7);
        release(&lock);
        join(waiting);
    });
}

pub fn woken_in_vain_it_lasts_its_time() {
    explore(|| {
        let lock = held();
        let waiting = spawn(&lock, timed);
        release(&lock);
        let overtook = lock.try_acquire();
        let (got_it, waited) = join(waiting);
        assert!(
            got_it != overtook,
            "two threads were after the lock: {}",
            if got_it {
                "both got it"
            } else {
                "neither got it"
            }
        );
        assert!(
            got_it || waited >= TIMEOUT,
            "`acquire_timeout({TIMEOUT:?})` was woken, another thread was quicker, and it gave up after {waited:?}"
        );
    });
}

pub fn woken_in_vain_it_keeps_its_deadline() {
    Explore::new().no_timeouts().run(|| {
        let lock = held();
        let waiting = spawn(&lock, timed);
        waiting.wait_until_blocked();
        advance(TIMEOUT * 3 / 4);
        release(&lock);
        let _overtook = lock.try_acquire();
        let (_, waited) = join(waiting);
        assert!(
            waited < TIMEOUT * 3 / 2,
            "`acquire_timeout({TIMEOUT:?})` was woken, another thread was quicker, and it took {waited:?} in all"
        );
    });
}

pub fn a_timed_waiter_answers_the_truth() {
    explore(|| {
        let lock = held();
        let waiting = spawn(&lock, timed);
        release(&lock);
        let (got_it, waited) = join(waiting);
        assert!(
            lock.is_locked() == got_it,
            "`acquire_timeout` said {got_it}, and the lock is {}",
            if got_it { "free" } else { "taken" }
        );
        assert!(
            got_it || waited >= TIMEOUT,
            "`acquire_timeout({TIMEOUT:?})` gave up after {waited:?}"
        );
    });
}

pub fn giving_up_swallows_no_wakeup() {
    explore(|| {
        let lock = held();
        let in_a_hurry = spawn(&lock, |lock| {
            if lock.acquire_timeout(TIMEOUT) {
                release(lock);
            }
        });
        let patient = spawn(&lock, |lock| lock.acquire());
        release(&lock);
        join(patient);
        join(in_a_hurry);
    });
}

pub fn a_release_at_the_deadline_reaches_who_waits_on() {
    explore(|| {
        let lock = held();
        let in_a_hurry = spawn(&lock, |lock| {
            if lock.acquire_timeout(TIMEOUT) {
                release(lock);
            }
        });
        let patient = spawn(&lock, |lock| drop(lock.guard()));
        patient.wait_until_blocked();
        release(&lock);
        join(patient);
        join(in_a_hurry);
    });
}

pub fn giving_up_leaves_no_trace() {
    explore(|| {
        let lock = held();
        let waiting = spawn(&lock, timed);
        let (got_it, _) = join(waiting);
        assert!(
            !got_it,
            "`acquire_timeout` got a lock that another thread had"
        );
        release(&lock);
        assert!(
            !lock.is_locked() && lock.try_acquire(),
            "a thread gave up waiting, the lock was released, and still it is taken"
        );
    });
}

pub fn the_longest_timeout_is_for_ever() {
    explore(|| {
        let lock = held();
        let waiting = spawn(&lock, |lock| lock.acquire_timeout(Duration::MAX));
        release(&lock);
        assert!(
            join(waiting),
            "`acquire_timeout(Duration::MAX)` gave up instead of waiting for ever"
        );
        assert!(
            lock.is_locked(),
            "`acquire_timeout(Duration::MAX)` said that it got the lock, and the lock is free"
        );
    });
}

pub fn a_panic_lets_the_next_thread_in() {
    explore(|| {
        let lock = Arc::new(Lock::new());
        let panicking = spawn(&lock, |lock| {
            let result: Result<(), String> = catch_panic(|| {
                let _guard = lock.guard();
                panic!("on purpose");
            });
            drop(result);
        });
        lock.acquire();
        release(&lock);
        join(panicking);
        assert!(
            lock.try_acquire(),
            "a panic dropped the guard, and the lock is still taken"
        );
    });
}

pub fn waiting_is_sleeping() {
    let ways: [fn(&Lock) -> bool; 3] = [
        |lock| {
            lock.acquire();
            true
        },
        |lock| lock.acquire_timeout(TIMEOUT),
        |lock| lock.acquire_timeout(Duration::MAX),
    ];
    for acquire in ways {
        explore(move || {
            let lock = held();
            let waiting = spawn(&lock, acquire);
            waiting.wait_until_blocked();
            release(&lock);
            join(waiting);
        });
    }
}

/// A lock that the calling thread has.
fn held() -> Arc<Lock> {
    let lock = Arc::new(Lock::new());
    lock.acquire();
    lock
}

/// A timed wait: whether it got the lock, and how long that took.
fn timed(lock: &Lock) -> (bool, Duration) {
    let start = Instant::now();
    (lock.acquire_timeout(TIMEOUT), start.elapsed())
}

/// Starts a thread that uses the lock.
fn spawn<R: Send + 'static>(
    lock: &Arc<Lock>,
    body: impl FnOnce(&Lock) -> R + Send + 'static,
) -> JoinHandle<R> {
    let lock = Arc::clone(lock);
    thread::spawn(move || body(&lock))
}

fn join<R>(thread: JoinHandle<R>) -> R {
    thread.join().unwrap()
}

fn release(lock: &Lock) {
    let answer = lock.release();
    assert!(
        answer == Ok(()),
        "somebody had the lock, and `release` said {answer:?}"
    );
}
