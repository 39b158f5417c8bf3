//! `std::time`, by the clock of the engine.

use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::panic::Location;

pub use std::time::{Duration, TryFromFloatSecsError};

use super::raw;

/// What the clock says when an execution begins: far enough from the beginning of time for
/// deadlines to be subtracted from.
const EPOCH: Duration = Duration::from_secs(1_000_000);

/// The latest moment that an `Instant` of most systems can hold.
const LATEST: Duration = Duration::from_secs(i64::MAX as u64);

/// See `std::time::Instant`.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Instant(Duration);

impl Instant {
    /// See `std::time::Instant::now`.
    #[must_use]
    #[track_caller]
    pub fn now() -> Instant {
        Instant(EPOCH + raw::now(Location::caller()))
    }

    /// See `std::time::Instant::duration_since`.
    #[must_use]
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        self.0.saturating_sub(earlier.0)
    }

    /// See `std::time::Instant::checked_duration_since`.
    #[must_use]
    pub fn checked_duration_since(&self, earlier: Instant) -> Option<Duration> {
        self.0.checked_sub(earlier.0)
    }

    /// See `std::time::Instant::saturating_duration_since`.
    #[must_use]
    pub fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }

    /// See `std::time::Instant::elapsed`.
    #[must_use]
    #[track_caller]
    pub fn elapsed(&self) -> Duration {
        Instant::now().duration_since(*self)
    }

    /// See `std::time::Instant::checked_add`.
    #[must_use]
    pub fn checked_add(&self, duration: Duration) -> Option<Instant> {
        let moment = self.0.checked_add(duration)?;
        (moment <= LATEST).then_some(Instant(moment))
    }

    /// See `std::time::Instant::checked_sub`.
    #[must_use]
    pub fn checked_sub(&self, duration: Duration) -> Option<Instant> {
        self.0.checked_sub(duration).map(Instant)
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    /// # Panics
    ///
    /// As that of `std`, when the moment cannot be represented.
    #[track_caller]
    fn add(self, duration: Duration) -> Instant {
        self.checked_add(duration)
            .expect("overflow when adding duration to instant")
    }
}

impl AddAssign<Duration> for Instant {
    #[track_caller]
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    /// # Panics
    ///
    /// As that of `std`, when the moment cannot be represented.
    #[track_caller]
    fn sub(self, duration: Duration) -> Instant {
        self.checked_sub(duration)
            .expect("overflow when subtracting duration from instant")
    }
}

impl SubAssign<Duration> for Instant {
    #[track_caller]
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}

impl Sub<Instant> for Instant {
    type Output = Duration;

    fn sub(self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }
}
