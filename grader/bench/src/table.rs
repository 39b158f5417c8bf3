//! Medians of paired measurements.

use std::time::Duration;

/// What one side of a comparison did in one round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    pub(crate) work: u64,
    pub(crate) took: Duration,
}

impl Round {
    /// Work per second.
    pub(crate) fn rate(self) -> f64 {
        self.work as f64 / self.took.as_secs_f64()
    }
}

/// Runs both sides in turns: ours, theirs, ours, theirs, …
pub(crate) fn in_turns(
    rounds: usize,
    mut ours: impl FnMut() -> Round,
    mut theirs: impl FnMut() -> Round,
) -> Vec<(Round, Round)> {
    // The first round of each warms caches up and is not counted.
    ours();
    theirs();
    (0..rounds).map(|_| (ours(), theirs())).collect()
}

/// The median of some figures.
pub(crate) fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
