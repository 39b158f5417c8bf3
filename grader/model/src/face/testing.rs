//! What hidden tests and the macros of a graded crate ask of every engine that searches.

use std::fmt;
use std::panic::{AssertUnwindSafe, Location};

use super::panic::catch_unwind;
use super::raw;
use crate::harness;

/// Runs a closure and makes a panic in it into its message.
///
/// What a hidden test found out passes through.
///
/// # Errors
///
/// When `body` panics.
pub fn catch_panic<R>(body: impl FnOnce() -> R) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(body)).map_err(|payload| harness::message_of(&*payload))
}

/// Where the printing macros of a graded crate end up: a mark in the trace. A search that
/// printed would print thousands of times.
#[track_caller]
pub fn print(_: fmt::Arguments<'_>) {
    raw::print(Location::caller());
}
