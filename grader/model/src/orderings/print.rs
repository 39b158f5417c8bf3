//! Where the printing macros of a graded crate end up.

use std::fmt;
use std::panic::Location;

use super::world::{self, event};
use crate::trace::Op;

/// Leaves a mark in the trace; a search that printed would print thousands of times.
#[track_caller]
pub fn print(_: fmt::Arguments<'_>) {
    if world::inside() {
        world::record(event(Op::Print, Location::caller()));
    }
}
