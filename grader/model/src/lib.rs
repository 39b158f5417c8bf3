//! The `std` of threads and synchronisation, in three variants with one surface.
//!
//! * [`real`]: real threads, with seeded noise before every operation;
//! * [`interleavings`]: a scheduler that runs a test once per interleaving, up to
//!   a bound on preemptions, and reports the shortest one that breaks it;
//! * [`orderings`]: loom, for what only a weak memory model can show.
//!
//! Each has modules `sync`, `thread`, `time`, `hint` and `panic` shaped like those of
//! `std`, which `kata-std` hands to the graded crate, and beside them the API that the
//! hidden tests are written in. [`harness`] runs one test in a process of its own.
//!
//! # The way through the files
//!
//! From the ground up, as `tests/layers.rs` holds them:
//!
//! * [`outcome`] and [`trace`]: the words for what was found and for what happened; `scalar`
//!   and `answer`: what atomics hold, and what operations are asked and answer;
//! * [`harness`]: from the order to the record;
//! * what an engine runs on: for `interleavings` its `kernel`, which makes steps on objects,
//!   and the `search` that picks them; for `orderings` the `world`, which is what is known
//!   of an execution beside what loom knows;
//! * `raw`, in each of these two: the operations that it knows;
//! * `face`: the types of `std`, written once over `raw`, and a module of both;
//! * `explore` with what judges a broken execution and tells it.
//!
//! `real` has no `raw`. Its types wrap those of `std`, and its guards, handles and errors
//! are those of `std`, which shares more code with the real thing than any face could.

pub mod harness;
pub mod outcome;
pub mod trace;

#[cfg(any(feature = "interleavings", feature = "orderings"))]
mod answer;
#[cfg(any(feature = "interleavings", feature = "orderings"))]
mod scalar;
mod thread_local;

#[cfg(feature = "interleavings")]
pub mod interleavings;
#[cfg(feature = "orderings")]
pub mod orderings;
#[cfg(feature = "real")]
pub mod real;

pub use outcome::{Diagnosis, fail};
