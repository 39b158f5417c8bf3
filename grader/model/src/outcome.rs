//! What a test has found out, before the harness writes it down.

use serde_json::{Value, json};

/// The bug that a failed test shows.
///
/// [`Diagnosis::name`] is the word that reports use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Diagnosis {
    /// An assertion of the hidden test did not hold.
    Assertion,
    /// The learner's code panicked.
    Panic,
    /// Threads wait for ever, and nothing more is known.
    Deadlock,
    /// A thread waits for a lock that it holds itself.
    SelfDeadlock,
    /// Threads wait for each other's locks in a circle.
    LockCycle,
    /// A notification was sent before the thread that needed it had begun to wait.
    LostWakeup,
    /// A notification reached nobody who could use it.
    WrongWakeup,
    /// Two threads touch the same data, one writes, and nothing orders them.
    DataRace,
    /// Threads keep running and nothing gets done.
    Livelock,
    /// A thread that waits keeps running.
    BusyWait,
    /// A wait that woke up without a notification was taken for a notified one.
    SpuriousWakeup,
    /// Something was never given back.
    Leak,
}

impl Diagnosis {
    /// The word that reports use, for example `lost_wakeup`.
    pub fn name(self) -> &'static str {
        match self {
            Diagnosis::Assertion => "assertion",
            Diagnosis::Panic => "panic",
            Diagnosis::Deadlock => "deadlock",
            Diagnosis::SelfDeadlock => "self_deadlock",
            Diagnosis::LockCycle => "lock_cycle",
            Diagnosis::LostWakeup => "lost_wakeup",
            Diagnosis::WrongWakeup => "wrong_wakeup",
            Diagnosis::DataRace => "data_race",
            Diagnosis::Livelock => "livelock",
            Diagnosis::BusyWait => "busy_wait",
            Diagnosis::SpuriousWakeup => "spurious_wakeup",
            Diagnosis::Leak => "leak",
        }
    }
}

/// How much of the space of executions a search has looked at: of those that its engine knows,
/// which are all orders of threads, and as many values of atomics as the engine's own
/// documentation says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// Every execution.
    Complete,
    /// Every execution with at most this many preemptions.
    Bounded(u32),
    /// Every execution up to the bound, if there is one, and then seeded samples.
    Sampled(Option<u32>),
    /// Less than the test requires.
    Incomplete(Option<u32>),
}

/// What a search has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exploration {
    /// Executions run, over all bounds.
    pub executions: u64,
    /// How complete that was.
    pub completeness: Completeness,
}

impl Exploration {
    /// The exploration of a test that has made this one and another: the sum, as complete as the less complete.
    pub fn and(self, other: Exploration) -> Exploration {
        Exploration {
            executions: self.executions + other.executions,
            completeness: if rank(self.completeness) >= rank(other.completeness) {
                self.completeness
            } else {
                other.completeness
            },
        }
    }

    pub(crate) fn to_json(self) -> Value {
        let (word, bound) = match self.completeness {
            Completeness::Complete => ("complete", None),
            Completeness::Bounded(bound) => ("bounded", Some(bound)),
            Completeness::Sampled(bound) => ("sampled", bound),
            Completeness::Incomplete(bound) => ("incomplete", bound),
        };
        json!({
            "executions": self.executions,
            "preemption_bound": bound,
            "completeness": word,
        })
    }
}

/// Larger is less complete.
fn rank(completeness: Completeness) -> (u8, u32) {
    match completeness {
        Completeness::Complete => (0, 0),
        Completeness::Bounded(bound) => (1, u32::MAX - bound),
        Completeness::Sampled(bound) => (2, u32::MAX - bound.unwrap_or(0)),
        Completeness::Incomplete(bound) => (3, u32::MAX - bound.unwrap_or(0)),
    }
}

/// A failed test. Travels from where the bug is seen to the harness as the payload of a panic.
#[derive(Debug, Clone)]
pub struct Failure {
    /// What is wrong.
    pub diagnosis: Diagnosis,
    /// The text of a panic or assertion, if the bug showed as one.
    pub message: Option<String>,
    /// Where that panic was raised: file, line, column.
    pub location: Option<(String, u32, u32)>,
    /// What the search had done when it found the bug.
    pub exploration: Option<Exploration>,
    /// The failing execution, in the record's format.
    pub counterexample: Option<Value>,
}

impl Failure {
    /// A failure that is told by its sentence alone.
    pub fn new(diagnosis: Diagnosis, message: impl Into<String>) -> Failure {
        Failure {
            diagnosis,
            message: Some(message.into()),
            location: None,
            exploration: None,
            counterexample: None,
        }
    }
}

/// Fails the running test with a diagnosis and a sentence for the learner.
#[track_caller]
pub fn fail(diagnosis: Diagnosis, message: impl Into<String>) -> ! {
    std::panic::panic_any(Failure::new(diagnosis, message))
}
