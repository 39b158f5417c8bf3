//! Real threads: what conditions and buffers do, and that their waiters sleep.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use condition::{BoundedBuffer, Condition};
use kata_model::real::sync::{Mutex, MutexGuard};
use kata_model::real::thread::{self, JoinHandle};
use kata_model::real::{
    assert_refuses, catch_panic, implements, rounds, size, sleeps_while_blocked, wait_until_asleep,
    within,
};

/// Long enough, also on a busy machine, for all that need not wait.
const PATIENCE: Duration = Duration::from_secs(2);

/// Longer than any test runs.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// How many threads have begun to wait, and how many of them have come back. Both are
/// counted under the condition's lock, so that who has begun is waiting once the lock is
/// to be had.
type Counts = (usize, usize);

/// The ways to wait for a notification.
const WAYS: [(&str, Wait); 3] = [
    ("wait", |condition, guard| condition.wait(guard)),
    ("wait_timeout(one hour)", |condition, guard| {
        let (guard, notified) = condition.wait_timeout(guard, AN_HOUR);
        assert!(notified, "`wait_timeout` gave up long before its time");
        guard
    }),
    ("wait_timeout(Duration::MAX)", |condition, guard| {
        let (guard, notified) = condition.wait_timeout(guard, Duration::MAX);
        assert!(notified, "`wait_timeout(Duration::MAX)` gave up");
        guard
    }),
];

type Wait = for<'a> fn(&'a Condition<Counts>, MutexGuard<'a, Counts>) -> MutexGuard<'a, Counts>;

/// Starts a thread that waits, and returns once it does.
fn waiter(condition: &Arc<Condition<Counts>>, wait: Wait) -> JoinHandle<()> {
    let before = condition.acquire().0;
    let waiter = spawn(condition, move |condition| {
        let mut counts = condition.acquire();
        counts.0 += 1;
        counts = wait(condition, counts);
        counts.1 += 1;
    });
    while condition.acquire().0 == before {
        thread::sleep(Duration::from_micros(100));
    }
    waiter
}

/// Waits until `expected` waiters are back and the others sleep again; asserts that no
/// more than that are back.
fn come_back(
    condition: &Condition<Counts>,
    waiters: &[JoinHandle<()>],
    expected: usize,
    why: &str,
) {
    while condition.acquire().1 < expected {
        thread::sleep(Duration::from_micros(100));
    }
    waiters.iter().for_each(wait_until_asleep);
    let back = condition.acquire().1;
    assert!(
        back == expected,
        "{back} of {} waiting threads came back, and it should be {expected}: {why}",
        waiters.len()
    );
}

pub fn it_brings_a_lock() {
    within(PATIENCE, "a condition gives its lock", || {
        let condition = Condition::new(1);
        *condition.acquire() += 1;
        let lock = condition.lock_handle();
        assert!(
            *lock.lock().unwrap() == 2,
            "what was changed under `acquire` is not changed under the lock handle"
        );
        let guard = condition.acquire();
        assert!(
            lock.try_lock().is_err(),
            "a thread has acquired the condition, and its lock is free"
        );
        drop(guard);
        assert!(
            lock.try_lock().is_ok(),
            "the guard of `acquire` was dropped, and the lock is taken"
        );
    });
}

pub fn several_conditions_share_a_lock() {
    within(PATIENCE, "two conditions over one lock are used", || {
        let lock = Arc::new(Mutex::new((0, 0)));
        let [here, there] = [(); 2].map(|()| Arc::new(Condition::with_lock(Arc::clone(&lock))));
        assert!(
            Arc::ptr_eq(&lock, &here.lock_handle()) && Arc::ptr_eq(&lock, &there.lock_handle()),
            "`lock_handle` is not the lock that was given to `with_lock`"
        );
        let waiting = [waiter(&here, WAYS[0].1), waiter(&there, WAYS[0].1)];
        here.notify_all();
        come_back(
            &here,
            &waiting,
            1,
            "only one waits at the condition that was notified",
        );
        there.notify(1);
        waiting.into_iter().for_each(join);
    });
}

pub fn a_notification_ends_a_wait() {
    for (way, wait) in WAYS {
        let expectation = format!("`{way}` returns soon after the notification");
        within(PATIENCE, &expectation, move || {
            let condition = Arc::new(Condition::new((0, 0)));
            let waiting = waiter(&condition, wait);
            wait_until_asleep(&waiting);
            condition.notify(1);
            join(waiting);
            let guard = condition.acquire();
            let waiting = spawn(&condition, move |condition| {
                let mut counts = condition.acquire();
                counts.0 += 1;
                drop(wait(condition, counts));
            });
            drop(guard);
            while condition.acquire().0 < 2 {
                thread::sleep(Duration::from_micros(100));
            }
            // This time under the lock: the waiter needs it to come back.
            let guard = condition.acquire();
            condition.notify(1);
            wait_until_asleep(&waiting);
            assert!(
                !waiting.is_finished(),
                "`{way}` returned without the lock: another thread has it"
            );
            drop(guard);
            join(waiting);
        });
    }
}

pub fn notify_wakes_exactly_as_many() {
    within(
        PATIENCE,
        "as many threads come back as were notified",
        || {
            let condition = Arc::new(Condition::new((0, 0)));
            let ways = WAYS.into_iter().cycle().take(5);
            let waiting: Vec<_> = ways.map(|(_, wait)| waiter(&condition, wait)).collect();
            condition.notify(3);
            come_back(&condition, &waiting, 3, "`notify(3)` was called");
            condition.notify(1);
            come_back(&condition, &waiting, 4, "then `notify(1)` was called");
            condition.notify(5);
            waiting.into_iter().for_each(join);
        },
    );
}

pub fn notify_all_wakes_all() {
    let count = size(4, 1..=10);
    within(PATIENCE, "`notify_all` wakes all who wait", move || {
        let condition = Arc::new(Condition::new((0, 0)));
        for _ in 0..2 {
            let ways = WAYS.into_iter().cycle().take(count);
            let waiting: Vec<_> = ways.map(|(_, wait)| waiter(&condition, wait)).collect();
            condition.notify_all();
            waiting.into_iter().for_each(join);
        }
    });
}

pub fn notify_zero_wakes_nobody() {
    within(PATIENCE, "a notification ends a wait", || {
        let condition = Arc::new(Condition::new((0, 0)));
        let waiting = [waiter(&condition, WAYS[0].1)];
        condition.notify(0);
        come_back(&condition, &waiting, 0, "`notify(0)` wakes nobody");
        condition.notify(1);
        waiting.into_iter().for_each(join);
    });
}

pub fn a_surplus_is_forgotten() {
    within(
        PATIENCE,
        "notifications that nobody waits for do no harm",
        || {
            let condition = Arc::new(Condition::new((0, 0)));
            condition.notify(3);
            condition.notify_all();
            let first = waiter(&condition, WAYS[0].1);
            condition.notify(2);
            join(first);
            let waiting = [waiter(&condition, WAYS[0].1)];
            come_back(
                &condition,
                &waiting,
                1,
                "it began to wait after all notifications",
            );
            condition.notify(usize::MAX);
            waiting.into_iter().for_each(join);
        },
    );
}

pub fn a_stray_unpark_ends_no_wait() {
    for (way, wait) in WAYS {
        let expectation = format!("a notification ends `{way}`");
        within(PATIENCE, &expectation, move || {
            let condition = Arc::new(Condition::new((0, 0)));
            let waiting = [waiter(&condition, wait)];
            for _ in 0..3 {
                waiting[0].thread().unpark();
                come_back(&condition, &waiting, 0, "it was unparked, but not notified");
            }
            condition.notify(1);
            waiting.into_iter().for_each(join);
        });
    }
}

pub fn a_timed_wait_lasts_its_time() {
    within(PATIENCE, "a timed wait ends", || {
        let condition = Condition::new(());
        for micros in (700..1000).step_by(50).chain([0, 10_700]) {
            let timeout = Duration::from_micros(micros);
            let start = Instant::now();
            let (guard, notified) = condition.wait_timeout(condition.acquire(), timeout);
            let waited = start.elapsed();
            assert!(
                !notified,
                "`wait_timeout` says that it was notified, and nobody has notified"
            );
            assert!(
                waited >= timeout,
                "`wait_timeout({timeout:?})` gave up after {waited:?}"
            );
            assert!(
                condition.lock_handle().try_lock().is_err(),
                "`wait_timeout` gave up and returned without the lock"
            );
            drop(guard);
        }
    });
}

pub fn giving_up_leaves_no_trace() {
    within(PATIENCE, "a notification reaches the one who waits", || {
        let condition = Arc::new(Condition::new((0, 0)));
        for _ in 0..2 {
            let timeout = Duration::from_millis(1);
            drop(condition.wait_timeout(condition.acquire(), timeout));
        }
        let waiting = waiter(&condition, WAYS[0].1);
        condition.notify(1);
        join(waiting);
    });
}

pub fn a_true_predicate_does_not_wait() {
    within(
        PATIENCE,
        "`wait_for` returns at once when its predicate is true",
        || {
            let condition = Condition::new(1);
            let mut guard = condition.wait_for(condition.acquire(), |value| {
                *value += 1;
                *value == 2
            });
            assert!(
                *guard == 2,
                "`wait_for` asked a predicate again that had been true"
            );
            for timeout in [Duration::ZERO, AN_HOUR, Duration::MAX] {
                let (back, answer) = condition.wait_for_timeout(guard, |_| true, timeout);
                assert!(
                    answer,
                    "`wait_for_timeout({timeout:?})` says that its predicate is false, and it was true"
                );
                guard = back;
            }
        },
    );
}

pub fn a_predicate_is_asked_after_each_notification() {
    within(
        PATIENCE,
        "`wait_for` returns once its predicate is true",
        || {
            let condition = Arc::new(Condition::new((0, 0)));
            let timed: Wait = |condition, guard| {
                let (guard, answer) =
                    condition.wait_for_timeout(guard, |counts| counts.1 == 3, AN_HOUR);
                assert!(answer, "`wait_for_timeout` gave up long before its time");
                guard
            };
            let untimed: Wait =
                |condition, guard| condition.wait_for(guard, |counts| counts.1 == 3);
            for wait in [untimed, timed] {
                condition.acquire().1 = 0;
                let waiting = waiter(&condition, wait);
                for count in 1..=3 {
                    wait_until_asleep(&waiting);
                    assert!(
                        !waiting.is_finished(),
                        "`wait_for` returned, and its predicate was false"
                    );
                    condition.acquire().1 = count;
                    condition.notify(1);
                }
                join(waiting);
            }
        },
    );
}

pub fn a_predicate_is_asked_at_least_once() {
    within(
        PATIENCE,
        "`wait_for_timeout` of zero returns at once",
        || {
            let condition = Condition::new(0);
            for expected in [false, true] {
                let mut asked = 0;
                let predicate = |_: &mut i32| {
                    asked += 1;
                    expected
                };
                let guard = condition.acquire();
                let answer = condition
                    .wait_for_timeout(guard, predicate, Duration::ZERO)
                    .1;
                assert!(
                    asked > 0,
                    "`wait_for_timeout` of zero did not ask its predicate"
                );
                assert!(
                    answer == expected,
                    "the predicate of `wait_for_timeout` said {expected}, and the answer was {answer}"
                );
            }
        },
    );
}

pub fn the_predicate_has_the_last_word() {
    within(PATIENCE, "`wait_for_timeout` ends", || {
        let condition = Arc::new(Condition::new((0, 0)));
        for (now_true, notifications) in [(true, 0), (false, 1)] {
            let waiting = spawn(&condition, move |condition| {
                let mut guard = condition.acquire();
                *guard = (1, 0);
                let timeout = Duration::from_millis(30);
                let start = Instant::now();
                let (guard, answer) =
                    condition.wait_for_timeout(guard, |counts| counts.1 == 1, timeout);
                let (truth, waited) = (guard.1 == 1, start.elapsed());
                assert!(
                    answer == truth,
                    "the predicate of `wait_for_timeout` was {truth} in the end, and the answer was {answer}"
                );
                assert!(
                    truth || waited >= timeout,
                    "`wait_for_timeout({timeout:?})` gave up after {waited:?}"
                );
            });
            while condition.acquire().0 == 0 {
                thread::sleep(Duration::from_micros(100));
            }
            *condition.acquire() = (0, usize::from(now_true));
            condition.notify(notifications);
            join(waiting);
        }
    });
}

pub fn the_longest_timeout_is_for_ever() {
    within(PATIENCE, "the longest timeout does no harm", || {
        for timeout in [Duration::MAX, Duration::MAX - Duration::from_nanos(1)] {
            let condition = Arc::new(Condition::new(0));
            let waiting = spawn(&condition, move |condition| {
                let mut guard = condition.acquire();
                *guard = 1;
                let (mut guard, notified) = condition.wait_timeout(guard, timeout);
                *guard = 2;
                let (_guard, answer) = condition.wait_for_timeout(guard, |it| *it == 3, timeout);
                notified && answer
            });
            for stage in [1, 2] {
                while *condition.acquire() != stage && !waiting.is_finished() {
                    thread::sleep(Duration::from_micros(100));
                }
                if stage == 2 {
                    *condition.acquire() = 3;
                }
                condition.notify(1);
            }
            assert!(
                join(waiting),
                "a wait of `Duration::MAX` gave up instead of waiting for ever"
            );
            let buffer = BoundedBuffer::new(1);
            assert!(
                buffer.put_timeout(7, timeout).is_ok() && buffer.take_timeout(timeout) == Some(7),
                "`put_timeout` and `take_timeout` of `Duration::MAX` gave up at once"
            );
        }
    });
}

pub fn a_panic_breaks_nothing() {
    within(PATIENCE, "a condition works after a panic", || {
        let condition = Arc::new(Condition::new((0, 0)));
        let waiting = [waiter(&condition, WAYS[0].1), waiter(&condition, WAYS[1].1)];
        let panic: Result<(), String> = catch_panic(|| {
            let _guard = condition.acquire();
            panic!("on purpose");
        });
        drop(panic);
        assert!(
            condition.lock_handle().is_poisoned(),
            "a thread panicked with the lock, and `lock_handle` does not tell"
        );
        condition.notify(2);
        waiting.into_iter().for_each(join);
        let guard = condition.wait_for(condition.acquire(), |_| true);
        let timeout = Duration::from_millis(1);
        let (guard, _) = condition.wait_for_timeout(guard, |_| false, timeout);
        drop(condition.wait_timeout(guard, timeout));
    });
}

pub fn a_panicking_predicate_breaks_nothing() {
    within(
        PATIENCE,
        "a condition works after its predicate has panicked",
        || {
            let condition = Arc::new(Condition::new((0, 0)));
            let panic = catch_panic(|| {
                drop(condition.wait_for(condition.acquire(), |_| panic!("on purpose")));
            });
            drop(panic);
            assert!(
                condition
                    .lock_handle()
                    .try_lock()
                    .is_err_and(|error| { !matches!(error, std::sync::TryLockError::WouldBlock) }),
                "a predicate panicked, and the lock is still taken"
            );
            let waiting = waiter(&condition, WAYS[0].1);
            condition.notify(1);
            join(waiting);
        },
    );
}

pub fn waiting_is_sleeping() {
    for (way, wait) in WAYS {
        within(PATIENCE, "a waiting thread is notified", move || {
            let condition = Arc::new(Condition::new((0, 0)));
            let waiting = Arc::clone(&condition);
            sleeps_while_blocked(
                &format!("a thread in `{way}`"),
                Duration::from_millis(60),
                move || drop(wait(&waiting, waiting.acquire())),
                || condition.notify(1),
            );
        });
    }
}

pub fn debug_never_waits() {
    within(PATIENCE, "`{:?}` answers at once", || {
        let condition = Condition::new(1);
        let buffer = BoundedBuffer::new(1);
        buffer.put(1);
        let free = format!("{condition:?} {buffer:?}");
        let guard = condition.acquire();
        let held = format!("{condition:?}");
        drop(guard);
        assert!(
            !free.is_empty() && !held.is_empty(),
            "`{{:?}}` says nothing"
        );
    });
}

pub fn every_type_can_be_shared() {
    drop((Condition::new(0), BoundedBuffer::<u8>::new(1)));
    let wanted = [
        ("Condition", "Send", implements!(Condition<u8>: Send)),
        ("Condition", "Sync", implements!(Condition<u8>: Sync)),
        ("Condition", "Debug", implements!(Condition<u8>: Debug)),
        (
            "BoundedBuffer",
            "Send",
            implements!(BoundedBuffer<u8>: Send),
        ),
        (
            "BoundedBuffer",
            "Sync",
            implements!(BoundedBuffer<u8>: Sync),
        ),
        (
            "BoundedBuffer",
            "Debug",
            implements!(BoundedBuffer<u8>: Debug),
        ),
    ];
    for (name, property, holds) in wanted {
        assert!(holds, "`{name}` is not `{property}`");
    }
}

pub fn a_buffer_needs_room() {
    drop(BoundedBuffer::<u8>::new(1));
    assert_refuses("BoundedBuffer::new(0)", || BoundedBuffer::<u8>::new(0));
}

pub fn first_in_is_first_out() {
    within(
        PATIENCE,
        "a buffer with room takes items and gives them back",
        || {
            let buffer = BoundedBuffer::new(3);
            for round in 0..3 {
                let items = [round * 10, round * 10 + 1, round * 10 + 2];
                buffer.put(items[0]);
                let put = buffer.put_timeout(items[1], Duration::ZERO);
                assert!(put.is_ok(), "there was room, and `put_timeout` gave up");
                buffer.put(items[2]);
                assert!(
                    buffer.len() == 3,
                    "three items were put, and `len` says {}",
                    buffer.len()
                );
                let taken = [
                    Some(buffer.take()),
                    buffer.take_timeout(Duration::ZERO),
                    buffer.take_timeout(AN_HOUR),
                ];
                assert!(
                    taken == items.map(Some),
                    "{items:?} were put, and {taken:?} were taken"
                );
            }
            assert!(
                buffer.len() == 0,
                "all items were taken, and `len` says {}",
                buffer.len()
            );
        },
    );
}

pub fn a_full_buffer_takes_no_more() {
    within(PATIENCE, "`put_timeout` gives up on a full buffer", || {
        for capacity in [1, 3] {
            let buffer = BoundedBuffer::new(capacity);
            (0..capacity).for_each(|item| buffer.put(item));
            for timeout in [Duration::ZERO, Duration::from_micros(5_700)] {
                let start = Instant::now();
                let answer = buffer.put_timeout(99, timeout);
                let waited = start.elapsed();
                assert!(
                    answer == Err(99),
                    "the buffer was full, and `put_timeout(99, …)` said {answer:?}; it should give the item back"
                );
                assert!(
                    waited >= timeout,
                    "`put_timeout(…, {timeout:?})` gave up after {waited:?}"
                );
            }
            let len = buffer.len();
            assert!(
                len == capacity,
                "a buffer of capacity {capacity} has {len} items"
            );
            let taken: Vec<_> = (0..capacity).map(|_| buffer.take()).collect();
            assert!(
                taken.into_iter().eq(0..capacity),
                "after a `put_timeout` that gave up, other items came out than were put"
            );
        }
    });
}

pub fn an_empty_buffer_gives_nothing() {
    within(
        PATIENCE,
        "`take_timeout` gives up on an empty buffer",
        || {
            let buffer = BoundedBuffer::<u8>::new(1);
            for timeout in [Duration::ZERO, Duration::from_micros(5_700)] {
                let start = Instant::now();
                let answer = buffer.take_timeout(timeout);
                let waited = start.elapsed();
                assert!(
                    answer.is_none(),
                    "the buffer was empty, and `take_timeout` said {answer:?}"
                );
                assert!(
                    waited >= timeout,
                    "`take_timeout({timeout:?})` gave up after {waited:?}"
                );
            }
        },
    );
}

pub fn a_timed_take_makes_room() {
    within(
        PATIENCE,
        "a waiting `put` goes on after `take_timeout`",
        || {
            let buffer = Arc::new(BoundedBuffer::new(1));
            buffer.put(1);
            let putting = spawn(&buffer, |buffer| buffer.put(2));
            wait_until_asleep(&putting);
            assert!(
                buffer.len() == 1,
                "a buffer of capacity 1 has {} items",
                buffer.len()
            );
            assert!(
                buffer.take_timeout(AN_HOUR) == Some(1),
                "the first item did not come first"
            );
            join(putting);
            assert!(buffer.take() == 2, "the second item did not come second");
        },
    );
}

pub fn a_timed_put_wakes_a_taker() {
    within(
        PATIENCE,
        "a waiting `take` goes on after `put_timeout`",
        || {
            let buffer = Arc::new(BoundedBuffer::new(1));
            let taking = spawn(&buffer, |buffer| buffer.take());
            wait_until_asleep(&taking);
            let answer = buffer.put_timeout(1, AN_HOUR);
            assert!(
                answer.is_ok(),
                "the buffer was empty, and `put_timeout` gave up"
            );
            assert!(join(taking) == 1, "something else was taken than was put");
        },
    );
}

pub fn every_item_arrives_once() {
    rounds(4, |round| {
        let items = size(50, 1..=100);
        within(
            PATIENCE,
            "three putters and three takers finish",
            move || {
                let buffer = Arc::new(BoundedBuffer::new(1 + round % 3));
                let seen: Vec<_> = (0..3 * items).map(|_| AtomicUsize::new(0)).collect();
                let seen = Arc::new(seen);
                let putting = [0, 1, 2].map(|putter| {
                    spawn(&buffer, move |buffer| {
                        for item in 0..items {
                            buffer.put(putter * items + item);
                        }
                    })
                });
                let taking = [(); 3].map(|()| {
                    let seen = Arc::clone(&seen);
                    spawn(&buffer, move |buffer| {
                        let mut last = [0; 3];
                        let mut in_order = true;
                        for _ in 0..items {
                            let item: usize = buffer.take();
                            seen[item].fetch_add(1, SeqCst);
                            in_order &= last[item / items] <= item;
                            last[item / items] = item;
                        }
                        in_order
                    })
                });
                putting.into_iter().for_each(join);
                assert!(
                    taking.map(join) == [true; 3],
                    "a thread put two items, and another took the second before the first"
                );
                for (item, count) in seen.iter().enumerate() {
                    let count = count.load(SeqCst);
                    assert!(
                        count == 1,
                        "item {item} was put once and taken {count} times"
                    );
                }
                assert!(
                    buffer.len() == 0,
                    "all items were taken, and `len` says {}",
                    buffer.len()
                );
            },
        );
    });
}

pub fn a_waiting_taker_and_putter_sleep() {
    within(PATIENCE, "waiting putters and takers go on", || {
        let buffer = Arc::new(BoundedBuffer::new(1));
        let time = Duration::from_millis(60);
        let taking = Arc::clone(&buffer);
        sleeps_while_blocked(
            "a thread in `take`",
            time,
            move || assert!(taking.take() == 1),
            || buffer.put(1),
        );
        buffer.put(2);
        let putting = Arc::clone(&buffer);
        sleeps_while_blocked(
            "a thread in `put`",
            time,
            move || putting.put(3),
            || {
                buffer.take();
            },
        );
    });
}

/// Starts a thread that uses a condition or a buffer.
fn spawn<S: Send + Sync + 'static, R: Send + 'static>(
    shared: &Arc<S>,
    body: impl FnOnce(&S) -> R + Send + 'static,
) -> JoinHandle<R> {
    let shared = Arc::clone(shared);
    thread::spawn(move || body(&shared))
}

fn join<R>(thread: JoinHandle<R>) -> R {
    thread.join().unwrap()
}
