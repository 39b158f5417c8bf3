//! The words of a learner's day: `next`, `hint`, `notes`, `reset`, `solution`, `doctor`,
//! `check --test`, and what is remembered of what was passed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use grader::katas::catalog;
use grader::learner::progress;
use grader::results::report::ExerciseReport;
use grader::results::verdict::{Diagnosis, Status, Verdict};
use predicates::prelude::*;
use serde_json::Value;
use serial_test::serial;

use crate::project::{Answer, Project, mutant, skeleton, solution};

const LOCK: &str = "exercises/lock/src/lib.rs";
const PROGRESS: &str = ".grader/progress.json";

/// A project with this lock, whose grader has built nothing and remembers no check.
fn with_lock(text: &str) -> Project {
    let project = Project::apart();
    project.write(LOCK, text);
    project
}

/// Has it written down that a check of this lock ended so.
fn checked(project: &Project, text: &str, status: Status) {
    let report = ExerciseReport {
        topic: "lock".to_owned(),
        status,
        points: if status == Status::Passed { 10.0 } else { 4.0 },
        max_points: 10.0,
        cached: false,
        seconds: 0.0,
        source: PathBuf::from("exercises/lock/src"),
        refusal: None,
        tests: Vec::new(),
        unasked: 0,
        unmodelled: Vec::new(),
        sources: BTreeMap::from([(LOCK.to_owned(), text.to_owned())]),
    };
    progress::record(&project.path(""), &[report]).expect("written");
}

/// How `list` shows the lock.
#[track_caller]
fn listed(project: &Project) -> Value {
    let answer = project.run(&["list", "--format", "json"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    let list: Value = serde_json::from_str(&answer.stdout).expect("JSON");
    let exercises = list["exercises"].as_array().expect("exercises");
    let lock = exercises.iter().find(|it| it["topic"] == "lock");
    lock.expect("a lock").clone()
}

/// Runs what [`Project::run`] does not allow: what changes the exercises, and what shows lines of
/// code that stand in hidden tests, too, such as a `use`.
fn freely(project: &Project, arguments: &[&str]) -> Answer {
    let output = project.grader().args(arguments).output().expect("a run");
    Answer::from(output)
}

fn backups(project: &Project) -> Vec<PathBuf> {
    let entries = fs::read_dir(project.path("exercises/lock")).expect("readable");
    let paths = entries.map(|entry| entry.expect("readable").path());
    let mut backups: Vec<PathBuf> = paths.filter(|it| !it.ends_with("src")).collect();
    backups.sort();
    backups
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path)
        .expect("readable")
        .replace("\r\n", "\n")
}

#[test]
#[serial]
fn a_pass_outlives_everything_that_was_built() {
    let mut project = Project::with_lock(solution());
    let answer = project.check(&["lock"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    project.use_scratch(project.path("another/target"));
    let lock = listed(&project);
    assert_eq!(lock["status"], "passed");
    assert_eq!(lock["points"], 10.0);
    assert!(lock["passed_at"].is_string(), "{lock}");
    assert_eq!(read(project.path(".grader/.gitignore")), "*\n");

    project.write(LOCK, solution() + "// and more\n");
    let answer = project.run(&["list"]);
    assert!(
        answer.stdout.contains("passed, then edited"),
        "{}",
        answer.stdout
    );
}

#[test]
#[serial]
fn one_test_can_be_asked_for_and_is_no_pass_of_the_kata() {
    let project = Project::with_lock(mutant("look-drop-wait"));
    let name = "model::two_threads_take_turns";
    let answer = project.check(&["lock", "--test", name, "--format", "json"]);
    assert_eq!(answer.code, 1, "{answer:#?}");
    let exercise = answer.exercise();
    let [test] = exercise.tests.as_slice() else {
        panic!("{exercise:#?}");
    };
    assert_eq!((test.name.as_str(), test.verdict), (name, Verdict::Failed));
    assert_eq!(test.diagnosis, Some(Diagnosis::LostWakeup));
    assert_eq!(exercise.max_points, test.max_points);

    project.write(LOCK, solution());
    let answer = project.check(&["--test", name]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(
        answer
            .stdout
            .contains("The test that you asked for passed.")
    );
    assert!(!answer.stdout.contains("Well done."), "{}", answer.stdout);
    assert!(!project.path(PROGRESS).exists());
}

#[test]
fn an_unknown_test_is_answered_with_what_was_meant() {
    let project = with_lock(&skeleton("lock"));
    for (arguments, hint) in [
        (
            &["check", "lock", "--test", "model::two_threads_take_turn"][..],
            "did you mean `model::two_threads_take_turns`",
        ),
        (
            &["check", "--test", "telepathy"],
            "there is no test `telepathy`",
        ),
        (&["check", "lock", "--test", ""], "there is no test ``"),
    ] {
        let answer = project.run(arguments);
        assert_eq!(answer.code, 2, "{answer:#?}");
        assert!(answer.stderr.contains(hint), "{}", answer.stderr);
    }
}

#[test]
fn what_is_remembered_is_of_these_sources_alone() {
    let project = with_lock("mine\n");
    checked(&project, "mine\n", Status::Passed);
    assert_eq!(listed(&project)["status"], "passed");
    project.write(LOCK, "mine\r\n");
    assert_eq!(listed(&project)["status"], "passed");
    project.write(LOCK, "not mine\n");
    let lock = listed(&project);
    assert!(
        lock["status"].is_null() && lock["passed_at"].is_string(),
        "{lock}"
    );
    // Other sources have no past.
    project.write("other/lock/src/lib.rs", "mine\n");
    let answer = project.run(&["list", "--source", "other", "--format", "json"]);
    assert!(!answer.stdout.contains("\"passed\""), "{}", answer.stdout);
}

#[test]
fn an_odd_file_is_told_and_left_alone_by_those_who_only_read() {
    let project = with_lock(&skeleton("lock"));
    for text in [
        "{",
        "{ \"schema\": \"grader/progress/v9\" }",
        "[1, 2]",
        "\u{fffd}",
    ] {
        project.write(PROGRESS, text);
        for command in ["list", "next"] {
            let answer = project.run(&[command]);
            assert_eq!(answer.code, 0, "{answer:#?}");
            assert!(
                answer
                    .stderr
                    .starts_with("warning: cannot read .grader/progress.json"),
                "{}",
                answer.stderr
            );
        }
        assert_eq!(read(project.path(PROGRESS)), text);
    }
}

#[test]
fn next_names_the_kata_its_file_and_its_chapter() {
    let project = with_lock(&skeleton("lock"));
    let answer = project.run(&["next"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    for said in [
        "lock: ",
        LOCK,
        "grader notes lock",
        "notes/src/lock.md",
        "grader check lock",
    ] {
        assert!(answer.stdout.contains(said), "{said}: {}", answer.stdout);
    }
    project.write(LOCK, "mine\n");
    checked(&project, "mine\n", Status::Passed);
    let answer = project.run(&["next"]);
    assert!(answer.stdout.starts_with("rlock: "), "{}", answer.stdout);
}

#[cfg(unix)]
#[test]
fn next_opens_the_file_at_its_first_todo_in_the_editor_that_was_named() {
    let project = with_lock("\n\nfn f() { todo!() }\n");
    let command = "sh -c 'true' {file}:{line}";
    let answer = project.run(&["next", "--edit-cmd", command]);
    assert_eq!((answer.code, answer.stderr.as_str()), (0, ""));
    let answer = project.run(&["next", "--edit-cmd", "no-such-editor-anywhere"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(
        answer
            .stderr
            .contains("cannot start no-such-editor-anywhere")
    );
}

#[test]
fn notes_are_plain_where_there_is_no_terminal() {
    let project = with_lock(&skeleton("lock"));
    for (arguments, first) in [
        (&["notes"][..], "Lock\n"),
        (&["notes", "semaphore"], "Semaphore\n"),
        (&["notes", "lost_wakeup"], "lost-wakeup\n"),
        (&["notes", "memory-ordering"], "Memory ordering\n"),
    ] {
        let answer = freely(&project, arguments);
        assert_eq!((answer.code, answer.stderr.as_str()), (0, ""));
        assert!(answer.stdout.starts_with(first), "{}", answer.stdout);
        assert!(!answer.stdout.contains('\u{1b}'), "{}", answer.stdout);
    }
    let answer = project.run(&["notes", "lost_wakeups"]);
    assert_eq!(answer.code, 2);
    assert!(
        answer.stderr.contains("did you mean `lost_wakeup`?"),
        "{answer:#?}"
    );
}

#[test]
fn notes_need_no_clone_where_one_is_named() {
    let project = Project::apart();
    fs::remove_dir(project.path("exercises")).expect("an empty folder");
    let output = project.grader().args(["notes", "lock"]).assert().code(0);
    output.stdout(predicate::str::starts_with("Lock\n"));
    let output = project.grader().arg("notes").assert().code(2);
    output.stderr(predicate::str::contains("there is no folder `exercises`"));
}

#[test]
fn a_hint_comes_alone_and_all_of_them_when_asked() {
    let project = with_lock(&skeleton("lock"));
    let of = catalog::exercise("lock").expect("a topic").hints.len();
    project.run(&["hint"]);
    let second = project.run(&["hint"]).stdout;
    assert!(
        second.starts_with(&format!("lock: hint 2 of {of}")),
        "{second}"
    );
    let all = project.run(&["hint", "--all"]).stdout;
    for number in 1..=3 {
        assert!(all.contains(&format!("hint {number} of {of}")), "{all}");
    }
}

#[test]
fn reset_keeps_a_backup_each_time_and_says_how_to_get_it_back() {
    let project = with_lock("mine\n");
    project.write("exercises/lock/src/inner.rs", "more of it\n");
    for text in ["mine\n", "again\n"] {
        project.write(LOCK, text);
        let answer = freely(&project, &["reset", "lock", "--yes"]);
        assert_eq!(answer.code, 0, "{answer:#?}");
        assert_eq!(read(project.path(LOCK)), skeleton("lock"));
        let kept = backups(&project).pop().expect("a backup");
        assert_eq!(read(kept.join("lib.rs")), text);
        let name = kept.file_name().expect("a name").to_string_lossy();
        assert!(answer.stdout.contains(&*name), "{}", answer.stdout);
    }
    let kept = backups(&project);
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert_eq!(read(kept[0].join("inner.rs")), "more of it\n");
    // Graders look at `src` alone.
    assert_eq!(listed(&project)["status"], "pending");
    let answer = project.run(&["reset", "lock"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(answer.stdout.contains("nothing to reset"));
    assert_eq!(backups(&project), kept);
}

#[cfg(unix)]
#[test]
fn the_command_that_reset_names_brings_everything_back() {
    let project = with_lock("mine\n");
    let answer = freely(&project, &["reset", "lock", "-y"]);
    let typed = answer.stdout.lines().last().expect("a command").to_owned();
    let mut shell = std::process::Command::new("sh");
    let status = shell
        .args(["-c", &typed])
        .current_dir(project.path(""))
        .status();
    assert!(status.expect("a shell").success(), "{typed}");
    assert_eq!(read(project.path(LOCK)), "mine\n");
}

#[test]
fn reset_asks_and_where_nobody_can_be_asked_it_changes_nothing() {
    let project = with_lock("mine\n");
    let answer = project.run(&["reset", "lock"]);
    assert_eq!(answer.code, 2, "{answer:#?}");
    assert!(
        answer.stderr.contains("`grader reset lock --yes`"),
        "{}",
        answer.stderr
    );
    for (arguments, hint) in [
        (&["reset"][..], "TOPIC"),
        (&["reset", "lokc", "--yes"], "did you mean `lock`?"),
    ] {
        let answer = project.run(arguments);
        assert_eq!(answer.code, 2, "{answer:#?}");
        assert!(answer.stderr.contains(hint), "{}", answer.stderr);
    }
}

#[cfg(unix)]
#[test]
fn on_a_terminal_reset_says_what_would_be_lost_and_takes_no_for_an_answer() {
    use crate::terminal::Terminal;
    let project = with_lock("mine\n");
    for (key, answer, is_reset) in [
        ("n\r", "Nothing has been changed", false),
        ("y\r", "as it was handed out", true),
    ] {
        let mut command = project.std_grader();
        command.args(["reset", "lock"]);
        let mut terminal = Terminal::start(&command, 24, 80);
        let asked = terminal.wait_for("[y/N]");
        assert!(asked.contains("changed lines in 1 file"), "{asked}");
        terminal.press(key);
        terminal.wait_for(answer);
        assert_eq!(terminal.end(), 0);
        assert_eq!(read(project.path(LOCK)) != "mine\n", is_reset);
    }
}

#[test]
fn the_solution_is_for_those_who_have_passed_or_insist() {
    let project = with_lock("mine\n");
    let answer = project.run(&["solution", "lock"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (1, ""));
    assert!(
        answer.stderr.contains("lock has not passed yet"),
        "{}",
        answer.stderr
    );

    let answer = freely(&project, &["solution", "lock", "--anyway"]);
    assert_eq!((answer.code, answer.stderr.as_str()), (0, ""));
    assert!(answer.stdout.contains("\n-mine\n"), "{}", answer.stdout);
    let added = answer.stdout.lines().filter(|line| line.starts_with('+'));
    assert_eq!(added.count(), solution().lines().count() + 1);

    // Also if it was edited since.
    checked(&project, "it passed\n", Status::Passed);
    assert_eq!(freely(&project, &["solution", "lock"]).code, 0);
    project.write(LOCK, solution());
    let answer = project.run(&["solution", "lock"]);
    assert!(answer.stdout.contains("word for word"), "{}", answer.stdout);
}

#[test]
fn the_difference_is_in_colours_where_colours_are_wanted() {
    let project = with_lock("mine\n");
    let colored = |when: &str| {
        let arguments = ["solution", "lock", "--anyway", "--color", when];
        freely(&project, &arguments).stdout.contains('\u{1b}')
    };
    assert!(colored("always"));
    assert!(!colored("never"));
    assert!(!colored("auto"));
}

#[test]
fn doctor_has_a_verdict_on_each_thing() {
    let project = with_lock(&skeleton("lock"));
    let answer = project.run(&["doctor"]);
    for name in [
        "toolchain",
        "crates",
        "cores",
        "builds",
        "disk",
        "saves",
        "terminal",
        "progress",
    ] {
        let line = answer
            .stdout
            .lines()
            .find(|line| line.contains(&format!(" {name} ")));
        assert!(line.is_some(), "{name}: {}", answer.stdout);
    }
    assert!(
        answer.stdout.contains("✓ toolchain  rustc "),
        "{}",
        answer.stdout
    );
    // This machine builds katas in other tests, so nothing is broken.
    assert_eq!(answer.code, 0, "{}", answer.stdout);
}

#[test]
fn doctor_says_what_to_do_where_nothing_can_be_built() {
    let mut project = with_lock(&skeleton("lock"));
    project.write("in the way", "");
    project.use_scratch(project.path("in the way/target"));
    let answer = project.run(&["doctor"]);
    assert_eq!(answer.code, 3, "{answer:#?}");
    assert!(
        answer.stdout.contains("GRADER_TARGET_DIR"),
        "{}",
        answer.stdout
    );
    assert!(answer.stdout.contains("✗ builds"), "{}", answer.stdout);
}
