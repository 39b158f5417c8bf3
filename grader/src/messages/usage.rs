//! The command line: what was typed wrong, and errors of the machine.

use std::fmt;
use std::path::Path;

use super::{count, listed, new_kata, new_mutant};
use crate::results::usage::Usage;

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Usage::NoExercises { current } => write!(
                f,
                "there is no folder `exercises` in {} or above it; change into your clone of the \
                 course, or name a folder of crates with --source",
                current.display()
            ),
            Usage::NoSuchSource { directory } => write!(
                f,
                "--source {}: there is no such folder; it should hold one folder per topic, each \
                 with src/lib.rs",
                directory.display()
            ),
            Usage::NoSuchTopic { topic, topics } => write!(
                f,
                "there is no exercise `{topic}`; there are {}",
                topics.join(", ")
            ),
            Usage::NoGit => f.write_str(NO_GIT),
            Usage::NoRepository { root } => f.write_str(&no_repository(root)),
            Usage::NoSuchRevision { revision } => f.write_str(&no_such_revision(revision)),
            Usage::NewKata(problem) => f.write_str(&new_kata::problem(problem)),
            Usage::NewMutant(problem) => f.write_str(&new_mutant::problem(problem)),
            Usage::Said(text) => f.write_str(text),
        }
    }
}

/// `--jobs 0`
pub const NO_JOBS: &str = "at least one process is needed";

/// There is no exercise of that name.
pub fn unknown_topic(topic: &str, nearest: Option<&str>, all: &[String]) -> String {
    match nearest {
        Some(nearest) => {
            format!("there is no exercise `{topic}`; did you mean `{nearest}`?")
        }
        None => format!("there is no exercise `{topic}`. There are {}.", listed(all)),
    }
}

/// None of these exercises has a test of that name; these may be meant.
pub fn unknown_test(name: &str, topics: &[String], likely: &[String]) -> String {
    let topics = listed(topics);
    let quoted: Vec<String> = likely.iter().map(|it| format!("`{it}`")).collect();
    match quoted.as_slice() {
        [] => format!("{topics}: there is no test `{name}`; `check -v` names all"),
        meant => format!(
            "{topics}: there is no test `{name}`; did you mean {}?",
            meant.join(" or ")
        ),
    }
}

/// None of these exercises has a test of that name, but this one has.
pub fn test_of_another(name: &str, topics: &[String], other: &str) -> String {
    format!(
        "{}: there is no test `{name}`; {other} has one of that name",
        listed(topics)
    )
}

/// `--changed` without git.
const NO_GIT: &str =
    "`--changed` asks git what has changed, and there is no program `git` on this machine";

/// `--changed` outside of a repository.
fn no_repository(directory: &Path) -> String {
    format!(
        "`--changed` asks git what has changed, but {} is in no git repository",
        directory.display()
    )
}

/// `--changed=REV` with a revision that does not exist.
fn no_such_revision(revision: &str) -> String {
    format!("git knows no revision `{revision}`")
}

/// In front of what went wrong with the tool or the command line.
pub const ERROR: &str = "error:";

/// In front of an underlying cause.
pub const BECAUSE: &str = "because:";

/// After the error of a command that cannot be carried out as typed.
pub fn see_help(program: &str) -> String {
    format!("`{program} --help` tells what there is.")
}

/// After an error of the machine or the grader.
pub const NOT_YOUR_CODE: &str =
    "This is no verdict on your code: the machine, the toolchain or the grader is at fault.";

/// A file could not be written; nothing is left half-written.
pub fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}

/// The result could not be printed.
pub const CANNOT_PRINT: &str = "cannot write to standard output";

/// The user pressed Ctrl-C.
pub const INTERRUPTED: &str = "interrupted";

/// Above a hint.
pub fn hint_heading(topic: &str, number: usize, of: usize) -> String {
    format!("{topic}: hint {number} of {of}")
}

/// Below a hint: how many are left.
pub fn hints_left(left: usize, command: &str) -> String {
    match left {
        0 => "That was the last one: the rest is yours.".to_owned(),
        left => format!(
            "{} left: `{command}` shows the next.",
            count(left as u64, "hint")
        ),
    }
}

/// A topic has no hints.
pub fn no_hints(topic: &str) -> String {
    format!("there are no hints for {topic}")
}

/// There is nothing left to give hints for.
pub const NO_HINT_NEEDED: &str =
    "Every exercise has passed; there is nothing to hint at. Name one to see its hints again.";

/// The directory holds none of the exercises.
pub const NOTHING_TO_CHECK: &str = "there is no exercise in this directory: it should hold one folder per topic, each with src/lib.rs";

/// The number of hints given so far could not be kept.
pub const CANNOT_REMEMBER_HINTS: &str = "cannot remember which hints have been given";
