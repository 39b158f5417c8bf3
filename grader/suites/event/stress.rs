//! Real threads: what an event does, and that its waiters sleep.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::{Duration, Instant};

use event::Event;
use kata_model::real::thread::{self, JoinHandle};
use kata_model::real::{
    Tracked, catch_panic, implements, rounds, size, sleeps_while_blocked, undisturbed,
    wait_until_asleep, within,
};

/// Long enough, also on a busy machine, for all that need not wait.
const PATIENCE: Duration = Duration::from_secs(3);

/// Longer than any test runs.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// The ways to wait until the event is set.
const WAYS: [(&str, fn(&Event)); 3] = [
    ("wait", |event| event.wait()),
    ("wait_timeout(one hour)", |event| {
        assert!(
            event.wait_timeout(AN_HOUR),
            "`wait_timeout` of one hour said that the event was not set, long before its time"
        );
    }),
    ("wait_timeout(Duration::MAX)", |event| {
        assert!(
            event.wait_timeout(Duration::MAX),
            "`wait_timeout(Duration::MAX)` said that the event was not set; it waits until it is"
        );
    }),
];

pub fn a_new_event_is_clear() {
    within(PATIENCE, "a new event can be asked", || {
        for event in [Event::new(), Event::default()] {
            says(&event, false, "a new event");
        }
    });
}

pub fn set_and_clear_can_be_repeated() {
    within(PATIENCE, "an event is set and cleared", || {
        let event = Event::new();
        event.clear();
        says(&event, false, "a new event that was cleared");
        for _ in 0..2 {
            for times in ["once", "twice", "three times"] {
                event.set();
                says(
                    &event,
                    true,
                    &format!("an event that was set {times} in a row"),
                );
            }
            for times in ["once", "twice", "three times"] {
                event.clear();
                says(
                    &event,
                    false,
                    &format!("an event that was cleared {times} in a row"),
                );
            }
        }
    });
}

pub fn a_set_lets_everybody_pass_from_then_on() {
    for (way, wait) in WAYS {
        let expectation = format!("`{way}` returns at once when the event is set");
        within(PATIENCE, &expectation, move || {
            let event = Arc::new(Event::new());
            event.set();
            for _ in 0..2 {
                wait(&event);
                join(spawn(&event, wait));
                says(&event, true, "an event that was set and waited for");
            }
        });
    }
}

pub fn a_set_releases_all_who_wait() {
    let count = size(5, 1..=12);
    within(PATIENCE, "one `set` releases all who wait", move || {
        let event = Arc::new(Event::new());
        let passed = Arc::new(Tracked::new(0));
        // Twice, as what was left behind by the first time may get in the way.
        for round in ["", "an event was set and cleared, and now "] {
            let waiting: Vec<_> = (0..count)
                .map(|index| {
                    let passed = Arc::clone(&passed);
                    spawn(&event, move |event| {
                        let (_, wait) = WAYS[index % WAYS.len()];
                        wait(event);
                        passed.set(1);
                        // Now it is set, so this does not wait.
                        wait(event);
                    })
                })
                .collect();
            waiting.iter().for_each(wait_until_asleep);
            assert!(
                passed.get() == 0,
                "{round}a waiting thread was released before the event was set"
            );
            event.set();
            waiting.into_iter().for_each(join);
            says(&event, true, "an event that was set");
            event.clear();
            passed.set(0);
        }
    });
}

pub fn a_pulse_releases_all_who_wait() {
    rounds(4, |_| {
        let count = size(5, 1..=12);
        within(
            PATIENCE,
            "`set` releases all waiting threads, although `clear` follows at once",
            move || {
                let event = Arc::new(Event::new());
                for _ in 0..3 {
                    let waiting: Vec<_> = (0..count)
                        .map(|index| spawn(&event, WAYS[index % WAYS.len()].1))
                        .collect();
                    waiting.iter().for_each(wait_until_asleep);
                    // A thread that does not wait yet, against all likelihood, needs a second one.
                    // With more of them, all would slip through before a `clear` in the end.
                    for _ in 0..2 {
                        undisturbed(|| {
                            event.set();
                            event.clear();
                        });
                        says(&event, false, "an event that was set and cleared");
                        settle(&waiting);
                    }
                    waiting.into_iter().for_each(join);
                }
            },
        );
    });
}

/// Gives threads that have been released the time to come back.
fn settle(waiting: &[JoinHandle<()>]) {
    let start = Instant::now();
    while start.elapsed() < PATIENCE / 4 && !waiting.iter().all(JoinHandle::is_finished) {
        thread::sleep(Duration::from_micros(200));
    }
}

pub fn a_pulse_releases_nobody_who_comes_later() {
    for (way, wait) in WAYS {
        within(
            PATIENCE,
            "a thread that waits is released by `set`",
            move || {
                let event = Arc::new(Event::new());
                let passed = Arc::new(Tracked::new(false));
                for _ in 0..3 {
                    event.set();
                    event.clear();
                }
                let seen = Arc::clone(&passed);
                let late = spawn(&event, move |event| {
                    wait(event);
                    seen.set(true);
                });
                wait_until_asleep(&late);
                assert!(
                    !passed.get(),
                    "the event was set and cleared, then a thread came, and `{way}` did not wait for the next `set`"
                );
                event.set();
                join(late);
            },
        );
    }
}

pub fn a_clear_releases_nobody_and_forgets_nobody() {
    for (way, wait) in WAYS {
        let expectation = format!("`{way}` returns when the event is set, whatever came before");
        within(PATIENCE, &expectation, move || {
            let event = Arc::new(Event::new());
            let passed = Arc::new(Tracked::new(false));
            let seen = Arc::clone(&passed);
            let waiting = spawn(&event, move |event| {
                wait(event);
                seen.set(true);
            });
            wait_until_asleep(&waiting);
            event.clear();
            event.clear();
            wait_until_asleep(&waiting);
            assert!(!passed.get(), "`clear` released a thread from `{way}`");
            event.set();
            join(waiting);
        });
    }
}

pub fn what_was_written_before_a_set_is_read_after_the_wait() {
    rounds(40, |_| {
        let count = size(20, 1..=60);
        within(PATIENCE, "threads pass each other messages", move || {
            let shared = Arc::new((Event::new(), Event::new(), Tracked::new(0)));
            let there = Arc::clone(&shared);
            let other = thread::spawn(move || {
                let (ping, pong, message) = &*there;
                for number in 1..=count {
                    ping.wait();
                    ping.clear();
                    let read = message.get();
                    assert!(
                        read == 2 * number - 1,
                        "message {} was written before `set`, and after `wait` there was {read}",
                        2 * number - 1
                    );
                    message.set(2 * number);
                    pong.set();
                }
            });
            let (ping, pong, message) = &*shared;
            for number in 1..=count {
                message.set(2 * number - 1);
                ping.set();
                pong.wait();
                pong.clear();
                let read = message.get();
                assert!(
                    read == 2 * number,
                    "message {} was written before `set`, and after `wait` there was {read}",
                    2 * number
                );
            }
            join(other);
        });
    });
}

pub fn setting_and_giving_up_at_once_leaves_nothing_behind() {
    rounds(6, |_| {
        let count = size(3, 1..=8);
        within(PATIENCE, "threads come, go and are released", move || {
            let event = Arc::new(Event::new());
            let impatient: Vec<_> = (0..count)
                .map(|index| {
                    spawn(&event, move |event| {
                        for turn in 0..20 {
                            let quarters = (index + turn) as u64 % 4;
                            event.wait_timeout(Duration::from_micros(40 * quarters));
                        }
                    })
                })
                .collect();
            let pulsing = spawn(&event, |event| {
                for _ in 0..40 {
                    event.set();
                    event.clear();
                }
            });
            impatient.into_iter().for_each(join);
            join(pulsing);
            says(
                &event,
                false,
                "an event that many have given up on, and that was cleared",
            );
            let waiting = WAYS.map(|(_, wait)| spawn(&event, wait));
            waiting.iter().for_each(wait_until_asleep);
            event.set();
            waiting.into_iter().for_each(join);
        });
    });
}

pub fn a_timed_wait_lasts_its_time() {
    within(PATIENCE, "a timed wait ends", || {
        let event = Event::new();
        for micros in (700..1000).step_by(50).chain([20_700]) {
            let timeout = Duration::from_micros(micros);
            let start = Instant::now();
            let was_set = event.wait_timeout(timeout);
            let waited = start.elapsed();
            assert!(
                !was_set,
                "`wait_timeout` says that the event was set; nobody has set it"
            );
            assert!(
                waited >= timeout,
                "`wait_timeout({timeout:?})` gave up after {waited:?}"
            );
        }
    });
}

pub fn a_timeout_of_zero_looks_once() {
    within(PATIENCE, "`wait_timeout` of zero returns at once", || {
        let event = Event::new();
        for _ in 0..2 {
            assert!(
                !event.wait_timeout(Duration::ZERO),
                "`wait_timeout` of zero said that a clear event was set"
            );
            event.set();
            assert!(
                event.wait_timeout(Duration::ZERO),
                "`wait_timeout` of zero said that an event which was set was clear"
            );
            event.clear();
        }
    });
}

pub fn the_longest_timeout_is_for_ever() {
    for timeout in [Duration::MAX, Duration::MAX - Duration::from_nanos(1)] {
        within(
            PATIENCE,
            "`wait_timeout(Duration::MAX)` returns when the event is set",
            move || {
                let event = Arc::new(Event::new());
                let waiting = spawn(&event, move |event| event.wait_timeout(timeout));
                wait_until_asleep(&waiting);
                event.set();
                assert!(
                    join(waiting),
                    "`wait_timeout(Duration::MAX)` gave up instead of waiting for ever"
                );
                assert!(
                    event.wait_timeout(timeout),
                    "`wait_timeout(Duration::MAX)` said that an event which was set was not"
                );
            },
        );
    }
}

pub fn a_panic_breaks_nothing() {
    within(PATIENCE, "an event works after a panic", || {
        let event = Arc::new(Event::new());
        join(spawn(&event, |event| {
            let result: Result<(), String> = catch_panic(|| {
                let _sets = SetsWhenDropped(event);
                panic!("on purpose");
            });
            assert!(
                result == Err("on purpose".to_owned()),
                "setting an event while a panic unwinds did not work: {result:?}"
            );
        }));
        says(&event, true, "an event that was set while a panic unwound");
        event.clear();
        for (_, wait) in WAYS {
            let waiting = spawn(&event, move |event| {
                wait(event);
                let result: Result<(), String> = catch_panic(|| panic!("on purpose"));
                drop(result);
                wait(event);
            });
            wait_until_asleep(&waiting);
            event.set();
            join(waiting);
            event.clear();
        }
    });
}

struct SetsWhenDropped<'a>(&'a Event);

impl Drop for SetsWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.set();
        self.0.clear();
        self.0.set();
    }
}

pub fn waiting_is_sleeping() {
    for (way, wait) in WAYS {
        within(PATIENCE, "a waiting thread is released", move || {
            let event = Arc::new(Event::new());
            let waiting = Arc::clone(&event);
            sleeps_while_blocked(
                &format!("a thread in `{way}`"),
                Duration::from_millis(60),
                move || wait(&waiting),
                || event.set(),
            );
        });
    }
}

pub fn debug_never_waits() {
    within(PATIENCE, "`{:?}` of an event answers at once", || {
        let event = Arc::new(Event::new());
        let clear = format!("{event:?}");
        let waiting = spawn(&event, Event::wait);
        wait_until_asleep(&waiting);
        let waited_for = format!("{event:?}");
        event.set();
        join(waiting);
        let set = format!("{event:?}");
        assert!(
            ![&clear, &waited_for, &set]
                .iter()
                .any(|text| text.is_empty()),
            "`{{:?}}` of an event says nothing"
        );
    });
}

pub fn an_event_can_be_shared() {
    drop(Event::new());
    let wanted = [
        ("Send", implements!(Event: Send)),
        ("Sync", implements!(Event: Sync)),
        ("Debug", implements!(Event: Debug)),
        ("Default", implements!(Event: Default)),
    ];
    for (property, holds) in wanted {
        assert!(holds, "`Event` is not `{property}`");
    }
}

/// Starts a thread that uses the event.
fn spawn<R: Send + 'static>(
    event: &Arc<Event>,
    body: impl FnOnce(&Event) -> R + Send + 'static,
) -> JoinHandle<R> {
    let event = Arc::clone(event);
    thread::spawn(move || body(&event))
}

fn join<R>(thread: JoinHandle<R>) -> R {
    thread.join().unwrap()
}

/// Checks whether an event is set, in both ways that do not wait.
fn says(event: &Event, set: bool, which: &str) {
    let is_set = event.is_set();
    assert!(is_set == set, "`is_set` of {which} says {is_set}");
    let is_set = event.wait_timeout(Duration::ZERO);
    assert!(
        is_set == set,
        "`wait_timeout` of zero of {which} says {is_set}"
    );
}
