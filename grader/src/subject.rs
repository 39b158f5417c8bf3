//! A crate that is graded: the learner's, the reference solution, a mutant, an alternate.

use std::path::PathBuf;

use crate::catalog::{self, Exercise, Files};
use crate::header::{Alternate, Mutant};
use crate::intake::SubjectSources;
use crate::verdict::Kind;

/// A crate and the exercise that it claims to solve.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// Names its folder in the scratch workspace: `learner`, `reference`, `mutant-…`, `generated-…`, `alternate-…`.
    pub label: String,
    pub exercise: &'a Exercise,
    pub sources: SubjectSources,
}

impl<'a> Subject<'a> {
    /// A subject with these files; `display` is what the user calls their directory.
    pub fn new(label: &str, exercise: &'a Exercise, files: Files, display: PathBuf) -> Subject<'a> {
        let prefix = format!("subjects/{label}/{}/src", exercise.topic);
        Subject {
            label: label.to_owned(),
            exercise,
            sources: SubjectSources {
                files,
                prefix,
                display,
            },
        }
    }

    /// What the learner wrote.
    pub fn learner(exercise: &'a Exercise, files: Files, display: PathBuf) -> Subject<'a> {
        Subject::new("learner", exercise, files, display)
    }

    /// The reference solution.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn reference(exercise: &'a Exercise) -> anyhow::Result<Subject<'a>> {
        let display = PathBuf::from(format!("solutions/{}/src", exercise.topic));
        let files = catalog::reference(&exercise.topic)?;
        Ok(Subject::new("reference", exercise, files, display))
    }

    /// A crate with one wrong idea.
    pub fn mutant(exercise: &'a Exercise, mutant: &Mutant) -> Subject<'a> {
        let display = PathBuf::from(format!("mutants/{}/{}", exercise.topic, mutant.name));
        let files = catalog::single(&mutant.text);
        Subject::new(&format!("mutant-{}", mutant.name), exercise, files, display)
    }

    /// The reference solution with one generated change.
    pub fn generated(exercise: &'a Exercise, number: usize, files: Files) -> Subject<'a> {
        let display = PathBuf::from(format!("generated/{}/{number}", exercise.topic));
        Subject::new(&format!("generated-{number}"), exercise, files, display)
    }

    /// A crate that is right by other means.
    pub fn alternate(exercise: &'a Exercise, alternate: &Alternate) -> Subject<'a> {
        let display = PathBuf::from(format!("alternates/{}/{}", exercise.topic, alternate.name));
        let files = catalog::single(alternate.text);
        Subject::new(
            &format!("alternate-{}", alternate.name),
            exercise,
            files,
            display,
        )
    }

    /// The pristine skeleton, if the topic has one.
    pub fn skeleton(exercise: &'a Exercise) -> Option<Subject<'a>> {
        let display = PathBuf::from(format!("skeletons/{}/src", exercise.topic));
        let files = catalog::skeleton(&exercise.topic)?;
        Some(Subject::new("skeleton", exercise, files, display))
    }

    /// The package of the graded crate for one kind of test.
    pub fn unit_package(&self, kind: Kind) -> String {
        format!("{}-{}-{}", self.label, self.exercise.topic, kind.engine())
    }

    /// The package of the hidden tests of one kind.
    pub fn tests_package(&self, kind: Kind) -> String {
        format!("{}-tests", self.unit_package(kind))
    }

    /// The folder of the graded crate's package below the workspace.
    pub fn unit_folder(&self, kind: Kind) -> String {
        format!(
            "units/{}/{}/{}",
            self.label,
            self.exercise.topic,
            kind.engine()
        )
    }

    /// The folder of the tests' package below the workspace.
    pub fn tests_folder(&self, kind: Kind) -> String {
        format!(
            "tests/{}/{}/{}",
            self.label,
            self.exercise.topic,
            kind.engine()
        )
    }
}
