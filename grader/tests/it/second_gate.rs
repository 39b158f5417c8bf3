//! What rustc has read decides whether anything of it is shown, whatever the policy on tokens
//! has overlooked. Here nobody asks that policy.

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use grader::building::toolchain::Toolchain;
use grader::katas::catalog;
use grader::results::event::{Event, Observer};
use grader::results::options::Options;
use grader::results::verdict::{Effort, Kind};
use grader::running::lab::{BuildReport, Lab, Purpose, Stop, Trial};
use grader::submission::project::Project;
use grader::submission::subject::Subject;
use grader::support::interrupt::Cancel;
use serial_test::serial;
use std::time::Duration;

const SECRET: &str = "nobody-may-read-this-line";

/// What building a crate told, and what was shown meanwhile.
struct Built {
    report: BuildReport,
    shown: String,
    was_run: bool,
}

#[derive(Default)]
struct Shown(Mutex<String>);

impl Observer for Shown {
    fn on(&self, event: Event<'_>) {
        if let Event::CompileError { error, .. } = event {
            self.0.lock().expect("one thread").push_str(&error.rendered);
        }
    }
}

/// Builds the lock of the solution with this after it, and runs a test on it.
fn build(files: &[(&str, &str)]) -> Built {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("grader");
    let directory = tempfile::tempdir().expect("a directory");
    let project = Project::at(directory.path(), true, Some(scratch)).expect("a project");
    let toolchain = Toolchain::find(project.scratch()).expect("a toolchain");
    let options = Options {
        seed: 1,
        effort: Effort::Quick,
        jobs: 2,
        cache: false,
        color: false,
        first_bug: false,
        tests: Vec::new(),
        timings: false,
    };
    let shown = Shown::default();
    let lab = Lab::open(
        &project,
        &toolchain,
        &options,
        &shown,
        Purpose::Check,
        &Cancel::never(),
    )
    .expect("a lab");
    let exercise = catalog::exercise("lock").expect("a topic");
    let mut sources = catalog::reference("lock").expect("a solution");
    for (name, text) in files {
        let old = sources.remove(*name).unwrap_or_default();
        sources.insert((*name).to_owned(), format!("{old}\n{text}\n"));
    }
    let tests: Vec<_> = exercise
        .tests
        .iter()
        .filter(|test| test.kind == Kind::Stress)
        .take(1)
        .collect();
    let trial = Trial {
        subject: Subject::learner(&exercise, sources, "exercises/lock/src".into()),
        limits: vec![Duration::from_secs(600); tests.len()],
        tests,
        stop: Stop::Never,
    };
    let runs = Mutex::new(0);
    let mut reports = lab
        .conduct(&[trial], &|_, _, _| {
            *runs.lock().expect("not poisoned") += 1
        })
        .expect("a machine that works");
    Built {
        report: reports.remove(0),
        shown: shown.0.into_inner().expect("not poisoned"),
        was_run: runs.into_inner().expect("not poisoned") > 0,
    }
}

#[test]
#[serial]
fn whatever_reads_elsewhere_is_neither_shown_nor_run() {
    let directory = tempfile::tempdir().expect("a directory");
    let secret = directory.path().join("secret.txt");
    fs::write(&secret, format!("{SECRET}\n")).expect("a file");
    let secret = secret.to_str().expect("UTF-8");
    for text in [
        format!("pub const A: &str = core::include_str!({secret:?});"),
        format!("pub const A: u8 = core::include_str!({secret:?});"),
        format!("core::compile_error!(core::include_str!({secret:?}));"),
        format!("const _: () = assert!(false, core::include_str!({secret:?}));"),
        format!("core::include!({secret:?});"),
        format!("#[path = {secret:?}] mod a;"),
        format!("#[doc = core::include_str!({secret:?})] pub struct A(B);"),
        "pub const A: &str = core::env!(\"HOME\");".to_owned(),
        "pub const A: Option<&str> = core::option_env!(\"NOTHING\");".to_owned(),
        "#[path = \"../../../../tests/learner/lock/real/src/suite.rs\"] mod a;".to_owned(),
    ] {
        let built = build(&[("lib.rs", &text)]);
        let report = built.report;
        assert!(
            report.forbidden && report.certain && !built.was_run,
            "{text}: {report:?}"
        );
        let refusal = report.refusal.expect("a refusal").to_string();
        assert!(
            refusal.contains("while it is compiled"),
            "{text}: {refusal}"
        );
        let all = built.shown + &refusal + &report.warnings.concat();
        assert!(
            !all.contains(SECRET) && !all.contains("suite"),
            "{text}: {all}"
        );
        assert!(all.starts_with("error[forbidden]"), "{text}: {all}");
    }
}

/// rustc gives up here before it writes down what it has read.
#[test]
#[serial]
fn where_nothing_says_what_was_read_only_plain_words_are_shown() {
    let directory = tempfile::tempdir().expect("a directory");
    let secret = directory.path().join("secret.txt");
    fs::write(&secret, format!("{SECRET} \"\n")).expect("a file");
    let secret = secret.to_str().expect("UTF-8");
    let built = build(&[("lib.rs", &format!("#[path = {secret:?}] mod a;"))]);
    assert!(built.report.forbidden, "{:?}", built.report);
    assert_eq!(built.shown, "");
    let text = format!(
        "macro_rules! m {{ () => {{ core::compile_error!(core::include_str!({secret:?})); \
         mod a; }} }} m!();"
    );
    let built = build(&[("lib.rs", &text), ("a.rs", "fn f( {")]);
    let report = built.report;
    let all = built.shown + &report.refusal.expect("a refusal").to_string();
    assert!(!all.contains(SECRET), "{all}");
}

#[test]
#[serial]
fn what_rustc_says_about_honest_code_is_shown_at_once() {
    for (text, said) in [
        ("fn f() -> u8 { \"\" }", "mismatched types"),
        ("fn f( {", "unclosed delimiter"),
        ("fn f() { println!(\"{}\") }", "1 positional argument"),
        ("macro_rules! m { (a) => {} } m!(b);", "no rules expected"),
        (
            "macro_rules! m { ($($t:tt)*) => { m! { $($t)* x } } } m! {}",
            "recursion limit",
        ),
        ("fn f() { let a = \"é\\q\"; }", "unknown character escape"),
        ("mod nowhere;", "file not found for module"),
        ("use std::fs;", "unresolved import"),
        (
            "// to include env vars\nfn f() -> u8 { /* }",
            "unterminated block comment",
        ),
    ] {
        let built = build(&[("lib.rs", text)]);
        let report = built.report;
        assert!(!report.forbidden && !built.was_run, "{text}: {report:?}");
        let refusal = report.refusal.expect("a refusal").to_string();
        assert!(
            refusal.contains(said) && built.shown.contains(said),
            "{text}: {refusal}"
        );
    }
    let built = build(&[("lib.rs", "pub mod more;"), ("more.rs", "pub fn f() {}")]);
    assert!(
        built.was_run && built.report.refusal.is_none(),
        "{:?}",
        built.report
    );
}
