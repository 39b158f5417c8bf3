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

/// How many steps of a long counterexample are kept from its beginning.
const FIRST_STEPS: usize = 200;
/// And from its end.
const LAST_STEPS: usize = 100;

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

/// A counterexample with the learner's names. Threads that run in circles leave many steps;
/// then the middle is left out, but never a step that the story points at.
fn story(subject: &Subject<'_>, test: &Test, counterexample: &Counterexample) -> Story {
    let suite = catalog::suite(&subject.exercise.topic, test.kind).unwrap_or_default();
    let last = counterexample.steps.len().saturating_sub(LAST_STEPS);
    let steps = counterexample.steps.iter().enumerate();
    let shortened = Counterexample {
        steps: steps
            .filter(|(index, step)| *index < FIRST_STEPS || *index >= last || step.mark.is_some())
            .map(|(_, step)| step.clone())
            .collect(),
        ..counterexample.clone()
    };
    names::story(&shortened, &|path| find(subject, suite, path))
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
    use crate::results::record::Step;

    fn of(verdicts: &[Verdict]) -> Status {
        status(verdicts.iter().copied())
    }

    #[test]
    fn a_long_counterexample_loses_its_middle_but_no_marked_step() {
        let exercise = Exercise::named("lock");
        let subject = Subject::learner(&exercise, catalog::single(""), "exercises/lock/src".into());
        let test = Test {
            name: "model::t".to_owned(),
            kind: crate::results::verdict::Kind::Model,
            points: 1.0,
            claim: String::new(),
            alone: false,
        };
        let step = |index: u32| Step {
            step: index + 1,
            thread: 0,
            op: "yield".to_owned(),
            object: None,
            outcome: None,
            target: None,
            value: None,
            place: Place {
                file: String::new(),
                line: 1,
                column: 1,
            },
            key: false,
            mark: (index == 1000).then_some(1),
            again: None,
        };
        let counterexample = Counterexample {
            execution: 1,
            preemptions: 0,
            spurious: 0,
            timeouts: 0,
            threads: vec!["main".to_owned()],
            objects: Vec::new(),
            steps: (0..5000).map(step).collect(),
            blocked: Vec::new(),
        };
        let trace = story(&subject, &test, &counterexample).trace;
        let numbers: Vec<usize> = trace.iter().map(|step| step.step).collect();
        assert_eq!(numbers.len(), FIRST_STEPS + 1 + LAST_STEPS);
        assert_eq!(numbers[FIRST_STEPS - 1..FIRST_STEPS + 2], [200, 1001, 4901]);
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
