//! Every interleaving of a timer with one or two threads that want something of it.
//!
//! A thread of the timer that is left over at the end of a test does no harm: that a timer
//! is done is what `join` and `is_alive` say, and nothing says when its thread ends.

use std::sync::Arc;
use std::time::Duration;

use kata_model::interleavings::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kata_model::interleavings::sync::mpsc;
use kata_model::interleavings::thread::{self, JoinHandle};
use kata_model::interleavings::time::Instant;
use kata_model::interleavings::{Explore, Tracked, advance};
use timer::{AlreadyStarted, NotStarted, Timer};

/// Not a whole number of milliseconds, lest rounding go unnoticed.
const INTERVAL: Duration = Duration::from_micros(100_700);

/// Longer than anything else in a test.
const AN_HOUR: Duration = Duration::from_secs(3600);

fn explore(test: impl Fn() + 'static) {
    Explore::new().blocked_is_legal().run(test);
}

pub fn the_action_runs_once_at_its_time() {
    explore(|| {
        let (timer, runs) = counting(INTERVAL);
        advance(INTERVAL);
        let began = Instant::now();
        start(&timer);
        join(&timer);
        let waited = began.elapsed();
        ran(&runs, 1, "it was started and joined");
        assert!(
            waited >= INTERVAL,
            "the interval is {INTERVAL:?}, and the timer was done {waited:?} after its start"
        );
        assert!(
            waited < INTERVAL * 3 / 2,
            "the interval is {INTERVAL:?}, and the timer was done only {waited:?} after its start"
        );
        assert!(
            !timer.is_alive(),
            "the action has run, and `is_alive` says yes"
        );
    });
}

pub fn the_action_never_runs_early() {
    explore(|| {
        let (tell, told) = mpsc::channel();
        let timer = Timer::new(INTERVAL, move || tell.send(Instant::now()).unwrap());
        let began = Instant::now();
        start(&timer);
        let Ok(ran_at) = told.recv() else {
            panic!("the timer was started, and its action was thrown away");
        };
        let waited = ran_at - began;
        assert!(
            waited >= INTERVAL,
            "the interval is {INTERVAL:?}, and the action ran {waited:?} after the start"
        );
    });
}

pub fn what_was_written_is_read() {
    explore(|| {
        let written = Arc::new([Tracked::new(0), Tracked::new(0)]);
        let shared = Arc::clone(&written);
        let timer = Timer::new(INTERVAL, move || shared[1].set(shared[0].get() + 1));
        written[0].set(1);
        start(&timer);
        join(&timer);
        assert!(
            written[1].get() == 2,
            "`join` returned before the action had done its work"
        );
    });
}

pub fn all_who_join_go_on_when_the_action_has_returned() {
    explore(|| {
        let written = Arc::new(Tracked::new(false));
        let shared = Arc::clone(&written);
        let timer = Arc::new(Timer::new(Duration::ZERO, move || shared.set(true)));
        start(&timer);
        let other = use_in_thread(&timer, {
            let written = Arc::clone(&written);
            move |timer| {
                join(timer);
                written.get()
            }
        });
        join(&timer);
        assert!(
            written.get() && end(other),
            "`join` returned before the action had done its work"
        );
    });
}

pub fn either_it_runs_or_it_is_cancelled() {
    explore(|| {
        let (timer, runs) = counting(INTERVAL);
        start(&timer);
        let cancelled = timer.cancel();
        if cancelled {
            assert!(
                !timer.is_alive(),
                "`cancel` has returned `true`, and `is_alive` says yes"
            );
        }
        join(&timer);
        thread::sleep(INTERVAL * 2);
        if cancelled {
            ran(&runs, 0, "`cancel` has returned `true`");
        } else {
            ran(&runs, 1, "`cancel` has returned `false`");
        }
    });
}

pub fn a_cancel_at_the_very_moment() {
    explore(|| {
        let (timer, runs) = counting(Duration::ZERO);
        start(&timer);
        if timer.cancel() {
            thread::sleep(INTERVAL);
            ran(&runs, 0, "`cancel` has returned `true`");
        } else {
            join(&timer);
            ran(&runs, 1, "`cancel` has returned `false`");
        }
    });
}

pub fn only_one_cancel_is_the_one() {
    explore(|| {
        let (timer, runs) = counting(INTERVAL);
        start(&timer);
        let other = use_in_thread(&timer, Timer::cancel);
        let mine = timer.cancel();
        let other = end(other);
        join(&timer);
        thread::sleep(INTERVAL * 2);
        assert!(
            !(mine && other),
            "two threads called `cancel`, and both were told that it was them who prevented the action"
        );
        ran(
            &runs,
            u32::from(!mine && !other),
            &format!("two calls of `cancel` have returned `{mine}` and `{other}`"),
        );
    });
}

pub fn a_cancel_is_prompt() {
    // Only if nobody is disturbed does the clock tell how long this thread has waited.
    Explore::new().preemptions(0).no_timeouts().blocked_is_legal().run(|| {
        let (timer, runs) = counting(AN_HOUR);
        let began = Instant::now();
        start(&timer);
        assert!(
            timer.cancel(),
            "the timer was waiting, and `cancel` said that it prevented nothing"
        );
        join(&timer);
        let waited = began.elapsed();
        assert!(
            waited < AN_HOUR / 2,
            "the timer was cancelled long before its time, and it took {waited:?} until it was done"
        );
        ran(&runs, 0, "`cancel` has returned `true`");
    });
}

pub fn a_cancel_wakes_all_who_join() {
    explore(|| {
        let (timer, _) = counting(Duration::MAX);
        start(&timer);
        let joining = [(); 2].map(|()| use_in_thread(&timer, join));
        assert!(
            timer.cancel(),
            "the timer was waiting, and `cancel` said that it prevented nothing"
        );
        joining.into_iter().for_each(end);
    });
}

pub fn the_longest_interval_never_ends() {
    explore(|| {
        let (timer, runs) = counting(Duration::MAX);
        start(&timer);
        assert!(
            timer.is_alive(),
            "the timer waits for ever, and it is not alive"
        );
        assert!(
            timer.cancel(),
            "the timer was waiting for ever, and `cancel` said that it prevented nothing"
        );
        join(&timer);
        ran(&runs, 0, "it was cancelled");
    });
}

pub fn a_cancel_before_the_start_prevents_the_action() {
    explore(|| {
        let (timer, runs) = counting(Duration::ZERO);
        assert!(
            timer.cancel(),
            "a timer was cancelled before its start, and `cancel` said that it prevented nothing"
        );
        let answer = timer.join();
        assert!(
            answer == Err(NotStarted),
            "a timer was cancelled and not started, and `join` said {answer:?}"
        );
        start(&timer);
        assert!(
            !timer.is_alive(),
            "a timer was cancelled before its start, and then started; it should be done at once"
        );
        join(&timer);
        thread::sleep(INTERVAL);
        ran(&runs, 0, "it was cancelled before its start");
    });
}

pub fn a_cancel_during_the_start() {
    explore(|| {
        let (timer, runs) = counting(Duration::ZERO);
        let starting = use_in_thread(&timer, start);
        let cancelled = timer.cancel();
        end(starting);
        join(&timer);
        thread::sleep(INTERVAL);
        ran(
            &runs,
            u32::from(!cancelled),
            &format!("`cancel` has returned `{cancelled}`"),
        );
    });
}

pub fn two_starts_are_one() {
    explore(|| {
        let (timer, runs) = counting(Duration::ZERO);
        let other = use_in_thread(&timer, Timer::start);
        let mine = timer.start();
        let other = end(other);
        assert!(
            [&mine, &other]
                .into_iter()
                .filter(|answer| answer.is_ok())
                .count()
                == 1,
            "two threads started a timer, and `start` said {mine:?} and {other:?}"
        );
        join(&timer);
        thread::sleep(INTERVAL);
        ran(&runs, 1, "two threads started it, one of them in vain");
    });
}

pub fn a_running_action_is_not_waited_for() {
    explore(|| {
        let (go_on, may_go_on) = mpsc::channel::<()>();
        let (begun, has_begun) = mpsc::channel();
        let timer = Arc::new(Timer::new(Duration::ZERO, move || {
            begun.send(()).unwrap();
            let _ = may_go_on.recv();
        }));
        start(&timer);
        let Ok(()) = has_begun.recv() else {
            panic!("the timer was started, and its action was thrown away");
        };
        let joining = use_in_thread(&timer, join);
        joining.wait_until_blocked();
        // The action ends only after all these have come back.
        assert!(
            timer.is_alive(),
            "the action is running, and `is_alive` says no"
        );
        assert!(
            !timer.cancel(),
            "the action was running, and `cancel` said that it prevented it"
        );
        assert!(
            timer.is_alive(),
            "somebody tried to cancel the timer while the action was running, and `is_alive` says no"
        );
        cannot_be_started(&timer, "the action was running");
        shows_something(&timer);
        go_on.send(()).unwrap();
        join(&timer);
        end(joining);
        assert!(
            !timer.is_alive(),
            "the action has returned, and `is_alive` says yes"
        );
    });
}

pub fn no_method_waits_but_join() {
    explore(|| {
        let (timer, _) = counting(Duration::MAX);
        start(&timer);
        let joining = use_in_thread(&timer, join);
        joining.wait_until_blocked();
        // The timer ends only after all these have come back.
        assert!(
            timer.is_alive(),
            "the timer waits for its time, and `is_alive` says no"
        );
        cannot_be_started(&timer, "the timer was waiting for its time");
        shows_something(&timer);
        assert!(
            timer.cancel(),
            "the timer was waiting, and `cancel` said that it prevented nothing"
        );
        assert!(
            !timer.is_alive(),
            "`cancel` has returned `true`, and `is_alive` says yes"
        );
        end(joining);
        cannot_be_started(&timer, "the timer had been cancelled");
    });
}

pub fn questions_do_not_postpone_it() {
    // Only if nobody is disturbed does the clock tell when somebody was asked.
    Explore::new().preemptions(0).no_timeouts().blocked_is_legal().run(|| {
        let (timer, runs) = counting(INTERVAL);
        let began = Instant::now();
        start(&timer);
        // By the end of this sleep everybody else sleeps as well.
        thread::sleep(INTERVAL * 3 / 4);
        assert!(
            timer.is_alive(),
            "the timer waits for its time, and `is_alive` says no"
        );
        cannot_be_started(&timer, "the timer was waiting for its time");
        shows_something(&timer);
        join(&timer);
        let waited = began.elapsed();
        assert!(
            waited >= INTERVAL && waited < INTERVAL * 3 / 2,
            "the interval is {INTERVAL:?}, somebody asked the timer when three quarters of it were over, \
             and it was done {waited:?} after its start"
        );
        ran(&runs, 1, "it was asked how it was doing, and its time has come");
    });
}

pub fn the_action_may_use_its_timer() {
    explore(|| {
        let (give, given) = mpsc::channel::<Arc<Timer>>();
        let (tell, told) = mpsc::channel();
        let timer = Arc::new(Timer::new(INTERVAL, move || {
            let own = given.recv().unwrap();
            shows_something(&own);
            tell.send((own.is_alive(), own.cancel(), own.start()))
                .unwrap();
        }));
        give.send(Arc::clone(&timer)).unwrap();
        start(&timer);
        let joining = use_in_thread(&timer, join);
        let Ok((is_alive, cancelled, started)) = told.recv() else {
            panic!("the action asked its own timer something, and came to no answer");
        };
        end(joining);
        assert!(
            is_alive,
            "the action asked its own timer whether it is alive, and `is_alive` said no"
        );
        assert!(
            !cancelled,
            "the action cancelled its own timer, and `cancel` said that it prevented the action"
        );
        assert!(
            started == Err(AlreadyStarted),
            "the action started its own timer, and `start` said {started:?}"
        );
    });
}

pub fn a_panic_ends_the_timer() {
    explore(|| {
        let timer = Arc::new(Timer::new(INTERVAL, || panic!("on purpose")));
        start(&timer);
        let other = use_in_thread(&timer, join);
        join(&timer);
        end(other);
        assert!(
            !timer.is_alive(),
            "the action has panicked, and `is_alive` says yes"
        );
        assert!(
            !timer.cancel(),
            "the action had panicked, and `cancel` said that it prevented it"
        );
    });
}

pub fn a_join_needs_a_start() {
    explore(|| {
        let (timer, _) = counting(Duration::ZERO);
        let other = use_in_thread(&timer, |timer| (timer.join(), timer.is_alive()));
        start(&timer);
        match end(other) {
            (Ok(()), is_alive) => assert!(
                !is_alive,
                "`join` came during the start and said `Ok(())`, and the timer is still alive"
            ),
            (Err(NotStarted), _) => {}
        }
        join(&timer);
        assert!(
            !timer.is_alive(),
            "the timer was joined, and `is_alive` says yes"
        );
    });
}

pub fn nothing_runs_without_a_start() {
    explore(|| {
        let (timer, runs) = counting(Duration::ZERO);
        assert!(
            !timer.is_alive(),
            "the timer was not started, and `is_alive` says yes"
        );
        let answer = timer.join();
        assert!(
            answer == Err(NotStarted),
            "a timer that was not started was joined, and `join` said {answer:?}"
        );
        thread::sleep(INTERVAL);
        ran(&runs, 0, "it was not started");
        start(&timer);
        join(&timer);
        ran(&runs, 1, "it was started at last");
    });
}

pub fn a_timer_without_a_start_can_be_dropped() {
    explore(|| {
        let (timer, runs) = counting(Duration::ZERO);
        drop(timer);
        thread::sleep(INTERVAL);
        ran(&runs, 0, "it was never started, and was dropped");
    });
}

pub fn dropping_the_handle_does_not_cancel() {
    explore(|| {
        let (ran, has_run) = mpsc::channel();
        let timer = Timer::new(INTERVAL, move || ran.send(()).unwrap());
        start(&timer);
        drop(timer);
        assert!(
            has_run.recv().is_ok(),
            "the handle was dropped, and the action with it"
        );
    });
}

pub fn a_stray_unpark_does_no_harm() {
    explore(|| {
        let (timer, runs) = counting(INTERVAL);
        start(&timer);
        let joining = use_in_thread(&timer, move |timer| {
            // Left over from something else that this thread has done.
            thread::current().unpark();
            join(timer);
            ran(&runs, 1, "`join` has returned");
        });
        end(joining);
    });
}

pub fn joining_is_sleeping() {
    explore(|| {
        let (timer, _) = counting(Duration::MAX);
        start(&timer);
        let joining = use_in_thread(&timer, join);
        joining.wait_until_blocked();
        timer.cancel();
        end(joining);
    });
}

/// A timer and how often its action has run.
fn counting(interval: Duration) -> (Arc<Timer>, Arc<AtomicU32>) {
    let runs = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&runs);
    let timer = Timer::new(interval, move || {
        counter.fetch_add(1, Relaxed);
    });
    (Arc::new(timer), runs)
}

fn ran(runs: &AtomicU32, expected: u32, what: &str) {
    let runs = runs.load(Relaxed);
    assert!(
        runs == expected,
        "{what}, and the action has run {runs} times; it should be {expected}"
    );
}

fn start(timer: &Timer) {
    let answer = timer.start();
    assert!(
        answer == Ok(()),
        "a timer was started for the first time, and `start` said {answer:?}"
    );
}

fn cannot_be_started(timer: &Timer, why: &str) {
    let answer = timer.start();
    assert!(
        answer == Err(AlreadyStarted),
        "{why}, it was started again, and `start` said {answer:?}"
    );
}

fn shows_something(timer: &Timer) {
    assert!(
        !format!("{timer:?}").is_empty(),
        "`{{:?}}` of a timer says nothing"
    );
}

fn join(timer: &Timer) {
    let answer = timer.join();
    assert!(
        answer == Ok(()),
        "a timer that was started was joined, and `join` said {answer:?}"
    );
}

fn use_in_thread<R: Send + 'static>(
    timer: &Arc<Timer>,
    body: impl FnOnce(&Timer) -> R + Send + 'static,
) -> JoinHandle<R> {
    let timer = Arc::clone(timer);
    thread::spawn(move || body(&timer))
}

fn end<R>(thread: JoinHandle<R>) -> R {
    thread.join().unwrap()
}
