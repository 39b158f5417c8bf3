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
    /// git is not installed.
    NoGit,
    /// git knows no repository around this directory.
    NoRepository { root: PathBuf },
    /// git knows no such revision.
    NoSuchRevision { revision: String },
    /// A new kata cannot be made as it was asked for.
    NewKata(NewKata),
    /// In the words of the command itself.
    Said(String),
}

impl std::error::Error for Usage {}

/// Why a new kata cannot be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewKata {
    /// This is no name of a crate as this house writes them; that one may be meant.
    NoName {
        topic: String,
        meant: Option<String>,
    },
    /// It is a keyword of Rust.
    Keyword {
        topic: String,
    },
    /// The grader builds a crate of that name, or is built of one.
    CrateExists {
        topic: String,
    },
    /// Windows keeps the name for a device.
    Device {
        topic: String,
    },
    KataExists {
        topic: String,
    },
    /// There is something where the kata should go.
    InTheWay {
        path: String,
    },
    /// The directory lacks a folder of the repository.
    NoClone {
        folder: String,
        root: PathBuf,
    },
}
