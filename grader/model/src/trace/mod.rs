//! What happened in one execution: compact while it runs, JSON when it is told.
//!
//! An [`Event`] is a few words, written without formatting anything: a search
//! records thousands of executions for each one that is ever shown.

mod counterexample;
mod event;
mod rounds;

pub use counterexample::{Counterexample, Story};
pub use event::{
    Event, ObjectIndex, ObjectInfo, ObjectKind, Op, Outcome, Place, ThreadIndex, Value,
};
