//! Which failures of an exercise are told, in which order, and which of them are one.

use std::cmp::Reverse;

use super::{checklist, pointers, story};
use crate::results::report::{ExerciseReport, TestReport};
use crate::results::verdict::{Diagnosis, Kind, Verdict};

/// Failures that show the same bug at the same place.
pub(super) type Finding<'a> = Vec<&'a TestReport>;

/// The failures of an exercise, apart from tests that ran into a `todo!()`.
///
/// First the finding that explains most of the failures with the fewest steps: one with a story
/// comes before one without, an exact name of a bug before a word for many, and of two such words
/// the one that more tests have led to.
pub(super) fn of(exercise: &ExerciseReport) -> Vec<Finding<'_>> {
    let mut failed: Vec<&TestReport> = not_passed(exercise)
        .filter(|test| !checklist::is_todo(test))
        .collect();
    failed.sort_by_key(|test| (tells_little(test), steps(test)));
    let mut findings = alike(&failed);
    findings.sort_by_key(|finding| {
        let told = finding[0];
        let (without, vague, is_loom) = tells_little(told);
        let size = Reverse(finding.len());
        let exact = vague.min(Vague::Outcome);
        (without, exact, is_loom, size, vague, steps(told))
    });
    findings
}

/// The tests that ran into a `todo!()`.
pub(super) fn unwritten(exercise: &ExerciseReport) -> Vec<&TestReport> {
    not_passed(exercise)
        .filter(|test| checklist::is_todo(test))
        .collect()
}

fn not_passed(exercise: &ExerciseReport) -> impl Iterator<Item = &TestReport> {
    let tests = exercise.tests.iter();
    tests.filter(|test| !matches!(test.verdict, Verdict::Passed | Verdict::NotRun))
}

/// How much a diagnosis leaves open.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Vague {
    Exact,
    /// How it ended, but not what went wrong.
    Outcome,
    /// The test was not content.
    Assertion,
    Nothing,
}

/// Small for the failure that explains most: what its story lacks, how vague its name is, and
/// whether it says only what one thread sees of another's writes, and not who did what when.
fn tells_little(test: &TestReport) -> ([bool; 3], Vague, bool) {
    let marked = test.story.marked().next().is_some();
    let vague = match test.diagnosis {
        Some(Diagnosis::Assertion) => Vague::Assertion,
        Some(Diagnosis::Panic | Diagnosis::Deadlock | Diagnosis::Livelock) => Vague::Outcome,
        Some(_) => Vague::Exact,
        None => Vague::Nothing,
    };
    let without = [
        test.diagnosis.is_none(),
        !marked && pointers::main_place(test).is_none(),
        test.story.trace.is_empty(),
    ];
    (without, vague, test.kind == Kind::Loom)
}

fn steps(test: &TestReport) -> usize {
    test.story.trace.iter().filter(|step| step.key).count()
}

/// Puts failures that show the same bug at the same place together, or with the same words.
fn alike<'a>(tests: &[&'a TestReport]) -> Vec<Finding<'a>> {
    let mut findings: Vec<Finding<'a>> = Vec::new();
    for test in tests {
        let place = pointers::main_place(test);
        let same = |other: &TestReport| {
            let says_so = test.message.is_some() && other.message == test.message;
            let is_there = pointers::main_place(other) == place;
            story::word(other) == story::word(test)
                && match test.diagnosis {
                    Some(Diagnosis::Assertion) => says_so || (is_there && place.is_some()),
                    _ => is_there && (place.is_some() || other.message == test.message),
                }
        };
        match findings.iter_mut().find(|finding| same(finding[0])) {
            Some(finding) => finding.push(test),
            None => findings.push(vec![test]),
        }
    }
    findings
}
