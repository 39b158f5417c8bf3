//! Results, scores, and what to do next.

use std::path::Path;

use super::{count, grouped, listed, ordinal};
use crate::results::message::Message;
use crate::results::record::{Again, Completeness};
use crate::results::report::{ExerciseReport, TestReport, Unmodelled};
use crate::results::verdict::{Kind, Status, Verdict};

/// What the tests of a kind do, above their list.
pub fn kind_heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Stress => "stress: real threads, many rounds",
        Kind::Model => "model: a few threads in every order of their steps",
        Kind::Loom => "loom: what one thread sees of another's writes (memory orderings)",
    }
}

/// The word for an exercise's status in a list.
pub fn status_word(status: Status) -> &'static str {
    match status {
        Status::Passed => "passed",
        Status::Failed => "failed",
        Status::BuildFailed => "does not compile",
        Status::Forbidden => "uses something forbidden",
        Status::Pending => "untouched",
        Status::Fault => "could not be judged",
        Status::Incomplete => "not fully explored",
    }
}

/// `6 of 10 points`
pub fn points(points: f64, of: f64) -> String {
    format!("{} of {} points", short(points), short(of))
}

/// `6/10`, for tables.
pub fn score(points: f64, of: f64) -> String {
    format!("{}/{}", short(points), short(of))
}

/// A number of points without a useless fraction: `6`, `6.5`.
fn short(points: f64) -> String {
    // An empty sum of floats is -0, which nobody wants to have scored.
    let rounded = (points * 100.0).round() / 100.0 + 0.0;
    format!("{rounded}")
}

/// `0.84 s`
pub fn seconds(seconds: f64) -> String {
    if seconds < 9.95 {
        format!("{seconds:.2} s")
    } else {
        format!("{seconds:.0} s")
    }
}

/// The result comes from the cache.
pub const UNCHANGED: &str = "unchanged since the last check";

/// How much of a test's executions was looked at; [`None`] for tests with real threads.
pub fn exploration(test: &TestReport) -> Option<String> {
    let executions = test.explored.executions?;
    let tried = format!("{} tried", grouped(executions));
    let bound = test.explored.preemption_bound.map(preemptions);
    Some(match (test.explored.completeness?, bound) {
        (Completeness::Complete, _) => format!("complete, {tried}"),
        (Completeness::Bounded, Some(bound)) => format!("complete up to {bound}, {tried}"),
        (Completeness::Bounded, None) => format!("complete up to a bound, {tried}"),
        (Completeness::Sampled, _) => format!("sampled {}", count(executions, "schedule")),
        (Completeness::Incomplete, Some(bound)) => {
            format!("incomplete: only up to {bound}, {tried}")
        }
        (Completeness::Incomplete, None) => format!("incomplete: {tried}"),
    })
}

/// What one run of a test under this kind of checker is called.
fn unit(kind: Kind) -> &'static str {
    match kind {
        Kind::Stress => "round",
        Kind::Model => "interleaving",
        Kind::Loom => "execution",
    }
}

fn preemptions(number: u32) -> String {
    count(number.into(), "preemption")
}

/// Which test did not pass, and how it found what it found: `model::no_lost_wakeup, 20th interleaving, 2 preemptions (none with fewer)`.
pub fn found_by(test: &TestReport, seed: u64) -> String {
    let mut parts = vec![test.name.clone()];
    if test.verdict != Verdict::Failed {
        parts.extend(exploration(test));
        return parts.join(", ");
    }
    if test.kind == Kind::Stress {
        parts.push(format!("with real threads (seed {seed})"));
    }
    if let Some(executions) = test.explored.executions {
        parts.push(format!("{} {}", ordinal(executions), unit(test.kind)));
    }
    match test.story.preemptions {
        Some(0) => parts.push("no preemption needed".to_owned()),
        Some(number) if test.explored.completeness == Some(Completeness::Sampled) => {
            parts.push(preemptions(number));
        }
        // The bounds of that search are coarser than what it finds within them.
        Some(number) if test.kind == Kind::Loom => {
            parts.push(format!("at most {}", preemptions(number)));
        }
        Some(number) => parts.push(format!("{} (none with fewer)", preemptions(number))),
        None => {}
    }
    if let Some(number @ 1..) = test.story.spurious {
        parts.push(count(number.into(), "spurious wake-up"));
    }
    if let Some(number @ 1..) = test.story.timeouts {
        parts.push(count(number.into(), "timeout"));
    }
    parts.join(", ")
}

/// What the model tests do not see in a crate, and where.
pub fn unmodelled(items: &[Unmodelled]) -> String {
    let asks: Vec<String> = items
        .iter()
        .map(|Unmodelled { item, place }| format!("`{item}` ({}:{})", place.file, place.line))
        .collect();
    format!(
        "The model tests do not see who shares an `Arc`. What {} answers was tried with real threads only.",
        listed(&asks)
    )
}

/// How many tests of each kind passed: `stress 12 of 14, model 13 of 19, loom 5 of 5 tests passed`.
pub fn counts(exercise: &ExerciseReport) -> String {
    let left_out = exercise
        .tests
        .iter()
        .filter(|test| is_left_out(test))
        .count();
    let kinds: Vec<String> = Kind::ALL
        .into_iter()
        .filter_map(|kind| {
            let tests = exercise
                .tests
                .iter()
                .filter(|test| test.kind == kind && !is_left_out(test));
            let (all, passed) = (
                tests.clone().count(),
                tests.filter(|test| test.verdict == Verdict::Passed).count(),
            );
            (all > 0).then(|| format!("{} {passed} of {all}", kind.name()))
        })
        .collect();
    let passed = format!("{} tests passed", kinds.join(", "));
    match left_out {
        0 => passed,
        _ => format!("{passed}; stress tests wait for the repair"),
    }
}

/// Whether a test waits until a bug is repaired that is told already.
pub fn is_left_out(test: &TestReport) -> bool {
    test.message == Some(Message::LeftOut)
}

/// What the tests of a kind, which all passed, have shown, and how far.
pub fn proved(tests: &[&TestReport]) -> String {
    let Some(kind) = tests.first().map(|test| test.kind) else {
        return String::new();
    };
    let executions: u64 = tests
        .iter()
        .filter_map(|test| test.explored.executions)
        .sum();
    let how = match kind {
        Kind::Stress => "real threads, many rounds".to_owned(),
        _ => format!("{}, {}", count(executions, unit(kind)), how_far(tests)),
    };
    format!(
        "{}: {} passed: {how}",
        kind.name(),
        count(tests.len() as u64, "test")
    )
}

/// How far the tests went that were not complete: as far as the least of them.
fn how_far(tests: &[&TestReport]) -> String {
    let (complete, rest): (Vec<&TestReport>, Vec<&TestReport>) = tests
        .iter()
        .partition(|test| test.explored.completeness == Some(Completeness::Complete));
    let bound = rest
        .iter()
        .map(|test| test.explored.preemption_bound.unwrap_or(0))
        .min();
    match (bound, complete.len()) {
        (None, _) => "all there are".to_owned(),
        (Some(bound), 0) => format!("all with up to {}", preemptions(bound)),
        (Some(bound), complete) => format!(
            "in {} all there are, in the others all with up to {}",
            count(complete as u64, "test"),
            preemptions(bound)
        ),
    }
}

/// The tests that are not told: those that fail at the place that is, and those that do not; and
/// what tells `more`.
pub fn also_failed(here: usize, elsewhere: usize, more: &str) -> String {
    let who = match (here, elsewhere) {
        (here, 0) => format!("{} in the same way", fail(here)),
        (0, elsewhere) => fail(elsewhere),
        (here, elsewhere) => format!("{} in the same way, and {elsewhere} elsewhere", fail(here)),
    };
    format!("{who}: `{more}` tells all.")
}

fn fail(tests: usize) -> String {
    let verb = if tests == 1 { "fails" } else { "fail" };
    format!("{} {verb}", count(tests as u64, "more test"))
}

/// The detail behind a failed test's claim: `lost_wakeup`, `lost_wakeup, 20 tried`.
pub fn failed_how(word: &str, test: &TestReport) -> String {
    match test.explored.executions {
        Some(executions) => format!("{word}, {} tried", grouped(executions)),
        None => word.to_owned(),
    }
}

/// A test that ran into a `todo!()`.
pub const STILL_TODO: &str = "still `todo!()`";

/// A method that is not written yet, at its place.
pub fn todo_place(function: Option<&str>, place: &str) -> String {
    match function {
        Some(function) => format!("`{function}` at {place}"),
        None => place.to_owned(),
    }
}

/// Above the list of `todo!()`s that tests ran into.
pub fn todo_heading(tests: usize) -> String {
    let verb = if tests == 1 { "runs" } else { "run" };
    format!("{} {verb} into a `todo!()`:", count(tests as u64, "test"))
}

/// In place of steps that a timeline leaves out for length.
pub fn steps_left_out(steps: usize) -> String {
    format!("({} left out)", count(steps as u64, "step"))
}

/// In a timeline, after the step with this number: `(steps 9 to 12 again, 1,247 times)`.
pub fn steps_again(last: usize, again: Again) -> String {
    let steps = match again.steps {
        1 => format!("step {last}"),
        steps => format!(
            "steps {} to {last}",
            (last + 1).saturating_sub(steps as usize)
        ),
    };
    let times = count(again.times as u64, "time");
    format!("({steps} again, {times})")
}

/// Above what a test process printed.
pub const PRINTED: &str = "It printed:";

/// The words in front of the facts below an annotated source: who found the bug,
pub const FOUND_BY: &str = "found by";
/// which test ended without a result,
pub const TEST: &str = "test";
/// what it holds the learner to,
pub const PROMISED: &str = "promised";
/// what it says about the outcome,
pub const THE_TEST_SAYS: &str = "the test says";
/// the text of a panic,
pub const MESSAGE: &str = "message";
/// why there is no result,
pub const REASON: &str = "reason";
/// the threads that a diagnosis is about,
pub const WHO: &str = "who";
/// and where the notes explain it.
pub const READ: &str = "read";

/// What a passed exercise took, in one line.
pub fn passed_line(exercise: &ExerciseReport) -> String {
    let executions: u64 = exercise
        .tests
        .iter()
        .filter_map(|test| test.explored.executions)
        .sum();
    let tests = count(exercise.tests.len() as u64, "test");
    if executions == 0 {
        tests
    } else {
        format!("{tests}, {} interleavings", grouped(executions))
    }
}

/// How many tests of a failed exercise did not pass: `2 of 18 tests failed`.
pub fn failed_line(failed: usize, of: usize) -> String {
    format!("{failed} of {} failed", count(of as u64, "test"))
}

/// The path to open for an exercise.
pub fn to_open(source: &Path) -> String {
    source.join("lib.rs").display().to_string()
}

/// The total of several exercises.
pub fn total(points: f64, of: f64) -> String {
    format!("Score: {}", self::points(points, of))
}

/// Nothing has been begun yet.
pub fn begin(topic: &str, path: &str, check: &str, hint: &str) -> String {
    format!(
        "Begin with {topic}: open {path}, read what it asks for, replace its `todo!()`s, then run \
         `{check}`. `{hint}` gives a hint."
    )
}

/// Everything that was begun has passed, and this one is next.
pub fn go_on(topic: &str, path: &str, check: &str) -> String {
    format!("Next is {topic}: open {path}, then run `{check}`.")
}

/// An exercise failed; the note explains the bug, if it has a name.
pub fn try_again(path: &str, check: &str, hint: &str, note: Option<&str>) -> String {
    let read = note.map(|note| format!(", or read `{note}`"));
    format!(
        "Next: change {path}, then `{check}`.\nStuck? `{hint}`{}.",
        read.unwrap_or_default()
    )
}

/// An exercise did not compile.
pub fn make_it_compile(path: &str, check: &str) -> String {
    format!("Next: make {path} compile, then run `{check}` again.")
}

/// An exercise uses something forbidden.
pub fn make_it_allowed(path: &str, check: &str) -> String {
    format!("Next: take out of {path} what is not allowed, then run `{check}` again.")
}

/// The machine or the grader is at fault.
pub const FAULT: &str = "Something is wrong with this machine or with the grader, not with your \
                         code: the reference solution does not pass here either. Please try again \
                         when the machine is less busy, and report it if it stays.";

/// Nothing failed, but something is incomplete.
pub fn explore_more(check: &str) -> String {
    format!(
        "Nothing failed, but some tests could not look at all that they must. \
         `{check} --effort thorough` gives them more time."
    )
}

/// Several exercises, all of which passed.
pub fn all_passed(exercises: usize) -> String {
    format!("All {exercises} exercises passed. Well done.")
}

/// The tests that were asked for passed, and there are more.
pub fn asked_passed(passed: usize, unasked: usize, check: &str) -> String {
    let asked = match passed {
        1 => "The test that you asked for passed.".to_owned(),
        passed => format!("All {passed} tests that you asked for passed."),
    };
    let others = count(unasked as u64, "other test");
    format!("{asked} `{check}` runs the {others}, too.")
}

/// One exercise that passed, and which is next.
pub fn passed(solution: &str, next: Option<&str>) -> String {
    let compare = format!("Well done. `{solution}` compares yours with the reference solution.");
    match next {
        Some(next) => format!("{compare} {next}"),
        None => format!("{compare} That was the last kata."),
    }
}

/// There is no exercise in the report.
pub const NOTHING: &str = "There is no exercise here.";

/// Status, in a list, of an exercise that was edited after its last check.
pub const UNCHECKED: &str = "not checked since it was edited";
