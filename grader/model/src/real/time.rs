//! `std::time`, less the clock of the machine.

pub use std::time::{Duration, Instant, TryFromFloatSecsError};
