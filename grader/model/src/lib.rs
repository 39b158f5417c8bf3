//! The `std` of threads and synchronisation, in three variants with one surface.
//!
//! * [`real`]: real threads, with seeded noise before every operation;
//! * [`interleavings`]: a scheduler that runs a test once per interleaving, up to
//!   a bound on preemptions, and reports the shortest one that breaks it;
//! * [`orderings`]: loom, for what only a weak memory model can show.
//!
//! Each has modules `sync`, `thread`, `time` and `hint` shaped like those of `std`,
//! which `kata-std` hands to the graded crate, and beside them the API that the
//! hidden tests are written in. [`harness`] runs one test in a process of its own.

pub mod harness;
pub mod outcome;
pub mod trace;

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
