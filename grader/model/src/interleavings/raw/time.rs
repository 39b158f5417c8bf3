//! The virtual clock. Only waiting moves it: a time-out or a sleep that ends puts
//! it to its deadline, and nothing else takes any time.

use std::time::Duration;

use crate::interleavings::kernel;
use crate::interleavings::object::Access;
use crate::interleavings::request::Request;
use crate::trace::{Op, Place};

/// The latest deadline: an `Instant` of most systems holds no later moment, and to one an
/// execution begins a million seconds after its zero.
const LATEST: Duration = Duration::from_secs(i64::MAX as u64 - 1_000_000);

/// What the clock says, counted from the beginning of the execution.
pub(in crate::interleavings) fn now(place: Place) -> Duration {
    if !kernel::inside() {
        return Duration::ZERO;
    }
    let clock = kernel::with(|kernel| kernel.clock_object);
    kernel::step(
        Request::new(Op::Now, place).on(clock, Access::Look),
        |kernel| {
            kernel.fruitless();
            kernel.now
        },
    )
}

/// A time that runs out.
pub(in crate::interleavings) struct Countdown {
    start: Duration,
    timeout: Duration,
}

impl Countdown {
    pub(in crate::interleavings) fn start(timeout: Duration, place: Place) -> Countdown {
        Countdown {
            start: now(place),
            timeout,
        }
    }

    /// How much is left; `None` when it has run out.
    pub(in crate::interleavings) fn rest(&self, place: Place) -> Option<Duration> {
        self.timeout.checked_sub(now(place) - self.start)
    }
}

/// When a wait that begins now is over; `None` if never.
pub(super) fn deadline(timeout: Duration) -> Option<Duration> {
    let deadline = kernel::with(|kernel| {
        kernel.look_at_clock();
        kernel.now.checked_add(timeout)
    });
    deadline.filter(|&deadline| deadline <= LATEST)
}
