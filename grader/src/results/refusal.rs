//! Why a crate was not run.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::results::place::Place;

/// Why a crate was not run. All paths are those that the learner knows.
///
/// It is written down as the text that a person reads, and read back as [`Refusal::Said`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no `lib.rs` in this folder.
    NoSource { src: PathBuf },
    /// This folder is a link to another one.
    Link { folder: PathBuf },
    /// What stands in this line of the file is no text.
    NotUtf8 { file: PathBuf, line: usize },
    /// A link, a pipe, or a folder with the name of a module.
    NotARegularFile { file: PathBuf },
    /// The folder holds more source files than this.
    TooManyFiles { src: PathBuf, most: usize },
    /// With this file the crate has become too large; a file may have that many bytes.
    TooLarge { file: PathBuf, largest: u64 },
    /// The constructor is still a `todo!()` here, so that no test could begin.
    Unwritten { function: String, place: Place },
    /// It says something that no exercise may say.
    Forbidden(Vec<Forbidden>),
    /// While it was compiled, something else was read than its own files.
    ReadsElsewhere { src: PathBuf, what: Elsewhere },
    /// rustc found these errors in it.
    DoesNotCompile(Vec<CompileError>),
    /// rustc found these errors where the hidden tests use it.
    InterfaceDiffers {
        topic: String,
        errors: Vec<InterfaceError>,
    },
    /// rustc ended over it without a word on the code, and cargo perhaps said how.
    CompilerBrokeDown { src: PathBuf, ended: Option<String> },
    /// rustc came to no end (wall-clock).
    CompilerTookTooLong { src: PathBuf, limit: Duration },
    /// What an earlier run has written down.
    Said(String),
}

/// A forbidden thing and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forbidden {
    pub place: Place,
    /// As it stands in the source, for example `include_str!`.
    pub item: String,
    pub reason: Reason,
    /// The whole lines in which it stands.
    pub excerpt: String,
    /// Where in the excerpt it stands, in bytes.
    pub range: Range<usize>,
}

/// Why something is forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The compiler's promises end there.
    Unsafe,
    /// Code or symbols from elsewhere.
    Extern,
    /// A value that outlives one run of a test.
    Static,
    /// `core` or `alloc` in place of `std`.
    OtherRoot,
    /// Reads a file or the environment while compiling.
    ReadsAtCompileTime,
    /// Machine code.
    Assembly,
    /// Changes how the crate is compiled or linked.
    Attribute,
    /// A module from a file outside of `src/`.
    PathAttribute,
    /// An attribute made up by a macro.
    MacroAttribute,
    /// Takes a name that the tests rely on.
    Shadows,
    /// A macro that leaves the crate.
    MacroExport,
    /// Brackets in brackets in brackets.
    Nesting,
    /// A first line that the compiler cuts off.
    Shebang,
    /// Characters that can be read in more than one way.
    TwoReadings,
    /// Takes a promise about lifetimes from the compiler that nobody has made.
    Lifetimes,
    /// A name that the macros of the swapped `std` use among themselves.
    Internal,
    /// Asks how many share an `Arc`, which is no step of the model.
    CountsSharers,
}

/// What a crate can read while it is compiled besides its own files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elsewhere {
    File,
    Environment,
}

/// An error that rustc found in the learner's crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// As rustc renders it, made harmless.
    pub rendered: String,
    /// The path below `std` that the exercise's own `std` does not have.
    pub missing_from_std: Option<String>,
}

/// An error that rustc found in the hidden tests, without a line of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceError {
    /// For example `E0599`.
    pub code: Option<String>,
    pub message: String,
    /// The places in the learner's crate that it points at.
    pub places: Vec<Place>,
}

impl Serialize for Refusal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Refusal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Refusal, D::Error> {
        String::deserialize(deserializer).map(Refusal::Said)
    }
}
