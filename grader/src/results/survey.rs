//! What `verify --generate` finds out about the suites.

use serde::{Deserialize, Serialize};

use crate::results::matrix::Problem;
use crate::results::verdict::Verdict;

/// What was found out about the suites.
#[derive(Debug, Clone)]
pub struct Survey {
    pub topics: Vec<TopicSurvey>,
}

/// The generated mutants of one topic.
#[derive(Debug, Clone)]
pub struct TopicSurvey {
    pub topic: String,
    pub mutants: Vec<(Generated, Fate)>,
    /// Entries of the list of equivalents that are wrong.
    pub problems: Vec<Problem>,
}

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fate")]
pub enum Fate {
    /// The test of that name did not pass.
    Caught { by: String, verdict: Verdict },
    /// It does not compile.
    Unviable,
    /// All tests passed, and the author has said why.
    Equivalent { reason: String },
    /// All tests passed.
    Missed,
}

impl Survey {
    /// Whether every mutant is accounted for.
    pub fn ok(&self) -> bool {
        self.topics.iter().all(TopicSurvey::ok)
    }
}

impl TopicSurvey {
    /// Whether every mutant of the topic is accounted for.
    pub fn ok(&self) -> bool {
        self.problems.is_empty() && self.missed().next().is_none()
    }

    /// The mutants that no test has caught.
    pub fn missed(&self) -> impl Iterator<Item = &Generated> {
        let missed = |(_, fate): &&(Generated, Fate)| *fate == Fate::Missed;
        self.mutants.iter().filter(missed).map(|(mutant, _)| mutant)
    }
}

/// The reference solution with one change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// The function that is changed, for example `Lock::acquire`.
    pub function: String,
    /// For example ``replace `>=` with `<` ``.
    pub change: String,
    /// Where the change begins, counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// The line where it begins, as it was and as it is now, both trimmed.
    pub before: String,
    pub after: String,
    /// The whole changed source.
    pub text: String,
}

impl Generated {
    /// Function and change: ``Lock::acquire: replace `while` with `if` ``.
    pub fn name(&self) -> String {
        format!("{}: {}", self.function, self.change)
    }
}
