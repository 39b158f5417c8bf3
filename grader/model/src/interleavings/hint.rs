//! `std::hint`, with a spin hint that lets others run.

pub use std::hint::*;
use std::panic::Location;

use super::kernel::{self, Request};
use crate::trace::Op;

/// See `std::hint::spin_loop`. The thread does not go on before another has changed something.
#[track_caller]
pub fn spin_loop() {
    if kernel::inside() {
        kernel::step(Request::new(Op::Spin, Location::caller()), |kernel| {
            kernel.yielded()
        });
    } else {
        std::hint::spin_loop();
    }
}
