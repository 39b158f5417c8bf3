//! One cargo invocation that builds many crates, and what it says while it does.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::building::plan::{self, lacks_a_download};
use crate::building::toolchain::Toolchain;
use crate::support::interrupt::Cancel;
use crate::support::process::{self, Group, Limits};

/// How long cargo may say nothing while it builds the engines.
const PATIENCE_WITH_ENGINES: Duration = Duration::from_secs(900);
/// How long it may say nothing once only graded crates are left.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is told that time goes by.
const SECOND: Duration = Duration::from_secs(1);
/// How long cargo and its compilers may take to end when they are asked to.
const GRACE: Duration = Duration::from_secs(1);
/// What each compiler process may use.
const LIMITS: Limits = Limits {
    wall_clock: Duration::from_secs(3600),
    memory: 4 << 30,
    threads: usize::MAX,
    output: 4 << 30,
};
/// The most bytes of messages that are read.
const MOST_MESSAGES: u64 = 256 << 20;

/// What to build, and with what.
#[derive(Debug)]
pub struct Build<'a> {
    pub toolchain: &'a Toolchain,
    pub workspace: &'a Path,
    pub target: &'a Path,
    /// The file that takes what cargo prints.
    pub log: &'a Path,
    pub jobs: usize,
    /// Render errors with colours.
    pub color: bool,
    /// Let cargo write down when it built which crate.
    pub timings: bool,
    /// Ends the build early.
    pub cancel: &'a Cancel,
}

/// Where cargo writes that down, below the target directory.
pub const TIMINGS: &str = "cargo-timings/cargo-timing.html";

/// What an invocation has come to.
#[derive(Debug)]
pub struct Ended {
    pub finished: Finished,
    /// Processor time of cargo and its compilers; `None` where the system does not tell.
    pub cpu: Option<Duration>,
}

/// A line of cargo's messages, or what can be told without one.
#[derive(Debug, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Message {
    CompilerMessage {
        manifest_path: PathBuf,
        message: Diagnostic,
    },
    CompilerArtifact {
        manifest_path: PathBuf,
        target: Target,
        executable: Option<PathBuf>,
        filenames: Vec<PathBuf>,
        fresh: bool,
    },
    /// Something has to be downloaded before anything is built.
    #[serde(skip)]
    Downloading,
    /// Another second has gone by.
    #[serde(skip)]
    Tick,
    #[serde(other)]
    Other,
}

/// What was built.
#[derive(Debug, Deserialize)]
pub struct Target {
    kind: Vec<String>,
}

impl Target {
    /// It is what the package is for, and not a script that prepares its build.
    pub fn is_the_crate(&self) -> bool {
        !self.kind.iter().any(|kind| kind == "custom-build")
    }
}

/// A diagnostic of rustc.
#[derive(Debug, Clone, Deserialize)]
pub struct Diagnostic {
    pub message: String,
    pub code: Option<Code>,
    pub level: String,
    #[serde(default)]
    pub spans: Vec<Span>,
    #[serde(default)]
    pub children: Vec<Diagnostic>,
    pub rendered: Option<String>,
}

/// The code of a diagnostic.
#[derive(Debug, Clone, Deserialize)]
pub struct Code {
    /// For example `E0433`.
    pub code: String,
}

/// A place that a diagnostic points at.
#[derive(Debug, Clone, Deserialize)]
pub struct Span {
    pub file_name: String,
    pub line_start: u32,
    pub column_start: u32,
    pub label: Option<String>,
    /// The macro that made what stands there.
    #[serde(default)]
    pub expansion: Option<IgnoredAny>,
}

/// How the invocation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finished {
    /// Everything was built.
    Built,
    /// Something was not; the text is what cargo printed.
    Failed(String),
    /// Nothing more came out of it, and it was stopped after that time.
    Stopped(Duration),
}

impl Build<'_> {
    /// Builds the default members of the workspace and hands on each message as it comes.
    ///
    /// No network is used. Only if that cannot work, because a dependency is not on this machine
    /// yet, it is downloaded first.
    ///
    /// # Errors
    ///
    /// cargo cannot be started; something cannot be downloaded; or the run was cancelled.
    pub fn run(&self, on_message: &mut dyn FnMut(Message)) -> Result<Ended> {
        let ended = self.attempt(on_message)?;
        match &ended.finished {
            Finished::Failed(log) if lacks_a_download(log) => {
                on_message(Message::Downloading);
                plan::download(self.toolchain, self.workspace, self.cancel)?;
                self.attempt(on_message)
            }
            _ => Ok(ended),
        }
    }

    fn attempt(&self, on_message: &mut dyn FnMut(Message)) -> Result<Ended> {
        let log = std::fs::File::create(self.log)
            .with_context(|| format!("writing {}", self.log.display()))?;
        let mut command = self.command();
        command.stdout(Stdio::piped()).stderr(log);
        let mut group = Group::spawn(&mut command)
            .with_context(|| format!("starting {}", self.toolchain.cargo.display()))?;
        drop(command);
        group.limit(&LIMITS);
        let stdout = group.stdout().context("cargo has no standard output")?;
        let stopped = follow(&read(stdout)?, self.workspace, self.cancel, on_message);
        // The system counts a process when it has been waited for. What tests end meanwhile
        // is counted too; they are few, as cargo has ended already.
        let before = process::cpu_of_children();
        let status = group.end(GRACE).context("waiting for cargo")?;
        let after = process::cpu_of_children();
        self.cancel.check()?;
        let printed = || {
            let bytes = std::fs::read(self.log).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let finished = match stopped {
            Some(patience) => Finished::Stopped(patience),
            None if status.success() => Finished::Built,
            None => Finished::Failed(printed()),
        };
        let cpu = after.zip(before).map(|(after, before)| after - before);
        Ok(Ended { finished, cpu })
    }

    fn command(&self) -> Command {
        let format = if self.color {
            "json-diagnostic-rendered-ansi"
        } else {
            "json"
        };
        let mut command = self.toolchain.command(self.workspace);
        command
            .args(["build", "--keep-going", "--offline"])
            .args(self.timings.then_some("--timings"))
            .arg(format!("--message-format={format}"))
            .arg(format!("--jobs={}", self.jobs))
            .arg("--manifest-path")
            .arg(self.workspace.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(self.target);
        command
    }
}

/// Reads messages on a thread of its own, which ends with cargo.
fn read(stdout: ChildStdout) -> Result<Receiver<Message>> {
    let (sender, receiver) = mpsc::channel();
    let reader = thread::Builder::new().name("read what cargo says".into());
    reader
        .spawn(move || {
            for line in BufReader::new(stdout.take(MOST_MESSAGES)).lines() {
                let Ok(line) = line else { break };
                let message = serde_json::from_str(&line).unwrap_or(Message::Other);
                if sender.send(message).is_err() {
                    break;
                }
            }
        })
        .context("starting a thread")?;
    Ok(receiver)
}

/// Hands messages on until there are no more, or for too long none has come.
fn follow(
    messages: &Receiver<Message>,
    workspace: &Path,
    cancel: &Cancel,
    on_message: &mut dyn FnMut(Message),
) -> Option<Duration> {
    // It is the last of them: what comes after it stands on it.
    let engine = workspace.join("engine/kata-model");
    let mut patience = PATIENCE_WITH_ENGINES;
    let mut last = Instant::now();
    let mut ticked = Instant::now();
    loop {
        if ticked.elapsed() >= SECOND {
            ticked += SECOND;
            on_message(Message::Tick);
        }
        match messages.recv_timeout(Duration::from_millis(20)) {
            Ok(message) => {
                last = Instant::now();
                if matches!(&message, Message::CompilerArtifact { manifest_path, .. } if manifest_path.starts_with(&engine))
                {
                    patience = PATIENCE;
                }
                on_message(message);
            }
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) if cancel.requested() => return None,
            Err(RecvTimeoutError::Timeout) if last.elapsed() > patience => return Some(patience),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}
