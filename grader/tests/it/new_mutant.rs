//! New mutants: an edited copy becomes a difference, and a mutant a whole crate again.

use std::fs;

use grader::katas::catalog;
use grader::katas::header::Base;

use crate::new_kata::clone;
use crate::project::{Project, solution};

const FOLDER: &str = "grader/suites/lock/mutants";

/// A clone whose `edited.rs` is the reference solution of `lock` with this change.
fn edited(from: &str, to: &str) -> Project {
    let project = clone();
    fs::create_dir_all(project.path(FOLDER)).expect("a folder");
    let text = solution().replace(from, to);
    project.write("edited.rs", text);
    project
}

fn tells_nobody() -> Project {
    edited("        self.freed.notify_one();\n", "")
}

const MUTANT: [&str; 6] = [
    "new",
    "lock",
    "--mutant",
    "tells-nobody",
    "--from",
    "edited.rs",
];

fn made(project: &Project) -> Vec<String> {
    let files = fs::read_dir(project.path(FOLDER)).expect("a folder");
    let names = files.map(|file| file.expect("readable").file_name());
    let mut names: Vec<String> = names.map(|it| it.into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

#[test]
fn an_edited_copy_becomes_a_difference_to_the_nearest_base() {
    let project = tells_nobody();
    let more = [
        "--idea",
        "Whoever waits will see for itself.",
        "--caught-by",
        "model::a_sleeper_is_woken = lost_wakeup",
    ];
    let answer = project.run(&[&MUTANT[..], &more].concat());
    assert_eq!(answer.code, 2, "{answer:#?}");
    assert!(
        answer.stderr.contains("`model::a_sleeper_is_woken`"),
        "{answer:#?}"
    );
    assert!(made(&project).is_empty());

    let lock = catalog::exercise("lock").expect("a topic");
    let catch = format!("{} = lost_wakeup", lock.tests[0].name);
    let answer = project.run(&[&MUTANT[..], &more[..3], &[&catch]].concat());
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert_eq!(made(&project), ["tells_nobody.diff"]);
    let file = fs::read_to_string(project.path(FOLDER).join("tells_nobody.diff"));
    let file = file.expect("a file").replace(&catch, "TEST = lost_wakeup");
    insta::assert_snapshot!(file);
}

#[test]
fn what_is_not_given_is_left_to_be_filled_in() {
    let project = tells_nobody();
    let answer = project.run(&[&MUTANT[..], &["--idea", " "]].concat());
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(
        answer.stdout.contains("at `idea:` and `caught-by:`"),
        "{answer:#?}"
    );
    let file = fs::read_to_string(project.path(FOLDER).join("tells_nobody.diff"));
    let file = file.expect("a file");
    assert!(file.contains("# idea: REPLACE: "), "{file}");
    assert!(file.contains("# caught-by: REPLACE: "), "{file}");
}

#[test]
fn what_is_there_stays_as_it_is() {
    for present in ["tells_nobody.diff", "tells_nobody.rs"] {
        let project = tells_nobody();
        project.write(&format!("{FOLDER}/{present}"), "mine");
        let answer = project.run(&MUTANT);
        assert_eq!(answer.code, 2, "{answer:#?}");
        assert!(answer.stderr.contains(present), "{answer:#?}");
        assert_eq!(made(&project), [present]);
        let file = fs::read_to_string(project.path(FOLDER).join(present));
        assert_eq!(file.expect("a file"), "mine");
    }
}

#[test]
fn bad_input_is_refused_with_what_to_do_and_nothing_is_written() {
    let project = tells_nobody();
    project.write("same.rs", solution());
    project.write("broken.rs", "fn (");
    let from = |file: &'static str| ["new", "lock", "--mutant", "x", "--from", file].to_vec();
    let with = |flag: &'static str, value: &'static str| [&MUTANT[..], &[flag, value]].concat();
    for (arguments, says) in [
        (from("same.rs"), "change the copy first"),
        (from("broken.rs"), "it is no Rust at line 1, column 4"),
        (from("absent.rs"), "absent.rs cannot be made a mutant of"),
        (with("--base", "ticket-lock"), "`alternate ticket-lock`"),
        (with("--caught-by", "model::x"), "` = diagnosis`"),
        (
            with("--caught-by", "model::x = bad_luck"),
            "`bad_luck` is no diagnosis",
        ),
        (vec!["new", "lock", "--mutant", "x"], "--from <FILE>"),
        (vec!["new", "lock", "--from", "edited.rs"], "--mutant"),
        (
            vec!["new", "lokc", "--mutant", "x", "--from", "edited.rs"],
            "`lock`",
        ),
        (
            vec!["new", "lock", "--mutant", "../x", "--from", "edited.rs"],
            "no name for a mutant",
        ),
        (
            vec!["new", "lock", "--mutant", "absent", "--to", "x.rs"],
            "no mutant `absent`",
        ),
        (
            vec!["new", "lock", "--mutant", "if-not-while", "--to", "same.rs"],
            "same.rs is there",
        ),
    ] {
        let answer = project.run(&arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {answer:#?}");
        assert!(answer.stderr.contains(says), "{arguments:?}: {answer:#?}");
        assert!(made(&project).is_empty(), "{arguments:?}");
    }
    assert_eq!(
        fs::read_to_string(project.path("same.rs")).expect("a file"),
        solution()
    );
}

#[test]
fn what_is_far_from_all_that_is_right_becomes_a_whole_file() {
    let project = clone();
    fs::create_dir_all(project.path(FOLDER)).expect("a folder");
    project.write("edited.rs", "pub struct Lock;\n");
    let answer = project.run(&MUTANT);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert_eq!(made(&project), ["tells_nobody.rs"]);
    let file = fs::read_to_string(project.path(FOLDER).join("tells_nobody.rs"));
    let file = file.expect("a file");
    assert!(file.starts_with("//! mutant: tells-nobody\n"), "{file}");
    assert!(file.contains("//! base: none\n"), "{file}");
    assert!(file.ends_with("\n\npub struct Lock;\n"), "{file}");
}

#[test]
fn a_mutant_that_is_written_out_makes_the_same_mutant_again() {
    let project = clone();
    fs::create_dir_all(project.path(FOLDER)).expect("a folder");
    let lock = catalog::exercise("lock").expect("a topic");
    let mutants = catalog::mutants(&lock).expect("mutants");
    // One of each kind is enough.
    let mut of_reference = mutants.iter().filter(|it| it.base == Base::Reference);
    let mut of_alternate = mutants
        .iter()
        .filter(|it| matches!(it.base, Base::Alternate(_)));
    let one_of_each = [of_reference.next(), of_alternate.next()];
    for mutant in one_of_each.map(|it| it.expect("a mutant of each kind")) {
        let out = format!("out/{}.rs", mutant.name);
        let to = project.run(&["new", "lock", "--mutant", &mutant.name, "--to", &out]);
        assert_eq!(to.code, 0, "{to:#?}");
        let from = project.run(&["new", "lock", "--mutant", &mutant.name, "--from", &out]);
        assert_eq!(from.code, 0, "{from:#?}");
        let name = mutant.name.replace('-', "_");
        let file = fs::read_to_string(project.path(FOLDER).join(format!("{name}.diff")));
        let file = file.expect("a file");
        assert!(
            file.contains(&format!("\n# base: {}\n", mutant.base)),
            "{file}"
        );
        assert!(
            file.ends_with(mutant.difference.as_deref().expect("hunks")),
            "{file}"
        );
    }
}
