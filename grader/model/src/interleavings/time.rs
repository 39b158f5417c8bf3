//! The virtual clock. Only waiting moves it: a time-out or a sleep that ends puts
//! it to its deadline, and nothing else takes any time.

use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::panic::Location;
pub use std::time::{Duration, TryFromFloatSecsError};

use super::kernel::{self, Request};
use super::object::Access;
use crate::trace::Op;

/// What the clock says when an execution begins: enough that learners may subtract.
const EPOCH: Duration = Duration::from_secs(1_000_000);

/// The latest moment that an `Instant` of most systems can hold.
const LATEST: Duration = Duration::from_secs(i64::MAX as u64);

/// A moment of the virtual clock. As `std::time::Instant`.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Instant(Duration);

impl Instant {
    /// See `std::time::Instant::now`.
    #[must_use]
    #[track_caller]
    pub fn now() -> Instant {
        Instant(EPOCH + read(Location::caller()))
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
        self.0.saturating_sub(earlier.0)
    }

    /// See `std::time::Instant::elapsed`.
    #[must_use]
    #[track_caller]
    pub fn elapsed(&self) -> Duration {
        (EPOCH + read(Location::caller())).saturating_sub(self.0)
    }

    /// See `std::time::Instant::checked_add`.
    #[must_use]
    pub fn checked_add(&self, duration: Duration) -> Option<Instant> {
        self.0
            .checked_add(duration)
            .filter(|&moment| moment <= LATEST)
            .map(Instant)
    }

    /// See `std::time::Instant::checked_sub`.
    #[must_use]
    pub fn checked_sub(&self, duration: Duration) -> Option<Instant> {
        self.0.checked_sub(duration).map(Instant)
    }
}

/// What the clock says, counted from the beginning of the execution.
pub(super) fn read(location: &'static Location<'static>) -> Duration {
    if !kernel::inside() {
        return Duration::ZERO;
    }
    let clock = kernel::with(|kernel| kernel.clock_object);
    kernel::step(
        Request::new(Op::Now, location).on(clock, Access::Read),
        |kernel| {
            kernel.fruitless();
            kernel.now
        },
    )
}

/// When a wait that begins now is over; `None` if never.
pub(super) fn deadline(timeout: Duration) -> Option<Duration> {
    kernel::with(|kernel| (EPOCH + kernel.now).checked_add(timeout))
        .filter(|&deadline| deadline <= LATEST)
        .map(|deadline| deadline - EPOCH)
}

/// Moves the clock on as the calling thread's own doing. For tests.
#[track_caller]
pub fn advance(duration: Duration) {
    let clock = kernel::with(|kernel| kernel.clock_object);
    kernel::step(
        Request::new(Op::Advance, Location::caller()).on(clock, Access::Write),
        |kernel| {
            kernel.now += duration;
            kernel.fruitful();
        },
    );
}

impl Add<Duration> for Instant {
    type Output = Instant;

    /// # Panics
    ///
    /// As that of `std`, when the moment cannot be represented.
    fn add(self, duration: Duration) -> Instant {
        self.checked_add(duration)
            .expect("overflow when adding duration to instant")
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    fn sub(self, duration: Duration) -> Instant {
        self.checked_sub(duration)
            .expect("overflow when subtracting duration from instant")
    }
}

impl SubAssign<Duration> for Instant {
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
