//! What a test process hands back: the record that `kata-model`'s harness writes.
//!
//! The harness writes it without derives (a first build must not wait for a
//! proc-macro), so this is the one typed description of that format.

use serde::{Deserialize, Serialize};

use crate::results::place::Place;
use crate::results::verdict::{Diagnosis, Effort, Verdict};

/// The order that the grader writes to a test process's standard input.
#[derive(Debug, Clone, Serialize)]
pub struct Order<'a> {
    pub test: &'a str,
    pub nonce: &'a str,
    pub seed: u64,
    pub effort: Effort,
    pub result: &'a std::path::Path,
}

/// The completion record of one test process.
#[derive(Debug, Clone, Deserialize)]
pub struct Record {
    pub nonce: String,
    pub test: String,
    pub verdict: Verdict,
    pub diagnosis: Option<Diagnosis>,
    pub message: Option<String>,
    pub location: Option<Place>,
    pub exploration: Option<Exploration>,
    pub counterexample: Option<Counterexample>,
}

/// How much of the space of executions was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exploration {
    pub executions: u64,
    /// Every execution with at most this many preemptions was looked at.
    pub preemption_bound: Option<u32>,
    pub completeness: Completeness,
}

/// The honest word for a search that found nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    Complete,
    Bounded,
    Sampled,
    Incomplete,
}

/// One execution that breaks the learner's code, step by step.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Counterexample {
    /// Which execution it was, counted from 1.
    pub execution: u64,
    pub preemptions: u32,
    /// Injected spurious wake-ups.
    pub spurious: u32,
    /// Timed waits that gave up.
    pub timeouts: u32,
    pub threads: Vec<String>,
    pub objects: Vec<Object>,
    pub steps: Vec<Step>,
    /// What each thread that never finished was blocked on at the end.
    pub blocked: Vec<Step>,
}

/// A modelled object: where it was created gives it its name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Object {
    pub kind: String,
    #[serde(flatten)]
    pub place: Place,
}

/// The last so many steps come so many times again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    pub steps: u32,
    pub times: u32,
}

/// One operation of one thread.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Step {
    /// Counted from 1; what a thread is blocked in has no number.
    #[serde(default)]
    pub step: u32,
    pub thread: usize,
    pub op: String,
    /// Index into [`Counterexample::objects`].
    pub object: Option<usize>,
    pub outcome: Option<String>,
    /// The other thread, for spawn, join, unpark and notify.
    pub target: Option<usize>,
    /// The value read or written, as text.
    pub value: Option<String>,
    /// Of a change in one step, the value that it left.
    #[serde(default)]
    pub after: Option<String>,
    #[serde(flatten)]
    pub place: Place,
    /// Belongs in the timeline that is shown by default.
    #[serde(default)]
    pub key: bool,
    /// 1, 2, 3, …: one of the places annotated in the source.
    #[serde(default)]
    pub mark: Option<u32>,
    /// What comes after it is told by this and left out.
    #[serde(default)]
    pub again: Option<Again>,
    /// The learner's functions that had called it, as symbols, the innermost first.
    #[serde(default)]
    pub calls: Vec<String>,
}
