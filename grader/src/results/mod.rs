//! The words that all other rooms speak: plain data, without a rule of how to get it or show it.
//!
//! * [`verdict`]: what became of a test or an exercise, and which bug it shows;
//! * [`record`]: what a test process hands back, with the [`place`]s that it names;
//! * [`report`]: the whole result, schema `grader/report/v1`;
//! * [`message`] and [`refusal`]: why a test did not pass, why a crate was not run;
//! * [`event`]: what happens meanwhile; [`examination`]: what `doctor` finds out about a machine;
//! * [`matrix`], [`survey`] and [`repetition`]: what `verify` finds out about the suites, with
//!   the [`changes`] that it looks at and [`timings`] of where the time went;
//! * [`options`] and [`usage`]: what was asked, and what was asked wrongly.
//!
//! How a message, a refusal or a step reads is said in `messages`, where their
//! [`Display`](std::fmt::Display) is.

pub mod changes;
pub mod event;
pub mod examination;
pub mod matrix;
pub mod message;
pub mod options;
pub mod place;
pub mod record;
pub mod refusal;
pub mod repetition;
pub mod report;
pub mod survey;
pub mod timings;
pub mod usage;
pub mod verdict;

#[cfg(test)]
pub(crate) mod fixtures;
