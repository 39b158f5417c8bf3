//! The house rules that a machine can check, each with the reason for it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use grader::katas::catalog::{self, POINTS};
use grader::katas::notes;
use grader::messages::diagnosis;
use grader::results::verdict::{Diagnosis, Kind};
use walkdir::WalkDir;

fn root() -> PathBuf {
    let grader = Path::new(env!("CARGO_MANIFEST_DIR"));
    grader.parent().expect("the repository").to_path_buf()
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of the folders in a folder.
fn folders(path: &str) -> BTreeSet<String> {
    fs::read_dir(root().join(path))
        .expect(path)
        .map(|entry| entry.expect("readable"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("UTF-8"))
        .collect()
}

/// A topic is found by its folders alone, so a missing one would pass unnoticed.
#[test]
fn every_topic_has_all_its_files() {
    let suites = folders("grader/suites");
    assert_eq!(
        folders("exercises"),
        suites,
        "exercises/ and grader/suites/"
    );
    assert_eq!(
        folders("solutions"),
        suites,
        "solutions/ and grader/suites/"
    );
    let missing: Vec<String> = suites
        .iter()
        .flat_map(|topic| {
            let suite = [
                "exercise.toml",
                "hints.md",
                "coverage.md",
                "skeleton.rs",
                "stress.rs",
                "model.rs",
                "loom.rs",
                "mutants",
                "alternates",
            ]
            .map(|file| format!("grader/suites/{topic}/{file}"));
            let crates = ["exercises", "solutions"]
                .into_iter()
                .flat_map(move |folder| {
                    ["Cargo.toml", "src/lib.rs"].map(|file| format!("{folder}/{topic}/{file}"))
                });
            suite.into_iter().chain(crates)
        })
        .filter(|file| !root().join(file).exists())
        .collect();
    assert!(missing.is_empty(), "missing: {missing:#?}");
}

/// A function that is in no list would never be run.
#[test]
fn the_tests_of_a_topic_are_the_functions_of_its_suites() {
    for exercise in catalog::all().expect("topics") {
        let listed: Vec<&str> = exercise
            .tests
            .iter()
            .map(|test| test.name.as_str())
            .collect();
        let unique: BTreeSet<&str> = listed.iter().copied().collect();
        assert_eq!(
            unique.len(),
            listed.len(),
            "{}: a test twice",
            exercise.topic
        );
        let functions: Vec<String> = Kind::ALL
            .into_iter()
            .flat_map(|kind| {
                let file = format!("grader/suites/{}/{}.rs", exercise.topic, kind.name());
                let text = read(file);
                let names: Vec<String> = text
                    .lines()
                    .filter_map(|line| line.strip_prefix("pub fn ")?.split_once('('))
                    .map(|(name, _)| format!("{}::{name}", kind.name()))
                    .collect();
                names
            })
            .collect();
        let functions: BTreeSet<&str> = functions.iter().map(String::as_str).collect();
        assert_eq!(unique, functions, "{}", exercise.topic);
    }
}

/// Points are compared between topics.
#[test]
fn the_points_of_a_topic_sum_to_ten() {
    for exercise in catalog::all().expect("topics") {
        let sum: f64 = exercise.tests.iter().map(|test| test.points).sum();
        assert!((sum - POINTS).abs() < 1e-9, "{}: {sum}", exercise.topic);
        assert!(
            exercise.tests.iter().all(|test| test.points > 0.0),
            "{}",
            exercise.topic
        );
    }
}

/// A claim is shown to learners as a sentence.
#[test]
fn every_claim_is_a_sentence_of_its_own() {
    for exercise in catalog::all().expect("topics") {
        let mut claims = BTreeSet::new();
        for test in &exercise.tests {
            let claim = &test.claim;
            assert!(
                claim.ends_with('.') && claim.len() > 10,
                "{}: {claim:?}",
                test.name
            );
            // The same claim may be tested by two means, but not twice by one.
            assert!(
                claims.insert((test.kind, claim)),
                "{}: {claim:?} twice",
                test.name
            );
        }
    }
}

/// From a nudge to nearly the answer takes a few steps.
#[test]
fn every_topic_has_at_least_four_hints() {
    for exercise in catalog::all().expect("topics") {
        assert!(exercise.hints.len() >= 4, "{}", exercise.topic);
        assert!(
            exercise.hints.iter().all(|hint| hint.len() > 20),
            "{}",
            exercise.topic
        );
        let text = read(format!("grader/suites/{}/hints.md", exercise.topic));
        let numbers: Vec<&str> = text
            .lines()
            .filter_map(|it| it.strip_prefix("## "))
            .collect();
        let expected: Vec<String> = (1..=numbers.len()).map(|it| it.to_string()).collect();
        assert_eq!(numbers, expected, "{}", exercise.topic);
    }
}

/// Learners begin with what we give them; a warning in it would be ours.
#[test]
fn every_skeleton_compiles_without_a_warning() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("skeletons");
    fs::create_dir_all(&out).expect("a folder");
    for topic in catalog::names() {
        let skeleton = root().join(format!("grader/suites/{topic}/skeleton.rs"));
        let rustc = Path::new(env!("CARGO")).with_file_name("rustc");
        let mut command = Command::new(rustc);
        command
            .args(["--edition=2024", "--crate-type=lib", "--emit=metadata"])
            .args(["--deny=warnings", "--crate-name", topic, "--out-dir"])
            .args([&out, &skeleton]);
        let output = command.output().expect("rustc runs");
        let says = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{topic}: {says}");
    }
}

/// What no mutant and no alternate has tried may catch nothing, or too much.
#[test]
fn every_topic_has_mutants_and_alternates_with_headers() {
    for exercise in catalog::all().expect("topics") {
        let mutants = catalog::mutants(&exercise).expect("mutants");
        let alternates = catalog::alternates(&exercise.topic).expect("alternates");
        assert!(!mutants.is_empty(), "{}", exercise.topic);
        assert!(!alternates.is_empty(), "{}", exercise.topic);
    }
}

/// `.ci/run` sees only the lines that a mutant changes, not what becomes of the base by them.
#[test]
fn every_mutant_is_formatted_as_a_crate() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutants");
    let rustfmt = Path::new(env!("CARGO")).with_file_name("rustfmt");
    if !rustfmt
        .with_extension(std::env::consts::EXE_EXTENSION)
        .exists()
    {
        eprintln!("not tested: this toolchain has no rustfmt");
        return;
    }
    for exercise in catalog::all().expect("topics") {
        let folder = out.join(&exercise.topic);
        fs::create_dir_all(&folder).expect("a folder");
        let mut command = Command::new(&rustfmt);
        command.args(["--check", "--edition=2024", "--config=newline_style=Unix"]);
        for mutant in catalog::mutants(&exercise).expect("mutants") {
            let file = folder.join(&mutant.name).with_extension("rs");
            fs::write(&file, mutant.text.replace("\r\n", "\n")).expect("a file");
            command.arg(file);
        }
        let output = command.output().expect("rustfmt runs");
        let says = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{}: {says}", exercise.topic);
    }
}

/// Every failure that a learner sees points at its explanation.
#[test]
fn every_diagnosis_has_its_paragraph_and_its_section_in_the_notes() {
    for name in [
        "assertion",
        "panic",
        "deadlock",
        "self_deadlock",
        "lock_cycle",
        "lost_wakeup",
        "wrong_wakeup",
        "data_race",
        "livelock",
        "busy_wait",
        "spurious_wakeup",
        "leak",
        "forbidden",
        "compile_error",
    ] {
        let word = serde_json::Value::from(name);
        let diagnosis: Diagnosis = serde_json::from_value(word).expect("a diagnosis");
        assert!(diagnosis::paragraph(diagnosis).len() > 40, "{name}");
        let section = notes::on_diagnosis(diagnosis::word(diagnosis));
        assert!(section.is_some_and(|it| it.len() > 200), "{name}");
    }
}

/// The anchor that mdBook and GitHub make of a heading.
fn anchor_of(line: &str) -> Option<String> {
    let heading = line.strip_prefix('#')?.trim_start_matches('#').trim();
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    Some(kept.collect::<String>().to_lowercase().replace(' ', "-"))
}

/// Documents rot where they name what is no longer there.
#[test]
fn files_that_documents_name_exist() {
    let documents = WalkDir::new(root().join("notes"))
        .into_iter()
        .map(|entry| entry.expect("readable").into_path())
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .chain(["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map(|it| root().join(it)));
    let mut missing = Vec::new();
    for document in documents {
        let text = fs::read_to_string(&document).expect("readable");
        let folder = document.parent().expect("a folder");
        for link in links(&text) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => document.clone(),
                file => folder.join(file),
            };
            let has_anchor = || {
                let text = fs::read_to_string(&target).unwrap_or_default();
                text.lines().filter_map(anchor_of).any(|it| it == anchor)
            };
            if !target.exists() || !(anchor.is_empty() || has_anchor()) {
                missing.push(format!("{}: {link}", document.display()));
            }
        }
        for path in quoted_paths(&text) {
            if !root().join(path).exists() && !folder.join(path).exists() {
                missing.push(format!("{}: {path}", document.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// The targets of links that stay in the repository.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(link, _)| link)
        .filter(|link| !link.contains("://") && !link.contains(' '))
}

/// What stands between backquotes and looks like a file of this repository.
fn quoted_paths(text: &str) -> impl Iterator<Item = &str> {
    const TOPS: [&str; 8] = [
        ".cargo/",
        ".ci/",
        ".github/",
        "exercises/",
        "grader/",
        "notes/",
        "solutions/",
        "src/",
    ];
    text.split('`').skip(1).step_by(2).filter(|path| {
        let is_pattern = path.contains(['<', '*', '{', ' ', '…', '$']);
        !is_pattern && TOPS.iter().any(|top| path.starts_with(top))
    })
}

/// Who reads the change log looks for the version that they have.
#[test]
fn the_change_log_has_a_heading_for_this_version() {
    let heading = format!("## [{}]", env!("CARGO_PKG_VERSION"));
    assert!(
        read("CHANGELOG.md")
            .lines()
            .any(|line| line.starts_with(&heading)),
        "{heading}"
    );
    let manifest: toml::Table = read("Cargo.toml").parse().expect("TOML");
    let package = &manifest["workspace"]["package"];
    assert_eq!(package["version"].as_str(), Some(env!("CARGO_PKG_VERSION")));
    let readme = read("README.md");
    let rust = package["rust-version"].as_str().expect("a version");
    assert!(
        readme.contains(&format!("({rust} or newer)")),
        "README.md: Rust {rust}"
    );
}

/// Whoever prints from elsewhere gets in the way of progress, `--quiet` and JSON.
#[test]
fn only_the_report_prints() {
    let prints = ["println!(", "print!(", "eprintln!(", "eprint!(", "dbg!("];
    for (file, text) in sources() {
        if file.starts_with("report") {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            let code = line.trim_start();
            let is_code = !code.starts_with("//") && !code.contains('"');
            let printing = prints.iter().any(|it| code.contains(it));
            assert!(
                !(is_code && printing),
                "{}:{}: {line}",
                file.display(),
                index + 1
            );
        }
    }
}

/// Whoever ends the process from within leaves temporary files and children behind.
#[test]
fn nobody_ends_the_process_but_main_and_the_handler_of_signals() {
    for (file, text) in sources() {
        let ends = text.contains("process::exit(") || text.contains("process::abort(");
        let may = file == Path::new("support/interrupt.rs") || is_only_in_strings(&text);
        assert!(!ends || may, "{}", file.display());
    }
}

fn is_only_in_strings(text: &str) -> bool {
    text.lines()
        .filter(|line| line.contains("process::exit(") || line.contains("process::abort("))
        .all(|line| line.contains('"'))
}

/// A file is read in one sitting, and `main` at a glance.
#[test]
fn source_files_stay_small() {
    for (file, text) in sources() {
        let lines = text.lines().count();
        let most = if file == Path::new("main.rs") {
            40
        } else {
            450
        };
        assert!(lines < most, "{}: {lines} lines", file.display());
    }
}

/// The grader's own sources, by their path below `src`.
fn sources() -> Vec<(PathBuf, String)> {
    let src = root().join("grader/src");
    let files = WalkDir::new(&src).into_iter();
    files
        .map(|entry| entry.expect("readable").into_path())
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .map(|path| {
            let text = fs::read_to_string(&path).expect("readable");
            let name = path.strip_prefix(&src).expect("below").to_path_buf();
            (name, text)
        })
        .collect()
}
