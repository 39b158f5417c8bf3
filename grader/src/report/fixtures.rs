//! Reports as the grader would make them, for tests of the renderers.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::data::{ExerciseReport, Report, SCHEMA, TestReport, TraceStep};
use super::look::Look;
use crate::record::{Completeness, Place};
use crate::verdict::{Diagnosis, Kind, Status, Verdict};

/// The file that the fixtures' places point into.
const LOCK: &str = include_str!("fixtures/lock.rs");
const FILE: &str = "exercises/lock/src/lib.rs";

pub(crate) fn report(exercises: Vec<ExerciseReport>) -> Report {
    Report {
        schema: SCHEMA.to_owned(),
        grader: "0.1.0".to_owned(),
        rustc: "1.95.0".to_owned(),
        seed: 7,
        exercises,
    }
}

pub(crate) fn plain() -> Look {
    Look {
        width: 80,
        color: false,
        unicode: true,
        verbose: false,
        quiet: false,
        program: "cargo grader".to_owned(),
        source: None,
    }
}

pub(crate) fn colored() -> Look {
    Look {
        color: true,
        ..plain()
    }
}

pub(crate) fn verbose() -> Look {
    Look {
        verbose: true,
        ..plain()
    }
}

pub(crate) fn quiet() -> Look {
    Look {
        quiet: true,
        ..plain()
    }
}

/// One step at a place of [`LOCK`]; line 0 is a step of the hidden test.
pub(crate) fn step(number: usize, thread: &str, op: &str, line: u32, column: u32) -> TraceStep {
    let file = if line == 0 { "" } else { FILE };
    TraceStep {
        step: number,
        thread: thread.to_owned(),
        op: op.to_owned(),
        object: None,
        outcome: None,
        target: None,
        value: None,
        file: file.to_owned(),
        line,
        column,
        text: String::new(),
        key: true,
        mark: None,
        again: None,
    }
}

impl TraceStep {
    fn on(mut self, object: &str) -> Self {
        self.object = Some(object.to_owned());
        self
    }

    fn with(mut self, outcome: &str) -> Self {
        self.outcome = Some(outcome.to_owned());
        self
    }

    fn to(mut self, target: &str) -> Self {
        self.target = Some(target.to_owned());
        self
    }

    fn value(mut self, value: &str) -> Self {
        self.value = Some(value.to_owned());
        self
    }

    fn mark(mut self, mark: u32) -> Self {
        self.mark = Some(mark);
        self
    }

    fn minor(mut self) -> Self {
        self.key = false;
        self
    }

    fn said(mut self) -> Self {
        self.text = crate::messages::steps::sentence(&self);
        self
    }
}

/// A test that passed.
pub(crate) fn test(name: &str, claim: &str) -> TestReport {
    let kind = match name.split_once("::") {
        Some(("model", _)) => Kind::Model,
        Some(("loom", _)) => Kind::Loom,
        _ => Kind::Stress,
    };
    let explored = kind != Kind::Stress;
    TestReport {
        name: name.to_owned(),
        kind,
        claim: claim.to_owned(),
        verdict: Verdict::Passed,
        diagnosis: None,
        points: 2.0,
        max_points: 2.0,
        message: None,
        executions: explored.then_some(1204),
        preemption_bound: None,
        complete: explored.then_some(true),
        completeness: explored.then_some(Completeness::Complete),
        seconds: 0.01,
        location: None,
        preemptions: None,
        spurious: None,
        timeouts: None,
        threads: Vec::new(),
        trace: Vec::new(),
        blocked: Vec::new(),
        output: String::new(),
    }
}

impl TestReport {
    fn failed(mut self, diagnosis: Diagnosis) -> Self {
        self.verdict = Verdict::Failed;
        self.diagnosis = Some(diagnosis);
        self.points = 0.0;
        if self.kind != Kind::Stress {
            self.executions = Some(20);
            self.preemption_bound = Some(2);
            self.complete = Some(false);
            self.completeness = Some(Completeness::Bounded);
            self.preemptions = Some(2);
            self.spurious = Some(0);
            self.timeouts = Some(0);
        }
        self
    }

    fn message(mut self, message: &str) -> Self {
        self.message = Some(message.to_owned());
        self
    }

    fn at(mut self, line: u32, column: u32) -> Self {
        self.location = Some(Place {
            file: FILE.to_owned(),
            line,
            column,
        });
        self
    }

    fn trace(mut self, threads: &[&str], trace: Vec<TraceStep>, blocked: Vec<TraceStep>) -> Self {
        self.threads = threads.iter().map(ToString::to_string).collect();
        self.trace = trace.into_iter().map(TraceStep::said).collect();
        self.blocked = blocked;
        self
    }
}

fn exercise(topic: &str, status: Status, tests: Vec<TestReport>) -> ExerciseReport {
    let points = tests.iter().map(|test| test.points).sum();
    ExerciseReport {
        topic: topic.to_owned(),
        status,
        points,
        max_points: 10.0,
        cached: false,
        seconds: 0.84,
        source: PathBuf::from(format!("exercises/{topic}/src")),
        refusal: None,
        tests,
        sources: BTreeMap::from([(FILE.to_owned(), LOCK.to_owned())]),
    }
}

const INSIDE: &str = "Only one thread is inside at a time.";
const WAKES: &str = "A release wakes a waiter, however the two interleave.";
const TIMED: &str =
    "A timeout of any length is kept: zero tries once, `Duration::MAX` waits for ever.";
const SLEEPS: &str = "A waiting thread sleeps.";
const PUBLISHES: &str =
    "What was written before a release is seen after the acquire that it lets in.";

fn five(tests: [TestReport; 5], status: Status) -> ExerciseReport {
    exercise("lock", status, tests.into())
}

/// All five tests of the fixture's lock, passed.
fn passing() -> [TestReport; 5] {
    let mut bounded = test("model::no_lost_wakeup", WAKES);
    bounded.executions = Some(48_112);
    bounded.preemption_bound = Some(2);
    bounded.complete = Some(false);
    bounded.completeness = Some(Completeness::Bounded);
    let mut sampled = test("model::mutual_exclusion_of_five", INSIDE);
    sampled.executions = Some(10_000);
    sampled.complete = Some(false);
    sampled.completeness = Some(Completeness::Sampled);
    [
        test("stress::timeouts_are_kept", TIMED),
        test("stress::waiters_sleep", SLEEPS),
        bounded,
        sampled,
        test("loom::publishes_writes", PUBLISHES),
    ]
}

pub(crate) fn passed(topic: &str) -> ExerciseReport {
    exercise(topic, Status::Passed, passing().into())
}

pub(crate) fn pending(topic: &str) -> ExerciseReport {
    exercise(topic, Status::Pending, Vec::new())
}

/// The flagship: `acquire` looks, lets go, and waits too late; beside it a timeout that overflows.
pub(crate) fn lost_wakeup() -> ExerciseReport {
    let [timed, sleeps, wakes, inside, publishes] = passing();
    let wakes = wakes.failed(Diagnosis::LostWakeup).trace(
        &["main", "thread 1", "thread 2"],
        vec![
            step(1, "main", "spawn", 0, 0).to("thread 1"),
            step(2, "main", "spawn", 0, 0).to("thread 2"),
            step(3, "thread 1", "lock", 24, 35).on("locked").minor(),
            step(4, "thread 1", "unlock", 24, 35).on("locked").minor(),
            step(5, "thread 1", "lock", 25, 37).on("locked").minor(),
            step(6, "thread 1", "unlock", 25, 37).on("locked").minor(),
            step(7, "thread 2", "lock", 24, 35).on("locked").mark(1),
            step(8, "thread 2", "unlock", 24, 35).on("locked"),
            step(9, "thread 1", "lock", 40, 22).on("locked").minor(),
            step(10, "thread 1", "unlock", 40, 22).on("locked").minor(),
            step(11, "thread 1", "notify_one", 41, 20)
                .on("freed")
                .with("nobody")
                .mark(2),
            step(12, "thread 1", "finish", 0, 0),
            step(13, "thread 2", "lock", 25, 37).on("locked").minor(),
            step(14, "thread 2", "wait", 27, 32).on("freed").mark(3),
            step(15, "main", "join", 0, 0).to("thread 1").minor(),
        ],
        vec![
            step(16, "main", "join", 0, 0)
                .to("thread 2")
                .with("blocked"),
            step(17, "thread 2", "wait", 27, 32).on("freed"),
        ],
    );
    let timed = timed
        .failed(Diagnosis::Panic)
        .message("overflow when adding duration to instant")
        .at(34, 39);
    five([timed, sleeps, wakes, inside, publishes], Status::Failed)
}

pub(crate) fn data_race() -> ExerciseReport {
    let [timed, sleeps, wakes, inside, publishes] = passing();
    let held = |number, thread, op, line, column| {
        step(number, thread, op, line, column)
            .on("held")
            .value("false")
    };
    let publishes = publishes.failed(Diagnosis::DataRace).trace(
        &["main", "thread 1", "thread 2"],
        vec![
            held(1, "thread 1", "swap", 24, 35),
            step(2, "thread 1", "cell_write", 0, 0).on("data"),
            held(3, "thread 1", "store", 40, 22).mark(1),
            held(4, "thread 2", "swap", 24, 35).mark(2),
            step(5, "thread 2", "cell_read", 0, 0).on("data"),
        ],
        Vec::new(),
    );
    five([timed, sleeps, wakes, inside, publishes], Status::Failed)
}

pub(crate) fn lock_cycle() -> ExerciseReport {
    let [timed, sleeps, wakes, inside, publishes] = passing();
    let queue = || {
        step(3, "thread 1", "lock", 25, 37)
            .on("queue")
            .to("thread 2")
    };
    let locked = || {
        step(4, "thread 2", "lock", 40, 22)
            .on("locked")
            .to("thread 1")
    };
    let mut wakes = wakes.failed(Diagnosis::LockCycle).trace(
        &["main", "thread 1", "thread 2"],
        vec![
            step(1, "thread 1", "lock", 24, 35).on("locked").mark(1),
            step(2, "thread 2", "lock", 25, 37).on("queue").mark(2),
            queue().with("blocked").mark(3),
            locked().with("blocked").mark(4),
        ],
        vec![queue().with("blocked"), locked().with("blocked")],
    );
    wakes.preemptions = Some(1);
    five([timed, sleeps, wakes, inside, publishes], Status::Failed)
}

pub(crate) fn self_deadlock() -> ExerciseReport {
    let [timed, sleeps, wakes, inside, publishes] = passing();
    let again = || {
        step(3, "thread 1", "lock", 25, 37)
            .on("locked")
            .to("thread 1")
    };
    let join = || step(4, "main", "join", 0, 0).to("thread 1");
    let mut wakes = wakes.failed(Diagnosis::SelfDeadlock).trace(
        &["main", "thread 1"],
        vec![
            step(1, "main", "spawn", 0, 0).to("thread 1"),
            step(2, "thread 1", "lock", 24, 35).on("locked").mark(1),
            again().with("blocked").mark(2),
            join().with("blocked"),
        ],
        vec![again().with("blocked"), join().with("blocked")],
    );
    wakes.preemptions = Some(0);
    five([timed, sleeps, wakes, inside, publishes], Status::Failed)
}

pub(crate) fn deadlock() -> ExerciseReport {
    let [timed, sleeps, wakes, inside, publishes] = passing();
    let lock = || step(3, "thread 1", "lock", 25, 37).on("locked").to("main");
    let join = || step(4, "main", "join", 0, 0).to("thread 1");
    let mut wakes = wakes.failed(Diagnosis::Deadlock).trace(
        &["main", "thread 1"],
        vec![
            step(1, "main", "lock", 24, 35).on("locked").mark(1),
            step(2, "main", "spawn", 0, 0).to("thread 1"),
            lock().with("blocked").mark(2),
            join().with("blocked"),
        ],
        vec![lock().with("blocked"), join().with("blocked")],
    );
    wakes.preemptions = Some(0);
    five([timed, sleeps, wakes, inside, publishes], Status::Failed)
}

pub(crate) fn spurious_wakeup() -> ExerciseReport {
    let [timed, sleeps, wakes, inside, publishes] = passing();
    let mut inside = inside
        .failed(Diagnosis::SpuriousWakeup)
        .message("2 threads are inside, and at most 1 may be")
        .trace(
            &["main", "thread 1", "thread 2"],
            vec![
                step(1, "thread 1", "lock", 25, 37).on("locked"),
                step(2, "thread 2", "wait", 27, 32).on("freed").mark(1),
                step(3, "thread 2", "relock", 27, 32)
                    .on("locked")
                    .with("spurious")
                    .mark(2),
                step(4, "thread 2", "panic", 0, 0),
            ],
            Vec::new(),
        );
    inside.preemptions = Some(0);
    inside.spurious = Some(1);
    five([timed, sleeps, wakes, inside, publishes], Status::Failed)
}

pub(crate) fn busy_wait() -> ExerciseReport {
    let [timed, sleeps, wakes, inside, publishes] = passing();
    let sleeps = sleeps
        .failed(Diagnosis::BusyWait)
        .message("the waiting thread used 97 % of a core");
    let mut wakes = wakes.failed(Diagnosis::BusyWait).message("thread 1").trace(
        &["main", "thread 1"],
        vec![
            step(1, "main", "swap", 24, 35).on("held").value("false"),
            step(2, "main", "spawn", 0, 0).to("thread 1"),
            step(3, "main", "await_blocked", 0, 0).to("thread 1"),
            step(4, "thread 1", "swap", 24, 35)
                .on("held")
                .value("true")
                .mark(1),
            step(5, "thread 1", "spin", 25, 9).minor(),
            step(6, "thread 1", "swap", 24, 35).on("held").value("true"),
        ],
        Vec::new(),
    );
    wakes.preemptions = Some(0);
    five([timed, sleeps, wakes, inside, publishes], Status::Failed)
}

pub(crate) fn assertion() -> ExerciseReport {
    let [timed, sleeps, wakes, inside, publishes] = passing();
    let inside = inside
        .failed(Diagnosis::Assertion)
        .message("2 threads are inside, and at most 1 may be")
        .trace(
            &["main", "thread 1", "thread 2"],
            vec![
                step(1, "thread 1", "load", 24, 35)
                    .on("held")
                    .value("false"),
                step(2, "thread 2", "load", 24, 35)
                    .on("held")
                    .value("false"),
                step(3, "thread 2", "store", 25, 37)
                    .on("held")
                    .value("true"),
                step(4, "thread 1", "store", 25, 37)
                    .on("held")
                    .value("true")
                    .mark(1),
                step(5, "thread 1", "panic", 0, 0),
            ],
            Vec::new(),
        );
    five([timed, sleeps, wakes, inside, publishes], Status::Failed)
}

/// Half written: one method is missing, and one test hangs for it.
pub(crate) fn unfinished() -> ExerciseReport {
    let [timed, sleeps, wakes, inside, publishes] = passing();
    let todo = "not yet implemented: wait until Instant { .. }";
    let timed = timed.failed(Diagnosis::Panic).message(todo).at(35, 9);
    let inside = inside.failed(Diagnosis::Panic).message(todo).at(35, 9);
    let mut sleeps = sleeps;
    sleeps.verdict = Verdict::TimedOut;
    sleeps.points = 0.0;
    sleeps.output = "waiting…\nstill waiting\n".to_owned();
    five([timed, sleeps, wakes, inside, publishes], Status::Failed)
}

/// Many threads and many failures.
pub(crate) fn crowd() -> ExerciseReport {
    let threads: Vec<String> = std::iter::once("main".to_owned())
        .chain((1..=6).map(|number| format!("thread {number}")))
        .collect();
    let mut trace = Vec::new();
    for (number, thread) in threads.iter().enumerate().skip(1) {
        trace.push(step(number, "main", "spawn", 0, 0).to(thread));
    }
    for (number, thread) in threads.iter().enumerate().skip(1) {
        trace.push(step(6 + number, thread, "lock", 24, 35).on("locked"));
    }
    trace.push(step(13, "thread 2", "wait", 27, 32).on("freed").mark(1));
    trace.push(
        step(14, "thread 1", "notify_one", 41, 20)
            .on("freed")
            .with("woke")
            .to("thread 3")
            .mark(2),
    );
    trace.push(step(15, "thread 3", "wait", 27, 32).on("freed").mark(3));
    let join = || {
        step(16, "main", "join", 0, 0)
            .to("thread 2")
            .with("blocked")
    };
    trace.push(join());
    let blocked = vec![
        join(),
        step(17, "thread 2", "wait", 27, 32).on("freed"),
        step(18, "thread 3", "wait", 27, 32).on("freed"),
    ];
    let names: Vec<&str> = threads.iter().map(String::as_str).collect();
    let mut tests = vec![
        test("model::wakes_are_passed_on", WAKES)
            .failed(Diagnosis::WrongWakeup)
            .trace(&names, trace, blocked),
    ];
    for number in 0..6 {
        let name = format!("stress::timeouts_of_{number}_seconds");
        tests.push(
            test(&name, TIMED)
                .failed(Diagnosis::Assertion)
                .message(&format!("waited {number} ms less than it should")),
        );
    }
    for test in &mut tests {
        test.max_points = 10.0 / 7.0;
    }
    exercise("lock", Status::Failed, tests)
}

pub(crate) fn build_failed() -> ExerciseReport {
    let mut exercise = exercise("lock", Status::BuildFailed, Vec::new());
    exercise.refusal = Some(
        "error[E0382]: borrow of moved value: `guard`\n  --> exercises/lock/src/lib.rs:28:9\n   |\n\
         25 |         let mut guard = self.locked.lock().unwrap();\n   |             --------- move occurs because `guard` has type `MutexGuard<'_, bool>`\n\
         27 |         self.freed.wait(guard).unwrap();\n   |                         ----- value moved here\n\
         28 |         *guard = true;\n   |          ^^^^^ value borrowed here after move\n\n"
            .to_owned(),
    );
    exercise
}

pub(crate) fn forbidden() -> ExerciseReport {
    let mut exercise = exercise("lock", Status::Forbidden, Vec::new());
    exercise.refusal = Some(
        "exercises/lock/src/lib.rs:12:5: `unsafe` is not allowed: the exercises are about what safe Rust can do\n"
            .to_owned(),
    );
    exercise
}

pub(crate) fn fault() -> ExerciseReport {
    let [timed, mut sleeps, wakes, inside, publishes] = passing();
    sleeps.verdict = Verdict::Fault;
    sleeps.message = Some("the reference solution did not finish within 20 s".to_owned());
    five([timed, sleeps, wakes, inside, publishes], Status::Fault)
}

pub(crate) fn incomplete() -> ExerciseReport {
    let [timed, sleeps, mut wakes, inside, publishes] = passing();
    wakes.verdict = Verdict::Incomplete;
    wakes.points = 0.0;
    wakes.preemption_bound = Some(1);
    wakes.completeness = Some(Completeness::Incomplete);
    five(
        [timed, sleeps, wakes, inside, publishes],
        Status::Incomplete,
    )
}
