//! What `grader check lock` costs after an edit of one line, and what it stands for
//! costs without it: one `cargo build` of the same packages and the same test processes,
//! as many at once, those that measure time alone.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use grader::katas::catalog::{self, Exercise, Test};
use grader::results::options::DEFAULT_SEED;
use grader::results::record::Order;
use grader::results::verdict::Effort;
use grader::submission::subject::Subject;
use grader::support::disk;

use crate::table::{Round, in_turns, median};

const ROUNDS: usize = 11;
const TOPIC: &str = "lock";

/// Prints how `check` compares.
pub(crate) fn compare() -> Result<()> {
    let bench = Bench::prepare()?;
    let rounds = in_turns(
        ROUNDS,
        || bench.checked().expect("the grader runs"),
        || bench.bare().expect("cargo and the tests run"),
    );
    println!(
        "\n`grader check {TOPIC}` after an edit of one line, medians of {ROUNDS} rounds in turns"
    );
    let seconds = |round: Round| round.took.as_secs_f64();
    println!(
        "  check           {:>7.3} s",
        median(rounds.iter().map(|(ours, _)| seconds(*ours)))
    );
    println!(
        "  bare            {:>7.3} s",
        median(rounds.iter().map(|(_, bare)| seconds(*bare)))
    );
    let ratio = rounds
        .iter()
        .map(|(ours, bare)| seconds(*ours) / seconds(*bare));
    println!("  check / bare    {:>7.2}", median(ratio));
    println!("  nothing changed {:>7.3} s", seconds(bench.cached()?));
    Ok(())
}

struct Bench {
    grader: PathBuf,
    root: tempfile::TempDir,
    exercise: Exercise,
    reference: String,
    edits: AtomicUsize,
}

impl Bench {
    /// A directory with the reference solution as the learner's, checked once.
    fn prepare() -> Result<Bench> {
        let exercise = catalog::exercise(TOPIC)?;
        let reference = catalog::reference(TOPIC)?
            .remove("lib.rs")
            .context("the reference solution has no lib.rs")?;
        let bench = Bench {
            grader: built_grader()?,
            root: tempfile::tempdir()?,
            exercise,
            reference,
            edits: AtomicUsize::new(0),
        };
        std::fs::create_dir_all(bench.source().parent().context("a source has a folder")?)?;
        println!("\nbuilding the engines once …");
        bench.checked()?;
        Ok(bench)
    }

    fn source(&self) -> PathBuf {
        self.root
            .path()
            .join("exercises")
            .join(TOPIC)
            .join("src/lib.rs")
    }

    fn scratch(&self) -> PathBuf {
        self.root.path().join("target/grader")
    }

    /// The reference solution with a line that it has never had before.
    fn edited(&self) -> String {
        let number = self.edits.fetch_add(1, Ordering::Relaxed);
        format!("{}\nconst _: usize = {number};\n", self.reference)
    }

    fn checked(&self) -> Result<Round> {
        disk::write(&self.source(), self.edited().as_bytes())?;
        self.check()
    }

    fn cached(&self) -> Result<Round> {
        self.check()?;
        self.check()
    }

    fn check(&self) -> Result<Round> {
        let start = Instant::now();
        let status = Command::new(&self.grader)
            .args(["check", TOPIC, "--quiet"])
            .current_dir(self.root.path())
            .env("GRADER_TARGET_DIR", self.scratch())
            .stdout(Stdio::null())
            .status()?;
        let took = start.elapsed();
        ensure!(
            status.success(),
            "the reference solution does not pass here"
        );
        Ok(Round { work: 1, took })
    }

    fn bare(&self) -> Result<Round> {
        let workspace = self.scratch().join("workspace");
        let build = self.scratch().join("build");
        let display = PathBuf::from("exercises").join(TOPIC).join("src");
        let subject = Subject::learner(&self.exercise, catalog::single(""), display);
        let source = workspace.join(&subject.sources.prefix).join("lib.rs");
        disk::write(&source, self.edited().as_bytes())?;
        let start = Instant::now();
        let status = Command::new("cargo")
            .args(["build", "--offline", "--quiet", "--manifest-path"])
            .arg(workspace.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(&build)
            .status()?;
        ensure!(status.success(), "cargo does not build the workspace");
        let results = tempfile::tempdir()?;
        let run = |test: &Test| -> Result<()> {
            run_bare(
                &build.join("debug").join(subject.tests_package(test.kind)),
                test,
                results.path(),
            )
        };
        let (alone, beside): (Vec<&Test>, Vec<&Test>) =
            self.exercise.tests.iter().partition(|test| test.alone);
        let next = AtomicUsize::new(0);
        std::thread::scope(|scope| -> Result<()> {
            let jobs = std::thread::available_parallelism()?.get();
            let workers: Vec<_> = (0..jobs)
                .map(|_| {
                    scope.spawn(|| -> Result<()> {
                        while let Some(test) = beside.get(next.fetch_add(1, Ordering::Relaxed)) {
                            run(test)?;
                        }
                        Ok(())
                    })
                })
                .collect();
            workers
                .into_iter()
                .try_for_each(|worker| worker.join().expect("a worker ends"))
        })?;
        alone.into_iter().try_for_each(run)?;
        Ok(Round {
            work: 1,
            took: start.elapsed(),
        })
    }
}

/// Runs one test process without limits, log or supervision.
fn run_bare(executable: &Path, test: &Test, results: &Path) -> Result<()> {
    let function = test.name.rsplit("::").next().unwrap_or(&test.name);
    let result = results.join(format!("{}-{function}.json", test.kind.name()));
    let order = Order {
        test: function,
        nonce: "bare",
        seed: DEFAULT_SEED,
        effort: Effort::Normal,
        result: &result,
    };
    let mut child = Command::new(executable)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("starting {}", executable.display()))?;
    let mut stdin = child.stdin.take().context("a pipe to the test")?;
    stdin.write_all(&serde_json::to_vec(&order)?)?;
    stdin.write_all(b"\n")?;
    drop(stdin);
    let status = child.wait()?;
    ensure!(
        status.success() && result.is_file(),
        "{} does not run by itself",
        test.name
    );
    Ok(())
}

/// The grader that a learner would run: built in the dev profile, as `cargo grader` does.
pub(crate) fn built_grader() -> Result<PathBuf> {
    let status = Command::new("cargo")
        .args(["build", "--quiet", "--package", "grader"])
        .status()?;
    ensure!(status.success(), "the grader does not build");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    let grader = target
        .join("debug")
        .join(format!("grader{}", std::env::consts::EXE_SUFFIX));
    std::path::absolute(grader).context("the grader's path")
}
