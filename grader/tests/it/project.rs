//! A learner's directory, and the grader run in it.
//!
//! Whatever the grader is given to grade, three things hold afterwards, so they are looked at
//! after every run: the learner's files are as they were, nothing that it started still runs,
//! and it has shown nothing of the hidden tests and of the machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use assert_cmd::Command;
use grader::katas::catalog;
use grader::results::report::{ExerciseReport, Report, TestReport};
use grader::results::verdict::{Kind, Verdict};
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::processes;

/// In the environment of every run; nobody may ever see it.
pub(crate) const SECRET: &str = "the-secret-of-this-machine";

/// A run that takes longer than this will never end. The first one compiles the engines.
const FOR_EVER: Duration = Duration::from_secs(3600);

/// The largest file, in bytes, that is compared byte by byte.
const LARGEST: u64 = 1 << 20;

/// The shortest line of a hidden test that tells something.
const TELLING: usize = 20;

/// A directory with `exercises/`.
pub(crate) struct Project {
    root: TempDir,
    scratch: PathBuf,
}

/// What a run of the grader left behind.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    /// A project without any exercise, whose grader finds the engines compiled.
    pub(crate) fn new() -> Project {
        Project::at(Path::new(env!("CARGO_TARGET_TMPDIR")).join("grader"))
    }

    /// A project with a scratch directory of its own, for whatever needs no engines.
    pub(crate) fn apart() -> Project {
        let mut project = Project::at(PathBuf::new());
        project.scratch = project.path("target/grader");
        project
    }

    fn at(scratch: PathBuf) -> Project {
        let root = tempfile::tempdir().expect("a directory");
        for folder in ["exercises", "tmp"] {
            fs::create_dir(root.path().join(folder)).expect("a new folder");
        }
        Project { root, scratch }
    }

    /// A project in which `exercises/lock/src/lib.rs` has this content.
    pub(crate) fn with_lock(content: impl AsRef<[u8]>) -> Project {
        let project = Project::new();
        project.write("exercises/lock/src/lib.rs", content);
        project
    }

    /// Where things are in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub(crate) fn scratch(&self) -> &Path {
        &self.scratch
    }

    /// Has the grader use another scratch directory.
    pub(crate) fn use_scratch(&mut self, scratch: PathBuf) {
        self.scratch = scratch;
    }

    /// Writes a file and the folders above it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, content).expect("a file");
    }

    /// The grader in this directory, in an environment that does not depend on who runs the tests.
    pub(crate) fn std_grader(&self) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_grader"));
        for name in [
            // By this one the grader knows that it is called as `cargo grader`.
            "CARGO_PKG_NAME",
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "COLUMNS",
            "LC_ALL",
            "LC_CTYPE",
            "NO_COLOR",
        ] {
            command.env_remove(name);
        }
        command
            .current_dir(self.root.path())
            .env("GRADER_TARGET_DIR", &self.scratch)
            .env("LANG", "C.UTF-8")
            .env("SECRET", SECRET)
            // Compilers inherit it, which tells those of this project from all others.
            .env("TMPDIR", self.path("tmp"));
        command
    }

    /// The same, for what ends by itself.
    pub(crate) fn grader(&self) -> Command {
        let mut command = Command::from_std(self.std_grader());
        command.timeout(FOR_EVER);
        command
    }

    /// Runs it and looks at what must hold after every run.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Answer {
        let before = self.files();
        let output = self.grader().args(arguments).output().expect("a run");
        let answer = Answer::from(output);
        assert!(before == self.files(), "the learner's files have changed");
        processes::assert_none_left(&self.path("tmp"), &self.scratch);
        if answer.code != 3 {
            self.assert_nothing_leaked(&answer);
        }
        answer
    }

    /// `grader check`, with all that is graded compiled and run anew.
    #[track_caller]
    pub(crate) fn check(&self, arguments: &[&str]) -> Answer {
        let fixed = ["check", "--no-cache", "--effort", "quick"];
        self.run(&[&fixed, arguments].concat())
    }

    /// The report on the lock that is in this directory.
    #[track_caller]
    pub(crate) fn check_lock(&self, expected_code: i32) -> ExerciseReport {
        let answer = self.check(&["lock", "--format", "json"]);
        assert_eq!(answer.code, expected_code, "{answer:#?}");
        answer.exercise()
    }

    /// All of the learner's files and what is in them.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        WalkDir::new(self.path("exercises"))
            .into_iter()
            .map(|entry| {
                let entry = entry.expect("readable");
                let length = entry.metadata().expect("readable").len();
                let content = match entry.file_type().is_file() {
                    true if length <= LARGEST => fs::read(entry.path()).expect("readable"),
                    // Links are not followed, and pipes not opened.
                    _ => format!("{:?}, {length}", entry.file_type()).into_bytes(),
                };
                (entry.into_path(), content)
            })
            .collect()
    }

    #[track_caller]
    fn assert_nothing_leaked(&self, answer: &Answer) {
        let shown = format!("{}\n{}", answer.stdout, answer.stderr);
        // JSON has its quotes and line ends escaped.
        let shown = shown.replace("\\\"", "\"").replace("\\n", "\n");
        assert!(
            !shown.contains(SECRET),
            "the environment was shown: {shown}"
        );
        let scratch = self.scratch.to_string_lossy();
        assert!(!shown.contains(&*scratch), "an inner path: {shown}");
        let own: String = self
            .files()
            .values()
            .map(|content| String::from_utf8_lossy(content).into_owned() + "\n")
            .collect();
        let has_inner_path = shown.contains("suite.rs") && !own.contains("suite.rs");
        assert!(!has_inner_path, "an inner path: {shown}");
        for kind in Kind::ALL {
            for line in catalog::suite("lock", kind).expect("a suite").lines() {
                let line = line.trim();
                // A line that is nothing but a text is a message, made to be shown.
                let is_message = line.starts_with('"');
                let is_hidden = line.len() >= TELLING && !is_message && !own.contains(line);
                assert!(
                    !(is_hidden && shown.contains(line)),
                    "a line of a hidden test was shown: {line}\n{shown}"
                );
            }
        }
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Answer {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Answer {
            code: output.status.code().expect("an exit code"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Answer {
    /// The report, where JSON was asked for.
    #[track_caller]
    pub(crate) fn report(&self) -> Report {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The report on the only exercise.
    #[track_caller]
    pub(crate) fn exercise(&self) -> ExerciseReport {
        let mut exercises = self.report().exercises;
        assert_eq!(exercises.len(), 1, "{self:#?}");
        exercises.remove(0)
    }
}

/// The tests of a report that did not pass.
pub(crate) fn not_passed(exercise: &ExerciseReport) -> Vec<&TestReport> {
    let tests = exercise.tests.iter();
    tests
        .filter(|test| test.verdict != Verdict::Passed)
        .collect()
}

/// The reference solution of `lock`.
pub(crate) fn solution() -> String {
    unix(&catalog::reference("lock").expect("a solution")["lib.rs"])
}

/// The untouched skeleton of a topic.
pub(crate) fn skeleton(topic: &str) -> String {
    unix(&catalog::skeleton(topic).expect("a skeleton")["lib.rs"])
}

/// The text of one of the wrong locks.
pub(crate) fn mutant(name: &str) -> String {
    let exercise = catalog::exercise("lock").expect("a topic");
    let mutants = catalog::mutants(&exercise).expect("mutants");
    let found = mutants.iter().find(|mutant| mutant.name == name);
    unix(&found.expect("a mutant of that name").text)
}

/// With line ends that do not depend on how the repository was checked out.
fn unix(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// What a person sees, without what differs from run to run: `(0.84 s)` becomes `(# s)`.
pub(crate) fn steady(text: &str) -> String {
    let steady = text.lines().map(|line| {
        let time = line.strip_suffix(" s)").and_then(|it| it.rsplit_once('('));
        match time {
            Some((before, seconds)) if seconds.parse::<f64>().is_ok() => format!("{before}(# s)\n"),
            _ => format!("{line}\n"),
        }
    });
    steady.collect()
}
