//! Crates that would rather not solve the exercise. Each lies under `tests/hostile`, and its
//! header says what it tries and what it gets:
//!
//! * `forbidden ITEM`: the token policy names the item, and nothing is compiled;
//! * `build_failed TEXT`: the compiler refuses it, and the message has this text;
//! * verdicts: it was run, and every test in which it made a lock ended like one of these.
//!
//! Where only Linux can defend itself, the header says `system: linux`.
//!
//! A crate with `mod lock;` gets the reference solution as that module, changed in one place:
//! whoever makes a lock runs `attack` first.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use grader::katas::catalog;
use grader::results::report::{ExerciseReport, Report};
use grader::results::verdict::{Diagnosis, Status, Verdict};
use serial_test::serial;

use crate::project::{Project, not_passed, solution};

macro_rules! refused {
    ($($name:ident)*) => {
        /// What never runs may be tried beside others.
        mod refused {
            $(#[test] fn $name() { super::is_forbidden(stringify!($name)); })*
        }
        const REFUSED: &[&str] = &[$(stringify!($name)),*];
    };
}

refused! {
    alloc_root
    another_crate
    ask_the_environment
    attribute_from_the_caller
    attribute_in_parts
    core_root
    core_root_after_a_fat_arrow
    core_root_after_a_lifetime
    core_root_after_an_arrow
    core_root_after_generics
    core_root_in_a_macro
    core_root_renamed
    deep_brackets
    deep_calls
    deep_closures
    deep_generics
    deep_operators
    deep_references
    endless_constant_allowed
    endless_recursion_of_macros
    foreign_function
    frontmatter_hides_code
    guarded_string_hides_code
    include_a_file
    include_an_endless_device
    include_the_hidden_tests
    include_through_a_macro
    lives_for_ever
    lives_for_ever_by_a_trait
    locks_by_counting_handles
    machine_code
    macro_called_assert
    macro_called_thread_local
    macro_called_todo
    macro_named_by_a_macro
    module_from_elsewhere
    module_from_elsewhere_if
    nightly_features
    no_std
    prints_behind_the_engine
    procedural_macro
    read_the_environment
    runs_before_main
    shadowed_assert
    shadowed_std
    shebang_hides_code
    state_between_tests
    takes_a_symbol
    takes_a_symbol_by_name
    two_answers_of_a_trait
    unsafe_code
    unsafe_in_a_macro
}

macro_rules! compiled {
    ($($name:ident)*) => {
        mod compiled {
            use super::*;
            $(#[test] #[serial] fn $name() { does_not_build(stringify!($name)); })*
        }
        const COMPILED: &[&str] = &[$(stringify!($name)),*];
    };
}

compiled! {
    becomes_another_program
    connects
    endless_constant
    exits
    exits_from_a_thread
    exits_in_drop
    exits_through_a_panic_hook
    forges_a_record
    macro_bomb
    reads_files
    reads_its_own_memory
    reads_the_arguments
    reads_the_order
    sends_a_datagram
    tells_tests_apart_by_place
    tells_tests_apart_by_type
    thread_bomb
    type_bomb
}

macro_rules! run {
    ($($name:ident)*) => {
        mod run {
            use super::*;
            $(#[test] #[serial] fn $name() { ends_as_expected(stringify!($name)); })*
        }
        const RUN: &[&str] = &[$(stringify!($name)),*];
    };
}

run! {
    behaves_only_in_the_model
    hangs
    lying_equality
    memory_bomb
    panics_while_panicking
    prints_a_record
    prints_success
    sleeps_for_ever
    spins
    stack_overflow
    stdout_flood
    swallows_every_panic
    unsound_but_safe
}

#[test]
fn every_crate_of_the_corpus_is_tried() {
    let listed: BTreeSet<String> = [REFUSED, COMPILED, RUN]
        .concat()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let present: BTreeSet<String> = fs::read_dir(corpus())
        .expect("the corpus")
        .map(|entry| entry.expect("readable").file_name().into_string())
        .collect::<Result<_, _>>()
        .expect("UTF-8");
    assert_eq!(listed, present);
}

/// Whoever parses such a file on a small stack takes all the others with it.
#[test]
#[serial]
fn what_nests_without_end_leaves_the_others_their_verdict() {
    let skeleton = catalog::skeleton("lock").expect("a skeleton");
    let project = Project::with_lock(format!(
        "{}\nconst DEEP: u8 = {}0{};\n",
        skeleton["lib.rs"],
        "(".repeat(100_000),
        ")".repeat(100_000)
    ));
    let event = catalog::reference("event").expect("a solution");
    project.write("exercises/event/src/lib.rs", &event["lib.rs"]);
    assert_eq!(project.run(&["list"]).code, 0);
    let answer = project.check(&["lock", "event", "--format", "json"]);
    let report: Report = serde_json::from_str(&answer.stdout).expect("a report");
    let statuses: Vec<Status> = report.exercises.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [Status::Forbidden, Status::Passed], "{answer:#?}");
}

#[track_caller]
fn is_forbidden(name: &str) {
    let expected = expectation(name, "forbidden ");
    let exercise = project(name).check_lock(1);
    assert_eq!(exercise.status, Status::Forbidden, "{exercise:#?}");
    assert_refused(
        &exercise,
        Diagnosis::Forbidden,
        &format!("{expected} is not allowed"),
    );
}

#[track_caller]
fn does_not_build(name: &str) {
    let expected = expectation(name, "build_failed ");
    let exercise = project(name).check_lock(1);
    assert_eq!(exercise.status, Status::BuildFailed, "{exercise:#?}");
    assert_refused(&exercise, Diagnosis::CompileError, &expected);
}

#[track_caller]
fn assert_refused(exercise: &ExerciseReport, diagnosis: Diagnosis, text: &str) {
    let refusal = exercise.refusal.as_ref().expect("a refusal").to_string();
    assert!(refusal.contains(text), "{refusal}");
    assert_eq!(exercise.points, 0.0);
    for test in &exercise.tests {
        assert_eq!(test.verdict, Verdict::NotRun, "{}", test.name);
        assert_eq!(test.diagnosis, Some(diagnosis), "{}", test.name);
    }
}

#[track_caller]
fn ends_as_expected(name: &str) {
    let expected = expectation(name, "");
    let text = fs::read_to_string(source(name)).expect("a crate of the corpus");
    if text.contains("//! system: linux") && cfg!(not(target_os = "linux")) {
        eprintln!("not tested: this system has no limit that would stop `{name}`");
        return;
    }
    let answer = project(name).check(&["lock", "--format", "json", "--jobs", "4"]);
    assert_eq!(answer.code, 1, "{answer:#?}");
    let exercise = answer.exercise();
    assert_eq!(exercise.status, Status::Failed);
    let failed = not_passed(&exercise);
    assert!(!failed.is_empty());
    for test in failed {
        let verdict = serde_json::to_value(test.verdict).expect("a word");
        let as_expected = expected.split(", ").any(|word| verdict == *word);
        assert!(
            as_expected || test.verdict == Verdict::NotRun,
            "{}: {verdict} {:?}",
            test.name,
            test.message
        );
        assert_eq!(test.points, 0.0);
    }
    for sign in ["\\u001b", "\n::", "##["] {
        assert!(!answer.stdout.contains(sign), "{}", answer.stdout);
    }
}

/// The project that hands this crate in.
#[track_caller]
fn project(name: &str) -> Project {
    let text = fs::read_to_string(source(name)).expect("a crate of the corpus");
    let project = Project::with_lock(&text);
    if text.contains("mod lock;") {
        let honest = "pub fn new() -> Self {\n";
        let lock = solution().replace(honest, &format!("{honest}        crate::attack();\n"));
        assert!(lock.contains("crate::attack"), "the solution has changed");
        project.write("exercises/lock/src/lock.rs", lock);
    }
    project
}

/// What the header expects, without the first word.
#[track_caller]
fn expectation(name: &str, first: &str) -> String {
    let text = fs::read_to_string(source(name)).expect("a crate of the corpus");
    let prefix = format!("//! expected: {first}");
    let line = text.lines().find_map(|line| line.strip_prefix(&prefix));
    line.expect("an expectation").to_owned()
}

fn source(name: &str) -> PathBuf {
    corpus().join(name).join("src/lib.rs")
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile")
}
