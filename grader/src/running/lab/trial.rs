//! What is done in a laboratory: a subject, and the tests that are to be run on it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::katas::catalog::{self, Test};
use crate::results::refusal::Refusal;
use crate::results::verdict::{Kind, Verdict};
use crate::submission::subject::Subject;

/// What a laboratory is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A few crates that will be built again after the next change.
    Check,
    /// Many crates that are built once.
    Verify,
}

/// A subject and the tests that are to be run on it.
#[derive(Clone)]
pub struct Trial<'a> {
    pub subject: Subject<'a>,
    pub tests: Vec<&'a Test>,
    /// How long each of them may take.
    pub limits: Vec<Duration>,
    /// When those that are left are not run any more.
    pub stop: Stop,
}

/// When there is no sense in running the other tests of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    Never,
    /// So many of them have run out of time.
    AfterTimeouts(usize),
    /// The same; and no more stress tests after a model has told a bug.
    OnceTold(usize),
    /// One has shown that the subject is wrong.
    WhenCaught,
}

impl Stop {
    /// How many findings that [count](Stop::counts) are enough.
    pub(super) fn enough(self) -> usize {
        match self {
            Stop::Never => usize::MAX,
            Stop::AfterTimeouts(most) | Stop::OnceTold(most) => most,
            Stop::WhenCaught => 1,
        }
    }

    /// Whether a test of that kind is left out once a bug has been told.
    pub(super) fn leaves_out(self, kind: Kind) -> bool {
        matches!(self, Stop::OnceTold(_)) && kind == Kind::Stress
    }

    pub(super) fn counts(self, verdict: Verdict) -> bool {
        match self {
            Stop::Never => false,
            Stop::AfterTimeouts(_) | Stop::OnceTold(_) => verdict == Verdict::TimedOut,
            Stop::WhenCaught => verdict.is_caught(),
        }
    }
}

/// What building a subject has told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuildReport {
    /// Why it did not build.
    pub refusal: Option<Refusal>,
    /// It is refused for what it reads, and not for what rustc says.
    #[serde(default)]
    pub forbidden: bool,
    /// The source alone explains the refusal, so that it will be the same next time.
    pub certain: bool,
    /// rustc said what is wrong, be it in the hidden tests. The refusal is certain if those
    /// build with the reference solution.
    pub explained: bool,
    /// Rendered warnings of the subject's crate, of the first kind of test.
    pub warnings: Vec<String>,
}

impl Trial<'_> {
    /// The kinds of its tests, each once.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        catalog::kinds(&self.tests)
    }
}
