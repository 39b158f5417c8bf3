//! The report as data: schema `grader/report/v1`. Fields are added, never renamed.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::PathBuf;

use serde::{Deserialize, Serialize, Serializer};

use crate::results::message::Message;
use crate::results::place::Place;
use crate::results::record::{Again, Completeness, Exploration};
use crate::results::refusal::Refusal;
use crate::results::verdict::{Diagnosis, Kind, Status, Verdict};

/// The name of the schema, the first field of every JSON report.
pub const SCHEMA: &str = "grader/report/v1";

/// Everything that one run of the grader found out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Report {
    pub schema: String,
    pub grader: String,
    pub rustc: String,
    pub seed: u64,
    pub exercises: Vec<ExerciseReport>,
}

/// The result of one exercise.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ExerciseReport {
    pub topic: String,
    pub status: Status,
    pub points: f64,
    pub max_points: f64,
    /// Answered from the result cache.
    pub cached: bool,
    /// Wall-clock seconds, building included.
    pub seconds: f64,
    /// The learner's `src` directory as the user would write it, for example `exercises/lock/src`.
    pub source: PathBuf,
    /// Why the crate was not run, if it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    pub tests: Vec<TestReport>,
    /// Tests of the exercise that are not among these, because others were asked for by name.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unasked: usize,
    /// What the crate asks that is no step of the model and loom tests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmodelled: Vec<Unmodelled>,
    /// The graded files, from the path that places use (`exercises/lock/src/lib.rs`) to the text that was graded.
    /// Not part of any written report; whoever answers from a cache fills it in again.
    #[serde(skip)]
    pub sources: Sources,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// A question whose answer depends on other threads, and which is tried with real threads alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unmodelled {
    /// For example `Weak::upgrade`.
    pub item: String,
    pub place: Place,
}

/// The learner's files: from the path that places use to the text.
pub type Sources = BTreeMap<String, String>;

/// The result of one hidden test.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TestReport {
    /// With its prefix: `model::no_lost_wakeup`.
    pub name: String,
    pub kind: Kind,
    /// What the test holds the learner to, in one sentence.
    pub claim: String,
    pub verdict: Verdict,
    pub diagnosis: Option<Diagnosis>,
    pub points: f64,
    pub max_points: f64,
    pub message: Option<Message>,
    #[serde(flatten)]
    pub explored: Explored,
    /// Wall-clock.
    pub seconds: f64,
    /// Where a panic or failed assertion was raised, if in the learner's code.
    pub location: Option<Place>,
    #[serde(flatten)]
    pub story: Story,
    /// What the test process printed, sanitised and capped; only for tests that did not pass.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub output: String,
}

/// How much of the space of executions was looked at; nothing is known of it in stress tests.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Explored {
    pub executions: Option<u64>,
    /// Every execution with at most this many preemptions was looked at.
    pub preemption_bound: Option<u32>,
    /// Every execution was looked at (no bound cut anything off).
    pub complete: Option<bool>,
    /// The finer word for `complete`.
    pub completeness: Option<Completeness>,
}

/// The execution that breaks the learner's code, in the learner's own names. Empty if there is
/// none to tell.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Story {
    pub preemptions: Option<u32>,
    /// Injected spurious wake-ups.
    pub spurious: Option<u32>,
    /// Timed waits that gave up.
    pub timeouts: Option<u32>,
    /// Names of the threads.
    #[serde(default)]
    pub threads: Vec<String>,
    #[serde(serialize_with = "told")]
    pub trace: Vec<TraceStep>,
    /// What each thread that never finished was blocked on at the end.
    #[serde(default, serialize_with = "told_blocked")]
    pub blocked: Vec<TraceStep>,
}

impl From<Exploration> for Explored {
    fn from(exploration: Exploration) -> Explored {
        let completeness = exploration.completeness;
        Explored {
            executions: Some(exploration.executions),
            preemption_bound: exploration.preemption_bound,
            complete: Some(completeness == Completeness::Complete),
            completeness: Some(completeness),
        }
    }
}

impl Story {
    /// The steps that tell the bug, in the order in which they happened.
    pub fn marked(&self) -> impl Iterator<Item = &TraceStep> {
        self.trace.iter().filter(|step| step.mark.is_some())
    }
}

impl TestReport {
    /// Whether the test has found exactly what it had to; `None` is that all is right.
    pub fn has_found(&self, expected: Option<Diagnosis>) -> bool {
        let verdict = match expected {
            Some(_) => Verdict::Failed,
            None => Verdict::Passed,
        };
        (self.verdict, self.diagnosis) == (verdict, expected)
    }
}

/// One step of a counterexample, in the learner's own names. Where it is written down, the
/// sentence that a person reads stands beside it, as `text`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceStep {
    /// Counted from 1.
    pub step: usize,
    pub thread: String,
    pub op: String,
    /// The object's name in the learner's source, for example `locked`.
    pub object: Option<String>,
    pub outcome: Option<String>,
    pub target: Option<String>,
    pub value: Option<String>,
    /// Of a change in one step, the value that it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The learner's path, for example `exercises/lock/src/lib.rs`; empty if the step is the hidden test's own.
    /// Of a step in a private function that only wraps it, the place is where that is called.
    pub file: String,
    pub line: u32,
    pub column: u32,
    /// The learner's function that the test, or a thread's beginning, had called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    pub key: bool,
    pub mark: Option<u32>,
    /// The steps that end here come again before the next one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Again>,
}

/// What a thread that never went on was blocked in.
#[derive(Debug, Clone, Copy)]
pub struct Blocked<'a>(pub &'a TraceStep);

/// Writes steps down, each with its sentence.
fn told<S: Serializer>(steps: &[TraceStep], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(steps.iter().map(|step| Told::new(step, step)))
}

/// The same for what threads are blocked in.
fn told_blocked<S: Serializer>(steps: &[TraceStep], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(steps.iter().map(|step| Told::new(step, Blocked(step))))
}

#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    step: &'a TraceStep,
    text: String,
}

impl<'a> Told<'a> {
    fn new(step: &'a TraceStep, sentence: impl Display) -> Told<'a> {
        let text = sentence.to_string();
        Told { step, text }
    }
}
