//! What happens while the grader works. The engine emits events and never
//! prints; only `report` turns them into something to look at.

use std::time::Duration;

use crate::results::refusal::CompileError;
use crate::results::report::{ExerciseReport, TestReport};

/// One thing that happened, in order.
#[derive(Debug)]
pub enum Event<'a> {
    /// Crates that something is built with are being downloaded, once.
    Downloading,
    /// The engines (kata-model and what it stands on) are going to be built of so many crates,
    /// once per toolchain.
    EnginesMissing { crates: usize },
    /// So many of these crates are done by now. Comes with each of them, and each second.
    EnginesBuilding {
        done: usize,
        crates: usize,
        elapsed: Duration,
    },
    /// The graded crates of these exercises are being compiled.
    Building { topics: &'a [String] },
    /// rustc has an error in one of these exercises; the report will show it again.
    CompileError {
        topic: &'a str,
        error: &'a CompileError,
    },
    /// So many test processes are going to be run. Comes again when more turn out to be needed.
    Planned { tests: usize },
    /// A hidden test has been started.
    TestStarted { topic: &'a str, test: &'a str },
    /// A hidden test has ended.
    TestEnded {
        topic: &'a str,
        test: &'a TestReport,
    },
    /// The reference solution is being run, to tell whether the machine is at fault.
    ControlStarted { topic: &'a str },
    /// Everything about one exercise is known.
    ExerciseEnded { exercise: &'a ExerciseReport },
    /// Waiting for another grader in the same directory.
    WaitingForLock,
}

/// Receives events, possibly from several threads at once.
pub trait Observer: Sync {
    /// Called for each event, in the order in which they happened on the calling thread.
    fn on(&self, event: Event<'_>);
}

/// An observer that ignores everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn on(&self, _event: Event<'_>) {}
}
