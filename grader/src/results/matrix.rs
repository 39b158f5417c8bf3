//! What `verify` finds out about the suites.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize, Serializer};

use crate::results::message::Message;
use crate::results::refusal::{Forbidden, Refusal};
use crate::results::timings::Timings;
use crate::results::verdict::{Diagnosis, Verdict};

/// What was found out about the suites.
#[derive(Debug, Clone)]
pub struct Matrix {
    pub topics: Vec<TopicMatrix>,
    /// What finding it out has cost, unless everything was remembered.
    pub spent: Option<Spent>,
}

/// Where the time went.
#[derive(Debug, Clone)]
pub struct Spent {
    pub phases: Timings,
    /// From beginning to end.
    pub wall: Duration,
    /// cargo's own report on what it has built, if it was asked for.
    pub cargo: Option<PathBuf>,
}

/// The subjects of one topic against its tests.
#[derive(Debug, Clone)]
pub struct TopicMatrix {
    pub topic: String,
    /// The names of the tests.
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
    /// Whether other subjects of the topic were left out.
    pub partial: bool,
    /// Rows of the bug catalogue that are no mutant here.
    pub excluded: Vec<Excluded>,
}

/// One subject.
#[derive(Debug, Clone)]
pub struct Row {
    pub role: Role,
    /// For example `relaxed-unlock`, or `reference`.
    pub name: String,
    pub idea: String,
    /// What a mutant is a difference to, for example `reference`.
    pub base: Option<String>,
    /// What it changes there, as hunks; none if it is far from everything that is right.
    pub difference: Option<String>,
    /// One for each column.
    pub cells: Vec<Cell>,
    /// What is wrong with the subject as a whole.
    pub problems: Vec<Problem>,
}

/// What a subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Skeleton,
    Reference,
    Mutant,
    Alternate,
}

/// One subject in one test.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// [`Verdict::NotRun`] where nothing is expected of the test.
    pub verdict: Verdict,
    pub diagnosis: Option<Diagnosis>,
    /// What the test must find in a mutant.
    pub expected: Option<Diagnosis>,
    pub ok: bool,
    pub message: Option<Message>,
    pub seconds: f64,
}

impl Matrix {
    /// Whether every cell is as it should be.
    pub fn ok(&self) -> bool {
        self.topics
            .iter()
            .flat_map(|topic| &topic.rows)
            .all(Row::ok)
    }
}

impl Row {
    /// Whether everything about the subject is as it should be.
    pub fn ok(&self) -> bool {
        self.problems.is_empty() && self.cells.iter().all(|cell| cell.ok)
    }

    /// How long its tests took, one after the other.
    pub fn seconds(&self) -> f64 {
        self.cells.iter().map(|cell| cell.seconds).sum()
    }
}

/// What is wrong with an author's file. It is written down as the sentence that a person reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The exercise is not the skeleton that the grader knows.
    SkeletonDiffers { topic: String },
    /// rustc warns about the skeleton.
    SkeletonWarns { warning: String },
    /// A subject does not compile.
    DoesNotBuild(Refusal),
    /// A subject says what no exercise may say.
    Forbidden(Forbidden),
    /// An entry of a list of equivalents fits no generated mutant.
    NoSuchEquivalent { mutant: String, line: String },
    /// A mutant that is listed as equivalent does not survive.
    NotEquivalent { mutant: String, line: String },
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A row of the bug catalogue that is no mutant of this topic, and why not.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excluded {
    pub bug: String,
    pub reason: String,
}
