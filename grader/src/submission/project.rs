//! Where things are: the directory of the exercises, the graded sources, the scratch directory.

use std::env;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};

use crate::results::usage::Usage;
use crate::support::sanitise;

/// The directory that holds `exercises/`, and the scratch directory of its grader.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
    scratch: PathBuf,
    current: PathBuf,
}

/// A directory with a folder per topic, each with a crate's `src`.
#[derive(Debug, Clone)]
pub struct Source {
    directory: PathBuf,
    current: PathBuf,
    root: PathBuf,
    /// The directory itself was handed in, with everything below it.
    is_handed_in: bool,
}

impl Project {
    /// Finds the project around the current directory: the nearest directory upwards
    /// that holds `exercises/`. When other sources than the exercises are graded, the
    /// current directory will do.
    ///
    /// # Errors
    ///
    /// There is none ([`Usage`]), or the current directory cannot be told.
    pub fn find(other_sources: bool) -> Result<Project> {
        let current = env::current_dir().context("telling the current directory")?;
        let scratch = env::var_os("GRADER_TARGET_DIR").map(PathBuf::from);
        Project::at(&current, other_sources, scratch)
    }

    /// Like [`Project::find`], for any current directory and scratch directory.
    ///
    /// # Errors
    ///
    /// There is no project.
    pub fn at(current: &Path, other_sources: bool, scratch: Option<PathBuf>) -> Result<Project> {
        let root = current
            .ancestors()
            .find(|directory| directory.join("exercises").is_dir())
            .or(other_sources.then_some(current))
            .ok_or_else(|| Usage::NoExercises {
                current: current.to_owned(),
            })?;
        let scratch = scratch.unwrap_or_else(|| root.join("target").join("grader"));
        Ok(Project {
            root: root.to_path_buf(),
            scratch: current.join(scratch),
            current: current.to_path_buf(),
        })
    }

    /// The directory that holds `exercises/`.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The directory that belongs to the grader: builds, logs, caches.
    pub fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// The exercises themselves.
    pub fn exercises(&self) -> Source {
        self.source_at(self.root.join("exercises"), true)
    }

    /// Another directory with a folder per topic. It may be a link: whoever names it has chosen
    /// where it leads. What lies in it may not.
    ///
    /// # Errors
    ///
    /// It is no directory ([`Usage`]).
    pub fn source(&self, directory: &Path) -> Result<Source> {
        let absolute = tidy(&self.current.join(directory));
        if !absolute.is_dir() {
            let directory = directory.to_owned();
            return Err(Usage::NoSuchSource { directory }.into());
        }
        Ok(self.source_at(absolute, false))
    }

    fn source_at(&self, directory: PathBuf, is_handed_in: bool) -> Source {
        Source {
            directory,
            is_handed_in,
            current: self.current.clone(),
            root: self.root.clone(),
        }
    }
}

impl Source {
    /// Where the graded files of a topic are.
    pub fn src(&self, topic: &str) -> PathBuf {
        self.directory.join(topic).join("src")
    }

    /// Whether these are the learner's own exercises, and not other sources that were named.
    pub fn is_handed_in(&self) -> bool {
        self.is_handed_in
    }

    /// The folders that belong to what is handed in, from the outside in, down to that of the
    /// graded files. Those around it are the choice of whoever has it graded.
    pub fn handed_in(&self, topic: &str) -> Vec<PathBuf> {
        let topic = self.directory.join(topic);
        let src = topic.join("src");
        let whole = self.is_handed_in.then(|| self.directory.clone());
        whole.into_iter().chain([topic, src]).collect()
    }

    /// The same as a person here would write it, with `/` between the parts.
    pub fn display(&self, topic: &str) -> PathBuf {
        self.shown(&self.src(topic))
    }

    /// A path below this directory as a person here would write it.
    pub fn shown(&self, path: &Path) -> PathBuf {
        let shown = path
            .strip_prefix(&self.current)
            .or_else(|_| path.strip_prefix(&self.root))
            .unwrap_or(path);
        PathBuf::from(sanitise::line(&shown.to_string_lossy()).replace('\\', "/"))
    }
}

/// Takes `.` and `..` out of an absolute path without looking at the disk.
fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                tidied.pop();
            }
            other => tidied.push(other),
        }
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clone() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(directory.path().join("exercises/lock/src")).unwrap();
        std::fs::create_dir_all(directory.path().join("solutions/lock/src")).unwrap();
        directory
    }

    #[test]
    fn the_project_is_found_from_below() {
        let clone = clone();
        let project = Project::at(&clone.path().join("exercises/lock"), false, None).unwrap();
        assert_eq!(project.root(), clone.path());
        assert_eq!(project.scratch(), clone.path().join("target/grader"));
        assert_eq!(project.exercises().display("lock"), Path::new("src"));
    }

    #[test]
    fn paths_are_shown_as_they_would_be_typed() {
        let clone = clone();
        let project = Project::at(clone.path(), false, None).unwrap();
        let shown = |source: &Source| source.display("lock").to_string_lossy().into_owned();
        assert_eq!(shown(&project.exercises()), "exercises/lock/src");
        let solutions = project.source(Path::new("./solutions")).unwrap();
        assert_eq!(shown(&solutions), "solutions/lock/src");
    }

    #[test]
    fn no_exercises_is_a_mistake_of_usage_unless_other_sources_are_named() {
        let empty = tempfile::tempdir().unwrap();
        let error = Project::at(empty.path(), false, None).unwrap_err();
        assert!(error.is::<Usage>());
        assert!(Project::at(empty.path(), true, None).is_ok());
    }

    #[test]
    fn a_source_that_does_not_exist_is_named() {
        let clone = clone();
        let project = Project::at(clone.path(), false, None).unwrap();
        let error = project.source(Path::new("nowhere")).unwrap_err();
        assert!(error.to_string().contains("nowhere"));
    }
}
