//! How to grade.

use std::thread;

use crate::results::verdict::Effort;

/// The seed of a run that is not asked for another one. It is fixed, so that the same code gets
/// the same verdict today and tomorrow, and a remembered answer stays true.
pub const DEFAULT_SEED: u64 = 7;

/// How to grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Of the noise in stress tests and of sampled schedules.
    pub seed: u64,
    pub effort: Effort,
    /// Compilers and tests at once.
    pub jobs: usize,
    /// Answer from remembered results.
    pub cache: bool,
    /// Let rustc render its errors with colours.
    pub color: bool,
    /// Once a model has told a bug, leave the stress tests out: they wait for the repair.
    pub first_bug: bool,
    /// Only the tests of these names, with their prefixes; all if there are none.
    pub tests: Vec<String>,
    /// Let cargo report when it built which crate.
    pub timings: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            seed: DEFAULT_SEED,
            effort: Effort::default(),
            jobs: thread::available_parallelism().map_or(1, usize::from),
            cache: true,
            color: false,
            first_bug: false,
            tests: Vec::new(),
            timings: false,
        }
    }
}
