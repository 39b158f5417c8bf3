//! Every interleaving: two or three threads, one or two operations each.

use std::sync::Arc;
use std::time::Duration;

use condition::{BoundedBuffer, Condition};
use kata_model::interleavings::sync::{MutexGuard, mpsc};
use kata_model::interleavings::thread::{self, JoinHandle};
use kata_model::interleavings::time::Instant;
use kata_model::interleavings::{Explore, Tracked, advance, catch_panic, explore};

/// Not a whole number of milliseconds, lest rounding go unnoticed.
const TIMEOUT: Duration = Duration::from_micros(100_700);

/// What the conditions of these tests protect.
#[derive(Debug, Default)]
struct Counts {
    /// Waiters that notifications were sent for. Counted before they are sent.
    notified: usize,
    /// Waiters that have come back.
    back: usize,
}

type Wait = for<'a> fn(&'a Condition<Counts>, MutexGuard<'a, Counts>) -> MutexGuard<'a, Counts>;

/// The ways to wait for a notification.
const WAYS: [Wait; 2] = [
    |condition, guard| condition.wait(guard),
    |condition, guard| {
        let (guard, notified) = condition.wait_timeout(guard, Duration::MAX);
        assert!(notified, "`wait_timeout(Duration::MAX)` gave up");
        guard
    },
];

/// A wait that would end by itself, for tests in which time stands still while anybody can run.
const IN_A_HURRY: Wait = |condition, guard| {
    let (guard, notified) = condition.wait_timeout(guard, TIMEOUT);
    assert!(
        notified,
        "`wait_timeout({TIMEOUT:?})` gave up; a notification for it came at once"
    );
    guard
};

/// The ways to notify two threads, if there are as many.
const NOTIFY_TWO: [fn(&Condition<Counts>); 2] = [
    |condition| condition.notify(2),
    |condition| condition.notify_all(),
];

/// Some threads that wait. Each says so while it has the lock: whoever then gets the lock
/// knows that they are waiting.
struct Waiters {
    condition: Arc<Condition<Counts>>,
    ready: (mpsc::Sender<()>, mpsc::Receiver<()>),
    threads: Vec<JoinHandle<()>>,
}

impl Waiters {
    fn new() -> Waiters {
        Waiters {
            condition: Arc::new(Condition::new(Counts::default())),
            ready: mpsc::channel(),
            threads: Vec::new(),
        }
    }

    /// Starts a thread that waits.
    fn start(&mut self, wait: Wait) {
        let ready = self.ready.0.clone();
        self.threads.push(spawn(&self.condition, move |condition| {
            let guard = condition.acquire();
            ready.send(()).unwrap();
            let mut counts = wait(condition, guard);
            counts.back += 1;
            assert!(
                counts.back <= counts.notified,
                "{} waiting threads came back, and {} were notified",
                counts.back,
                counts.notified
            );
        }));
    }

    /// Waits until all that have been started wait, and a moment longer: the lock was free.
    fn settle(&self) -> MutexGuard<'_, Counts> {
        for _ in &self.threads {
            self.ready.1.recv().unwrap();
        }
        self.condition.acquire()
    }

    fn all_come_back(self) {
        self.threads.into_iter().for_each(join);
    }
}

pub fn no_notification_is_lost() {
    for wait in WAYS {
        explore(move || {
            let mut waiters = Waiters::new();
            waiters.start(wait);
            let mut counts = waiters.settle();
            counts.notified = 1;
            drop(counts);
            waiters.condition.notify(1);
            waiters.all_come_back();
        });
    }
}

pub fn a_notifier_may_have_the_lock() {
    explore(|| {
        let condition = Arc::new(Condition::new(false));
        let waiting = spawn(&condition, |condition| {
            let guard = condition.wait_for(condition.acquire(), |done| *done);
            assert!(*guard, "`wait_for` returned, and its predicate was false");
        });
        let mut done = condition.acquire();
        *done = true;
        condition.notify(1);
        drop(done);
        join(waiting);
    });
}

pub fn a_wait_returns_for_a_reason() {
    for wait in WAYS {
        explore(move || {
            let mut waiters = Waiters::new();
            waiters.start(wait);
            drop(waiters.settle());
            // Meant for something else.
            waiters.threads[0].thread().unpark();
            waiters.condition.acquire().notified = 1;
            waiters.condition.notify(1);
            waiters.all_come_back();
        });
    }
}

pub fn notify_wakes_exactly_as_many() {
    explore(|| notified_one_by_one([WAYS[0], WAYS[0]]));
}

pub fn notify_counts_all_kinds() {
    Explore::new()
        .no_timeouts()
        .preemptions(1)
        .run(|| notified_one_by_one([WAYS[0], IN_A_HURRY]));
}

/// Two threads wait, and each notification is for one of them.
fn notified_one_by_one(ways: [Wait; 2]) {
    let mut waiters = Waiters::new();
    ways.map(|wait| waiters.start(wait));
    let mut counts = waiters.settle();
    for notified in 1..=2 {
        counts.notified = notified;
        drop(counts);
        waiters.condition.notify(1);
        counts = waiters.condition.acquire();
    }
    drop(counts);
    waiters.all_come_back();
}

pub fn notify_many_wakes_many() {
    explore(|| notified_at_once([WAYS[0], WAYS[0]], NOTIFY_TWO[0]));
}

pub fn notify_all_wakes_all() {
    explore(|| notified_at_once([WAYS[0], WAYS[0]], NOTIFY_TWO[1]));
}

pub fn notify_all_wakes_all_kinds() {
    for notify in NOTIFY_TWO {
        Explore::new()
            .no_timeouts()
            .preemptions(1)
            .run(move || notified_at_once([WAYS[0], IN_A_HURRY], notify));
    }
}

/// Two threads wait, and one notification is for both.
fn notified_at_once(ways: [Wait; 2], notify: fn(&Condition<Counts>)) {
    let mut waiters = Waiters::new();
    ways.map(|wait| waiters.start(wait));
    waiters.settle().notified = 2;
    notify(&waiters.condition);
    waiters.all_come_back();
}

pub fn a_notification_wakes_nobody_twice() {
    for notify in NOTIFY_TWO {
        explore(move || {
            let condition = Arc::new(Condition::new(Counts::default()));
            let (ready, is_ready) = mpsc::channel();
            // Comes round again, perhaps while the notifier is still at work.
            let going_round = spawn(&condition, move |condition| {
                let guard = condition.acquire();
                ready.send(()).unwrap();
                let mut counts = condition.wait(guard);
                counts.back += 1;
                counts = condition.wait(counts);
                counts.back += 1;
            });
            is_ready.recv().unwrap();
            drop(condition.acquire());
            notify(&condition);
            going_round.wait_until_blocked();
            let back = condition.acquire().back;
            assert!(
                back == 1,
                "one thread waited, was notified once, and waited again; it has come back {back} times"
            );
            condition.notify(1);
            join(going_round);
        });
    }
}

pub fn a_notification_alone_publishes() {
    let ways: [fn(&Condition<()>, MutexGuard<'_, ()>) -> bool; 2] = [
        |condition, guard| {
            drop(condition.wait(guard));
            true
        },
        |condition, guard| condition.wait_timeout(guard, TIMEOUT).1,
    ];
    for wait in ways {
        explore(move || {
            let condition = Arc::new(Condition::new(()));
            let letter = Arc::new(Tracked::new(0));
            let (ready, is_ready) = mpsc::channel();
            let written = Arc::clone(&letter);
            let waiting = spawn(&condition, move |condition| {
                let guard = condition.acquire();
                ready.send(()).unwrap();
                let notified = wait(condition, guard);
                assert!(
                    !notified || written.get() == 7,
                    "what was written before the notification is not there after the wait that it ended"
                );
            });
            is_ready.recv().unwrap();
            drop(condition.acquire());
            // Written and notified without the lock.
            letter.set(7);
            condition.notify(1);
            join(waiting);
        });
    }
}

pub fn notify_zero_wakes_nobody() {
    explore(|| {
        let mut waiters = Waiters::new();
        waiters.start(WAYS[0]);
        drop(waiters.settle());
        waiters.condition.notify(0);
        waiters.condition.acquire().notified = 1;
        waiters.condition.notify(1);
        waiters.all_come_back();
    });
}

pub fn a_surplus_is_forgotten() {
    explore(|| {
        let mut waiters = Waiters::new();
        waiters.condition.notify(2);
        waiters.condition.notify_all();
        waiters.start(WAYS[0]);
        waiters.settle().notified = 1;
        waiters.condition.notify(1);
        waiters.all_come_back();
    });
}

pub fn a_latecomer_steals_no_notification() {
    Explore::new().preemptions(2).run(|| {
        let mut waiters = Waiters::new();
        waiters.start(WAYS[0]);
        waiters.start(WAYS[0]);
        waiters.settle().notified = 2;
        waiters.condition.notify_all();
        let early = std::mem::take(&mut waiters.threads);
        // Comes only now. If it came back, one of the others would be left to sleep.
        let latecomer = spawn(&waiters.condition, |condition| {
            drop(condition.wait(condition.acquire()));
        });
        early.into_iter().for_each(join);
        while !latecomer.is_finished() {
            latecomer.wait_until_blocked();
            waiters.condition.notify(1);
        }
        join(latecomer);
    });
}

pub fn no_notification_is_lost_in_a_timed_wait() {
    explore(|| {
        let condition = Arc::new(Condition::new(None));
        let (ready, is_ready) = mpsc::channel();
        let waiting = spawn(&condition, move |condition| {
            let mut guard = condition.acquire();
            let deadline = Instant::now() + TIMEOUT;
            *guard = Some(deadline);
            ready.send(()).unwrap();
            condition.wait_timeout(guard, TIMEOUT).1
        });
        is_ready.recv().unwrap();
        let deadline = condition.acquire().unwrap();
        condition.notify(1);
        let in_time = Instant::now() < deadline;
        let notified = join(waiting);
        assert!(
            notified || !in_time,
            "a thread was in `wait_timeout`, it was notified before its time was over, and it says that it was not"
        );
    });
}

pub fn a_timed_wait_lasts_its_time() {
    explore(|| {
        let condition = Condition::new(());
        let start = Instant::now();
        let (guard, notified) = condition.wait_timeout(condition.acquire(), TIMEOUT);
        let waited = start.elapsed();
        assert!(
            !notified,
            "`wait_timeout` says that it was notified, and nobody has notified"
        );
        assert!(
            waited >= TIMEOUT,
            "`wait_timeout({TIMEOUT:?})` gave up after {waited:?}"
        );
        assert!(
            waited < TIMEOUT * 3 / 2,
            "`wait_timeout({TIMEOUT:?})` gave up only after {waited:?}"
        );
        assert!(
            condition.lock_handle().try_lock().is_err(),
            "`wait_timeout` gave up and returned without the lock"
        );
        drop(guard);
    });
}

pub fn a_timed_wait_answers_the_truth() {
    explore(|| {
        let condition = Arc::new(Condition::new(false));
        let waiting = spawn(&condition, |condition| {
            let start = Instant::now();
            let (guard, notified) = condition.wait_timeout(condition.acquire(), TIMEOUT);
            let waited = start.elapsed();
            assert!(
                *guard || !notified,
                "`wait_timeout` says that it was notified, and nobody has notified"
            );
            assert!(
                notified || waited >= TIMEOUT,
                "`wait_timeout({TIMEOUT:?})` gave up after {waited:?}"
            );
        });
        *condition.acquire() = true;
        condition.notify(1);
        join(waiting);
    });
}

pub fn giving_up_swallows_no_notification() {
    explore(|| {
        let condition = Arc::new(Condition::new(()));
        let (ready, is_ready) = mpsc::channel();
        let also_ready = ready.clone();
        let in_a_hurry = spawn(&condition, move |condition| {
            let guard = condition.acquire();
            ready.send(()).unwrap();
            condition.wait_timeout(guard, TIMEOUT).1
        });
        let patient = spawn(&condition, move |condition| {
            let guard = condition.acquire();
            also_ready.send(()).unwrap();
            drop(condition.wait(guard));
        });
        is_ready.recv().unwrap();
        is_ready.recv().unwrap();
        drop(condition.acquire());
        condition.notify(1);
        if join(in_a_hurry) {
            condition.notify(1);
        }
        join(patient);
    });
}

pub fn woken_in_vain_it_keeps_its_deadline() {
    Explore::new().no_timeouts().run(|| {
        let condition = Arc::new(Condition::new(()));
        let waiting = spawn(&condition, |condition| {
            let start = Instant::now();
            drop(condition.wait_timeout(condition.acquire(), TIMEOUT));
            start.elapsed()
        });
        waiting.wait_until_blocked();
        advance(TIMEOUT * 3 / 4);
        waiting.thread().unpark();
        let waited = join(waiting);
        assert!(
            (TIMEOUT..TIMEOUT * 3 / 2).contains(&waited),
            "`wait_timeout({TIMEOUT:?})` was unparked, but not notified, and took {waited:?}"
        );
    });
}

pub fn notified_in_vain_it_keeps_its_deadline() {
    Explore::new().no_timeouts().run(|| {
        let condition = Arc::new(Condition::new(()));
        let waiting = spawn(&condition, |condition| {
            let start = Instant::now();
            let guard = condition.acquire();
            let (_guard, answer) = condition.wait_for_timeout(guard, |()| false, TIMEOUT);
            (answer, start.elapsed())
        });
        waiting.wait_until_blocked();
        advance(TIMEOUT * 3 / 4);
        condition.notify(1);
        let (answer, waited) = join(waiting);
        assert!(
            !answer,
            "`wait_for_timeout` says that its predicate is true, and it never was"
        );
        assert!(
            (TIMEOUT..TIMEOUT * 3 / 2).contains(&waited),
            "`wait_for_timeout({TIMEOUT:?})` was notified once, in vain, and took {waited:?}"
        );
    });
}

pub fn notified_again_and_again_it_asks_on() {
    let ways: [fn(&Condition<bool>) -> bool; 2] = [
        |condition| *condition.wait_for(condition.acquire(), |done| *done),
        |condition| {
            let guard = condition.acquire();
            let (done, answer) = condition.wait_for_timeout(guard, |done| *done, TIMEOUT);
            *done && answer
        },
    ];
    for wait in ways {
        Explore::new().no_timeouts().run(move || {
            let condition = Arc::new(Condition::new(false));
            let waiting = spawn(&condition, wait);
            for _ in 0..5 {
                waiting.wait_until_blocked();
                condition.notify(1);
            }
            waiting.wait_until_blocked();
            *condition.acquire() = true;
            condition.notify(1);
            assert!(
                join(waiting),
                "a thread was notified five times in vain, and came back although its predicate was false"
            );
        });
    }
}

pub fn the_predicate_has_the_last_word() {
    explore(|| {
        let condition = Arc::new(Condition::new(false));
        let waiting = spawn(&condition, |condition| {
            let start = Instant::now();
            let guard = condition.acquire();
            let (truth, answer) = condition.wait_for_timeout(guard, |done| *done, TIMEOUT);
            let (truth, waited) = (*truth, start.elapsed());
            assert!(
                answer == truth,
                "the predicate of `wait_for_timeout` was {truth} in the end, and the answer was {answer}"
            );
            assert!(
                answer || waited >= TIMEOUT,
                "`wait_for_timeout({TIMEOUT:?})` gave up after {waited:?}"
            );
        });
        *condition.acquire() = true;
        join(waiting);
    });
}

pub fn a_panic_breaks_nothing() {
    explore(|| {
        let mut waiters = Waiters::new();
        waiters.start(WAYS[0]);
        waiters.settle().notified = 1;
        let panicking = spawn(&waiters.condition, |condition| {
            let result: Result<(), String> = catch_panic(|| {
                let _guard = condition.acquire();
                panic!("on purpose");
            });
            drop(result);
        });
        waiters.condition.notify(1);
        waiters.all_come_back();
        join(panicking);
    });
}

pub fn waiting_is_sleeping() {
    for wait in WAYS {
        explore(move || {
            let mut waiters = Waiters::new();
            waiters.start(wait);
            waiters.threads[0].wait_until_blocked();
            waiters.settle().notified = 1;
            waiters.condition.notify(1);
            waiters.all_come_back();
        });
    }
}

pub fn a_taker_gets_what_is_put() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        let taking = spawn(&buffer, |buffer| buffer.take());
        buffer.put(7);
        assert!(join(taking) == 7, "something else was taken than was put");
    });
}

pub fn a_putter_gets_the_room_that_is_made() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        buffer.put(1);
        let putting = spawn(&buffer, |buffer| buffer.put(2));
        let taken = [buffer.take(), buffer.take()];
        assert!(
            taken == [1, 2],
            "1 was put first and 2 second, and they came out as {taken:?}"
        );
        join(putting);
    });
}

pub fn a_waiting_taker_gets_the_oldest_item() {
    Explore::new().preemptions(1).run(|| {
        let buffer = Arc::new(BoundedBuffer::new(2));
        let taking = spawn(&buffer, |buffer| {
            [buffer.take(), buffer.take(), buffer.take()]
        });
        for item in 1..=3 {
            buffer.put(item);
        }
        let taken = join(taking);
        assert!(
            taken == [1, 2, 3],
            "1, 2 and 3 were put in this order, and they came out as {taken:?}"
        );
    });
}

pub fn two_takers_get_two_items() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(2));
        let taking = [(); 2].map(|()| spawn(&buffer, |buffer| buffer.take()));
        buffer.put(1);
        buffer.put(2);
        let mut taken = taking.map(join);
        taken.sort_unstable();
        assert!(
            taken == [1, 2],
            "1 and 2 were put, and two threads took {taken:?}"
        );
    });
}

pub fn a_timed_put_wakes_a_taker() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        let taking = spawn(&buffer, |buffer| buffer.take());
        let put = buffer.put_timeout(7, TIMEOUT);
        assert!(
            put == Ok(()),
            "a buffer had room, and `put_timeout` answered {put:?}"
        );
        assert!(join(taking) == 7, "something else was taken than was put");
    });
}

pub fn a_timed_take_makes_room() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        buffer.put(1);
        let putting = spawn(&buffer, |buffer| buffer.put(2));
        let taken = buffer.take_timeout(TIMEOUT);
        assert!(
            taken == Some(1),
            "1 was put, and `take_timeout` answered {taken:?}"
        );
        join(putting);
    });
}

pub fn two_putters_get_room_for_two() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(2));
        buffer.put(0);
        buffer.put(0);
        let putting = [1, 2].map(|item| spawn(&buffer, move |buffer| buffer.put(item)));
        let taken = [buffer.take(), buffer.take()];
        putting.into_iter().for_each(join);
        let mut rest = [buffer.take(), buffer.take()];
        rest.sort_unstable();
        assert!(
            (taken, rest) == ([0, 0], [1, 2]),
            "two zeros were put, then 1 and 2; {taken:?} were taken, then {rest:?}"
        );
    });
}

pub fn putters_and_takers_wait_for_different_things() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        let taking = [(); 2].map(|()| spawn(&buffer, |buffer| buffer.take()));
        buffer.put(1);
        buffer.put(2);
        let taken: i32 = taking.map(join).iter().sum();
        assert!(taken == 3, "1 and 2 were put, and other items were taken");
    });
}

pub fn a_stolen_item_is_waited_for_again() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        let taking = spawn(&buffer, |buffer| buffer.take());
        buffer.put(1);
        if buffer.take_timeout(Duration::ZERO).is_some() {
            buffer.put(2);
        }
        join(taking);
        assert!(
            buffer.len() == 0,
            "all items were taken, and the buffer has some"
        );
    });
}

pub fn stolen_room_is_waited_for_again() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        buffer.put(1);
        let putting = spawn(&buffer, |buffer| buffer.put(2));
        assert!(
            buffer.take() == 1,
            "the item that was put first did not come first"
        );
        let stole = buffer.put_timeout(3, Duration::ZERO);
        assert!(
            stole.is_ok() || stole == Err(3),
            "`put_timeout` gave up, and gave another item back"
        );
        assert!(
            buffer.len() <= 1,
            "a buffer of capacity 1 has {} items",
            buffer.len()
        );
        let mut taken = vec![buffer.take()];
        if stole.is_ok() {
            taken.push(buffer.take());
        }
        join(putting);
        taken.sort_unstable();
        let put = if stole.is_ok() { vec![2, 3] } else { vec![2] };
        assert!(taken == put, "{put:?} were put, and {taken:?} were taken");
    });
}

pub fn a_timed_take_robbed_waits_on() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        let taking = spawn(&buffer, |buffer| {
            let start = Instant::now();
            (buffer.take_timeout(TIMEOUT), start.elapsed())
        });
        buffer.put(1);
        let robbed = buffer.take_timeout(Duration::ZERO);
        let (taken, waited) = join(taking);
        assert!(
            taken.or(robbed) == Some(1) && taken.and(robbed).is_none(),
            "1 was put, one thread took {taken:?} and another {robbed:?}"
        );
        assert!(
            taken.is_some() || waited >= TIMEOUT,
            "`take_timeout({TIMEOUT:?})` gave up after {waited:?}"
        );
    });
}

pub fn a_timed_put_robbed_waits_on() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        buffer.put(1);
        let putting = spawn(&buffer, |buffer| {
            let start = Instant::now();
            (buffer.put_timeout(2, TIMEOUT).is_ok(), start.elapsed())
        });
        buffer.take();
        let robbed = buffer.put_timeout(3, Duration::ZERO).is_ok();
        let (put, waited) = join(putting);
        assert!(
            put != robbed,
            "there was room for one, and {} threads put an item",
            if put { "two" } else { "no" }
        );
        assert!(
            put || waited >= TIMEOUT,
            "`put_timeout(…, {TIMEOUT:?})` gave up after {waited:?}"
        );
    });
}

pub fn a_buffer_keeps_its_deadlines() {
    Explore::new().no_timeouts().run(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        let taking = spawn(&buffer, |buffer| {
            let start = Instant::now();
            let _taken = buffer.take_timeout(TIMEOUT);
            start.elapsed()
        });
        taking.wait_until_blocked();
        advance(TIMEOUT * 3 / 4);
        buffer.put(1);
        let _robbed = buffer.take_timeout(Duration::ZERO);
        let waited = join(taking);
        assert!(
            waited < TIMEOUT * 3 / 2,
            "`take_timeout({TIMEOUT:?})` was woken, another thread was quicker, and it took {waited:?} in all"
        );
    });
    Explore::new().no_timeouts().run(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        buffer.put(1);
        let putting = spawn(&buffer, |buffer| {
            let start = Instant::now();
            let _put = buffer.put_timeout(2, TIMEOUT);
            start.elapsed()
        });
        putting.wait_until_blocked();
        advance(TIMEOUT * 3 / 4);
        buffer.take();
        let _robbed = buffer.put_timeout(3, Duration::ZERO);
        let waited = join(putting);
        assert!(
            waited < TIMEOUT * 3 / 2,
            "`put_timeout(…, {TIMEOUT:?})` was woken, another thread was quicker, and it took {waited:?} in all"
        );
    });
}

pub fn one_putter_does_not_hold_up_another() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        buffer.put(1);
        let patient = spawn(&buffer, |buffer| buffer.put(2));
        patient.wait_until_blocked();
        let start = Instant::now();
        let answers = [
            buffer.put_timeout(3, TIMEOUT),
            buffer.put_timeout(4, Duration::ZERO),
        ];
        let waited = start.elapsed();
        let len = buffer.len();
        let _ = format!("{buffer:?}");
        assert!(
            answers == [Err(3), Err(4)] && len == 1,
            "the buffer was full and a thread waited for room; two timed puts answered {answers:?}, and `len` said {len}"
        );
        assert!(
            waited < TIMEOUT * 3 / 2,
            "another thread waited for room as well, and `put_timeout(…, {TIMEOUT:?})` took {waited:?}"
        );
        buffer.take();
        join(patient);
    });
}

pub fn one_taker_does_not_hold_up_another() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        let patient = spawn(&buffer, |buffer| buffer.take());
        patient.wait_until_blocked();
        let start = Instant::now();
        let taken = [
            buffer.take_timeout(TIMEOUT),
            buffer.take_timeout(Duration::ZERO),
        ];
        let waited = start.elapsed();
        let len = buffer.len();
        let _ = format!("{buffer:?}");
        assert!(
            taken == [None, None] && len == 0,
            "the buffer was empty and a thread waited for an item; two timed takes gave {taken:?}, and `len` said {len}"
        );
        assert!(
            waited < TIMEOUT * 3 / 2,
            "another thread waited for an item as well, and `take_timeout({TIMEOUT:?})` took {waited:?}"
        );
        buffer.put(7);
        assert!(join(patient) == 7, "something else was taken than was put");
    });
}

pub fn a_taker_who_gives_up_takes_nothing_along() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        let in_a_hurry = spawn(&buffer, |buffer| {
            if let Some(item) = buffer.take_timeout(TIMEOUT) {
                buffer.put(item);
            }
        });
        let patient = spawn(&buffer, |buffer| buffer.take());
        buffer.put(7);
        assert!(join(patient) == 7, "something else was taken than was put");
        join(in_a_hurry);
        assert!(
            buffer.len() == 0,
            "all items were taken, and the buffer has some"
        );
    });
}

pub fn a_putter_who_gives_up_takes_no_room_along() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        buffer.put(1);
        let in_a_hurry = spawn(&buffer, |buffer| {
            if buffer.put_timeout(2, TIMEOUT).is_ok() {
                buffer.take();
            }
        });
        let patient = spawn(&buffer, |buffer| buffer.put(3));
        assert!(
            buffer.take() == 1,
            "the item that was put first did not come first"
        );
        join(in_a_hurry);
        join(patient);
        let left = buffer.len();
        assert!(
            left == 1,
            "there should be one item left in the buffer, and there are {left}"
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
