//! What the learner has passed, and how the last check of each kata ended: kept where nothing that
//! only costs time takes it away.
//!
//! It is in `.grader/progress.json` beside `exercises/`. Below `target/` a `cargo clean` would
//! remove it. In a directory of the user it would be left behind when the clone is copied or
//! moved, and two clones would share it. Beside the exercises it goes wherever the work goes. A
//! `.gitignore` in its folder keeps it out of commits.
//!
//! * The file is written whole or not at all, and under a lock: two graders lose nothing of each
//!   other's.
//! * What an entry does not know (of a newer grader, of a kata that has gone) is kept as it is.
//! * A file that cannot be read is kept aside under another name before a new one is written.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::katas::catalog::Files;
use crate::messages::learner as say;
use crate::report::human;
use crate::results::report::ExerciseReport;
use crate::results::verdict::{Diagnosis, Status};
use crate::submission::project::{Project, Source};
use crate::support::fingerprint::lasting;
use crate::support::{clock, disk};

/// The folder beside `exercises/`.
const FOLDER: &str = ".grader";
const FILE: &str = "progress.json";
/// What every schema of this file begins with, and the one that is written.
const SCHEMAS: &str = "grader/progress/v";
const SCHEMA: &str = "grader/progress/v1";

/// How far the learner has come.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    document: Document,
    odd: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Document {
    schema: String,
    #[serde(default)]
    katas: BTreeMap<String, Kata>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// What is remembered of one kata.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Kata {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<Pass>,
    /// The last check that said something about the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<Last>,
    #[serde(flatten)]
    more: Map<String, Value>,
}

/// The sources that were last seen to pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pass {
    /// UTC, RFC 3339.
    pub when: String,
    sources: Prints,
}

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Last {
    /// UTC, RFC 3339.
    pub when: String,
    pub status: Status,
    pub points: f64,
    /// Of the failure that was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnosis: Option<Diagnosis>,
    sources: Prints,
}

/// The files that were graded, from their path below `src` to their fingerprint.
type Prints = BTreeMap<String, String>;

impl Progress {
    /// What is written down beside `exercises/` in this directory. Where nothing is, nothing has
    /// been done; a file that cannot be read is as if it were not there, but see
    /// [`Progress::odd`].
    pub fn load(root: &Path) -> Progress {
        let file = root.join(FOLDER).join(FILE);
        match fs::read(&file) {
            Ok(text) => match read(&text) {
                Ok(document) => Progress {
                    document,
                    odd: None,
                },
                Err(why) => Progress::odd_because(why),
            },
            Err(error) if is_missing(&error) => Progress::default(),
            Err(error) => Progress::odd_because(error.to_string()),
        }
    }

    fn odd_because(why: String) -> Progress {
        Progress {
            document: Document::default(),
            odd: Some(why),
        }
    }

    /// Why the file could not be read, if it is there and could not.
    pub fn odd(&self) -> Option<String> {
        self.odd.as_deref().map(say::odd_progress)
    }

    /// What is remembered of a kata.
    pub fn of(&self, topic: &str) -> Option<&Kata> {
        self.document.katas.get(topic)
    }
}

impl Kata {
    /// How these sources stand, if they have been checked: they passed once, or they were the last.
    pub fn recall(&self, files: &Files) -> Option<(Status, Option<f64>)> {
        let pass = self.passed.as_ref();
        if pass.is_some_and(|pass| are_these(&pass.sources, files)) {
            return Some((Status::Passed, None));
        }
        let last = self.last.as_ref();
        let last = last.filter(|last| are_these(&last.sources, files))?;
        Some((last.status, Some(last.points)))
    }
}

/// Writes down how these checks ended. What says nothing about the learner's code (an untouched
/// skeleton, a fault) is left out. The result is what there is to say about an odd file.
///
/// # Errors
///
/// The file cannot be written; nothing has changed then.
pub fn record(root: &Path, exercises: &[ExerciseReport]) -> Result<Option<String>> {
    let counting: Vec<&ExerciseReport> = exercises.iter().filter(|it| counts(it)).collect();
    if counting.is_empty() {
        return Ok(None);
    }
    let folder = root.join(FOLDER);
    let write = || -> Result<Option<String>> {
        disk::create_directory(&folder)?;
        disk::write_if_changed(&folder.join(".gitignore"), b"*\n")?;
        let lock = disk::open_lock(&folder.join("lock"))?;
        // Where the file system knows no locks, two graders at once are rarer than they are here.
        let _ = lock.lock();
        let mut progress = Progress::load(root);
        let now = SystemTime::now();
        let kept = match progress.odd {
            Some(_) => Some(keep_aside(&folder, now)?),
            None => None,
        };
        let before = progress.document.katas.clone();
        for exercise in &counting {
            let kata = progress.document.katas.entry(exercise.topic.clone());
            kata.or_default().learn(exercise, &clock::stamp(now));
        }
        if before == progress.document.katas {
            return Ok(None);
        }
        SCHEMA.clone_into(&mut progress.document.schema);
        let text = serde_json::to_string_pretty(&progress.document).context(say::NO_PROGRESS)?;
        disk::write(&folder.join(FILE), (text + "\n").as_bytes())?;
        let name = |path: PathBuf| format!("{FOLDER}/{}", file_name(&path));
        let odd = progress.odd.zip(kept);
        Ok(odd.map(|(why, kept)| say::kept_aside(&why, &name(kept))))
    };
    write().context(say::NO_PROGRESS)
}

/// Writes down how checks of the learner's own exercises ended; of other sources nothing is. If
/// that cannot be done, the answers count all the same: the result is what to say about it.
pub fn remember(
    project: &Project,
    source: &Source,
    exercises: &[ExerciseReport],
) -> Option<String> {
    if !source.is_handed_in() {
        return None;
    }
    match record(project.root(), exercises) {
        Ok(said) => said,
        Err(error) => Some(format!("{error:#}")),
    }
}

/// Whether this says something about the learner's code, and about all of it.
fn counts(exercise: &ExerciseReport) -> bool {
    exercise.unasked == 0 && !matches!(exercise.status, Status::Pending | Status::Fault)
}

impl Kata {
    fn learn(&mut self, exercise: &ExerciseReport, now: &str) {
        let sources = prints(exercise);
        if exercise.status == Status::Passed {
            let is_new = self.passed.as_ref().is_none_or(|it| it.sources != sources);
            if is_new {
                self.passed = Some(Pass {
                    when: now.to_owned(),
                    sources: sources.clone(),
                });
            }
        }
        let last = Last {
            when: now.to_owned(),
            status: exercise.status,
            points: exercise.points,
            diagnosis: human::diagnosis(exercise),
            sources,
        };
        // The same answer to the same sources is nothing new.
        let known = self.last.as_ref().map(|it| Last {
            when: last.when.clone(),
            ..it.clone()
        });
        if known.as_ref() != Some(&last) {
            self.last = Some(last);
        }
    }
}

fn prints(exercise: &ExerciseReport) -> Prints {
    let folder = format!("{}/", exercise.source.display());
    let files = exercise.sources.iter();
    let print = |(path, text): (&String, &String)| {
        let name = path.strip_prefix(&folder).unwrap_or(path);
        (name.to_owned(), lasting(text))
    };
    files.map(print).collect()
}

/// Whether these files were graded then. Others may lie beside them: no `mod` names those.
fn are_these(prints: &Prints, files: &Files) -> bool {
    let is_the_same = |(name, print): (&String, &String)| {
        files.get(name).is_some_and(|text| lasting(text) == *print)
    };
    !prints.is_empty() && prints.iter().all(is_the_same)
}

fn read(text: &[u8]) -> Result<Document, String> {
    let value: Value = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let schema = value.get("schema").and_then(Value::as_str).unwrap_or("");
    if schema != SCHEMA && schema.starts_with(SCHEMAS) {
        return Err(say::NEWER_PROGRESS.to_owned());
    }
    if schema != SCHEMA {
        return Err(say::no_schema(SCHEMA));
    }
    serde_json::from_value(value).map_err(|error| error.to_string())
}

/// Moves the file out of the way, to a name that nothing has.
fn keep_aside(folder: &Path, now: SystemTime) -> Result<PathBuf> {
    let name = format!("progress-{}", clock::for_name(now));
    let aside = disk::free_name(folder, &name, ".json");
    let moved = fs::rename(folder.join(FILE), &aside);
    moved.with_context(|| format!("renaming {}", folder.join(FILE).display()))?;
    Ok(aside)
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn is_missing(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::results::fixtures;

    fn passed(topic: &str, text: &str) -> ExerciseReport {
        with_text(fixtures::passed(topic), text)
    }

    fn with_text(mut exercise: ExerciseReport, text: &str) -> ExerciseReport {
        let shown = format!("{}/lib.rs", exercise.source.display());
        exercise.sources = BTreeMap::from([(shown, text.to_owned())]);
        exercise
    }

    fn files(text: &str) -> Files {
        Files::from([("lib.rs".to_owned(), text.to_owned())])
    }

    fn directory() -> tempfile::TempDir {
        tempfile::tempdir().expect("a directory")
    }

    /// The names in the folder but for the lock and what keeps it out of git.
    fn names(root: &Path) -> Vec<String> {
        let entries = fs::read_dir(root.join(FOLDER)).expect("a folder");
        let mut names: Vec<String> = entries
            .map(|entry| file_name(&entry.expect("readable").path()))
            .filter(|name| !["lock", ".gitignore"].contains(&name.as_str()))
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_passed_is_known_again_and_what_was_edited_since_is_not() {
        let root = directory();
        record(root.path(), &[passed("lock", "fn f() {}\n")]).expect("written");
        let progress = Progress::load(root.path());
        let kata = progress.of("lock").expect("remembered");
        let recalled = |text: &str| kata.recall(&files(text)).map(|(status, _)| status);
        assert_eq!(recalled("fn f() {}\n"), Some(Status::Passed));
        assert_eq!(recalled("fn f() {}\r\n"), Some(Status::Passed));
        assert_eq!(recalled("fn f() { g() }\n"), None);
        assert!(kata.passed.is_some());
        assert_eq!(progress.of("rlock"), None);
    }

    #[test]
    fn a_failure_after_a_pass_takes_nothing_away_and_names_its_bug() {
        let root = directory();
        record(root.path(), &[passed("lock", "right")]).expect("written");
        let failed = with_text(fixtures::lost_wakeup(), "wrong");
        record(root.path(), &[failed]).expect("written");
        let progress = Progress::load(root.path());
        let kata = progress.of("lock").expect("remembered");
        let (right, wrong) = (kata.recall(&files("right")), kata.recall(&files("wrong")));
        assert_eq!(right, Some((Status::Passed, None)));
        assert_eq!(wrong.map(|it| it.0), Some(Status::Failed));
        let last = kata.last.as_ref().expect("a check");
        assert_eq!(last.diagnosis, Some(Diagnosis::LostWakeup));
    }

    #[test]
    fn what_says_nothing_about_the_code_is_not_written_down() {
        let root = directory();
        let mut exercise = passed("lock", "fn f() {}");
        for status in [Status::Pending, Status::Fault] {
            exercise.status = status;
            record(root.path(), &[exercise.clone()]).expect("nothing to write");
        }
        exercise.status = Status::Passed;
        exercise.unasked = 3;
        record(root.path(), &[exercise]).expect("nothing to write");
        assert!(!root.path().join(FOLDER).exists());
    }

    #[test]
    fn two_graders_at_once_lose_nothing() {
        let root = directory();
        thread::scope(|scope| {
            for writer in 0..4 {
                let root = root.path();
                scope.spawn(move || {
                    for kata in 0..10 {
                        let topic = format!("kata_{writer}_{kata}");
                        record(root, &[passed(&topic, "x")]).expect("written");
                    }
                });
            }
        });
        assert_eq!(Progress::load(root.path()).document.katas.len(), 40);
        assert_eq!(names(root.path()), ["progress.json"]);
    }

    #[test]
    fn an_odd_file_is_kept_aside_and_said_to_be() {
        let newer = r#"{ "schema": "grader/progress/v2", "katas": [] }"#;
        let hand_edited = r#"{ "schema": "grader/progress/v1", "katas": { "lock": 7 } }"#;
        let odd = [
            "",
            "{ \"schema\": \"grader/prog",
            "[]",
            "\u{0}",
            newer,
            hand_edited,
        ];
        for text in odd {
            let root = directory();
            let file = root.path().join(FOLDER).join(FILE);
            disk::write(&file, text.as_bytes()).expect("written");
            let progress = Progress::load(root.path());
            assert!(progress.odd().is_some_and(|it| it.contains(FILE)), "{text}");
            assert_eq!(fs::read_to_string(&file).expect("untouched"), text);

            let said = record(root.path(), &[passed("lock", "x")]).expect("written");
            let names = names(root.path());
            let [aside, new] = names.as_slice() else {
                panic!("{names:?}");
            };
            assert_eq!(new, FILE);
            assert!(said.is_some_and(|it| it.contains(aside.as_str())), "{text}");
            let kept = fs::read_to_string(file.with_file_name(aside)).expect("kept");
            assert_eq!(kept, text);
            assert!(Progress::load(root.path()).of("lock").is_some());
        }
    }

    #[test]
    fn what_this_grader_does_not_know_stays_in_the_file() {
        let root = directory();
        let file = root.path().join(FOLDER).join(FILE);
        let text = r#"{ "schema": "grader/progress/v1", "streak": 3,
            "katas": { "gone": { "stars": 5 }, "lock": { "stars": 4 } } }"#;
        disk::write(&file, text.as_bytes()).expect("written");
        record(root.path(), &[passed("lock", "x")]).expect("written");
        let text = fs::read(&file).expect("readable");
        let value: Value = serde_json::from_slice(&text).expect("JSON");
        assert_eq!(value["streak"], 3);
        assert_eq!(value["katas"]["gone"]["stars"], 5);
        assert_eq!(value["katas"]["lock"]["stars"], 4);
        assert!(value["katas"]["lock"]["passed"]["when"].is_string());
    }

    #[test]
    fn the_same_answer_again_writes_nothing() {
        let root = directory();
        let file = root.path().join(FOLDER).join(FILE);
        record(root.path(), &[passed("lock", "x")]).expect("written");
        let text = fs::read_to_string(&file).expect("readable");
        let older = text.replace("\"when\": \"2", "\"when\": \"1");
        fs::write(&file, &older).expect("written");
        record(root.path(), &[passed("lock", "x")]).expect("nothing to write");
        assert_eq!(fs::read_to_string(&file).expect("readable"), older);
    }

    #[test]
    fn where_nothing_can_be_written_the_error_says_what_is_lost() {
        let root = directory();
        fs::write(root.path().join(FOLDER), "a file").expect("written");
        let error = record(root.path(), &[passed("lock", "x")]).expect_err("in the way");
        assert_eq!(error.to_string(), say::NO_PROGRESS);
        assert!(Progress::load(root.path()).of("lock").is_none());
    }
}
