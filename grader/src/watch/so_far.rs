//! What a check has found while it still runs.

use super::news::News;
use crate::katas::catalog::POINTS;
use crate::report::human;
use crate::report::look::Look;
use crate::results::refusal::{CompileError, Refusal};
use crate::results::report::ExerciseReport;
use crate::results::verdict::Status;
use crate::submission::intake::Intake;
use crate::submission::project::Source;

/// A check that runs.
pub(super) struct SoFar {
    /// What it is at, for people.
    pub(super) doing: String,
    errors: Vec<CompileError>,
    /// The report that could be written now.
    report: ExerciseReport,
}

impl SoFar {
    /// Nothing has been found yet in what was handed in for a topic.
    pub(super) fn begin(topic: &str, source: &Source, handed_in: Option<&Intake>) -> SoFar {
        let display = source.display(topic);
        let files = match handed_in {
            Some(Intake::Taken(files)) => files.clone(),
            _ => Default::default(),
        };
        let shown = |name: String| format!("{}/{name}", display.display());
        let sources = files.into_iter().map(|(name, text)| (shown(name), text));
        SoFar {
            doing: String::new(),
            errors: Vec::new(),
            report: ExerciseReport {
                topic: topic.to_owned(),
                status: Status::Failed,
                points: 0.0,
                max_points: POINTS,
                cached: false,
                seconds: 0.0,
                refusal: None,
                tests: Vec::new(),
                unasked: 0,
                unmodelled: Vec::new(),
                sources: sources.collect(),
                source: display,
            },
        }
    }

    /// Takes what the check tells.
    pub(super) fn learn(&mut self, news: News) {
        match news {
            News::Doing(now) => self.doing = now,
            News::Error(error) => {
                self.errors.push(error);
                self.report.status = Status::BuildFailed;
                self.report.refusal = Some(Refusal::DoesNotCompile(self.errors.clone()));
            }
            // Whoever has begun to read is not given something else.
            News::Failed(_) if human::has_finding(&self.report) => {}
            News::Failed(test) => self.report.tests.push(*test),
        }
    }

    /// The compiler's errors, or the first finding, in so many rows where that is possible.
    pub(super) fn found(&self, seed: u64, rows: usize, look: &Look) -> Option<String> {
        human::so_far(&self.report, seed, rows, look)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::report::looks;
    use crate::results::fixtures;
    use crate::results::report::TestReport;
    use crate::submission::project::Project;

    fn begun() -> SoFar {
        let root = tempfile::tempdir().unwrap();
        let source = Project::at(root.path(), true, None).unwrap().exercises();
        SoFar::begin("lock", &source, None)
    }

    fn found(so_far: &SoFar) -> Option<String> {
        so_far.found(7, 20, &looks::plain())
    }

    #[test]
    fn the_first_finding_stays_and_a_todo_is_none() {
        let mut so_far = begun();
        assert_eq!(so_far.report.source, Path::new("exercises/lock/src"));
        let learn = |so_far: &mut SoFar, exercise: ExerciseReport| {
            let tests = exercise.tests.into_iter();
            for test in tests.filter(|test| test.diagnosis.is_some()) {
                so_far.learn(News::Failed(Box::new(test)));
            }
        };
        let mut unwritten = fixtures::unfinished();
        let said = |test: &TestReport| test.message.as_ref()?.said().map(str::to_owned);
        let is_todo = |test: &TestReport| said(test).is_some_and(|it| it.starts_with("not yet"));
        unwritten.tests.retain(is_todo);
        assert!(!unwritten.tests.is_empty());
        learn(&mut so_far, unwritten);
        assert_eq!(found(&so_far), None);
        learn(&mut so_far, fixtures::lost_wakeup());
        let first = found(&so_far).expect("a finding");
        assert!(first.contains("error["), "{first}");
        learn(&mut so_far, fixtures::data_race());
        assert_eq!(found(&so_far), Some(first));
    }

    #[test]
    fn errors_of_the_compiler_are_told_as_they_come() {
        let mut so_far = begun();
        for rendered in ["error: one\n", "error: two\n"] {
            so_far.learn(News::Error(CompileError {
                rendered: rendered.to_owned(),
                missing_from_std: None,
            }));
            let found = found(&so_far).expect("an error");
            assert!(found.contains(rendered.trim()), "{found}");
        }
    }
}
