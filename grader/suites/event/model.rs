//! Every interleaving: one setter and one to three waiters, few operations each.

use std::sync::Arc;
use std::time::Duration;

use event::Event;
use kata_model::interleavings::sync::mpsc;
use kata_model::interleavings::thread::{self, JoinHandle};
use kata_model::interleavings::time::Instant;
use kata_model::interleavings::{Explore, Tracked, advance, catch_panic, explore};

/// Not a whole number of milliseconds, lest rounding go unnoticed.
const TIMEOUT: Duration = Duration::from_micros(100_700);

/// The ways to wait until the event is set.
const WAYS: [fn(&Event); 2] = [
    |event| event.wait(),
    |event| {
        assert!(
            event.wait_timeout(Duration::MAX),
            "`wait_timeout(Duration::MAX)` said that the event was not set; it waits until it is"
        );
    },
];

pub fn no_set_is_missed() {
    for wait in WAYS {
        explore(move || {
            let event = Arc::new(Event::new());
            let waiting = spawn(&event, wait);
            event.set();
            join(waiting);
        });
    }
}

pub fn a_set_releases_two() {
    explore(|| set_releases(2));
}

pub fn a_set_releases_three() {
    Explore::new().sample(1000).run(|| set_releases(3));
}

/// One `set`, while so many threads wait or are about to.
fn set_releases(count: usize) {
    let event = Arc::new(Event::new());
    let waiting: Vec<_> = (0..count)
        .map(|index| spawn(&event, WAYS[index % WAYS.len()]))
        .collect();
    event.set();
    waiting.into_iter().for_each(join);
    assert!(
        event.is_set(),
        "an event was set and waited for, and is not set any more"
    );
}

pub fn a_set_releases_all_kinds() {
    Explore::new().no_timeouts().run(|| {
        let event = Arc::new(Event::new());
        let patient = spawn(&event, Event::wait);
        let in_a_hurry = spawn(&event, timed);
        patient.wait_until_blocked();
        in_a_hurry.wait_until_blocked();
        event.set();
        event.clear();
        let (was_set, waited) = join(in_a_hurry);
        assert!(
            was_set && waited < TIMEOUT,
            "one thread was in `wait` and one in `wait_timeout({TIMEOUT:?})` when the event was set and cleared; the second one came back after {waited:?} and said {was_set}"
        );
        join(patient);
    });
}

pub fn nobody_passes_before_the_set() {
    for wait in WAYS {
        explore(move || {
            let event = Arc::new(Event::new());
            let (passed, who_passed) = mpsc::channel();
            let waiting = spawn(&event, move |event| {
                wait(event);
                passed.send(()).unwrap();
            });
            assert!(
                who_passed.try_recv().is_err(),
                "a thread returned from its wait before the event was set"
            );
            event.set();
            join(waiting);
        });
    }
}

pub fn what_was_written_before_a_set_is_read_after_the_wait() {
    for wait in WAYS {
        explore(move || {
            let shared = Arc::new((Event::new(), Tracked::new(0)));
            let there = Arc::clone(&shared);
            let waiting = thread::spawn(move || {
                let (event, written) = &*there;
                wait(event);
                assert!(
                    written.get() == 1,
                    "what was written before `set` is not there after the wait"
                );
            });
            let (event, written) = &*shared;
            written.set(1);
            event.set();
            join(waiting);
        });
    }
}

pub fn what_was_written_before_a_set_is_there_at_the_deadline() {
    explore(|| {
        let shared = Arc::new((Event::new(), Tracked::new(0)));
        let there = Arc::clone(&shared);
        let waiting = thread::spawn(move || {
            let (event, written) = &*there;
            if event.wait_timeout(TIMEOUT) {
                assert!(
                    written.get() == 1,
                    "what was written before `set` is not there for whom `wait_timeout` told that it was set"
                );
            }
        });
        let (event, written) = &*shared;
        written.set(1);
        event.set();
        join(waiting);
    });
}

pub fn a_pulse_releases_one() {
    explore(|| pulse_releases(1));
}

pub fn a_pulse_releases_two() {
    explore(|| pulse_releases(2));
}

pub fn a_pulse_releases_three() {
    Explore::new().sample(1000).run(|| pulse_releases(3));
}

/// So many threads wait when the event is set and cleared at once.
fn pulse_releases(count: usize) {
    let event = Arc::new(Event::new());
    let waiting: Vec<_> = (0..count)
        .map(|index| spawn(&event, WAYS[index % WAYS.len()]))
        .collect();
    waiting.iter().for_each(JoinHandle::wait_until_blocked);
    event.set();
    event.clear();
    waiting.into_iter().for_each(join);
    assert!(
        !event.is_set(),
        "an event was set and then cleared, and it is set"
    );
}

pub fn a_pulse_counts_as_set() {
    Explore::new().no_timeouts().run(|| {
        let event = Arc::new(Event::new());
        let waiting = spawn(&event, timed);
        waiting.wait_until_blocked();
        event.set();
        event.clear();
        let (was_set, _) = join(waiting);
        assert!(
            was_set,
            "the event was set and cleared while a thread waited, and `wait_timeout` said that it had not been set"
        );
    });
}

pub fn a_pulse_lets_through_one_wait_only() {
    for wait in WAYS {
        explore(move || {
            let event = Arc::new(Event::new());
            let (passed, how_often) = mpsc::channel();
            let (go_on, may_go_on) = mpsc::channel();
            let waiting = spawn(&event, move |event| {
                wait(event);
                passed.send(()).unwrap();
                may_go_on.recv().unwrap();
                wait(event);
                passed.send(()).unwrap();
            });
            waiting.wait_until_blocked();
            event.set();
            event.clear();
            how_often.recv().unwrap();
            go_on.send(()).unwrap();
            waiting.wait_until_blocked();
            assert!(
                how_often.try_recv().is_err(),
                "the event was set and cleared once, and a thread that it released did not wait the next time"
            );
            event.set();
            join(waiting);
        });
    }
}

pub fn a_set_lets_nobody_through_twice() {
    for wait in WAYS {
        explore(move || {
            let event = Arc::new(Event::new());
            let (passed, who_passed) = mpsc::channel();
            // Comes round again, perhaps while the `set` that let it go is still at work.
            let going_round = spawn(&event, move |event| {
                wait(event);
                event.clear();
                wait(event);
                passed.send(()).unwrap();
            });
            event.set();
            going_round.wait_until_blocked();
            assert!(
                who_passed.try_recv().is_err(),
                "the event was set once; a thread waited, cleared it, waited again, and passed both times"
            );
            event.set();
            join(going_round);
        });
    }
}

pub fn many_pulses_in_a_row_release_who_waits() {
    for pulses in 2..=4 {
        explore(move || {
            let event = Arc::new(Event::new());
            let waiting = spawn(&event, Event::wait);
            waiting.wait_until_blocked();
            for _ in 0..pulses {
                event.set();
                event.clear();
            }
            join(waiting);
        });
    }
}

pub fn a_newcomer_takes_nobodys_place() {
    explore(|| {
        let event = Arc::new(Event::new());
        let early = spawn(&event, Event::wait);
        early.wait_until_blocked();
        event.set();
        event.clear();
        let (passed, who_passed) = mpsc::channel();
        let late = spawn(&event, move |event| {
            event.wait();
            passed.send(()).unwrap();
        });
        join(early);
        late.wait_until_blocked();
        assert!(
            who_passed.try_recv().is_err(),
            "the event was set and cleared, and then a thread came that did not wait for the next `set`"
        );
        event.set();
        join(late);
    });
}

pub fn a_wait_takes_nothing_away() {
    explore(|| {
        let event = Arc::new(Event::new());
        let twice = |event: &Event| {
            event.wait();
            assert!(
                event.wait_timeout(Duration::ZERO) && event.is_set(),
                "nobody clears the event, and after a wait it is clear"
            );
            event.wait();
        };
        let waiting = [spawn(&event, twice), spawn(&event, twice)];
        event.set();
        waiting.into_iter().for_each(join);
    });
}

pub fn a_clear_forgets_no_waiter() {
    for wait in WAYS {
        explore(move || {
            let event = Arc::new(Event::new());
            let waiting = spawn(&event, wait);
            event.clear();
            event.set();
            join(waiting);
            assert!(event.is_set(), "the event was set last, and it is clear");
        });
    }
}

pub fn set_again_after_a_pulse_releases_the_rest() {
    explore(|| {
        let event = Arc::new(Event::new());
        let waiting = WAYS.map(|wait| spawn(&event, wait));
        event.set();
        event.clear();
        event.set();
        waiting.into_iter().for_each(join);
    });
}

pub fn two_set_at_once() {
    explore(|| {
        let event = Arc::new(Event::new());
        let setting = spawn(&event, Event::set);
        let waiting = spawn(&event, Event::wait);
        event.set();
        join(waiting);
        join(setting);
        assert!(event.is_set(), "two threads set the event, and it is clear");
    });
}

pub fn set_and_clear_at_once_end_in_one_of_both() {
    explore(|| {
        let event = Arc::new(Event::new());
        let clearing = spawn(&event, Event::clear);
        event.set();
        join(clearing);
        let is_set = event.is_set();
        assert!(
            event.wait_timeout(Duration::ZERO) == is_set,
            "`is_set` says {is_set}, and `wait_timeout` of zero the opposite"
        );
        event.clear();
        let waiting = spawn(&event, Event::wait);
        event.set();
        join(waiting);
    });
}

pub fn a_look_never_waits() {
    explore(|| {
        let event = Arc::new(Event::new());
        let start = Instant::now();
        let looking = spawn(&event, |event| {
            (event.wait_timeout(Duration::ZERO), event.is_set())
        });
        let looked = join(looking);
        assert!(
            looked == (false, false),
            "the event is clear, and a look at it says that it is set"
        );
        assert!(
            start.elapsed() < Duration::from_millis(1),
            "a look at the event took {:?}; it should not wait at all",
            start.elapsed()
        );
        event.set();
        assert!(
            join(spawn(&event, |event| event.wait_timeout(Duration::ZERO))),
            "the event is set, and `wait_timeout` of zero says that it is not"
        );
    });
}

pub fn a_look_waits_for_nobody() {
    for wait in WAYS {
        explore(move || {
            let event = Arc::new(Event::new());
            let waiting = spawn(&event, wait);
            waiting.wait_until_blocked();
            let looked = (event.wait_timeout(Duration::ZERO), event.is_set());
            let _ = format!("{event:?}");
            assert!(
                looked == (false, false),
                "a thread waits for the event, and a look at it says that it is set"
            );
            event.set();
            join(waiting);
        });
    }
}

pub fn a_look_changes_nothing() {
    explore(|| {
        let event = Arc::new(Event::new());
        let waiting = spawn(&event, Event::wait);
        let looking = spawn(&event, |event| {
            let _ = (event.is_set(), event.wait_timeout(Duration::ZERO));
            let _ = format!("{event:?}");
        });
        event.set();
        join(waiting);
        join(looking);
    });
}

pub fn a_timed_wait_lasts_its_time() {
    explore(|| {
        let event = Event::new();
        let (was_set, waited) = timed(&event);
        assert!(
            !was_set,
            "`wait_timeout` says that the event was set; nobody has set it"
        );
        assert!(
            waited >= TIMEOUT,
            "`wait_timeout({TIMEOUT:?})` gave up after {waited:?}"
        );
        assert!(
            waited < TIMEOUT * 3 / 2,
            "`wait_timeout({TIMEOUT:?})` gave up only after {waited:?}"
        );
    });
}

pub fn woken_in_vain_it_lasts_its_time() {
    explore(|| {
        let event = Arc::new(Event::new());
        let waiting = spawn(&event, |event| {
            // Left over from something else that this thread has done.
            thread::current().unpark();
            timed(event)
        });
        event.clear();
        let (was_set, waited) = join(waiting);
        assert!(
            !was_set,
            "`wait_timeout` says that the event was set; it was only cleared"
        );
        assert!(
            waited >= TIMEOUT,
            "`wait_timeout({TIMEOUT:?})` was woken in vain and gave up after {waited:?}"
        );
    });
}

pub fn woken_in_vain_it_keeps_its_deadline() {
    Explore::new().no_timeouts().run(|| {
        let event = Arc::new(Event::new());
        let waiting = spawn(&event, timed);
        waiting.wait_until_blocked();
        advance(TIMEOUT * 3 / 4);
        waiting.thread().unpark();
        event.clear();
        let (_, waited) = join(waiting);
        assert!(
            waited < TIMEOUT * 3 / 2,
            "`wait_timeout({TIMEOUT:?})` was woken in vain, and it took {waited:?} in all"
        );
    });
}

pub fn a_timed_waiter_answers_the_truth() {
    explore(|| {
        let event = Arc::new(Event::new());
        let waiting = spawn(&event, timed);
        event.set();
        let (was_set, waited) = join(waiting);
        assert!(
            was_set || waited >= TIMEOUT,
            "`wait_timeout({TIMEOUT:?})` gave up after {waited:?}"
        );
    });
}

pub fn a_timed_wait_ends_with_the_set() {
    Explore::new().no_timeouts().run(|| {
        let event = Arc::new(Event::new());
        let waiting = spawn(&event, timed);
        event.set();
        let (was_set, waited) = join(waiting);
        assert!(
            was_set,
            "the event was set in time, and `wait_timeout` said that it had not been set"
        );
        assert!(
            waited < TIMEOUT,
            "the event was set at once, and `wait_timeout({TIMEOUT:?})` took {waited:?}"
        );
    });
}

pub fn one_waiter_does_not_hold_up_another() {
    explore(|| {
        let event = Arc::new(Event::new());
        let patient = spawn(&event, Event::wait);
        patient.wait_until_blocked();
        let (was_set, waited) = timed(&event);
        assert!(
            !was_set && !event.is_set(),
            "a thread waits for the event, and it is said to be set; nobody has set it"
        );
        assert!(
            waited < TIMEOUT * 3 / 2,
            "another thread waited as well, and `wait_timeout({TIMEOUT:?})` took {waited:?}"
        );
        event.set();
        join(patient);
    });
}

pub fn giving_up_swallows_no_wakeup() {
    explore(|| {
        let event = Arc::new(Event::new());
        let in_a_hurry = spawn(&event, timed);
        let patient = spawn(&event, Event::wait);
        event.set();
        join(patient);
        join(in_a_hurry);
    });
}

pub fn giving_up_in_a_pulse_swallows_no_wakeup() {
    explore(|| {
        let event = Arc::new(Event::new());
        let in_a_hurry = spawn(&event, timed);
        let patient = spawn(&event, Event::wait);
        in_a_hurry.wait_until_blocked();
        patient.wait_until_blocked();
        event.set();
        event.clear();
        join(patient);
        join(in_a_hurry);
    });
}

pub fn giving_up_leaves_no_trace() {
    explore(|| {
        let event = Arc::new(Event::new());
        let (was_set, _) = join(spawn(&event, timed));
        assert!(
            !was_set,
            "`wait_timeout` says that the event was set; nobody has set it"
        );
        event.set();
        event.clear();
        let (passed, who_passed) = mpsc::channel();
        let late = spawn(&event, move |event| {
            event.wait();
            passed.send(()).unwrap();
        });
        late.wait_until_blocked();
        assert!(
            who_passed.try_recv().is_err(),
            "a thread gave up, the event was set and cleared, and then another thread came that did not wait"
        );
        event.set();
        join(late);
    });
}

pub fn a_stray_unpark_releases_nobody() {
    explore(|| {
        let event = Arc::new(Event::new());
        let (passed, who_passed) = mpsc::channel();
        let waiting = spawn(&event, move |event| {
            // Left over from something else that this thread has done.
            thread::current().unpark();
            event.wait();
            passed.send(()).unwrap();
        });
        waiting.wait_until_blocked();
        waiting.thread().unpark();
        waiting.wait_until_blocked();
        assert!(
            who_passed.try_recv().is_err(),
            "a thread was unparked, and returned from its wait before the event was set"
        );
        event.set();
        join(waiting);
    });
}

pub fn a_panic_breaks_nothing() {
    explore(|| {
        let event = Arc::new(Event::new());
        let waiting = spawn(&event, Event::wait);
        let panicking = spawn(&event, |event| {
            let result: Result<(), String> = catch_panic(|| {
                let _sets = SetsWhenDropped(event);
                panic!("on purpose");
            });
            drop(result);
        });
        join(waiting);
        join(panicking);
        event.clear();
        assert!(!event.is_set(), "an event was cleared, and it is set");
    });
}

struct SetsWhenDropped<'a>(&'a Event);

impl Drop for SetsWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.set();
    }
}

pub fn waiting_is_sleeping() {
    let ways: [fn(&Event) -> bool; 3] = [
        |event| {
            event.wait();
            true
        },
        |event| event.wait_timeout(TIMEOUT),
        |event| event.wait_timeout(Duration::MAX),
    ];
    for wait in ways {
        explore(move || {
            let event = Arc::new(Event::new());
            let waiting = spawn(&event, wait);
            waiting.wait_until_blocked();
            event.set();
            join(waiting);
        });
    }
}

/// A timed wait: whether the event was set, and how long that took.
fn timed(event: &Event) -> (bool, Duration) {
    let start = Instant::now();
    (event.wait_timeout(TIMEOUT), start.elapsed())
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
