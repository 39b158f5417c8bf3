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
    /// A mutant cannot be made or written out as it was asked for.
    NewMutant(NewMutant),
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

/// Why a mutant cannot be made, or written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewMutant {
    /// This is no name of a mutant as this house writes them.
    NoName {
        name: String,
    },
    /// The edited copy cannot be read, as the system says.
    NotReadable {
        file: PathBuf,
        why: String,
    },
    /// The edited copy does not parse at this place, counted from 1, as the parser says.
    NoRust {
        file: PathBuf,
        line: usize,
        column: usize,
        why: String,
    },
    /// The edited copy is the same as this base.
    NoDifference {
        file: PathBuf,
        base: String,
    },
    /// The topic has no such base; there are these.
    NoSuchBase {
        base: String,
        bases: Vec<String>,
    },
    /// The topic has no such test; there are these.
    NoSuchTest {
        topic: String,
        test: String,
        tests: Vec<String>,
    },
    NoSuchMutant {
        topic: String,
        name: String,
    },
}
