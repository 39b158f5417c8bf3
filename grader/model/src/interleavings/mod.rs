//! Every interleaving of a small concurrent program, up to a bound on preemptions.
//!
//! A program is run again and again on coroutines of one OS thread, each time with
//! other decisions about who goes next, until nothing different is left to try. The
//! first failure has the fewest *disturbances*: preemptions, spurious wake-ups, and
//! time-outs that come while others could still run.
//!
//! The values of atomics are sequentially consistent. Whether an access to
//! [`Tracked`] data is ordered after another is judged by the orderings that the
//! code asks for, so that a relaxed unlock is a data race here as well.

mod access;
mod calls;
mod clock;
mod commit;
mod coroutine;
mod decide;
mod diagnose;
mod explore;
#[path = "../face/mod.rs"]
#[expect(
    clippy::duplicate_mod,
    reason = "each engine that searches has types of its own"
)]
mod face;
mod handle;
mod kernel;
mod lost;
mod object;
mod panics;
mod patience;
mod plot;
mod raw;
mod request;
mod rest;
mod run;
mod sampler;
mod search;
mod testing;
mod threads;

pub use clock::MAX_THREADS;
pub use explore::{Explore, explore};
pub use face::{catch_panic, hint, panic, print, sync, thread, time};
pub use testing::{Entered, Gauge, Tracked, advance};

pub use crate::outcome::{Diagnosis, fail};
