//! A clock that stands still: orderings are searched without time.

use std::time::Duration;

use crate::trace::Place;

/// What the clock says, counted from the beginning of the execution: every execution takes
/// place in one instant.
pub(in crate::orderings) fn now(_: Place) -> Duration {
    Duration::ZERO
}

/// A time that runs out at once or never.
pub(in crate::orderings) struct Countdown(Duration);

impl Countdown {
    pub(in crate::orderings) fn start(timeout: Duration, _: Place) -> Countdown {
        Countdown(timeout)
    }

    /// How much is left; `None` when it has run out.
    pub(in crate::orderings) fn rest(&self, _: Place) -> Option<Duration> {
        (!self.0.is_zero()).then_some(self.0)
    }
}
