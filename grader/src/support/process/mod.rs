//! Runs one process with limits, and leaves none of its children behind.
//!
//! Every process leads a group of its own. The group is ended as a whole: when the process has
//! ended, when it runs into a limit, when the user interrupts the grader, when the grader itself
//! panics, and, with a [guard](guard_with), when it is killed.

#[cfg(unix)]
mod guard;
#[cfg(unix)]
#[path = "unix.rs"]
mod platform;
#[cfg(windows)]
#[path = "windows.rs"]
mod platform;

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::support::interrupt::Cancel;

pub use platform::Group;

/// How often a running process is looked at.
const TICK: Duration = Duration::from_millis(20);
/// How long a group may take to end when it is asked to.
const GRACE: Duration = Duration::from_millis(300);

/// What a process may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub wall_clock: Duration,
    /// Bytes of private memory. Linux only.
    pub memory: u64,
    /// Threads at once. Linux only.
    pub threads: usize,
    /// Bytes of output.
    pub output: u64,
}

/// The limit that a process was stopped for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    WallClock,
    Threads,
    Output,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ended {
    /// The exit code, if it ended by itself.
    pub code: Option<i32>,
    /// The signal that ended it, where there are signals.
    pub signal: Option<i32>,
    pub stopped: Option<Stopped>,
    pub seconds: f64,
}

/// Runs a process to its end: `input` on its standard input, its output into the file `log`.
///
/// The limits hold before the process has read its input.
///
/// # Errors
///
/// It cannot be started, the log cannot be written, or the run was cancelled.
pub fn run(
    mut command: Command,
    input: &[u8],
    log: &Path,
    limits: &Limits,
    cancel: &Cancel,
) -> Result<Ended> {
    cancel.check()?;
    let output = File::create(log).with_context(|| format!("writing {}", log.display()))?;
    let errors = output
        .try_clone()
        .with_context(|| format!("writing {}", log.display()))?;
    command.stdin(Stdio::piped()).stdout(output).stderr(errors);
    let started = Instant::now();
    let mut group = Group::spawn(&mut command)
        .with_context(|| format!("starting {}", command.get_program().display()))?;
    // The group holds no more than the process: the files in it would keep a pipe open.
    drop(command);
    group.limit(limits);
    if let Some(mut stdin) = group.stdin() {
        // A process that does not want its input has ended, which is seen below.
        let _ = stdin.write_all(input);
    }
    let stopped = supervise(&mut group, log, limits, started, cancel);
    let status = group.end(GRACE).context("waiting for a process")?;
    cancel.check()?;
    let (code, signal) = platform::code_and_signal(status);
    let stopped = stopped.or(platform::stopped_by(signal));
    Ok(Ended {
        code,
        signal,
        stopped,
        seconds: started.elapsed().as_secs_f64(),
    })
}

/// Waits until the process has ended or has to be ended.
fn supervise(
    group: &mut Group,
    log: &Path,
    limits: &Limits,
    started: Instant,
    cancel: &Cancel,
) -> Option<Stopped> {
    loop {
        let left = limits.wall_clock.saturating_sub(started.elapsed());
        if group.ended_within(left.min(TICK)) || cancel.requested() {
            return None;
        }
        if left.is_zero() {
            return Some(Stopped::WallClock);
        }
        if log.metadata().is_ok_and(|log| log.len() >= limits.output) {
            return Some(Stopped::Output);
        }
        if group
            .threads()
            .is_some_and(|threads| threads > limits.threads)
        {
            return Some(Stopped::Threads);
        }
    }
}

/// Has every process that is started from now on ended also when this one is killed. `program`,
/// called with `word`, has to [`keep_guard`]. Unix only: elsewhere nothing happens.
pub fn guard_with(program: PathBuf, word: &'static str) {
    #[cfg(unix)]
    guard::install(program, word);
    #[cfg(not(unix))]
    drop((program, word));
}

/// Keeps guard over another grader, which tells through standard input what it has started, until
/// that one has ended.
pub fn keep_guard() {
    #[cfg(unix)]
    guard::keep(io::stdin().lock());
}

/// Processor time, in user and kernel mode, of all processes that this one has started and waited
/// for, and of those that they have waited for. `None` where the system does not tell.
pub fn cpu_of_children() -> Option<Duration> {
    platform::cpu_of_children()
}

/// A thread's worth of patience for the end of a process, shared by the platforms.
fn wait_error(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("waiting for a process: {error}"))
}

#[cfg(all(test, unix))]
mod tests;
