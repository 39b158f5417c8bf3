//! What has to be verified again after a change: from git's list of changed files to topics.
//!
//! | what has changed | what is verified |
//! |---|---|
//! | a mutant | that mutant, and those that are differences to it |
//! | the exercise that learners get | the skeleton, which must be equal to it |
//! | the tests, an alternate, anything else in a suite that decides a verdict; the solution | the topic |
//! | the engines, the grader, the versions of its dependencies | everything |
//! | hints, notes, documents, the grader's own tests | nothing |

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use crate::results::changes::{Changes, Share, Since};
use crate::results::usage::Usage;

/// Files and folders on which every verdict depends, below the root of the project.
const EVERYTHING: [&str; 9] = [
    "grader/src/",
    "grader/model/src/",
    "grader/model/Cargo.toml",
    "grader/std/src/",
    "grader/std/Cargo.toml",
    "grader/quiet/",
    "grader/Cargo.toml",
    "grader/build.rs",
    LOCK,
];

/// The versions of the dependencies. The packages of katas are listed there too.
const LOCK: &str = "Cargo.lock";

/// Files of a suite on which no verdict of `verify` depends.
const WITHOUT_EFFECT: [&str; 3] = ["hints.md", "coverage.md", "equivalent.toml"];

/// Where the branch began is looked for at the first of these that exists.
const MAIN_BRANCHES: [&str; 4] = ["origin/HEAD", "origin/main", "main", "master"];

/// Asks git what differs in the files below `root`, committed or not, since this branch left
/// `revision`: that is their last common commit, or the revision itself if there is none.
/// Without a revision it is the main branch, and where there is none, the last commit.
///
/// # Errors
///
/// git is not installed, this is no repository, or it has no such revision ([`Usage`]); or git
/// fails for another reason.
pub fn since(root: &Path, revision: Option<&str>) -> Result<Since> {
    let git = Git { root };
    if git.ask(["rev-parse", "--is-inside-work-tree"])?.is_none() {
        return Err(Usage::NoRepository {
            root: root.to_owned(),
        }
        .into());
    }
    let revision = match revision {
        Some(revision) => revision.to_owned(),
        None => git.main_branch()?,
    };
    let unknown = || Usage::NoSuchRevision {
        revision: revision.clone(),
    };
    if revision.starts_with('-') {
        return Err(unknown().into());
    }
    let commit = git.commit(&revision)?.ok_or_else(unknown)?;
    let fork = git.ask(["merge-base", &commit, "HEAD"])?;
    let commit = fork.map_or(commit, |fork| fork.trim().to_owned());
    let differ = ["diff", "--relative", "--no-renames", "--name-only", "-z"];
    let changed = git.list(differ.into_iter().chain([commit.as_str(), "--"]))?;
    let new = git.list(["ls-files", "--others", "--exclude-standard", "-z"])?;
    let mut paths: Vec<&str> = changed.iter().chain(&new).map(String::as_str).collect();
    if paths.contains(&LOCK) {
        let now = std::fs::read_to_string(root.join(LOCK)).unwrap_or_default();
        let then = git.ask(["show", &format!("{commit}:./{LOCK}")])?;
        if dependencies(&now)
            .is_some_and(|now| Some(now) == dependencies(&then.unwrap_or_default()))
        {
            paths.retain(|path| *path != LOCK);
        }
    }
    Ok(Since {
        revision,
        commit,
        changes: of(paths),
    })
}

/// What these files, given by their paths below the root of the project, have an effect on.
pub fn of<'a>(paths: impl IntoIterator<Item = &'a str>) -> Changes {
    let mut topics = BTreeMap::new();
    for path in paths {
        if EVERYTHING.iter().any(|it| is_at(path, it)) {
            return Changes::Everything;
        }
        if let Some((topic, share)) = share_of(path) {
            let so_far = topics
                .entry(topic.to_owned())
                .or_insert_with(|| Share::Subjects(BTreeSet::new()));
            so_far.add(share);
        }
    }
    Changes::Topics(topics)
}

/// Whether a path is this file, or below this folder.
fn is_at(path: &str, place: &str) -> bool {
    match place.ends_with('/') {
        true => path.starts_with(place),
        false => path == place,
    }
}

/// The topic that a file belongs to, and how much of it has to be verified for the file's sake.
fn share_of(path: &str) -> Option<(&str, Share)> {
    let only = |subject: &str| Share::Subjects(BTreeSet::from([subject.to_owned()]));
    if let Some(path) = path.strip_prefix("solutions/") {
        return Some((path.split_once('/')?.0, Share::Whole));
    }
    if let Some(path) = path.strip_prefix("exercises/") {
        return Some((path.split_once('/')?.0, only("skeleton")));
    }
    let (topic, file) = path.strip_prefix("grader/suites/")?.split_once('/')?;
    if WITHOUT_EFFECT.contains(&file) {
        return None;
    }
    let Some(mutant) = file.strip_prefix("mutants/") else {
        return Some((topic, Share::Whole));
    };
    let name = mutant.rsplit_once('.').map_or(mutant, |(stem, _)| stem);
    Some((topic, only(&name.replace('_', "-"))))
}

/// The packages of a lock file that come from elsewhere, if it can be read. Others are those of
/// the workspace, and a new kata brings two along.
fn dependencies(lock: &str) -> Option<Vec<Value>> {
    let lock: Table = lock.parse().ok()?;
    let packages = lock.get("package")?.as_array()?.iter();
    let packages = packages.filter(|package| package.get("source").is_some());
    Some(packages.cloned().collect())
}

/// git, in the root of the project.
struct Git<'a> {
    root: &'a Path,
}

impl Git<'_> {
    /// The first main branch that there is, or the last commit.
    fn main_branch(&self) -> Result<String> {
        for branch in MAIN_BRANCHES {
            if self.commit(branch)?.is_some() {
                return Ok(branch.to_owned());
            }
        }
        Ok("HEAD".to_owned())
    }

    fn commit(&self, revision: &str) -> Result<Option<String>> {
        let commit = format!("{revision}^{{commit}}");
        let commit = self.ask(["rev-parse", "--verify", "--quiet", &commit])?;
        Ok(commit.map(|commit| commit.trim().to_owned()))
    }

    /// Paths that end with a zero byte each.
    fn list<'b>(&self, arguments: impl IntoIterator<Item = &'b str>) -> Result<Vec<String>> {
        let output = self.run(arguments)?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            bail!("git did not say what has changed: {}", complaint.trim());
        }
        let paths = output.stdout.split(|byte| *byte == 0);
        let paths = paths.filter(|path| !path.is_empty());
        Ok(paths
            .map(|path| String::from_utf8_lossy(path).into_owned())
            .collect())
    }

    /// What git answers, or `None` if it says that there is no answer.
    fn ask<'b>(&self, arguments: impl IntoIterator<Item = &'b str>) -> Result<Option<String>> {
        let output = self.run(arguments)?;
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(output.status.success().then_some(answer))
    }

    fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Result<Output> {
        let mut git = Command::new("git");
        git.arg("-C").arg(self.root).args(arguments);
        match git.output() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Usage::NoGit.into()),
            output => output.context("starting git"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subjects(names: &[&str]) -> Share {
        Share::Subjects(names.iter().map(|name| (*name).to_owned()).collect())
    }

    fn topics(paths: &[&str]) -> Vec<(String, Share)> {
        match of(paths.iter().copied()) {
            Changes::Everything => panic!("{paths:?} are said to change everything"),
            Changes::Topics(topics) => topics.into_iter().collect(),
        }
    }

    #[test]
    fn a_mutant_is_verified_alone() {
        let changed = topics(&[
            "grader/suites/lock/mutants/zero_is_for_ever.rs",
            "grader/suites/lock/mutants/try_waits.diff",
        ]);
        let expected = subjects(&["zero-is-for-ever", "try-waits"]);
        assert_eq!(changed, [("lock".to_owned(), expected)]);
    }

    #[test]
    fn what_the_tests_are_made_of_changes_the_whole_topic() {
        for path in [
            "grader/suites/lock/stress.rs",
            "grader/suites/lock/exercise.toml",
            "grader/suites/lock/skeleton.rs",
            "grader/suites/lock/alternates/ticket_lock.rs",
            "solutions/lock/src/lib.rs",
        ] {
            for paths in [
                &[path, "grader/suites/lock/mutants/a.rs"],
                &["grader/suites/lock/mutants/a.rs", path],
            ] {
                assert_eq!(topics(paths), [("lock".to_owned(), Share::Whole)], "{path}");
            }
        }
    }

    #[test]
    fn an_exercise_has_to_be_equal_to_its_skeleton() {
        let changed = topics(&["exercises/event/src/lib.rs"]);
        assert_eq!(changed, [("event".to_owned(), subjects(&["skeleton"]))]);
    }

    #[test]
    fn engines_and_grader_change_everything() {
        for path in [
            "grader/model/src/real/thread.rs",
            "grader/std/Cargo.toml",
            "grader/quiet/",
            "grader/src/verify.rs",
            "Cargo.lock",
        ] {
            let changes = of(["README.md", path, "solutions/lock/src/lib.rs"]);
            assert_eq!(changes, Changes::Everything, "{path}");
        }
    }

    #[test]
    fn documents_and_the_graders_own_tests_change_nothing() {
        let changed = topics(&[
            "README.md",
            "Cargo.lock.md",
            "notes/src/lock.md",
            "grader/suites/lock/hints.md",
            "grader/suites/lock/coverage.md",
            "grader/suites/lock/equivalent.toml",
            "grader/tests/it/cli.rs",
            "grader/model/tests/litmus.rs",
            "grader/templates/kata/stress.rs",
            "solutions/README.md",
        ]);
        assert_eq!(changed, []);
    }

    #[test]
    fn the_packages_of_a_new_kata_are_no_dependencies() {
        let lock = |packages: &[&str]| {
            let packages: Vec<String> = packages
                .iter()
                .map(|package| format!("[[package]]\n{package}\n"))
                .collect();
            dependencies(&packages.join("\n"))
        };
        let loom = "name = \"loom\"\nversion = \"0.7.2\"\nsource = \"registry\"";
        let newer = "name = \"loom\"\nversion = \"0.7.3\"\nsource = \"registry\"";
        let kata = "name = \"latch\"\nversion = \"0.1.0\"";
        assert_eq!(lock(&[kata, loom]), lock(&[loom]));
        assert_ne!(lock(&[newer]), lock(&[loom]));
        assert_eq!(dependencies("no lock file"), None);
    }

    #[test]
    fn a_subject_is_found_by_its_topic_and_its_name() {
        let changes = of(["grader/suites/lock/mutants/a_b.rs", "solutions/event/x"]);
        assert!(changes.contain("lock", "a-b") && !changes.contain("lock", "reference"));
        assert!(changes.contain("event", "reference") && !changes.contain("timer", "a-b"));
        assert!(Changes::Everything.contain("timer", "a-b"));
    }
}
