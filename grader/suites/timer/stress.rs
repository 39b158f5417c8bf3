//! Real threads: what a timer does, and that waiting for it costs nothing.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::{Duration, Instant};

use kata_model::real::thread::{self, JoinHandle};
use kata_model::real::{
    implements, others_sleep, rounds, sleeps_while_blocked, wait_until_asleep, within,
};
use timer::{AlreadyStarted, NotStarted, Timer};

/// Long enough, also on a busy machine, for all that need not wait.
const PATIENCE: Duration = Duration::from_secs(3);

/// Longer than any test runs.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// Long enough for an action to run that should not.
const A_WHILE: Duration = Duration::from_millis(30);

pub fn the_action_runs_once() {
    within(PATIENCE, "a timer ends", || {
        for interval in [Duration::ZERO, Duration::from_millis(5)] {
            let (timer, runs) = counting(interval);
            start(&timer);
            join(&timer);
            thread::sleep(A_WHILE);
            ran(&runs, 1, "it was started and joined");
            ended(&timer, "the action has run");
        }
    });
}

pub fn the_action_never_runs_early() {
    within(PATIENCE, "a timer ends", || {
        for micros in (700..1000).step_by(50).chain([20_700]) {
            let interval = Duration::from_micros(micros);
            let moment = Arc::new(OnceLock::new());
            let ran_at = Arc::clone(&moment);
            let timer = Timer::new(interval, move || {
                let _ = ran_at.set(Instant::now());
            });
            thread::sleep(A_WHILE);
            let started = Instant::now();
            start(&timer);
            join(&timer);
            let Some(ran_at) = moment.get() else {
                panic!("`join` returned, and the action has not run");
            };
            let waited = *ran_at - started;
            assert!(
                waited >= interval,
                "the interval is {interval:?}, and the action ran {waited:?} after the start"
            );
        }
    });
}

pub fn timers_do_not_disturb_each_other() {
    within(PATIENCE, "eight timers end", || {
        let timers: Vec<_> = (0..8)
            .map(|index| counting(Duration::from_millis(5 * (index % 3))))
            .collect();
        for (timer, _) in &timers {
            start(timer);
        }
        for (timer, runs) in &timers {
            join(timer);
            ran(runs, 1, "it was one of eight timers");
        }
    });
}

pub fn it_can_be_started_only_once() {
    within(PATIENCE, "a timer ends", || {
        let (timer, runs) = counting(Duration::from_millis(5));
        start(&timer);
        for state in ["is running", "has ended"] {
            let answer = timer.start();
            assert!(
                answer == Err(AlreadyStarted),
                "a timer that {state} was started again, and `start` said {answer:?}"
            );
            join(&timer);
        }
        thread::sleep(A_WHILE);
        ran(&runs, 1, "it was started three times, twice in vain");
    });
}

pub fn questions_do_not_postpone_it() {
    const INTERVAL: Duration = Duration::from_millis(300);
    /// Ends with whether there never was an interval without a question.
    fn ask_until_the_end() -> bool {
        within(PATIENCE, "a timer that is asked all the time ends", || {
            let (timer, runs) = counting(INTERVAL);
            start(&timer);
            let mut asked = Instant::now();
            let mut longest = Duration::ZERO;
            while timer.is_alive() {
                let _ = timer.start();
                let _ = format!("{timer:?}");
                longest = longest.max(asked.elapsed());
                asked = Instant::now();
                thread::sleep(Duration::from_millis(5));
            }
            ran(
                &runs,
                1,
                "it was asked how it was doing, and its time has come",
            );
            longest.max(asked.elapsed()) < INTERVAL
        })
    }
    // On a busy machine this thread may be held up for an interval, and ask nothing in it.
    let _ = (0..5).any(|_| ask_until_the_end());
}

pub fn a_cancelled_timer_never_runs() {
    within(PATIENCE, "a cancelled timer ends at once", || {
        let (timer, runs) = counting(A_WHILE);
        start(&timer);
        if !timer.cancel() {
            // On a machine this busy the interval is over already.
            return;
        }
        ended(&timer, "`cancel` has returned `true`");
        join(&timer);
        let answer = timer.cancel();
        assert!(
            !answer,
            "a second `cancel` said that it prevented the action; it was the first that did"
        );
        let answer = timer.start();
        assert!(
            answer == Err(AlreadyStarted),
            "a timer that was started and cancelled was started again, and `start` said {answer:?}"
        );
        thread::sleep(A_WHILE * 2);
        ran(&runs, 0, "it was cancelled");
    });
}

pub fn a_cancel_is_prompt() {
    for interval in [AN_HOUR, Duration::MAX] {
        within(
            PATIENCE,
            "a timer that has long to wait is cancelled at once",
            move || {
                let (timer, runs) = counting(interval);
                start(&timer);
                let joining = joining(&timer);
                joining.iter().for_each(wait_until_asleep);
                assert!(
                    timer.cancel(),
                    "the timer was waiting, and `cancel` said that it prevented nothing"
                );
                join(&timer);
                joining.into_iter().for_each(end);
                ran(&runs, 0, "it was cancelled");
            },
        );
    }
}

pub fn a_timer_can_be_cancelled_before_its_start() {
    within(
        PATIENCE,
        "a timer that was cancelled before its start ends at once",
        || {
            let (timer, runs) = counting(Duration::ZERO);
            assert!(
                timer.cancel(),
                "a timer was cancelled before its start, and `cancel` said that it prevented nothing"
            );
            assert!(!timer.is_alive(), "a timer that was never started is alive");
            let answer = timer.join();
            assert!(
                answer == Err(NotStarted),
                "a timer that was cancelled and not started was joined, and `join` said {answer:?}"
            );
            start(&timer);
            ended(&timer, "it was cancelled before its start");
            join(&timer);
            let answer = timer.start();
            assert!(
                answer == Err(AlreadyStarted),
                "a cancelled timer was started twice, and the second `start` said {answer:?}"
            );
            thread::sleep(A_WHILE);
            ran(&runs, 0, "it was cancelled before its start");
        },
    );
}

pub fn a_late_cancel_says_no() {
    within(PATIENCE, "a timer ends", || {
        let (timer, runs) = counting(Duration::ZERO);
        start(&timer);
        join(&timer);
        let answer = timer.cancel();
        assert!(
            !answer,
            "the action had run, and `cancel` said that it prevented it"
        );
        ran(&runs, 1, "it has ended");
        ended(&timer, "it was cancelled too late");
    });
}

pub fn either_it_runs_or_it_is_cancelled() {
    rounds(200, |round| {
        within(
            PATIENCE,
            "a timer is cancelled in the last moment",
            move || {
                let (timer, runs) = counting(Duration::from_micros(100));
                start(&timer);
                thread::sleep(Duration::from_micros(20 * (round as u64 % 10)));
                let cancelled = timer.cancel();
                join(&timer);
                let runs = runs.load(SeqCst);
                assert!(
                    runs == usize::from(!cancelled),
                    "`cancel` said {cancelled}, and the action has run {runs} times"
                );
            },
        );
    });
}

pub fn a_running_action_is_not_waited_for() {
    within(PATIENCE, "`cancel` returns while the action runs", || {
        let (timer, running) = stoppable();
        start(&timer);
        running.begun();
        assert!(
            timer.is_alive(),
            "the action is running, and the timer is not alive"
        );
        let answer = timer.cancel();
        assert!(
            !answer,
            "the action was running, and `cancel` said that it prevented it"
        );
        let answer = timer.start();
        assert!(
            answer == Err(AlreadyStarted),
            "the action was running, and `start` said {answer:?}"
        );
        assert!(
            timer.is_alive(),
            "somebody tried to cancel the timer while the action was running, and it is not alive any more"
        );
        running.go_on();
        join(&timer);
        ended(&timer, "the action has returned");
    });
}

pub fn a_join_waits_for_the_action() {
    within(
        PATIENCE,
        "all who join a timer go on when the action has returned",
        || {
            let (timer, running) = stoppable();
            start(&timer);
            running.begun();
            let joining = joining(&timer);
            joining.iter().for_each(wait_until_asleep);
            assert!(
                !joining.iter().any(JoinHandle::is_finished),
                "`join` returned while the action was running"
            );
            running.go_on();
            joining.into_iter().for_each(end);
            join(&timer);
        },
    );
}

pub fn a_join_needs_a_start() {
    within(
        PATIENCE,
        "`join` of a timer that was not started returns at once",
        || {
            let (timer, runs) = counting(Duration::ZERO);
            for _ in 0..2 {
                let answer = timer.join();
                assert!(
                    answer == Err(NotStarted),
                    "a timer that was not started was joined, and `join` said {answer:?}"
                );
            }
            assert!(!timer.is_alive(), "a timer that was not started is alive");
            thread::sleep(A_WHILE);
            ran(&runs, 0, "it was not started");
            start(&timer);
            join(&timer);
            ran(&runs, 1, "it was started after a `join` in vain");
        },
    );
}

pub fn the_action_may_use_its_timer() {
    within(PATIENCE, "an action that uses its own timer ends", || {
        let own: Arc<OnceLock<Arc<Timer>>> = Arc::default();
        let mine = Arc::clone(&own);
        let (tell, told) = mpsc::channel();
        let timer = Arc::new(Timer::new(Duration::ZERO, move || {
            let timer = mine.wait();
            let answers = (timer.is_alive(), timer.cancel(), timer.start());
            let _ = tell.send((answers, format!("{timer:?}")));
        }));
        let _ = own.set(Arc::clone(&timer));
        start(&timer);
        let Ok(((is_alive, cancelled, started), _)) = told.recv() else {
            panic!("an action panicked because it used its own timer");
        };
        assert!(
            is_alive,
            "the action is running, and its timer is not alive"
        );
        assert!(
            !cancelled,
            "the action cancelled its own timer, and `cancel` said that it prevented it"
        );
        assert!(
            started == Err(AlreadyStarted),
            "the action started its own timer again, and `start` said {started:?}"
        );
        join(&timer);
    });
}

pub fn a_panic_ends_the_timer() {
    within(PATIENCE, "a timer whose action panics ends", || {
        let timer = Arc::new(Timer::new(A_WHILE, || panic!("on purpose")));
        start(&timer);
        let joining = joining(&timer);
        join(&timer);
        joining.into_iter().for_each(end);
        ended(&timer, "the action has panicked");
        let answer = timer.cancel();
        assert!(
            !answer,
            "the action had panicked, and `cancel` said that it prevented it"
        );
        let answer = timer.start();
        assert!(
            answer == Err(AlreadyStarted),
            "the action had panicked, and `start` said {answer:?}"
        );
    });
}

pub fn dropping_the_handle_does_not_cancel() {
    within(
        PATIENCE,
        "the action of a timer without a handle runs",
        || {
            let (ran, has_run) = mpsc::channel();
            let timer = Timer::new(A_WHILE, move || ran.send(()).unwrap());
            start(&timer);
            drop(timer);
            assert!(
                has_run.recv().is_ok(),
                "the handle was dropped, and the action with it"
            );
        },
    );
}

pub fn a_timer_without_a_start_can_be_dropped() {
    within(PATIENCE, "a timer that was not started is dropped", || {
        let (timer, runs) = counting(Duration::ZERO);
        drop(timer);
        let (timer, cancelled) = counting(Duration::ZERO);
        timer.cancel();
        drop(timer);
        thread::sleep(A_WHILE);
        ran(&runs, 0, "it was not started");
        ran(&cancelled, 0, "it was cancelled and not started");
    });
}

pub fn waiting_for_its_time_is_sleeping() {
    for interval in [AN_HOUR, Duration::MAX] {
        let (timer, _) = counting(interval);
        start(&timer);
        thread::sleep(A_WHILE);
        others_sleep(Duration::from_millis(60), |share| {
            format!("a timer uses {share} of a core while it waits for its time")
        });
        timer.cancel();
    }
}

pub fn joining_is_sleeping() {
    within(PATIENCE, "`join` returns after a cancel", || {
        let (timer, _) = counting(AN_HOUR);
        start(&timer);
        let joined = Arc::clone(&timer);
        sleeps_while_blocked(
            "a thread in `join`",
            Duration::from_millis(60),
            move || join(&joined),
            || _ = timer.cancel(),
        );
    });
}

pub fn debug_never_waits() {
    within(PATIENCE, "`{:?}` of a timer answers at once", || {
        let (timer, running) = stoppable();
        let new = format!("{timer:?}");
        start(&timer);
        running.begun();
        let joining = joining(&timer);
        joining.iter().for_each(wait_until_asleep);
        let busy = format!("{timer:?}");
        running.go_on();
        joining.into_iter().for_each(end);
        let old = format!("{timer:?}");
        assert!(
            ![new, busy, old].iter().any(String::is_empty),
            "`{{:?}}` of a timer says nothing"
        );
    });
}

pub fn every_type_can_be_shared() {
    within(PATIENCE, "a new timer is dropped", || {
        drop(Timer::new(Duration::ZERO, || ()));
    });
    let wanted = [
        ("Timer", "Send", implements!(Timer: Send)),
        ("Timer", "Sync", implements!(Timer: Sync)),
        ("Timer", "Debug", implements!(Timer: Debug)),
        ("AlreadyStarted", "Send", implements!(AlreadyStarted: Send)),
        ("AlreadyStarted", "Sync", implements!(AlreadyStarted: Sync)),
        (
            "AlreadyStarted",
            "Clone",
            implements!(AlreadyStarted: Clone),
        ),
        ("AlreadyStarted", "Eq", implements!(AlreadyStarted: Eq)),
        (
            "AlreadyStarted",
            "Debug",
            implements!(AlreadyStarted: Debug),
        ),
        (
            "AlreadyStarted",
            "Display",
            implements!(AlreadyStarted: Display),
        ),
        (
            "AlreadyStarted",
            "Error",
            implements!(AlreadyStarted: Error),
        ),
        ("NotStarted", "Send", implements!(NotStarted: Send)),
        ("NotStarted", "Sync", implements!(NotStarted: Sync)),
        ("NotStarted", "Clone", implements!(NotStarted: Clone)),
        ("NotStarted", "Eq", implements!(NotStarted: Eq)),
        ("NotStarted", "Debug", implements!(NotStarted: Debug)),
        ("NotStarted", "Display", implements!(NotStarted: Display)),
        ("NotStarted", "Error", implements!(NotStarted: Error)),
    ];
    for (name, property, holds) in wanted {
        assert!(holds, "`{name}` is not `{property}`");
    }
    assert!(
        !AlreadyStarted.to_string().is_empty(),
        "the error `AlreadyStarted` has no text"
    );
    assert!(
        !NotStarted.to_string().is_empty(),
        "the error `NotStarted` has no text"
    );
}

/// A timer and how often its action has run.
fn counting(interval: Duration) -> (Arc<Timer>, Arc<AtomicUsize>) {
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&runs);
    let timer = Timer::new(interval, move || {
        counter.fetch_add(1, SeqCst);
    });
    (Arc::new(timer), runs)
}

fn ran(runs: &AtomicUsize, expected: usize, what: &str) {
    let runs = runs.load(SeqCst);
    assert!(
        runs == expected,
        "{what}, and the action has run {runs} times; it should be {expected}"
    );
}

/// A timer whose action goes on only when it is told to.
fn stoppable() -> (Arc<Timer>, Running) {
    let (begun, has_begun) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let timer = Timer::new(Duration::ZERO, move || {
        let _ = begun.send(());
        let _ = may_go_on.recv();
    });
    (Arc::new(timer), Running { has_begun, go_on })
}

struct Running {
    has_begun: mpsc::Receiver<()>,
    go_on: mpsc::Sender<()>,
}

impl Running {
    fn begun(&self) {
        assert!(
            self.has_begun.recv().is_ok(),
            "the timer was started, and its action was thrown away"
        );
    }

    fn go_on(&self) {
        let _ = self.go_on.send(());
    }
}

fn start(timer: &Timer) {
    let answer = timer.start();
    assert!(
        answer == Ok(()),
        "a timer was started for the first time, and `start` said {answer:?}"
    );
}

fn join(timer: &Timer) {
    let answer = timer.join();
    assert!(
        answer == Ok(()),
        "a timer that was started was joined, and `join` said {answer:?}"
    );
}

/// Three threads in `join`.
fn joining(timer: &Arc<Timer>) -> [JoinHandle<()>; 3] {
    [(); 3].map(|()| {
        let timer = Arc::clone(timer);
        thread::spawn(move || join(&timer))
    })
}

/// Waits for a thread. Its panic goes on here.
fn end(thread: JoinHandle<()>) {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic));
}

fn ended(timer: &Timer, when: &str) {
    assert!(!timer.is_alive(), "{when}, and `is_alive` says yes");
}
