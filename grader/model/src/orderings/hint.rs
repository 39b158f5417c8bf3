//! `std::hint`, with a spin hint that lets others run.

use std::panic::Location;

pub use std::hint::*;

use super::world::{self, event};
use crate::trace::Op;

/// See `std::hint::spin_loop`. Others run before the thread goes on.
#[track_caller]
pub fn spin_loop() {
    if !world::inside() {
        return std::hint::spin_loop();
    }
    world::record_yield(event(Op::Spin, Location::caller()));
}
