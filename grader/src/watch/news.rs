//! What a session learns of: all of it comes out of one channel.

use crate::report::topics::Entry;
use crate::results::refusal::CompileError;
use crate::results::report::{Report, TestReport};
use crate::support::terminal::Input;

/// What a session learns of. Checks have numbers.
#[derive(Debug)]
pub(super) enum Happened {
    Input(Input),
    /// Something may have been saved.
    Nudge,
    Told(u64, News),
    Ended(u64, Outcome),
    /// Something beside the check went wrong, in words for people.
    Warned(String),
    /// How each kata stands.
    Standing(Vec<Entry>),
}

/// What a check tells while it goes on.
#[derive(Debug)]
pub(super) enum News {
    /// What it is at, for people.
    Doing(String),
    /// rustc has an error.
    Error(CompileError),
    /// A test has not passed.
    Failed(Box<TestReport>),
}

/// How a check has ended.
#[derive(Debug)]
pub(super) enum Outcome {
    Answered(Box<Report>),
    /// It was cancelled.
    Cancelled,
    /// The machine or the toolchain broke down.
    Broken(anyhow::Error),
    /// The grader itself did.
    Panicked,
}
