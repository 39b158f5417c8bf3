//! New katas: what is refused, and the way through CONTRIBUTING.md, command by command.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use grader::authors::scaffold::MARKER;
use serial_test::serial;
use walkdir::WalkDir;

use crate::project::Project;

/// The section of CONTRIBUTING.md whose commands are carried out here.
const SECTION: &str = "## A new kata, step by step";

/// What belongs to a kata `latch` alone.
const OWN: [&str; 4] = [
    "exercises/latch",
    "solutions/latch",
    "grader/suites/latch",
    "notes/src/latch.md",
];

/// What passes for a clone of the repository.
pub(crate) fn clone() -> Project {
    let project = Project::apart();
    for folder in ["solutions", "grader/suites", "notes/src"] {
        fs::create_dir_all(project.path(folder)).expect("folders");
    }
    project
}

fn present(project: &Project) -> Vec<&'static str> {
    let is_there = |place: &&str| project.path(place).exists();
    OWN.into_iter().filter(is_there).collect()
}

#[test]
fn a_new_kata_is_there_with_all_its_files() {
    let project = clone();
    let output = project.grader().args(["new", "latch"]).assert().code(0);
    let shown = String::from_utf8(output.get_output().stdout.clone()).expect("UTF-8");
    assert_eq!(present(&project), OWN);
    for place in OWN {
        assert!(shown.contains(place), "{shown}");
    }
    assert!(shown.contains("`grader verify latch`"), "{shown}");
    let text = |file: &str| fs::read_to_string(project.path(file)).expect(file);
    assert_eq!(
        text("exercises/latch/src/lib.rs"),
        text("grader/suites/latch/skeleton.rs")
    );
}

#[test]
fn what_is_no_name_for_a_kata_is_refused_with_the_reason() {
    let project = clone();
    for (topic, reason) in [
        ("read-write-lock", "did you mean `read_write_lock`?"),
        ("Latch", "did you mean `latch`?"),
        ("2_phase", "begins with a lower-case letter"),
        ("../latch", "begins with a lower-case letter"),
        ("", "begins with a lower-case letter"),
        ("match", "a keyword of Rust"),
        ("gen", "a keyword of Rust"),
        ("lock", "there is a kata `lock` already"),
        ("std", "there is a crate `std` already"),
        ("core", "there is a crate `core` already"),
        ("grader", "there is a crate `grader` already"),
        ("kata_model", "there is a crate `kata_model` already"),
        ("loom", "there is a crate `loom` already"),
        ("aux", "no folder can be called `aux`"),
    ] {
        let answer = project.run(&["new", topic]);
        assert_eq!(answer.code, 2, "{topic}: {answer:#?}");
        assert!(answer.stderr.contains(reason), "{topic}: {answer:#?}");
        assert_eq!(answer.stdout, "", "{topic}");
    }
    assert_eq!(project.run(&["new"]).code, 2);
    assert!(present(&project).is_empty());
}

#[test]
fn outside_of_a_clone_there_is_no_place_for_a_kata() {
    let project = Project::apart();
    let answer = project.run(&["new", "latch"]);
    assert_eq!(answer.code, 2, "{answer:#?}");
    assert!(
        answer.stderr.contains("in a clone of the repository"),
        "{answer:#?}"
    );
    assert!(present(&project).is_empty());
}

#[test]
fn nothing_is_overwritten_and_nothing_written_beside_it() {
    for place in OWN {
        let project = clone();
        project.write(place, "mine");
        let answer = project.run(&["new", "latch"]);
        assert_eq!(answer.code, 2, "{place}: {answer:#?}");
        assert!(
            answer.stderr.contains(&format!("{place} is there already")),
            "{answer:#?}"
        );
        assert_eq!(present(&project), [place]);
        assert_eq!(fs::read(project.path(place)).expect("a file"), b"mine");
    }
}

/// Where a file system does not tell `A` from `a`, this would be the table of contents.
#[test]
fn a_chapter_in_other_letters_is_in_the_way_too() {
    let project = clone();
    project.write("notes/src/SUMMARY.md", "");
    let answer = project.run(&["new", "summary"]);
    assert_eq!(answer.code, 2, "{answer:#?}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_made_whole_is_not_made_at_all() {
    let project = clone();
    fs::remove_dir(project.path("notes/src")).expect("an empty folder");
    // Nobody can make files there, whoever runs the tests.
    std::os::unix::fs::symlink("/proc", project.path("notes/src")).expect("a link");
    let answer = project.run(&["new", "latch"]);
    assert_eq!(answer.code, 3, "{answer:#?}");
    assert!(answer.stderr.contains("notes/src/latch.md"), "{answer:#?}");
    assert!(present(&project).is_empty(), "{:?}", present(&project));
}

#[test]
#[serial]
#[ignore = "builds the grader again, and a kata"]
fn the_way_through_the_documentation_ends_where_it_says() {
    let copy = copy_of_the_house();
    let commands = commands();
    let mut outputs = Vec::new();
    for command in &commands {
        let output = run(command, &copy);
        let says = String::from_utf8_lossy(&output.stderr);
        let shown = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{command}\n{shown}\n{says}");
        outputs.push(shown);
    }
    let shown_by = |begin: &str| {
        let of = commands.iter().position(|it| it.starts_with(begin));
        outputs[of.unwrap_or_else(|| panic!("no `{begin}` in {commands:#?}"))].as_str()
    };
    let verified = shown_by("cargo grader verify latch");
    assert!(
        verified.contains("All 4 subjects are as they should be."),
        "{verified}"
    );
    let rules = shown_by("cargo test --package grader --test it -- repository coverage");
    assert!(
        rules.contains("every_topic_has_all_its_files ... ok"),
        "{rules}"
    );
    // What `.ci/run` looks for.
    for place in OWN {
        let files = WalkDir::new(copy.join(place)).into_iter();
        let mut files = files.map(|it| it.expect("readable").into_path());
        let is_marked =
            |file: PathBuf| fs::read_to_string(file).is_ok_and(|it| it.contains(MARKER));
        assert!(files.any(is_marked), "{place}");
    }
}

fn house() -> &'static Path {
    let grader = Path::new(env!("CARGO_MANIFEST_DIR"));
    grader.parent().expect("the repository")
}

/// A folder that this test has for itself, and keeps: what is compiled there need not be again.
fn workshop() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("new_kata")
}

/// The repository as somebody gets it who clones it. Files keep their times, by which cargo
/// tells what has to be compiled.
fn copy_of_the_house() -> PathBuf {
    let copy = workshop().join("repository");
    if copy.exists() {
        fs::remove_dir_all(&copy).expect("removable");
    }
    let name = |path: &Path| path.strip_prefix(house()).expect("below").to_path_buf();
    let is_copied = |path: &Path| {
        let is_made = [".git", "target"].iter().any(|made| path.ends_with(made));
        // Whoever has gone through the section already has the kata of its commands.
        !is_made && !OWN.map(Path::new).contains(&&*name(path))
    };
    let entries = WalkDir::new(house()).into_iter();
    for entry in entries.filter_entry(|entry| is_copied(entry.path())) {
        let entry = entry.expect("readable");
        let target = copy.join(name(entry.path()));
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target).expect("a folder");
        } else if entry.file_type().is_file() {
            fs::copy(entry.path(), &target).expect("a copy");
            let changed = entry.metadata().expect("readable").modified();
            let file = File::options().append(true).open(&target).expect("a file");
            file.set_modified(changed.expect("a time")).expect("set");
        }
    }
    copy
}

/// The commands that the section tells the reader to type.
fn commands() -> Vec<String> {
    let text = fs::read_to_string(house().join("CONTRIBUTING.md")).expect("readable");
    let (_, section) = text.split_once(SECTION).expect(SECTION);
    let section = section.split("\n## ").next().unwrap_or(section);
    let commands = section
        .lines()
        .filter_map(|it| it.trim().strip_prefix("$ "));
    commands.map(str::to_owned).collect()
}

fn run(command: &str, copy: &Path) -> Output {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("cargo"), "{command}");
    Command::new(env!("CARGO"))
        .args(words)
        .current_dir(copy)
        .env("CARGO_NET_OFFLINE", "true")
        // Nobody debugs what is built here, and it stays on the disk.
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_DIR", workshop().join("target"))
        // The engines are compiled there already.
        .env(
            "GRADER_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("grader"),
        )
        .output()
        .expect("a run")
}
