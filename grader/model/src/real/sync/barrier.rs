use std::sync::BarrierWaitResult;

use crate::real::noise;

/// See `std::sync::Barrier`.
#[derive(Debug)]
pub struct Barrier(std::sync::Barrier);

impl Barrier {
    /// See `std::sync::Barrier::new`.
    pub const fn new(n: usize) -> Barrier {
        Barrier(std::sync::Barrier::new(n))
    }

    /// See `std::sync::Barrier::wait`.
    pub fn wait(&self) -> BarrierWaitResult {
        noise::around(|| self.0.wait())
    }
}
