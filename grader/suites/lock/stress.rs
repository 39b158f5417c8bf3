//! Real threads: what a lock does, and that its waiters sleep.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::mem;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use kata_model::real::thread::{self, JoinHandle};
use kata_model::real::{
    Gauge, Tracked, catch_panic, implements, rounds, size, sleeps_while_blocked, wait_until_asleep,
    within,
};
use lock::{Lock, LockGuard, NotAcquired};

/// Long enough, also on a busy machine, for all that need not wait.
const PATIENCE: Duration = Duration::from_secs(2);

/// Longer than any test runs.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// The ways to get the lock. What they get is released by hand.
const WAYS: [(&str, fn(&Lock)); 4] = [
    ("acquire", |lock| lock.acquire()),
    ("guard", |lock| mem::forget(lock.guard())),
    ("acquire_timeout(one hour)", |lock| {
        assert!(
            lock.acquire_timeout(AN_HOUR),
            "`acquire_timeout` gave up long before its time"
        );
    }),
    ("acquire_timeout(Duration::MAX)", |lock| {
        assert!(
            lock.acquire_timeout(Duration::MAX),
            "`acquire_timeout(Duration::MAX)` gave up"
        );
    }),
];

pub fn a_new_lock_is_free() {
    within(PATIENCE, "a new lock can be acquired", || {
        for lock in [Lock::new(), Lock::default()] {
            assert!(
                !lock.is_locked(),
                "`is_locked` says that a new lock is taken"
            );
            lock.acquire();
            assert!(
                lock.is_locked(),
                "`is_locked` says that the lock is free, but it was acquired"
            );
            let answer = lock.release();
            assert!(
                answer == Ok(()),
                "the lock was acquired and released, and `release` said {answer:?}"
            );
            assert!(
                !lock.is_locked(),
                "`is_locked` says that the lock is taken, but it was released"
            );
        }
    });
}

pub fn it_can_be_dropped_in_any_state() {
    within(PATIENCE, "a lock can be dropped", || {
        drop(Lock::new());
        let held = Lock::new();
        held.acquire();
        drop(held);
        let used = Lock::new();
        drop(used.guard());
        drop(used);
    });
}

pub fn a_try_answers_at_once() {
    within(PATIENCE, "`try_acquire` answers at once", || {
        let lock = Arc::new(Lock::new());
        assert!(
            lock.try_acquire(),
            "`try_acquire` did not get a lock that was free"
        );
        let got_it = spawn(&lock, |lock| [lock.try_acquire(), lock.try_acquire()]);
        assert!(
            join(got_it) == [false, false],
            "`try_acquire` got a lock that another thread had"
        );
        release(&lock);
        assert!(
            lock.try_acquire(),
            "`try_acquire` did not get the lock after it was released; failed tries must change nothing"
        );
    });
}

pub fn a_free_lock_cannot_be_released() {
    within(PATIENCE, "a stray release does no harm", || {
        let lock = Arc::new(Lock::new());
        for history in ["is new", "was acquired and released"] {
            for _ in 0..2 {
                let answer = lock.release();
                assert!(
                    answer == Err(NotAcquired),
                    "`release` of a lock that {history} said {answer:?}; it is `Err(NotAcquired)`"
                );
                assert!(
                    !lock.is_locked(),
                    "after a release that failed the lock is taken; it should still be free"
                );
            }
            lock.acquire();
            assert!(
                !join(spawn(&lock, |lock| lock.try_acquire())),
                "after releases that failed, two threads had the lock at once"
            );
            release(&lock);
        }
    });
}

pub fn any_thread_may_release() {
    within(PATIENCE, "a lock is acquired and released", || {
        let lock = Arc::new(Lock::new());
        lock.acquire();
        let answer = join(spawn(&lock, |lock| lock.release()));
        assert!(
            answer == Ok(()),
            "another thread than the one that had acquired the lock released it and got {answer:?}; any thread may"
        );
        assert!(
            lock.try_acquire(),
            "the lock was released by another thread, and is not free"
        );
    });
}

pub fn one_thread_at_a_time() {
    rounds(8, |_| {
        let rounds = size(50, 1..=100);
        within(PATIENCE, "four threads take turns", move || {
            let shared = Arc::new((Lock::new(), Gauge::new(1), Tracked::new(0)));
            let start = |way: fn(&Lock)| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (lock, inside, steps) = &*shared;
                    for _ in 0..rounds {
                        way(lock);
                        let entered = inside.enter();
                        steps.update(|steps| steps + 1);
                        drop(entered);
                        release(lock);
                    }
                })
            };
            let trying: fn(&Lock) = |lock| {
                while !lock.try_acquire() {
                    thread::yield_now();
                }
            };
            let ways = WAYS.map(|(_, way)| way).into_iter().take(3);
            ways.chain([trying])
                .map(start)
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(join);
            let steps = shared.2.get();
            assert!(
                steps == 4 * rounds,
                "{} steps were taken under the lock, and {steps} were counted: some were taken at the same time",
                4 * rounds
            );
        });
    });
}

pub fn all_who_wait_get_their_turn() {
    let count = size(5, 1..=12);
    within(
        PATIENCE,
        "all waiting threads get the lock in turn",
        move || {
            let lock = Arc::new(Lock::new());
            let turns = Arc::new(Tracked::new(0));
            lock.acquire();
            let waiting: Vec<_> = (0..count)
                .map(|index| {
                    let turns = Arc::clone(&turns);
                    spawn(&lock, move |lock| {
                        WAYS[index % WAYS.len()].1(lock);
                        turns.update(|turns| turns + 1);
                        release(lock);
                    })
                })
                .collect();
            waiting.iter().for_each(wait_until_asleep);
            assert!(
                turns.get() == 0,
                "a thread got the lock while another had it"
            );
            release(&lock);
            waiting.into_iter().for_each(join);
            assert!(
                turns.get() == count,
                "{count} threads took turns, and {} turns were counted",
                turns.get()
            );
            assert!(
                !lock.is_locked(),
                "everybody has released the lock, and it is taken"
            );
        },
    );
}

pub fn the_holder_is_not_let_in_again() {
    for (way, acquire) in WAYS {
        within(
            PATIENCE,
            "a thread that waits for itself is let in by a release",
            move || {
                let lock = Arc::new(Lock::new());
                let again = Arc::new(Tracked::new(false));
                let seen = Arc::clone(&again);
                let (tell, has_it) = mpsc::channel();
                let holder = spawn(&lock, move |lock| {
                    lock.acquire();
                    tell.send(()).unwrap();
                    acquire(lock);
                    seen.set(true);
                });
                has_it.recv().unwrap();
                wait_until_asleep(&holder);
                assert!(
                    !again.get(),
                    "a thread that had the lock got it a second time, with `{way}`; it should have waited"
                );
                release(&lock);
                join(holder);
                release(&lock);
            },
        );
    }
}

pub fn a_timed_wait_lasts_its_time() {
    within(PATIENCE, "a timed wait ends", || {
        let lock = Lock::new();
        lock.acquire();
        for micros in (700..1000).step_by(50).chain([20_700]) {
            let timeout = Duration::from_micros(micros);
            let start = Instant::now();
            let got_it = lock.acquire_timeout(timeout);
            let waited = start.elapsed();
            assert!(
                !got_it,
                "`acquire_timeout` got a lock that was taken all the time"
            );
            assert!(
                waited >= timeout,
                "`acquire_timeout({timeout:?})` gave up after {waited:?}"
            );
        }
    });
}

pub fn a_timed_wait_ends_when_the_lock_is_freed() {
    for (way, acquire) in WAYS {
        let expectation = format!("`{way}` returns soon after the lock is freed");
        within(PATIENCE, &expectation, move || {
            let lock = Arc::new(Lock::new());
            acquire(&lock);
            let waiting = spawn(&lock, acquire);
            wait_until_asleep(&waiting);
            release(&lock);
            join(waiting);
            assert!(
                lock.is_locked(),
                "`{way}` said that it got the lock, and the lock is free"
            );
        });
    }
}

pub fn a_timeout_of_zero_tries_once() {
    within(
        PATIENCE,
        "`acquire_timeout` of zero returns at once",
        || {
            let lock = Lock::new();
            assert!(
                lock.acquire_timeout(Duration::ZERO),
                "`acquire_timeout` of zero did not get a lock that was free"
            );
            assert!(
                !lock.acquire_timeout(Duration::ZERO),
                "`acquire_timeout` of zero got a lock that was taken"
            );
            release(&lock);
            assert!(
                lock.acquire_timeout(Duration::ZERO),
                "`acquire_timeout` of zero did not get the lock after it was released"
            );
        },
    );
}

pub fn the_longest_timeout_is_for_ever() {
    within(
        PATIENCE,
        "`acquire_timeout(Duration::MAX)` gets a free lock",
        || {
            for timeout in [Duration::MAX, Duration::MAX - Duration::from_nanos(1)] {
                let lock = Arc::new(Lock::new());
                assert!(
                    lock.acquire_timeout(timeout),
                    "`acquire_timeout(Duration::MAX)` did not get a lock that was free"
                );
                let waiting = spawn(&lock, move |lock| lock.acquire_timeout(timeout));
                wait_until_asleep(&waiting);
                release(&lock);
                assert!(
                    join(waiting),
                    "`acquire_timeout(Duration::MAX)` gave up instead of waiting for ever"
                );
            }
        },
    );
}

pub fn giving_up_leaves_no_trace() {
    within(
        PATIENCE,
        "the lock works after somebody has given up",
        || {
            let lock = Arc::new(Lock::new());
            lock.acquire();
            let gave_up = spawn(&lock, |lock| {
                !lock.acquire_timeout(Duration::ZERO)
                    && !lock.acquire_timeout(Duration::from_millis(5))
            });
            assert!(
                join(gave_up),
                "`acquire_timeout` got a lock that another thread had"
            );
            release(&lock);
            assert!(
                !lock.is_locked(),
                "a thread gave up waiting, the lock was released, and still it is taken"
            );
            assert!(
                lock.try_acquire(),
                "a thread gave up waiting, the lock was released, and `try_acquire` did not get it"
            );
            release(&lock);
            lock.acquire();
            release(&lock);
        },
    );
}

pub fn a_guard_frees_the_lock() {
    within(PATIENCE, "a lock is free again after its guard", || {
        let lock = Arc::new(Lock::new());
        {
            let _guard = lock.guard();
            assert!(lock.is_locked(), "there is a guard, and the lock is free");
        }
        assert!(
            lock.try_acquire(),
            "the guard was dropped, and the lock is still taken"
        );
        release(&lock);
        panic_after(|| lock.guard());
        assert!(
            !lock.is_locked(),
            "a panic dropped the guard, and the lock is still taken"
        );
        lock.acquire();
        release(&lock);
    });
}

pub fn a_guard_ignores_a_release_by_hand() {
    within(PATIENCE, "a guard is dropped", || {
        let lock = Lock::new();
        let guard = lock.guard();
        release(&lock);
        let dropped = catch_panic(|| drop(guard));
        assert!(
            dropped.is_ok(),
            "the lock was released by hand, and then dropping the guard panicked: {dropped:?}"
        );
        assert!(
            lock.try_acquire(),
            "a guard that had nothing left to release spoiled the lock"
        );
    });
}

pub fn a_panic_breaks_nothing() {
    within(PATIENCE, "the lock works after a panic", || {
        let lock = Arc::new(Lock::new());
        join(spawn(&lock, |lock| panic_after(|| lock.acquire())));
        assert!(
            lock.is_locked() && !lock.try_acquire(),
            "a thread panicked between `acquire` and `release`, and the lock is free; nobody has released it"
        );
        release(&lock);
        for (_, acquire) in WAYS {
            acquire(&lock);
            release(&lock);
        }
    });
}

pub fn it_serves_threads_that_come_and_go() {
    within(
        PATIENCE,
        "fifteen threads use the lock one after the other",
        || {
            let lock = Arc::new(Lock::new());
            for round in 0..15 {
                join(spawn(&lock, WAYS[round % WAYS.len()].1));
                join(spawn(&lock, |lock| assert!(!lock.try_acquire())));
                join(spawn(&lock, release));
            }
            assert!(
                lock.try_acquire(),
                "everybody has gone, and the lock is taken"
            );
        },
    );
}

pub fn waiting_is_sleeping() {
    for (way, acquire) in WAYS {
        within(PATIENCE, "a waiting thread gets the lock", move || {
            let lock = Arc::new(Lock::new());
            lock.acquire();
            let waiting = Arc::clone(&lock);
            sleeps_while_blocked(
                &format!("a thread in `{way}`"),
                Duration::from_millis(60),
                move || acquire(&waiting),
                || release(&lock),
            );
        });
    }
}

pub fn debug_never_waits() {
    within(PATIENCE, "`{:?}` of a lock answers at once", || {
        let lock = Arc::new(Lock::new());
        let free = format!("{lock:?}");
        let guard = lock.guard();
        let held = format!("{lock:?} {guard:?}");
        let elsewhere = join(spawn(&lock, |lock| format!("{lock:?}")));
        assert!(
            ![&free, &held, &elsewhere]
                .iter()
                .any(|text| text.is_empty()),
            "`{{:?}}` of a lock says nothing"
        );
    });
}

pub fn every_type_can_be_shared() {
    drop(Lock::new());
    let wanted = [
        ("Lock", "Send", implements!(Lock: Send)),
        ("Lock", "Sync", implements!(Lock: Sync)),
        ("Lock", "Debug", implements!(Lock: Debug)),
        ("LockGuard", "Send", implements!(LockGuard<'static>: Send)),
        ("LockGuard", "Sync", implements!(LockGuard<'static>: Sync)),
        ("LockGuard", "Debug", implements!(LockGuard<'static>: Debug)),
        ("NotAcquired", "Send", implements!(NotAcquired: Send)),
        ("NotAcquired", "Sync", implements!(NotAcquired: Sync)),
        ("NotAcquired", "Clone", implements!(NotAcquired: Clone)),
        ("NotAcquired", "Eq", implements!(NotAcquired: Eq)),
        ("NotAcquired", "Display", implements!(NotAcquired: Display)),
        ("NotAcquired", "Error", implements!(NotAcquired: Error)),
    ];
    for (name, property, holds) in wanted {
        assert!(holds, "`{name}` is not `{property}`");
    }
    assert!(
        !NotAcquired.to_string().is_empty(),
        "the error `NotAcquired` has no text"
    );
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

/// Panics when `body` is through, and catches that panic and no other.
fn panic_after<R>(body: impl FnOnce() -> R) {
    let result: Result<(), String> = catch_panic(|| {
        let _dropped_by_the_panic = body();
        panic!("on purpose");
    });
    if let Err(text) = result
        && text != "on purpose"
    {
        panic!("{text}");
    }
}

fn release(lock: &Lock) {
    let answer = lock.release();
    assert!(
        answer == Ok(()),
        "somebody had the lock, and `release` said {answer:?}"
    );
}
