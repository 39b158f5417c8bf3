//! Real threads, with seeded noise around every operation that synchronises.
//!
//! [`sync`], [`thread`], [`time`], [`hint`] and [`mod@panic`] have the shape of `std`. What
//! std's own types can do, they do here: guards, handles and errors are std's. The rest
//! of this module is what stress tests are written with.

mod asleep;
mod cpu;
mod gauge;
mod implements;
mod noise;
mod print;
mod refusal;
mod task;
mod tracked;
mod trial;

pub mod hint;
pub mod panic;

pub mod sync;
pub mod thread;
pub mod time;

pub use crate::implements;
pub use crate::outcome::{Diagnosis, fail};
pub use asleep::{HasThread, wait_until_asleep};
pub use cpu::{cpu_while_blocked, others_sleep, sleeps_while_blocked};
pub use gauge::{Gauge, Inside};
pub use noise::undisturbed;
pub use print::print;
pub use refusal::assert_refuses;
pub use tracked::{Tracked, Word};
pub use trial::{catch_panic, rounds, size, within};
