//! What has to be verified again.

use std::collections::{BTreeMap, BTreeSet};

/// What has to be verified again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    Everything,
    /// These topics, each with what of it.
    Topics(BTreeMap<String, Share>),
}

/// How much of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Share {
    Whole,
    /// The subjects of these names, for example a mutant's.
    Subjects(BTreeSet<String>),
}

/// Changes, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Since {
    /// As a person would say it: `main`, or the revision that was asked for.
    pub revision: String,
    /// The commit that the files were compared with.
    pub commit: String,
    pub changes: Changes,
}

impl Changes {
    /// Whether a subject is among what has to be verified.
    pub fn contain(&self, topic: &str, subject: &str) -> bool {
        match self {
            Changes::Everything => true,
            Changes::Topics(topics) => match topics.get(topic) {
                Some(Share::Whole) => true,
                Some(Share::Subjects(subjects)) => subjects.contains(subject),
                None => false,
            },
        }
    }
}

impl Share {
    /// Takes more of the topic in.
    pub fn add(&mut self, more: Share) {
        match (&mut *self, more) {
            (Share::Subjects(subjects), Share::Subjects(more)) => subjects.extend(more),
            _ => *self = Share::Whole,
        }
    }
}
