//! The words in which the grader judges: the vocabulary of the JSON reports.
//!
//! A verdict on a learner's code is always data. An [`Err`] anywhere in this
//! crate means that the tool, the machine or an author's file broke.

use serde::{Deserialize, Serialize};

/// What became of one hidden test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Passed,
    Failed,
    TimedOut,
    Crashed,
    /// The search ended before it had looked at what the test requires.
    Incomplete,
    /// Nothing was run, for example because the crate did not build.
    NotRun,
    /// The reference solution fails the same test on this machine.
    Fault,
}

impl Verdict {
    /// Whether the test has shown that the crate is wrong.
    pub fn is_caught(self) -> bool {
        matches!(self, Verdict::Failed | Verdict::TimedOut | Verdict::Crashed)
    }
}

/// The bug that a failed test shows, where one can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Diagnosis {
    Assertion,
    Panic,
    Deadlock,
    SelfDeadlock,
    LockCycle,
    LostWakeup,
    WrongWakeup,
    DataRace,
    Livelock,
    BusyWait,
    SpuriousWakeup,
    Leak,
    Forbidden,
    CompileError,
}

impl Diagnosis {
    /// Each of them, once.
    pub const ALL: [Diagnosis; 14] = [
        Diagnosis::Assertion,
        Diagnosis::Panic,
        Diagnosis::Deadlock,
        Diagnosis::SelfDeadlock,
        Diagnosis::LockCycle,
        Diagnosis::LostWakeup,
        Diagnosis::WrongWakeup,
        Diagnosis::DataRace,
        Diagnosis::Livelock,
        Diagnosis::BusyWait,
        Diagnosis::SpuriousWakeup,
        Diagnosis::Leak,
        Diagnosis::Forbidden,
        Diagnosis::CompileError,
    ];
}

/// What became of one exercise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Passed,
    Failed,
    BuildFailed,
    Forbidden,
    /// The untouched skeleton.
    Pending,
    Fault,
    /// Nothing failed, but something could not be explored far enough.
    Incomplete,
}

/// Which suite of a topic a test belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Real threads.
    Stress,
    /// Every interleaving up to a bound.
    Model,
    /// Memory orderings, under loom.
    Loom,
}

impl Kind {
    /// All kinds, in the order in which a report lists them.
    pub const ALL: [Kind; 3] = [Kind::Stress, Kind::Model, Kind::Loom];

    /// The name of the suite file without its ending, and the prefix of its tests.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Stress => "stress",
            Kind::Model => "model",
            Kind::Loom => "loom",
        }
    }

    /// The feature of `kata-model` and `kata-std` that this kind of test is built with.
    pub fn engine(self) -> &'static str {
        match self {
            Kind::Stress => "real",
            Kind::Model => "interleavings",
            Kind::Loom => "orderings",
        }
    }
}

/// How long and how hard to look.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
pub enum Effort {
    Quick,
    #[default]
    Normal,
    Thorough,
}
