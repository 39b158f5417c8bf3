//! What learners read about ten wrong ideas of each topic.
//!
//! A screen is a file `tests/screens/<topic>/<mutant>.snap`. To add one, make it, empty, and
//! run this test with `INSTA_UPDATE=always`; then read it as somebody would who believes that
//! the code is right.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use grader::building::toolchain::Toolchain;
use grader::grading::control;
use grader::grading::judge;
use grader::katas::catalog::{self, Exercise, Test};
use grader::katas::header::{self, Mutant};
use grader::report::Format;
use grader::report::look::Look;
use grader::results::event::Silent;
use grader::results::message::Message;
use grader::results::options::{DEFAULT_SEED, Options};
use grader::results::report::{Report, SCHEMA, TestReport};
use grader::results::verdict::Kind;
use grader::running::lab::{Lab, Purpose, Stop, Trial};
use grader::submission::project::Project;
use grader::submission::subject::Subject;
use grader::support::interrupt::Cancel;
use serial_test::serial;

/// How many wrong ideas of each topic are shown.
const SHOWN: usize = 10;

#[test]
#[serial]
#[ignore = "builds ten mutants of each topic"]
fn the_screen_alone_leads_to_the_bug() {
    let shown: Vec<(Exercise, Vec<Mutant>)> = catalog::all()
        .expect("topics")
        .into_iter()
        .map(|exercise| {
            let mutants = shown(&exercise);
            (exercise, mutants)
        })
        .collect();
    let trials: Vec<Trial<'_>> = shown
        .iter()
        .flat_map(|(exercise, mutants)| mutants.iter().map(move |mutant| trial(exercise, mutant)))
        .collect();
    let reports = conduct(&trials);
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    // What real threads measure differs from run to run.
    settings.add_filter(r"\d+ % of a core", "# % of a core");
    for (trial, tests) in trials.iter().zip(reports) {
        let topic = &trial.subject.exercise.topic;
        settings.set_snapshot_path(screens(topic));
        let name = trial.subject.label.trim_start_matches("mutant-");
        settings.bind(|| insta::assert_snapshot!(name, screen(&trial.subject, tests)));
    }
}

/// Crates that other people could have written: helpers around everything, waits made of `park`.
/// Each is a file `tests/told/<topic>-<name>.rs`, whose header says what is wrong with it.
#[test]
#[serial]
#[ignore = "builds a crate of each kind"]
fn crates_as_others_write_them_are_told_rightly() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/told");
    let files = fs::read_dir(&folder).expect("crates");
    let files = files.map(|entry| entry.expect("readable").path());
    let mut crates: Vec<PathBuf> = files
        .filter(|file| file.extension().is_some_and(|ending| ending == "rs"))
        .collect();
    crates.sort();
    let names: Vec<String> = crates
        .iter()
        .map(|file| {
            file.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let topic = |name: &String| name.split('-').next().expect("a topic").to_owned();
    let exercises: Vec<Exercise> = names
        .iter()
        .map(|name| catalog::exercise(&topic(name)).expect("a topic"))
        .collect();
    let trials: Vec<Trial<'_>> = exercises
        .iter()
        .zip(&crates)
        .map(|(exercise, file)| {
            let text = fs::read_to_string(file)
                .expect("readable")
                .replace("\r\n", "\n");
            let display = PathBuf::from(format!("exercises/{}/src", exercise.topic));
            let subject = Subject::learner(exercise, catalog::single(&text), display);
            modelled(subject, &[])
        })
        .collect();
    assert!(!trials.is_empty());
    let reports = conduct(&trials);
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path(&folder);
    for ((trial, name), tests) in trials.iter().zip(&names).zip(reports) {
        let name = name.as_str();
        settings.bind(|| insta::assert_snapshot!(name, screen(&trial.subject, tests)));
    }
}

/// A diagnosis that nobody has read may lead nowhere.
#[test]
fn every_topic_has_its_screens() {
    for exercise in catalog::all().expect("topics") {
        let mutants = catalog::mutants(&exercise).expect("mutants").len();
        // A kata that is being made has few, and gets its screens with the others.
        if mutants >= SHOWN {
            assert!(shown(&exercise).len() >= SHOWN, "{}", exercise.topic);
        }
    }
}

fn screens(topic: &str) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    tests.join("screens").join(topic)
}

/// The mutants of a topic of which there is a screen.
fn shown(exercise: &Exercise) -> Vec<Mutant> {
    let entries = fs::read_dir(screens(&exercise.topic)).into_iter().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| {
            let name = entry.expect("readable").file_name().into_string().ok()?;
            Some(name.strip_suffix(".snap")?.to_owned())
        })
        .collect();
    names.sort();
    let mutants = catalog::mutants(exercise).expect("mutants");
    let mutant = |name: &String| {
        let found = mutants.iter().find(|mutant| mutant.name == *name);
        found.unwrap_or_else(|| panic!("{}: no mutant `{name}`", exercise.topic))
    };
    names.iter().map(|name| mutant(name).clone()).collect()
}

/// The mutant as a learner's crate. Of the tests only those whose words do not depend on
/// luck: all under the model checkers, and the stress tests that must catch it where these
/// are blind.
fn trial<'a>(exercise: &'a Exercise, mutant: &Mutant) -> Trial<'a> {
    let catches = |test: &Test| mutant.caught_by.iter().any(|it| it.test == test.name);
    let caught: Vec<&Test> = exercise.tests.iter().filter(|test| catches(test)).collect();
    let is_blind = caught.iter().all(|test| test.kind == Kind::Stress);
    let besides = if is_blind { caught } else { Vec::new() };
    let display = PathBuf::from(format!("exercises/{}/src", exercise.topic));
    let mut subject = Subject::mutant(exercise, mutant);
    subject.sources.display = display;
    // No learner writes an author's header, and it changes more often than what is below.
    subject.sources.files = catalog::single(header::below(&mutant.text));
    modelled(subject, &besides)
}

/// A crate, to be run in all tests under the model checkers and in these besides.
fn modelled<'a>(subject: Subject<'a>, besides: &[&'a Test]) -> Trial<'a> {
    let modelled = subject
        .exercise
        .tests
        .iter()
        .filter(|test| test.kind != Kind::Stress);
    let tests: Vec<&Test> = besides.iter().copied().chain(modelled).collect();
    Trial {
        subject,
        limits: vec![control::patience(Default::default()); tests.len()],
        tests,
        stop: Stop::Never,
    }
}

/// Runs all of them. The result has the tests of each trial in their order.
fn conduct(trials: &[Trial<'_>]) -> Vec<Vec<TestReport>> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("grader");
    let root = tempfile::tempdir().expect("a directory");
    let project = Project::at(root.path(), true, Some(scratch.clone())).expect("a project");
    let toolchain = Toolchain::find(&scratch.join("cache")).expect("a toolchain");
    let options = Options::default();
    let lab = Lab::open(
        &project,
        &toolchain,
        &options,
        &Silent,
        Purpose::Check,
        &Cancel::never(),
    )
    .expect("a lab");
    let found = Mutex::new(vec![BTreeMap::new(); trials.len()]);
    let built = lab.conduct(trials, &|trial, test, finding| {
        let report = judge::test(&trials[trial].subject, trials[trial].tests[test], &finding);
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        found[trial].insert(test, report);
    });
    for (trial, build) in trials.iter().zip(built.expect("a machine that works")) {
        assert_eq!(build.refusal, None, "{}", trial.subject.label);
    }
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let in_order = |tests: BTreeMap<usize, TestReport>| tests.into_values().collect();
    found.into_iter().map(in_order).collect()
}

/// Where the system does not tell that no thread can be woken any more, a test only notices
/// that it takes too long.
fn as_on_linux(message: Message) -> Message {
    let late = message.said().and_then(|it| it.split_once(": not within "));
    match late {
        Some((expectation, _)) if cfg!(not(target_os = "linux")) => Message::Said(format!(
            "{expectation}: that never happens: all threads sleep, and no thread is left that could wake one"
        )),
        _ => message,
    }
}

/// What the learner sees, from the list of the tests to the last word.
fn screen(subject: &Subject<'_>, mut tests: Vec<TestReport>) -> String {
    for test in &mut tests {
        test.message = test.message.take().map(as_on_linux);
    }
    let mut exercise = judge::all_run(subject.exercise, tests);
    exercise.source = subject.sources.display.clone();
    exercise.sources = subject.sources.by_shown_name();
    let report = Report {
        schema: SCHEMA.to_owned(),
        grader: String::new(),
        rustc: String::new(),
        seed: DEFAULT_SEED,
        exercises: vec![exercise],
    };
    let look = Look {
        width: 80,
        color: false,
        unicode: true,
        verbose: false,
        quiet: false,
        program: "grader".to_owned(),
        more: "-v",
        source: None,
    };
    Format::Human.render(&report, &look)
}

/// README and notes show what a learner sees. A block of theirs below `<!-- screen: lock/name -->`
/// is that screen's finding; `INSTA_UPDATE=always` writes it anew.
#[test]
fn pages_show_the_screens() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let chapters = fs::read_dir(root.join("notes/src")).expect("notes");
    let chapters = chapters.map(|entry| entry.expect("readable").path());
    let mut shown = 0;
    for page in chapters.chain([root.join("README.md")]) {
        if page.extension().is_none_or(|ending| ending != "md") {
            continue;
        }
        let text = fs::read_to_string(&page).expect("a page");
        let (anew, screens) = with_screens(&text);
        shown += screens;
        if anew != text && std::env::var("INSTA_UPDATE").is_ok_and(|it| it == "always") {
            fs::write(&page, &anew).expect("a page can be written");
        } else {
            assert_eq!(text, anew, "{}", page.display());
        }
    }
    assert!(shown > 0, "no page shows a screen");
}

/// The page with its screens as they are now, and how many there are.
fn with_screens(page: &str) -> (String, usize) {
    let mut anew = String::new();
    let mut screens = 0;
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<!-- screen: ") {
        let (name, after) = after.split_once(" -->\n\n```text\n").expect("a block");
        let (_, after) = after.split_once("\n```\n").expect("the end of a block");
        anew.push_str(&format!(
            "{before}<!-- screen: {name} -->\n\n```text\n{}\n```\n",
            finding(name)
        ));
        screens += 1;
        rest = after;
    }
    (anew + rest, screens)
}

/// What a screen says of the bug.
fn finding(screen: &str) -> String {
    let (topic, name) = screen.split_once('/').expect("a topic and a name");
    let file = screens(topic).join(format!("{name}.snap"));
    let text = fs::read_to_string(&file).unwrap_or_else(|_| panic!("no screen {screen}"));
    let start = text.find("\nerror[").expect("a headline") + 1;
    let end = text.rfind("\nNext: ").expect("what to do next");
    text[start..end].trim_end().to_owned()
}
