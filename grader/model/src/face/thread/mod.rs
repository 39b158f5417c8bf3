//! `std::thread`.

mod builder;
mod handle;
mod local;
mod scope;

use std::io;
use std::num::NonZero;
use std::panic::Location;
use std::time::Duration;

pub use std::thread::{AccessError, Result};

pub use builder::Builder;
pub use handle::{JoinHandle, Thread, ThreadId};
pub use local::LocalKey;
pub use scope::{Scope, ScopedJoinHandle, scope};

use super::raw;

/// See `std::thread::spawn`.
///
/// # Panics
///
/// When there are too many threads, or outside of a model.
#[track_caller]
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    JoinHandle::start(None, body, Location::caller())
}

/// See `std::thread::current`.
#[must_use]
pub fn current() -> Thread {
    Thread::of(raw::current())
}

/// See `std::thread::park`.
#[track_caller]
pub fn park() {
    raw::park(None, Location::caller());
}

/// See `std::thread::park_timeout`.
#[track_caller]
pub fn park_timeout(timeout: Duration) {
    raw::park(Some(timeout), Location::caller());
}

/// See `std::thread::yield_now`.
#[track_caller]
pub fn yield_now() {
    raw::yield_now(Location::caller());
}

/// See `std::thread::sleep`. Takes no real time.
#[track_caller]
pub fn sleep(duration: Duration) {
    raw::sleep(duration, Location::caller());
}

/// See `std::thread::panicking`.
#[must_use]
pub fn panicking() -> bool {
    raw::panicking()
}

/// See `std::thread::available_parallelism`. Always two: the answer must not depend on the
/// machine.
///
/// # Errors
///
/// None.
pub fn available_parallelism() -> io::Result<NonZero<usize>> {
    Ok(const { NonZero::new(2).expect("two is not zero") })
}
