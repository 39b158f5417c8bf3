//! Where the printing macros of a graded crate write: to the test's own output.

use std::fmt;
use std::io::{self, Write};

/// Prints. A closed output is not the printing code's fault.
pub fn print(text: fmt::Arguments<'_>) {
    let _ = io::stdout().lock().write_fmt(text);
}
