//! Mistakes that the user can put right by typing something else.

use std::path::PathBuf;

/// An error of whoever typed the command. Anywhere in the chain of an [`anyhow::Error`] it
/// turns exit code 3 into 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Usage {
    /// Neither this directory nor one above it holds `exercises/`.
    NoExercises { current: PathBuf },
    /// `--source` names no directory.
    NoSuchSource { directory: PathBuf },
    /// There is no such topic; there are these.
    NoSuchTopic { topic: String, topics: Vec<String> },
    /// In the words of the command itself.
    Said(String),
}

impl std::error::Error for Usage {}
