//! From findings to reports: points, statuses, and counterexamples in the learner's own words.

use crate::grading::names;
use crate::katas::catalog::{self, Exercise, POINTS, Test};
use crate::results::place::Place;
use crate::results::record::Counterexample;
use crate::results::refusal::Refusal;
use crate::results::report::{ExerciseReport, Explored, Story, TestReport};
use crate::results::verdict::{Diagnosis, Status, Verdict};
use crate::running::run::Finding;
use crate::submission::subject::{SourceFile, Subject};

/// The report on a test that was run.
pub fn test(subject: &Subject<'_>, test: &Test, finding: &Finding) -> TestReport {
    let counterexample = finding.counterexample.as_ref();
    let story = counterexample.map(|counterexample| story(subject, test, counterexample));
    TestReport {
        verdict: finding.verdict,
        diagnosis: finding.diagnosis,
        points: if finding.verdict == Verdict::Passed {
            test.points
        } else {
            0.0
        },
        message: finding.message.clone(),
        explored: finding.exploration.map(Explored::from).unwrap_or_default(),
        seconds: finding.seconds,
        location: finding
            .location
            .as_ref()
            .and_then(|place| shown(subject, place)),
        story: story.unwrap_or_default(),
        output: finding.output.clone(),
        ..not_run(test, None)
    }
}

/// A counterexample with the learner's names.
fn story(subject: &Subject<'_>, test: &Test, counterexample: &Counterexample) -> Story {
    let suite = catalog::suite(&subject.exercise.topic, test.kind).unwrap_or_default();
    names::story(counterexample, &|path| find(subject, suite, path))
}

/// The report on a test that was not run.
pub fn not_run(test: &Test, diagnosis: Option<Diagnosis>) -> TestReport {
    TestReport {
        name: test.name.clone(),
        kind: test.kind,
        claim: test.claim.clone(),
        verdict: Verdict::NotRun,
        diagnosis,
        points: 0.0,
        max_points: test.points,
        message: None,
        explored: Explored::default(),
        seconds: 0.0,
        location: None,
        story: Story::default(),
        output: String::new(),
    }
}

/// The report on an exercise none of whose tests was run.
pub fn nothing_run(
    exercise: &Exercise,
    status: Status,
    refusal: Option<Refusal>,
) -> ExerciseReport {
    let diagnosis = match status {
        Status::Forbidden => Some(Diagnosis::Forbidden),
        Status::BuildFailed => Some(Diagnosis::CompileError),
        _ => None,
    };
    let tests = exercise
        .tests
        .iter()
        .map(|test| not_run(test, diagnosis))
        .collect();
    ExerciseReport {
        refusal,
        ..exercise_report(exercise, status, tests)
    }
}

/// A report with these tests alone; with all of them if none is named. It counts those that are
/// missing, and its points are those of the tests that it has.
pub fn only(report: ExerciseReport, asked: &[String]) -> ExerciseReport {
    if asked.is_empty() {
        return report;
    }
    let all = catalog::exercise(&report.topic).map_or(0, |exercise| exercise.tests.len());
    let mut tests = report.tests;
    tests.retain(|test| is_asked_for(asked, &test.name));
    ExerciseReport {
        unasked: all.saturating_sub(tests.len()),
        max_points: catalog::total(tests.iter().map(|test| test.max_points)),
        tests,
        ..report
    }
}

/// Whether a test is to be run; without a name, all are.
pub fn is_asked_for(asked: &[String], name: &str) -> bool {
    asked.is_empty() || asked.iter().any(|it| it == name)
}

/// The report on an exercise all of whose tests were run.
pub fn all_run(exercise: &Exercise, tests: Vec<TestReport>) -> ExerciseReport {
    let status = status(tests.iter().map(|test| test.verdict));
    exercise_report(exercise, status, tests)
}

fn exercise_report(exercise: &Exercise, status: Status, tests: Vec<TestReport>) -> ExerciseReport {
    ExerciseReport {
        topic: exercise.topic.clone(),
        status,
        points: catalog::total(tests.iter().map(|test| test.points)),
        max_points: POINTS,
        cached: false,
        seconds: 0.0,
        source: Default::default(),
        refusal: None,
        tests,
        unasked: 0,
        unmodelled: Vec::new(),
        sources: Default::default(),
    }
}

/// A fault outweighs a failure, because it makes everything doubtful; a failure outweighs a
/// search that was cut short.
fn status(verdicts: impl Iterator<Item = Verdict>) -> Status {
    let mut status = Status::Passed;
    for verdict in verdicts {
        status = match (verdict, status) {
            (Verdict::Fault, _) | (_, Status::Fault) => Status::Fault,
            (Verdict::Failed | Verdict::TimedOut | Verdict::Crashed | Verdict::NotRun, _)
            | (_, Status::Failed) => Status::Failed,
            (Verdict::Incomplete, _) => Status::Incomplete,
            (Verdict::Passed, status) => status,
        };
    }
    status
}

/// The file that a path in a record means.
fn find<'a>(subject: &'a Subject<'_>, suite: &'a str, path: &str) -> Option<SourceFile<'a>> {
    let is_suite = path.replace('\\', "/").ends_with("src/suite.rs");
    let hidden = is_suite.then_some(SourceFile {
        shown: None,
        text: suite,
    });
    subject.sources.find(path).or(hidden)
}

fn shown(subject: &Subject<'_>, place: &Place) -> Option<Place> {
    let file = subject.sources.shown(&place.file)?;
    Some(Place {
        file,
        ..place.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(verdicts: &[Verdict]) -> Status {
        status(verdicts.iter().copied())
    }

    #[test]
    fn the_worst_verdict_gives_the_status() {
        use Verdict::{Crashed, Failed, Fault, Incomplete, Passed, TimedOut};
        assert_eq!(of(&[Passed, Passed]), Status::Passed);
        assert_eq!(of(&[Passed, Incomplete, Passed]), Status::Incomplete);
        assert_eq!(of(&[Failed, Incomplete, Passed]), Status::Failed);
        assert_eq!(of(&[Incomplete, TimedOut]), Status::Failed);
        assert_eq!(of(&[Crashed]), Status::Failed);
        assert_eq!(of(&[Fault, Failed]), Status::Fault);
        assert_eq!(of(&[Failed, Fault]), Status::Fault);
    }
}
