//! The command line: what is understood, what is refused, and how the answers look.

use std::fs;

use grader::katas::catalog;
use insta::assert_snapshot;
use predicates::prelude::*;
use serde_json::Value;
use serial_test::serial;

use crate::project::{Project, mutant, skeleton, solution};

fn with_skeleton() -> Project {
    let project = Project::apart();
    project.write("exercises/lock/src/lib.rs", skeleton("lock"));
    project
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let project = Project::apart();
    for (name, arguments) in [
        ("help", &["--help"][..]),
        ("help-check", &["check", "--help"]),
        ("help-list", &["list", "--help"]),
        ("help-hint", &["hint", "--help"]),
        ("help-verify", &["verify", "--help"]),
        ("help-new", &["new", "--help"]),
    ] {
        let answer = project.run(arguments);
        assert_eq!(answer.code, 0);
        assert_eq!(answer.stderr, "");
        assert_snapshot!(name, answer.stdout.replace(".exe", ""));
    }
}

#[test]
fn the_version_is_that_of_the_package() {
    let answer = Project::apart().run(&["--version"]);
    assert_eq!(
        answer.stdout,
        format!("grader {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn what_was_typed_wrong_is_answered_with_what_was_meant() {
    let project = with_skeleton();
    for (arguments, hint) in [
        (&["check", "--sede", "7"][..], "'--seed'"),
        (&["chekc"], "'check'"),
        (&["check", "lokc"], "did you mean `lock`?"),
        (&["hint", "lokc"], "did you mean `lock`?"),
        (&["verify", "lokc"], "did you mean `lock`?"),
        (&["check", "telepathy"], "There are"),
        (&["check", "--effort", "heroic"], "quick"),
        (&["check", "--format", "yaml"], "json"),
        (&["check", "--color", "sometimes"], "never"),
        (&["check", "--jobs", "0"], "at least one"),
        (&["check", "--jobs", "many"], "invalid"),
        (&["check", "--seed", "luck"], "--seed"),
        (&["check", "lock", "--all"], "cannot be used with"),
        (&["check", "--quiet", "--verbose"], "cannot be used with"),
        (&["check", "--source", "nowhere"], "nowhere"),
        (&["check", "--output"], "--output"),
        (&[], "Usage"),
    ] {
        let answer = project.run(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {answer:#?}");
        assert!(
            answer.stderr.contains(hint),
            "{arguments:?}: {}",
            answer.stderr
        );
        assert_eq!(answer.stdout, "", "{arguments:?}");
    }
}

#[test]
fn outside_of_a_project_it_says_where_to_go() {
    let project = Project::apart();
    fs::remove_dir(project.path("exercises")).expect("an empty folder");
    for command in ["check", "list", "hint"] {
        let output = project.grader().arg(command).assert().code(2);
        output.stderr(predicate::str::contains("there is no folder `exercises`"));
    }
}

#[test]
fn a_project_without_exercises_has_nothing_to_check() {
    let answer = Project::apart().run(&["check"]);
    assert_eq!(answer.code, 2);
    assert!(
        answer
            .stderr
            .contains("there is no exercise in this directory")
    );
}

#[test]
fn it_works_from_within_the_project_too() {
    let project = with_skeleton();
    let mut grader = project.grader();
    grader.current_dir(project.path("exercises/lock/src"));
    let output = grader.arg("check").assert().code(1);
    output.stdout(predicate::str::contains("untouched"));
}

#[test]
fn topics_may_be_written_as_a_shell_completes_them() {
    let project = with_skeleton();
    for topic in ["lock", "exercises/lock", "exercises/lock/"] {
        assert_eq!(project.run(&["check", topic]).code, 1, "{topic}");
    }
}

#[test]
fn all_means_also_those_that_are_not_in_the_directory() {
    let project = with_skeleton();
    let answer = project.run(&["check", "--all", "--format", "json"]);
    assert_eq!(answer.code, 1);
    assert_eq!(answer.report().exercises.len(), catalog::names().len());
    assert_eq!(
        project
            .run(&["check", "--format=json"])
            .report()
            .exercises
            .len(),
        1
    );
}

#[test]
fn a_list_needs_no_compiler() {
    let project = with_skeleton();
    let answer = project.run(&["list"]);
    assert_eq!(answer.code, 0);
    for exercise in catalog::all().expect("topics") {
        assert!(answer.stdout.contains(&exercise.topic), "{}", answer.stdout);
    }
    let width = |line: &str| line.chars().count();
    assert!(answer.stdout.lines().all(|line| width(line) <= 80));
    assert!(!project.scratch().join("workspace").exists());

    let answer = project.run(&["list", "--format", "json"]);
    let list: Value = serde_json::from_str(&answer.stdout).expect("JSON");
    assert_eq!(list["schema"], "grader/list/v1");
    let topics = list["exercises"].as_array().expect("exercises");
    let lock = topics
        .iter()
        .find(|it| it["topic"] == "lock")
        .expect("lock");
    assert_eq!(lock["status"], "pending");
}

#[test]
fn an_edited_exercise_is_listed_as_not_checked() {
    let project = Project::apart();
    project.write("exercises/lock/src/lib.rs", solution());
    let answer = project.run(&["list"]);
    assert!(answer.stdout.contains("not checked since it was edited"));
}

#[test]
fn each_hint_goes_one_further() {
    let project = with_skeleton();
    let exercise = catalog::exercise("lock").expect("a topic");
    let of = exercise.hints.len();
    for number in (1..=of).chain([of]) {
        let answer = project.run(&["hint", "lock"]);
        assert_eq!(answer.code, 0);
        let heading = format!("lock: hint {number} of {of}");
        assert!(answer.stdout.contains(&heading), "{}", answer.stdout);
    }
    assert!(
        project
            .run(&["hint", "lock"])
            .stdout
            .contains("That was the last one")
    );
}

#[test]
fn without_a_topic_the_hint_is_for_the_first_unfinished_one() {
    let project = with_skeleton();
    let first = &catalog::all().expect("topics")[0].topic;
    let answer = project.run(&["hint"]);
    assert!(
        answer.stdout.contains(&format!("{first}: hint 1 of")),
        "{}",
        answer.stdout
    );
}

#[test]
#[serial]
fn json_has_every_field_of_its_schema() {
    let project = Project::with_lock(mutant("look-drop-wait"));
    let answer = project.check(&["lock", "--format", "json", "--seed", "11"]);
    assert_eq!(answer.code, 1);
    let report: Value = serde_json::from_str(&answer.stdout).expect("JSON");
    assert_eq!(report["schema"], "grader/report/v1");
    assert_eq!(report["grader"], env!("CARGO_PKG_VERSION"));
    assert!(report["rustc"].is_string());
    assert_eq!(report["seed"], 11);
    let exercise = &report["exercises"][0];
    assert_eq!(exercise["topic"], "lock");
    assert_eq!(exercise["status"], "failed");
    assert_eq!(exercise["cached"], false);
    for number in ["points", "max_points", "seconds"] {
        assert!(exercise[number].is_f64(), "{number}");
    }
    let tests = exercise["tests"].as_array().expect("tests");
    let points = |field: &str| {
        tests
            .iter()
            .map(|it| it[field].as_f64().expect(field))
            .sum::<f64>()
    };
    assert!((points("max_points") - 10.0).abs() < 1e-9);
    assert!((points("points") - exercise["points"].as_f64().expect("points")).abs() < 1e-9);
    for test in tests {
        let kind = test["kind"].as_str().expect("a kind");
        let name = test["name"].as_str().expect("a name");
        assert!(["stress", "model", "loom"].contains(&kind));
        assert!(name.starts_with(&format!("{kind}::")));
        for field in [
            "verdict",
            "diagnosis",
            "message",
            "executions",
            "preemption_bound",
            "complete",
        ] {
            assert!(test.get(field).is_some(), "{name}: {field}");
        }
        assert!(test["seconds"].is_f64(), "{name}");
        assert!(test["trace"].is_array(), "{name}");
    }
    let lost = tests
        .iter()
        .find(|it| it["diagnosis"] == "lost_wakeup")
        .expect("found");
    let trace = lost["trace"].as_array().expect("a trace");
    for (index, step) in trace.iter().enumerate() {
        assert_eq!(step["step"], index + 1);
        for field in ["thread", "op", "file", "text"] {
            assert!(step[field].is_string(), "{field}: {step}");
        }
        for field in ["line", "column"] {
            assert!(step[field].is_u64(), "{field}: {step}");
        }
        assert!(step.get("object").is_some(), "{step}");
    }
}

#[test]
fn a_report_in_a_file_is_the_one_that_would_be_printed() {
    let project = with_skeleton();
    let printed = project.run(&["check", "--format", "json"]).stdout;
    project.write(
        "report.json",
        "an older and much longer report\n".repeat(1000),
    );
    let answer = project.run(&["check", "--format", "json", "--output", "report.json"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (1, ""));
    let written = fs::read_to_string(project.path("report.json")).expect("a report");
    assert_eq!(written, printed);
    let names = fs::read_dir(project.path(".")).expect("readable");
    let names: Vec<_> = names.map(|it| it.expect("readable").file_name()).collect();
    assert!(
        names
            .iter()
            .all(|it| !it.to_string_lossy().starts_with(".grader")),
        "{names:?}"
    );
}

#[test]
fn a_report_that_cannot_be_written_is_a_fault_and_says_why() {
    let project = with_skeleton();
    let answer = project.run(&["check", "--output", "missing/report.json"]);
    assert_eq!(answer.code, 3, "{answer:#?}");
    assert!(
        answer
            .stderr
            .contains("error: cannot write missing/report.json")
    );
    assert!(answer.stderr.contains("no verdict on your code"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_the_report_is_a_fault() {
    let project = with_skeleton();
    let answer = project.run(&["check", "--output", "/dev/full"]);
    assert_eq!(answer.code, 3, "{answer:#?}");
    assert!(
        answer.stderr.contains("No space left on device"),
        "{answer:#?}"
    );
    let full = fs::File::create("/dev/full").expect("a full device");
    let mut grader = project.std_grader();
    let status = grader.arg("check").stdout(full).status().expect("a run");
    assert_eq!(status.code(), Some(3));
}

#[test]
fn a_reader_that_has_gone_away_is_no_fault() {
    use std::process::Stdio;
    let project = with_skeleton();
    let mut grader = project.std_grader();
    let mut child = grader
        .arg("check")
        .stdout(Stdio::piped())
        .spawn()
        .expect("a run");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("an end").code(), Some(1));
}

#[test]
fn quiet_is_one_line_for_each_exercise() {
    let project = with_skeleton();
    let answer = project.run(&["check", "--quiet"]);
    assert_eq!(
        (answer.stdout.lines().count(), answer.stderr.as_str()),
        (1, "")
    );
}

#[test]
fn colours_are_for_terminals_and_those_who_insist() {
    let project = with_skeleton();
    let colored = |arguments: &[&str], variable: Option<(&str, &str)>| {
        let mut grader = project.grader();
        grader.arg("check").args(arguments).envs(variable);
        let output = grader.output().expect("a run").stdout;
        output.contains(&0x1b)
    };
    assert!(!colored(&[], None));
    assert!(colored(&["--color", "always"], None));
    assert!(colored(&["--color", "always"], Some(("NO_COLOR", "1"))));
    assert!(colored(&[], Some(("CLICOLOR_FORCE", "1"))));
    assert!(!colored(
        &["--color", "never"],
        Some(("CLICOLOR_FORCE", "1"))
    ));
    assert!(!colored(&["--color", "always", "--format", "json"], None));
}

#[test]
fn where_the_locale_knows_only_ascii_the_marks_are_ascii() {
    let project = with_skeleton();
    let output = project.grader().env("LC_ALL", "C").arg("check").output();
    let output = output.expect("a run").stdout;
    assert!(
        cfg!(windows) || output.is_ascii(),
        "{}",
        String::from_utf8_lossy(&output)
    );
}
