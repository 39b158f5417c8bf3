//! What there is to say about a test that did not pass.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a test did not pass.
///
/// It is written down as the sentence that a person reads, and read back as [`Message::Said`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// In the words of the test, of the engine or of the learner's panic: foreign text, made
    /// harmless and cut to a length.
    Said(String),
    /// It ran into its time limit (wall-clock).
    TookTooLong(Duration),
    /// It printed more than this many bytes.
    PrintedTooMuch(u64),
    /// It had more than this many threads at once.
    TooManyThreads(usize),
    /// Its process ended without a result: with an exit code, or by a signal.
    EndedEarly {
        code: Option<i32>,
        signal: Option<i32>,
    },
    /// Its process handed back a result that is not the harness's.
    NotAuthentic,
    /// Too many tests before it came to no end, so it was not run.
    GivenUp,
    /// A model has told a bug already, and this test waits for the repair.
    LeftOut,
    /// The reference solution does not pass it on this machine either, and that is why.
    ReferenceFails(Option<Box<Message>>),
}

impl Message {
    /// The text, where somebody else than the grader said it.
    pub fn said(&self) -> Option<&str> {
        match self {
            Message::Said(text) => Some(text),
            _ => None,
        }
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Message, D::Error> {
        String::deserialize(deserializer).map(Message::Said)
    }
}
