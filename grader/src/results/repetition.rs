//! What `verify --repeat` finds out about stress tests.

use crate::results::message::Message;
use crate::results::verdict::{Diagnosis, Verdict};

/// What was found out.
#[derive(Debug, Clone)]
pub struct Repetition {
    pub rounds: usize,
    pub topics: Vec<TopicRepetition>,
}

/// The stress tests of one topic.
#[derive(Debug, Clone)]
pub struct TopicRepetition {
    pub topic: String,
    /// The reference solution and the alternates.
    pub subjects: usize,
    pub tests: usize,
    /// The mutants that stress tests have to catch, and how often one has to catch one.
    pub mutants: usize,
    pub catches: usize,
    pub failures: Vec<Failure>,
}

/// One run that did not end as it should.
#[derive(Debug, Clone)]
pub struct Failure {
    /// `reference`, `alternate-…` or `mutant-…`
    pub subject: String,
    pub test: String,
    pub seed: u64,
    pub verdict: Verdict,
    pub diagnosis: Option<Diagnosis>,
    pub message: Option<Message>,
}

impl Repetition {
    /// Whether every run ended as it should.
    pub fn ok(&self) -> bool {
        self.failures() == 0
    }

    /// How many runs did not.
    pub fn failures(&self) -> usize {
        self.topics.iter().map(|topic| topic.failures.len()).sum()
    }

    /// How many runs there were.
    pub fn runs(&self) -> usize {
        let of_topic =
            |topic: &TopicRepetition| (topic.subjects * topic.tests + topic.catches) * self.rounds;
        self.topics.iter().map(of_topic).sum()
    }
}
