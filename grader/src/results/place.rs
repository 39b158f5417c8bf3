//! Places in source files.

use serde::{Deserialize, Serialize};

/// A place in a source file, as `core::panic::Location` gives it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

/// A line and a column, both counted from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    pub line: usize,
    pub column: usize,
}

impl From<&Place> for Spot {
    fn from(place: &Place) -> Spot {
        Spot {
            line: place.line as usize,
            column: place.column as usize,
        }
    }
}
