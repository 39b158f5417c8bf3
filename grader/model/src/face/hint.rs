//! `std::hint`, with a spin hint that lets others run.

use std::panic::Location;

pub use std::hint::*;

use super::raw;

/// See `std::hint::spin_loop`. Others run before the thread goes on.
#[track_caller]
pub fn spin_loop() {
    raw::spin_loop(Location::caller());
}
