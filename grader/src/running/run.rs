//! Runs one hidden test in a process of its own and says what became of it.
//!
//! A test has passed only if its process handed back the harness's own record, bearing a nonce
//! that the learner's code cannot know, and then ended with exit code 0 and within all limits.
//! Nothing is ever read out of what it prints.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::katas::catalog::Test;
use crate::results::message::Message;
use crate::results::place::Place;
use crate::results::record::{Counterexample, Exploration, Order, Record};
use crate::results::verdict::{Diagnosis, Effort, Verdict};
use crate::support::disk;
use crate::support::interrupt::Cancel;
use crate::support::process::{self, Ended, Limits, Stopped};
use crate::support::sanitise;

/// The most bytes of a test's output that are shown.
const LONGEST_OUTPUT: usize = 8 * 1024;
/// The most bytes of a message or of a value in a counterexample.
const LONGEST_MESSAGE: usize = 2 * 1024;
/// The largest record that is read, in bytes.
const LARGEST_RECORD: u64 = 32 << 20;

/// What a test process may use besides time.
const MEMORY: u64 = 1 << 30;
const THREADS: usize = 512;
const OUTPUT: u64 = 8 << 20;

/// How one run of a hidden test ended.
#[derive(Debug, Clone)]
pub struct Finding {
    pub verdict: Verdict,
    pub diagnosis: Option<Diagnosis>,
    pub message: Option<Message>,
    pub location: Option<Place>,
    pub exploration: Option<Exploration>,
    pub counterexample: Option<Counterexample>,
    /// Wall-clock.
    pub seconds: f64,
    /// What it printed, sanitised and capped; empty if it passed.
    pub output: String,
}

impl Finding {
    /// A test that was not run because others of the same crate ran out of time.
    pub fn given_up() -> Finding {
        Finding::told(Verdict::NotRun, Message::GivenUp, 0.0)
    }

    /// What is known of a test that waits until a bug is repaired that is known already.
    pub fn left_out() -> Finding {
        Finding::told(Verdict::NotRun, Message::LeftOut, 0.0)
    }

    /// Whether it names a bug and shows step by step how that comes about.
    pub fn tells_a_bug(&self) -> bool {
        self.verdict == Verdict::Failed && self.diagnosis.is_some() && self.counterexample.is_some()
    }

    /// A finding that consists of a verdict and the reason for it.
    fn told(verdict: Verdict, message: Message, seconds: f64) -> Finding {
        Finding {
            verdict,
            diagnosis: None,
            message: Some(message),
            location: None,
            exploration: None,
            counterexample: None,
            seconds,
            output: String::new(),
        }
    }
}

/// The directory of one grader run: logs and results, removed when it is dropped.
#[derive(Debug)]
pub struct Runs {
    directory: tempfile::TempDir,
    next: AtomicUsize,
}

/// One test to run.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    pub executable: &'a Path,
    pub test: &'a Test,
    pub seed: u64,
    pub effort: Effort,
    pub limit: Duration,
    pub cancel: &'a Cancel,
}

impl Runs {
    /// Creates the directory below `parent`, where there is to be no other one: what a grader
    /// left that was killed goes.
    ///
    /// # Errors
    ///
    /// It cannot be created, or what is there cannot be removed.
    pub fn only_one_in(parent: &Path) -> Result<Runs> {
        disk::remove_directory(parent)?;
        disk::create_directory(parent)?;
        let directory = tempfile::Builder::new()
            .prefix("run-")
            .tempdir_in(parent)
            .with_context(|| format!("creating a directory in {}", parent.display()))?;
        Ok(Runs {
            directory,
            next: AtomicUsize::new(0),
        })
    }

    /// A path in it that nobody else uses.
    pub fn file(&self, name: &str) -> PathBuf {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.directory.path().join(format!("{number}-{name}"))
    }

    /// Runs a test to its end.
    ///
    /// # Errors
    ///
    /// The process cannot be started, or the run was cancelled.
    pub fn run(&self, run: &Run<'_>) -> Result<Finding> {
        let result = self.file("result.json");
        let log = self.file("log");
        let nonce = nonce()?;
        let (_, function) = run
            .test
            .name
            .split_once("::")
            .unwrap_or(("", &run.test.name));
        let order = Order {
            test: function,
            nonce: &nonce,
            seed: run.seed,
            effort: run.effort,
            result: &result,
        };
        let mut input = serde_json::to_vec(&order).context("writing a test's order")?;
        input.push(b'\n');
        let mut command = Command::new(run.executable);
        command.env_clear().current_dir(self.directory.path());
        if let Some(root) = std::env::var_os("SYSTEMROOT") {
            command.env("SYSTEMROOT", root);
        }
        let limits = Limits {
            wall_clock: run.limit,
            memory: MEMORY,
            threads: THREADS,
            output: OUTPUT,
        };
        let ended = process::run(command, &input, &log, &limits, run.cancel)?;
        let record = record(&result);
        let mut finding = judge(&ended, record, function, &nonce, &limits);
        if finding.verdict != Verdict::Passed {
            finding.output = output(&log);
        }
        // Both are removed with the directory at the latest.
        let _ = (fs::remove_file(&log), fs::remove_file(&result));
        Ok(finding)
    }
}

/// 128 bits that nobody can guess.
fn nonce() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).context("asking the system for random numbers")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The record, if there is one; [`Err`] if it is no record.
fn record(file: &Path) -> Option<Result<Record, ()>> {
    let metadata = fs::symlink_metadata(file).ok()?;
    if !metadata.is_file() || metadata.len() > LARGEST_RECORD {
        return Some(Err(()));
    }
    let text = fs::read(file).ok()?;
    Some(serde_json::from_slice(&text).map_err(drop))
}

fn judge(
    ended: &Ended,
    record: Option<Result<Record, ()>>,
    function: &str,
    nonce: &str,
    limits: &Limits,
) -> Finding {
    let finding = |verdict, message| Finding::told(verdict, message, ended.seconds);
    match ended.stopped {
        Some(Stopped::WallClock) => {
            return finding(Verdict::TimedOut, Message::TookTooLong(limits.wall_clock));
        }
        Some(Stopped::Output) => {
            return finding(Verdict::Crashed, Message::PrintedTooMuch(limits.output));
        }
        Some(Stopped::Threads) => {
            return finding(Verdict::Crashed, Message::TooManyThreads(limits.threads));
        }
        None => {}
    }
    let ended_early = Message::EndedEarly {
        code: ended.code,
        signal: ended.signal,
    };
    match record {
        None => finding(Verdict::Crashed, ended_early),
        Some(Ok(record)) if is_authentic(&record, function, nonce) && ended.code == Some(0) => {
            from_record(record, ended.seconds)
        }
        Some(Ok(record)) if is_authentic(&record, function, nonce) => {
            finding(Verdict::Crashed, ended_early)
        }
        Some(_) => finding(Verdict::Crashed, Message::NotAuthentic),
    }
}

fn is_authentic(record: &Record, function: &str, nonce: &str) -> bool {
    record.nonce == nonce
        && record.test == function
        && matches!(
            record.verdict,
            Verdict::Passed | Verdict::Failed | Verdict::Incomplete
        )
}

fn from_record(record: Record, seconds: f64) -> Finding {
    let clean = |text: String| sanitise::cap(&sanitise::text(&text), LONGEST_MESSAGE);
    let counterexample = record.counterexample.map(|mut counterexample| {
        for step in counterexample
            .steps
            .iter_mut()
            .chain(&mut counterexample.blocked)
        {
            step.value = step.value.take().map(clean);
        }
        counterexample
    });
    Finding {
        verdict: record.verdict,
        diagnosis: record
            .diagnosis
            .filter(|_| record.verdict == Verdict::Failed),
        message: record.message.map(clean).map(Message::Said),
        location: record.location,
        exploration: record.exploration,
        counterexample,
        seconds,
        output: String::new(),
    }
}

/// The end of what a test printed.
fn output(log: &Path) -> String {
    let bytes = fs::read(log).unwrap_or_default();
    let start = bytes.len().saturating_sub(LONGEST_OUTPUT);
    let text = sanitise::text(&String::from_utf8_lossy(&bytes[start..]));
    if start == 0 {
        return text;
    }
    let first_line = text.find('\n').map_or(0, |end| end + 1);
    format!("{}\n{}", sanitise::CUT_OFF, &text[first_line..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        wall_clock: Duration::from_secs(10),
        memory: MEMORY,
        threads: THREADS,
        output: OUTPUT,
    };

    fn ended(code: i32) -> Ended {
        Ended {
            code: Some(code),
            signal: None,
            stopped: None,
            seconds: 0.1,
        }
    }

    fn passed(nonce: &str, test: &str) -> Option<Result<Record, ()>> {
        Some(Ok(Record {
            nonce: nonce.into(),
            test: test.into(),
            verdict: Verdict::Passed,
            diagnosis: None,
            message: None,
            location: None,
            exploration: None,
            counterexample: None,
        }))
    }

    fn verdict(ended: &Ended, record: Option<Result<Record, ()>>) -> Verdict {
        judge(ended, record, "t", "n", &LIMITS).verdict
    }

    #[test]
    fn only_an_authentic_record_and_a_clean_end_pass() {
        assert_eq!(verdict(&ended(0), passed("n", "t")), Verdict::Passed);
        assert_eq!(verdict(&ended(0), None), Verdict::Crashed);
        assert_eq!(verdict(&ended(0), Some(Err(()))), Verdict::Crashed);
        assert_eq!(verdict(&ended(0), passed("m", "t")), Verdict::Crashed);
        assert_eq!(verdict(&ended(0), passed("n", "u")), Verdict::Crashed);
        assert_eq!(verdict(&ended(101), passed("n", "t")), Verdict::Crashed);
    }

    #[test]
    fn a_limit_outweighs_a_record() {
        let late = Ended {
            stopped: Some(Stopped::WallClock),
            ..ended(0)
        };
        assert_eq!(verdict(&late, passed("n", "t")), Verdict::TimedOut);
        let loud = Ended {
            stopped: Some(Stopped::Output),
            ..ended(0)
        };
        assert_eq!(verdict(&loud, passed("n", "t")), Verdict::Crashed);
    }

    #[test]
    fn no_two_nonces_are_equal() {
        assert_ne!(nonce().unwrap(), nonce().unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn a_process_that_prints_success_and_exits_has_crashed() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let script = directory.path().join("test.sh");
        fs::write(
            &script,
            "#!/bin/sh\necho '::error::test result: ok'\nexit 0\n",
        )
        .unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
        let test = Test {
            name: "stress::t".into(),
            kind: crate::results::verdict::Kind::Stress,
            points: 1.0,
            claim: String::new(),
            alone: false,
        };
        let runs = Runs::only_one_in(&directory.path().join("runs")).unwrap();
        let run = Run {
            executable: &script,
            test: &test,
            seed: 7,
            effort: Effort::Normal,
            limit: Duration::from_secs(10),
            cancel: &Cancel::never(),
        };
        let finding = runs.run(&run).unwrap();
        assert_eq!(finding.verdict, Verdict::Crashed);
        assert_eq!(finding.output, ": :error::test result: ok\n");
    }
}
