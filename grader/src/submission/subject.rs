//! A crate that is graded: the learner's, the reference solution, a mutant, an alternate.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::katas::catalog::{self, Exercise, Files};
use crate::katas::header::{Alternate, Mutant};
use crate::results::report::Unmodelled;
use crate::results::verdict::Kind;

/// A crate and the exercise that it claims to solve.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// Names its folder in the scratch workspace: `learner`, `reference`, `mutant-…`, `generated-…`, `alternate-…`.
    pub label: String,
    pub exercise: &'a Exercise,
    pub sources: SubjectSources,
}

/// A source file that a place may point into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile<'a> {
    /// The path that the learner knows it by, for example `exercises/lock/src/lib.rs`;
    /// [`None`] for a hidden test, whose lines are never shown.
    pub shown: Option<String>,
    pub text: &'a str,
}

/// The graded files of a crate and where their copy lies in the scratch workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectSources {
    /// From the path below `src/` (with `/`) to the text.
    pub files: Files,
    /// The path of the copy as rustc sees it: `subjects/learner/lock/src`.
    pub prefix: String,
    /// The `src` that the user knows: `exercises/lock/src`.
    pub display: PathBuf,
    /// What they ask that the model does not know, if a learner may read of it.
    pub unmodelled: Vec<Unmodelled>,
}

impl SubjectSources {
    /// The learner's name of a path that rustc or a test process gave, if it is one of these files.
    pub fn shown(&self, path: &str) -> Option<String> {
        let name = self.name_of(path)?;
        Some(self.shown_name(&name))
    }

    /// The file that such a path means, with its text.
    pub fn find(&self, path: &str) -> Option<SourceFile<'_>> {
        let name = self.name_of(path)?;
        Some(SourceFile {
            shown: Some(self.shown_name(&name)),
            text: &self.files[&name],
        })
    }

    /// All files by the name that the user knows.
    pub fn by_shown_name(&self) -> BTreeMap<String, String> {
        self.files
            .iter()
            .map(|(name, text)| (self.shown_name(name), text.clone()))
            .collect()
    }

    /// Replaces the paths of the copies in a text by the learner's.
    pub fn show_paths(&self, text: &str) -> String {
        let copies = format!("{}/", self.prefix);
        let own = format!("{}/", self.display.display());
        text.replace(&copies.replace('/', "\\"), &own)
            .replace(&copies, &own)
    }

    fn shown_name(&self, name: &str) -> String {
        format!("{}/{name}", self.display.display())
    }

    fn name_of(&self, path: &str) -> Option<String> {
        let path = path.replace('\\', "/");
        let start = path.find(&format!("{}/", self.prefix))?;
        let name = &path[start + self.prefix.len() + 1..];
        self.files.contains_key(name).then(|| name.to_owned())
    }
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
                unmodelled: Vec::new(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_mapped_back() {
        let sources = SubjectSources {
            files: catalog::single("fn f() {}"),
            prefix: "subjects/learner/lock/src".into(),
            display: "exercises/lock/src".into(),
            unmodelled: Vec::new(),
        };
        let shown = Some("exercises/lock/src/lib.rs".to_owned());
        assert_eq!(sources.shown("subjects/learner/lock/src/lib.rs"), shown);
        assert_eq!(sources.shown("/x/subjects/learner/lock/src/lib.rs"), shown);
        assert_eq!(sources.shown("subjects/learner/lock/src/other.rs"), None);
        assert_eq!(
            sources.show_paths("--> subjects/learner/lock/src/lib.rs:1:1"),
            "--> exercises/lock/src/lib.rs:1:1"
        );
    }
}
