//! Graded crates are compiled against this package under the name `std`, as the grader does.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const ENGINES: [&str; 3] = ["real", "interleavings", "orderings"];

const EVERYTHING: &[&str] = &[
    "mutex",
    "condvar",
    "atomic",
    "park",
    "rwlock",
    "once",
    "barrier",
    "spawn",
    "sleep",
    "mpsc",
    "thread_local",
];

/// Whatever reaches out of the crate, or around the allowlist.
const FORBIDDEN: &[&str] = &[
    "use std::alloc::System;",
    "use std::arch::asm;",
    "use std::backtrace::Backtrace;",
    "use std::env;",
    "use std::env::args;",
    "use std::ffi::CString;",
    "use std::fs;",
    "use std::fs::File;",
    "use std::io;",
    "use std::io::stdin;",
    "use std::io::Write;",
    "use std::net::TcpStream;",
    "use std::os::fd::AsRawFd;",
    "use std::path::Path;",
    "use std::process;",
    "use std::process::Command;",
    "use std::panic::set_hook;",
    "use std::panic::take_hook;",
    "use std::panic::PanicHookInfo;",
    "use std::panic::Location;",
    "use std::any::type_name;",
    "use std::any::type_name_of_val;",
    "use std::any::TypeId;",
    "use std::thread::available_parallelism;",
    "use std::time::SystemTime;",
    "use std::time::UNIX_EPOCH;",
    "use std::kata_model;",
    "use std::engine;",
    "use std::both;",
    "use std::include_str;",
    "pub fn exit() { std::process::exit(0) }",
    "pub fn hook() { panic::set_hook(Box::new(|_| ())) }",
    "pub fn vector() { let _ = vec::Vec::<u8>::new(); }",
    "pub const HOME: &str = env!(\"HOME\");",
    "pub const MAYBE: Option<&str> = option_env!(\"HOME\");",
    "pub const TEXT: &str = include_str!(\"/etc/passwd\");",
    "pub const BYTES: &[u8] = include_bytes!(\"/etc/passwd\");",
    "pub const CODE: () = include!(\"/etc/passwd\");",
];

/// What a kata does not have that asks for it, by the feature that would allow it.
const WITHHELD: &[(&str, &str)] = &[
    ("mutex", "use std::sync::{Mutex as _, MutexGuard as _};"),
    (
        "condvar",
        "use std::sync::{Condvar as _, WaitTimeoutResult as _};",
    ),
    ("atomic", "use std::sync::atomic::AtomicBool;"),
    ("park", "use std::thread::{park as _, park_timeout as _};"),
    (
        "rwlock",
        "use std::sync::{RwLock as _, RwLockReadGuard as _};",
    ),
    (
        "once",
        "use std::sync::{Once as _, OnceLock as _, LazyLock as _};",
    ),
    (
        "barrier",
        "use std::sync::{Barrier as _, BarrierWaitResult as _};",
    ),
    (
        "spawn",
        "use std::thread::{spawn as _, scope as _, Builder as _, JoinHandle as _};",
    ),
    ("sleep", "use std::thread::sleep;"),
    ("mpsc", "use std::sync::mpsc::channel;"),
    ("thread_local", "thread_local! { static KEY: u8 = 0; }"),
];

#[test]
fn everything_that_a_learner_may_write_compiles_with_each_engine() {
    let allowed = include_str!("fixtures/allowed.rs");
    let crates = ENGINES.map(|engine| (format!("allowed-{engine}"), allowed.to_owned()));
    let workspace = Workspace::new("allowed", EVERYTHING, &crates);
    let errors = workspace.errors();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn nothing_that_reaches_out_resolves_with_any_engine() {
    let source = one_module_a_line(FORBIDDEN);
    let crates = ENGINES.map(|engine| (format!("forbidden-{engine}"), source.clone()));
    let workspace = Workspace::new("forbidden", EVERYTHING, &crates);
    expect_an_error_for_each_line(&workspace.errors(), "forbidden", FORBIDDEN);
}

#[test]
fn what_a_kata_does_not_allow_is_not_there() {
    let lines: Vec<&str> = WITHHELD.iter().map(|&(_, line)| line).collect();
    let source = one_module_a_line(&lines);
    let crates = ENGINES.map(|engine| (format!("withheld-{engine}"), source.clone()));
    let workspace = Workspace::new("withheld", &[], &crates);
    expect_an_error_for_each_line(&workspace.errors(), "withheld", &lines);
}

#[test]
fn every_feature_is_withheld_somewhere() {
    let features: Vec<&str> = WITHHELD.iter().map(|&(feature, _)| feature).collect();
    assert_eq!(features, EVERYTHING);
}

/// Apart from each other: a name that an import failed to bring in gives no second error.
fn one_module_a_line(lines: &[&str]) -> String {
    let modules = lines
        .iter()
        .enumerate()
        .map(|(index, line)| format!("pub mod line{index} {{ {line} }}\n"));
    modules.collect()
}

#[track_caller]
fn expect_an_error_for_each_line(errors: &[Error], name: &str, lines: &[&str]) {
    for engine in ENGINES {
        let package = format!("{name}-{engine}");
        for (index, line) in lines.iter().enumerate() {
            let refused = errors
                .iter()
                .any(|error| error.package == package && error.line == index as u64 + 1);
            assert!(refused, "{package} has {line:?}");
        }
    }
}

/// Where rustc found fault.
#[derive(Debug)]
struct Error {
    package: String,
    line: u64,
    #[expect(dead_code, reason = "shown when a test fails")]
    message: String,
}

/// A Cargo workspace with one graded crate per engine, named `<name>-<engine>`.
struct Workspace {
    root: PathBuf,
}

impl Workspace {
    fn new(name: &str, allowed: &[&str], crates: &[(String, String)]) -> Workspace {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut members = String::new();
        for (engine, (package, source)) in ENGINES.iter().zip(crates) {
            let features: Vec<String> = [*engine]
                .iter()
                .chain(allowed)
                .map(|feature| format!("{feature:?}"))
                .collect();
            // One package per set of features: Cargo would unite the features of one.
            write(
                &root.join(format!("std-{engine}/Cargo.toml")),
                &format!(
                    "[package]\nname = \"std-{engine}\"\nedition = \"2024\"\n\
                     [lib]\npath = {lib:?}\n\
                     [features]\ndefault = [{}]\n{declared}\
                     [dependencies]\nkata-model = {{ path = {model:?}, default-features = false, \
                     features = [\"{engine}\"] }}\n",
                    features.join(", "),
                    lib = here.join("src/lib.rs"),
                    model = here.join("../model"),
                    declared = declarations(),
                ),
            );
            write(
                &root.join(format!("{package}/Cargo.toml")),
                &format!(
                    "[package]\nname = \"{package}\"\nedition = \"2024\"\n\
                     [dependencies]\n\
                     std = {{ package = \"std-{engine}\", path = \"../std-{engine}\" }}\n\
                     [lints.rust]\nunsafe_code = \"forbid\"\n",
                ),
            );
            write(&root.join(format!("{package}/src/lib.rs")), source);
            let _ = write!(members, "\"std-{engine}\", \"{package}\", ");
        }
        let quiet = here.join("../quiet");
        write(
            &root.join("Cargo.toml"),
            &format!(
                "[workspace]\nresolver = \"3\"\nmembers = [{members}]\n\
                 [patch.crates-io]\n\
                 tracing = {{ path = {:?} }}\n\
                 tracing-subscriber = {{ path = {:?} }}\n",
                quiet.join("tracing"),
                quiet.join("tracing-subscriber"),
            ),
        );
        // The same versions as in this repository, where there is a lock file to say so.
        let lock = here.join("../../Cargo.lock");
        if lock.exists() {
            fs::copy(lock, root.join("Cargo.lock")).unwrap();
        }
        Workspace { root }
    }

    fn errors(&self) -> Vec<Error> {
        let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args([
                "check",
                "--workspace",
                "--keep-going",
                "--offline",
                "--quiet",
            ])
            .arg("--message-format=json")
            .arg("--manifest-path")
            .arg(self.root.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("target"))
            .env_remove("CARGO_TARGET_DIR")
            .output()
            .unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let errors: Vec<Error> = stdout.lines().flat_map(errors_in).collect();
        assert!(
            output.status.success() || !errors.is_empty(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        errors
    }
}

/// All features of this package, as its own manifest declares them, less the engines'.
fn declarations() -> String {
    let mut text: String = EVERYTHING
        .iter()
        .map(|feature| format!("{feature} = []\n"))
        .collect();
    for engine in ENGINES {
        let _ = writeln!(text, "{engine} = []");
    }
    text
}

fn errors_in(line: &str) -> Vec<Error> {
    let message: Value = serde_json::from_str(line).unwrap();
    if message["reason"] != "compiler-message" || message["message"]["level"] != "error" {
        return Vec::new();
    }
    let package = message["target"]["name"]
        .as_str()
        .unwrap_or_default()
        .replace('_', "-");
    let text = message["message"]["rendered"].as_str().unwrap_or_default();
    let spans = message["message"]["spans"].as_array();
    spans
        .into_iter()
        .flatten()
        .filter_map(|span| span["line_start"].as_u64())
        .map(|line| Error {
            package: package.clone(),
            line,
            message: text.to_owned(),
        })
        .collect()
}

/// Leaves a file alone that says what it should, so that Cargo has nothing to do.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}
