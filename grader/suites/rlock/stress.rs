//! Real threads: what a re-entrant lock does, and that its waiters sleep.

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
use rlock::{NotOwner, RLock, RLockGuard};

/// Long enough, also on a busy machine, for all that need not wait.
const PATIENCE: Duration = Duration::from_secs(3);

/// Longer than any test runs.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// The ways to get the lock that wait for it. What they get is released by hand.
const WAYS: [(&str, fn(&RLock)); 4] = [
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

/// The ways that do not wait.
const TRIES: [(&str, fn(&RLock) -> bool); 2] = [
    ("try_acquire", |lock| lock.try_acquire()),
    ("acquire_timeout of zero", |lock| {
        lock.acquire_timeout(Duration::ZERO)
    }),
];

pub fn a_new_lock_is_free() {
    within(PATIENCE, "a new lock can be acquired", || {
        for lock in [RLock::new(), RLock::default()] {
            sees(&lock, 0, false, "a new lock");
            lock.acquire();
            sees(
                &lock,
                1,
                true,
                "a lock that the calling thread has acquired",
            );
            release(&lock);
            sees(&lock, 0, false, "a lock that was acquired and released");
        }
    });
}

pub fn it_can_be_dropped_in_any_state() {
    within(PATIENCE, "a lock can be dropped", || {
        drop(RLock::new());
        let held = RLock::new();
        held.acquire();
        held.acquire();
        drop(held);
        let used = RLock::new();
        drop(used.guard());
        drop(used);
    });
}

pub fn the_owner_gets_in_again() {
    for (way, acquire) in WAYS {
        let expectation = format!("the owner gets in again with `{way}`");
        within(PATIENCE, &expectation, move || {
            let lock = RLock::new();
            for depth in 1..=3 {
                acquire(&lock);
                sees(
                    &lock,
                    depth,
                    true,
                    &format!("a lock acquired {depth} times with `{way}`"),
                );
            }
            climb(&lock, 3);
        });
    }
    within(PATIENCE, "the owner gets in again with a try", || {
        for (way, attempt) in TRIES {
            let lock = RLock::new();
            for depth in 1..=3 {
                assert!(
                    attempt(&lock),
                    "`{way}` did not get a lock that {}",
                    if depth == 1 {
                        "was free"
                    } else {
                        "the calling thread owned already"
                    }
                );
                sees(
                    &lock,
                    depth,
                    true,
                    &format!("a lock acquired {depth} times with `{way}`"),
                );
            }
            climb(&lock, 3);
        }
    });
}

pub fn it_is_free_after_the_last_release_only() {
    within(PATIENCE, "the owner goes in and out", || {
        let lock = Arc::new(RLock::new());
        let steps = [1, 2, 1, 2, 3, 4, 3, 2, 3, 2, 1, 0];
        let mut before = 0;
        for depth in steps {
            if depth > before {
                lock.acquire();
            } else {
                release(&lock);
            }
            before = depth;
            sees(
                &lock,
                depth,
                depth > 0,
                "a lock that its owner went in and out of",
            );
            let others = join(spawn(&lock, |lock| {
                TRIES.map(|(_, attempt)| attempt(lock) && lock.release().is_ok())
            }));
            assert!(
                others == [depth == 0; 2],
                "{depth} releases were due, and another thread {} the lock",
                if depth == 0 { "did not get" } else { "got" }
            );
        }
    });
}

pub fn any_depth_is_counted() {
    within(PATIENCE, "the owner goes in three hundred times", || {
        const DEEP: usize = 300;
        let lock = Arc::new(RLock::new());
        for _ in 0..DEEP {
            lock.acquire();
        }
        assert!(
            lock.depth() == DEEP,
            "the lock was acquired {DEEP} times, and `depth` says {}",
            lock.depth()
        );
        for _ in 1..DEEP {
            release(&lock);
        }
        assert!(
            !join(spawn(&lock, |lock| lock.try_acquire())),
            "the lock was acquired {DEEP} times and released one time less, and another thread got it"
        );
        climb(&lock, 1);
    });
}

pub fn only_the_owner_may_release() {
    within(PATIENCE, "a stray release does no harm", || {
        let lock = Arc::new(RLock::new());
        for history in ["is new", "was acquired and released"] {
            for _ in 0..2 {
                let answer = lock.release();
                assert!(
                    answer == Err(NotOwner),
                    "`release` of a lock that {history} said {answer:?}; it is `Err(NotOwner)`"
                );
                sees(&lock, 0, false, "a free lock after a release that failed");
            }
            for depth in 1..=2 {
                lock.acquire();
                let answers = join(spawn(&lock, |lock| [lock.release(), lock.release()]));
                assert!(
                    answers == [Err(NotOwner), Err(NotOwner)],
                    "a thread released a lock that another thread owned, and `release` said {:?}; it is `Err(NotOwner)`",
                    answers[0]
                );
                sees(
                    &lock,
                    depth,
                    true,
                    "a lock that another thread has tried to release",
                );
            }
            assert!(
                !join(spawn(&lock, |lock| lock.try_acquire())),
                "after releases that failed, two threads had the lock at once"
            );
            climb(&lock, 2);
        }
    });
}

pub fn others_see_that_it_is_not_theirs() {
    within(PATIENCE, "a thread looks at another thread's lock", || {
        let lock = Arc::new(RLock::new());
        // Who looks has owned it before: that counts for nothing.
        lock.acquire();
        release(&lock);
        let look = |lock: &RLock| (lock.is_locked(), lock.is_owned(), lock.depth());
        for depth in 1..=2 {
            let lock = Arc::clone(&lock);
            elsewhere_held(&lock, depth, |lock| {
                let (locked, owned, depth) = look(lock);
                assert!(
                    locked,
                    "another thread owns the lock, and `is_locked` says that it is free"
                );
                assert!(
                    !owned,
                    "another thread owns the lock, and `is_owned` says that the caller does"
                );
                assert!(
                    depth == 0,
                    "another thread owns the lock, and the caller's `depth` is {depth}; it is 0"
                );
            });
            assert!(
                look(&lock) == (false, false, 0),
                "the lock was released by its owner, and another thread still takes it for locked or for its own"
            );
        }
    });
}

pub fn a_try_answers_at_once() {
    within(PATIENCE, "a try answers at once", || {
        let lock = Arc::new(RLock::new());
        // Whoever has owned the lock before has to wait for its owner like anybody else.
        lock.acquire();
        release(&lock);
        elsewhere_held(&lock, 1, |lock| {
            for (way, attempt) in TRIES {
                assert!(
                    !attempt(lock) && !attempt(lock),
                    "`{way}` got a lock that another thread owned"
                );
            }
            sees(
                lock,
                0,
                true,
                "a lock that another thread owned and the caller tried to get",
            );
        });
        for (way, attempt) in TRIES {
            assert!(
                attempt(&lock),
                "`{way}` did not get the lock after it was released; failed tries must change nothing"
            );
            sees(&lock, 1, true, &format!("a lock acquired with `{way}`"));
            release(&lock);
        }
    });
}

pub fn one_thread_at_a_time() {
    rounds(8, |_| {
        let rounds = size(30, 1..=100);
        within(PATIENCE, "four threads take turns", move || {
            let shared = Arc::new((RLock::new(), Gauge::new(1), Tracked::new(0)));
            let start = |way: fn(&RLock)| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (lock, inside, steps) = &*shared;
                    for _ in 0..rounds {
                        way(lock);
                        let entered = inside.enter();
                        steps.update(|steps| steps + 1);
                        way(lock);
                        steps.update(|steps| steps + 1);
                        release(lock);
                        steps.update(|steps| steps + 1);
                        drop(entered);
                        release(lock);
                    }
                })
            };
            let trying: fn(&RLock) = |lock| {
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
                steps == 12 * rounds,
                "{} steps were taken under the lock, and {steps} were counted: some were taken at the same time",
                12 * rounds
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
            let lock = Arc::new(RLock::new());
            let turns = Arc::new(Tracked::new(0));
            lock.acquire();
            lock.acquire();
            let waiting: Vec<_> = (0..count)
                .map(|index| {
                    let turns = Arc::clone(&turns);
                    spawn(&lock, move |lock| {
                        WAYS[index % WAYS.len()].1(lock);
                        turns.update(|turns| turns + 1);
                        climb(lock, 1);
                    })
                })
                .collect();
            waiting.iter().for_each(wait_until_asleep);
            release(&lock);
            waiting.iter().for_each(wait_until_asleep);
            assert!(
                turns.get() == 0,
                "a thread got the lock while another owned it; one release was still due"
            );
            release(&lock);
            waiting.into_iter().for_each(join);
            assert!(
                turns.get() == count,
                "{count} threads took turns, and {} turns were counted",
                turns.get()
            );
            sees(&lock, 0, false, "a lock that everybody has released");
        },
    );
}

pub fn a_timed_wait_lasts_its_time() {
    within(PATIENCE, "a timed wait ends", || {
        let lock = Arc::new(RLock::new());
        elsewhere_held(&lock, 1, |lock| {
            for micros in (700..1000).step_by(50).chain([20_700]) {
                let timeout = Duration::from_micros(micros);
                let start = Instant::now();
                let got_it = lock.acquire_timeout(timeout);
                let waited = start.elapsed();
                assert!(
                    !got_it,
                    "`acquire_timeout` got a lock that another thread owned all the time"
                );
                assert!(
                    waited >= timeout,
                    "`acquire_timeout({timeout:?})` gave up after {waited:?}"
                );
            }
        });
    });
}

pub fn a_wait_ends_when_the_lock_is_freed() {
    for (way, acquire) in WAYS {
        let expectation = format!("`{way}` returns soon after the lock is freed");
        within(PATIENCE, &expectation, move || {
            let lock = Arc::new(RLock::new());
            acquire(&lock);
            acquire(&lock);
            let waiting = spawn(&lock, move |lock| {
                acquire(lock);
                sees(
                    lock,
                    1,
                    true,
                    &format!("a lock that was waited for with `{way}`"),
                );
                climb(lock, 1);
            });
            wait_until_asleep(&waiting);
            release(&lock);
            release(&lock);
            join(waiting);
        });
    }
}

pub fn the_longest_timeout_is_for_ever() {
    within(
        PATIENCE,
        "`acquire_timeout(Duration::MAX)` gets a free lock",
        || {
            for timeout in [Duration::MAX, Duration::MAX - Duration::from_nanos(1)] {
                let lock = Arc::new(RLock::new());
                for depth in 1..=2 {
                    assert!(
                        lock.acquire_timeout(timeout),
                        "`acquire_timeout(Duration::MAX)` did not get a lock that was free or the caller's own"
                    );
                    sees(
                        &lock,
                        depth,
                        true,
                        "a lock acquired with the longest timeout",
                    );
                }
                let waiting = spawn(&lock, move |lock| lock.acquire_timeout(timeout));
                wait_until_asleep(&waiting);
                climb(&lock, 2);
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
            let lock = Arc::new(RLock::new());
            lock.acquire();
            let gave_up = spawn(&lock, |lock| {
                let gave_up = !lock.acquire_timeout(Duration::ZERO)
                    && !lock.acquire_timeout(Duration::from_millis(5));
                (gave_up, lock.is_owned(), lock.depth())
            });
            assert!(
                join(gave_up) == (true, false, 0),
                "`acquire_timeout` got a lock that another thread owned, or the lock says so"
            );
            sees(&lock, 1, true, "a lock that another thread has given up on");
            climb(&lock, 1);
            let next = spawn(&lock, |lock| lock.try_acquire() && lock.release().is_ok());
            assert!(
                join(next),
                "a thread gave up waiting, the lock was released, and `try_acquire` did not get it"
            );
            lock.acquire();
            climb(&lock, 1);
        },
    );
}

pub fn a_guard_is_worth_one_acquire() {
    within(PATIENCE, "a lock is free again after its guards", || {
        let lock = Arc::new(RLock::new());
        {
            let _outer = lock.guard();
            sees(&lock, 1, true, "a lock with one guard");
            {
                let _inner = lock.guard();
                sees(&lock, 2, true, "a lock with two guards");
            }
            sees(
                &lock,
                1,
                true,
                "a lock with two guards, of which one was dropped",
            );
            lock.acquire();
            sees(
                &lock,
                2,
                true,
                "a lock with a guard that was acquired once more",
            );
        }
        sees(
            &lock,
            1,
            true,
            "a lock whose guard was dropped with one release by hand still due",
        );
        climb(&lock, 1);
        // The outer guard first: guards of one lock are all alike.
        let [outer, inner] = [lock.guard(), lock.guard()];
        drop(outer);
        sees(
            &lock,
            1,
            true,
            "a lock with two guards, of which the outer was dropped",
        );
        drop(inner);
        sees(&lock, 0, false, "a lock whose guards were dropped");
    });
}

pub fn a_panic_frees_the_guards_it_passes() {
    within(PATIENCE, "the lock works after a panic", || {
        let lock = Arc::new(RLock::new());
        panic_after(|| (lock.guard(), lock.guard()));
        sees(
            &lock,
            0,
            false,
            "a lock whose guards were dropped by a panic",
        );
        let outer = lock.guard();
        panic_after(|| lock.guard());
        sees(
            &lock,
            1,
            true,
            "a lock of whose two guards a panic dropped the inner",
        );
        drop(outer);
        let next = spawn(&lock, |lock| lock.try_acquire() && lock.release().is_ok());
        assert!(
            join(next),
            "a panic dropped the guards, and another thread does not get the lock"
        );
    });
}

pub fn a_guard_ignores_a_release_by_hand() {
    within(PATIENCE, "a guard is dropped", || {
        let lock = Arc::new(RLock::new());
        let guard = lock.guard();
        release(&lock);
        ignored(guard);
        sees(
            &lock,
            0,
            false,
            "a free lock that a guard with nothing to release was dropped of",
        );
        let guard = lock.guard();
        release(&lock);
        // Now another thread has what the guard has lost.
        elsewhere_held(&lock, 2, |lock| {
            ignored(guard);
            sees(
                lock,
                0,
                true,
                "another thread's lock that a stale guard was dropped of",
            );
        });
    });
}

/// Drops a guard that has nothing left to release.
fn ignored(guard: RLockGuard<'_>) {
    let dropped = catch_panic(|| drop(guard));
    assert!(
        dropped.is_ok(),
        "the lock was released by hand, and then dropping the guard panicked: {dropped:?}"
    );
}

pub fn a_panic_breaks_nothing() {
    within(PATIENCE, "the lock works after a panic", || {
        let lock = Arc::new(RLock::new());
        panic_after(|| lock.acquire());
        sees(
            &lock,
            1,
            true,
            "a lock whose owner panicked and has not released it",
        );
        assert!(
            !join(spawn(&lock, |lock| lock.try_acquire())),
            "a thread panicked between `acquire` and `release`, and another thread got the lock; nobody has released it"
        );
        climb(&lock, 1);
        for (_, acquire) in WAYS {
            join(spawn(&lock, move |lock| {
                acquire(lock);
                climb(lock, 1);
            }));
        }
    });
}

pub fn it_serves_threads_that_come_and_go() {
    within(
        PATIENCE,
        "fifteen threads use the lock one after the other",
        || {
            let lock = Arc::new(RLock::new());
            for round in 0..15 {
                let (_, acquire) = WAYS[round % WAYS.len()];
                elsewhere_held(&lock, 1 + round % 3, |lock| assert!(!lock.try_acquire()));
                acquire(&lock);
                assert!(
                    !join(spawn(&lock, |lock| lock.try_acquire() || lock.is_owned())),
                    "a thread that has just been started owns a lock that another thread has"
                );
                climb(&lock, 1);
            }
        },
    );
}

pub fn waiting_is_sleeping() {
    for (way, acquire) in WAYS {
        within(PATIENCE, "a waiting thread gets the lock", move || {
            let lock = Arc::new(RLock::new());
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
        let lock = Arc::new(RLock::new());
        let free = format!("{lock:?}");
        let guard = lock.guard();
        let _inner = lock.guard();
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

pub fn a_guard_stays_and_all_else_is_shared() {
    drop(RLock::new());
    let wanted = [
        ("RLock", "Send", implements!(RLock: Send)),
        ("RLock", "Sync", implements!(RLock: Sync)),
        ("RLock", "Debug", implements!(RLock: Debug)),
        ("RLockGuard", "Sync", implements!(RLockGuard<'static>: Sync)),
        (
            "RLockGuard",
            "Debug",
            implements!(RLockGuard<'static>: Debug),
        ),
        ("NotOwner", "Send", implements!(NotOwner: Send)),
        ("NotOwner", "Sync", implements!(NotOwner: Sync)),
        ("NotOwner", "Clone", implements!(NotOwner: Clone)),
        ("NotOwner", "Eq", implements!(NotOwner: Eq)),
        ("NotOwner", "Display", implements!(NotOwner: Display)),
        ("NotOwner", "Error", implements!(NotOwner: Error)),
    ];
    for (name, property, holds) in wanted {
        assert!(holds, "`{name}` is not `{property}`");
    }
    assert!(
        !implements!(RLockGuard<'static>: Send),
        "`RLockGuard` is `Send`: another thread could drop it, and that thread does not own the lock"
    );
    assert!(
        !NotOwner.to_string().is_empty(),
        "the error `NotOwner` has no text"
    );
}

/// Starts a thread that uses the lock.
fn spawn<R: Send + 'static>(
    lock: &Arc<RLock>,
    body: impl FnOnce(&RLock) -> R + Send + 'static,
) -> JoinHandle<R> {
    let lock = Arc::clone(lock);
    thread::spawn(move || body(&lock))
}

fn join<R>(thread: JoinHandle<R>) -> R {
    thread.join().unwrap()
}

/// Runs `body` while another thread owns the lock, which then checks that it still does.
fn elsewhere_held(lock: &Arc<RLock>, depth: usize, body: impl FnOnce(&RLock)) {
    let (acquired, is_acquired) = mpsc::channel();
    let (done, is_done) = mpsc::channel::<()>();
    let owner = spawn(lock, move |lock| {
        for _ in 0..depth {
            lock.acquire();
        }
        acquired.send(()).unwrap();
        // An error means that `body` is through as well, by a panic.
        let _ = is_done.recv();
        climb(lock, depth);
    });
    // If the owner has panicked, `join` will tell.
    if is_acquired.recv().is_ok() {
        body(lock);
    }
    drop(done);
    join(owner);
}

/// Releases the lock as often as it was acquired.
fn climb(lock: &RLock, depth: usize) {
    for depth in (1..=depth).rev() {
        sees(
            lock,
            depth,
            true,
            &format!("a lock of which {depth} releases are due"),
        );
        release(lock);
    }
    assert!(
        !lock.is_owned() && lock.depth() == 0,
        "the owner has released the lock as often as it had acquired it, and still owns it"
    );
}

/// Checks all that can be asked of a lock.
fn sees(lock: &RLock, depth: usize, locked: bool, which: &str) {
    let says = |name, value: &dyn Debug| format!("`{name}` of {which} says {value:?}");
    let (is_locked, is_owned) = (lock.is_locked(), lock.is_owned());
    assert!(is_locked == locked, "{}", says("is_locked", &is_locked));
    assert!(is_owned == (depth > 0), "{}", says("is_owned", &is_owned));
    assert!(
        lock.depth() == depth,
        "{}; it is {depth}",
        says("depth", &lock.depth())
    );
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

fn release(lock: &RLock) {
    let answer = lock.release();
    assert!(
        answer == Ok(()),
        "the calling thread owned the lock, and `release` said {answer:?}"
    );
}
