//! `Condvar`.

use std::fmt;
use std::panic::Location;
use std::sync::{LockResult, PoisonError};
use std::time::Duration;

use super::mutex::MutexGuard;
use super::poison::verdict;
use super::raw;
use crate::trace::Place;

/// See `std::sync::Condvar`.
pub struct Condvar {
    raw: raw::Condvar,
}

/// See `std::sync::WaitTimeoutResult`, which cannot be made outside of `std`.
#[derive(Debug, PartialEq, Eq, Copy, Clone)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// See `std::sync::WaitTimeoutResult::timed_out`.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

#[allow(
    clippy::result_large_err,
    reason = "as in std, the guard comes back with the poison"
)]
impl Condvar {
    /// See `std::sync::Condvar::new`.
    #[must_use]
    #[track_caller]
    pub const fn new() -> Condvar {
        Condvar {
            raw: raw::Condvar::new(Location::caller()),
        }
    }

    /// See `std::sync::Condvar::wait`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        self.sleep(guard, Location::caller())
    }

    /// See `std::sync::Condvar::wait_while`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    #[track_caller]
    pub fn wait_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: F,
    ) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        let place = Location::caller();
        while condition(guard.data_mut()) {
            guard = self.sleep(guard, place)?;
        }
        Ok(guard)
    }

    /// See `std::sync::Condvar::wait_timeout`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        self.sleep_at_most(guard, Some(timeout), Location::caller())
    }

    /// See `std::sync::Condvar::wait_timeout_while`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    #[track_caller]
    pub fn wait_timeout_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        timeout: Duration,
        mut condition: F,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>
    where
        F: FnMut(&mut T) -> bool,
    {
        let place = Location::caller();
        let countdown = raw::Countdown::start(timeout, place);
        loop {
            if !condition(guard.data_mut()) {
                return Ok((guard, WaitTimeoutResult(false)));
            }
            let rest = countdown.rest(place);
            if rest.is_none() {
                return Ok((guard, WaitTimeoutResult(true)));
            }
            guard = self.sleep_at_most(guard, rest, place)?.0;
        }
    }

    /// See `std::sync::Condvar::notify_one`.
    #[track_caller]
    pub fn notify_one(&self) {
        self.raw.notify_one(Location::caller());
    }

    /// See `std::sync::Condvar::notify_all`.
    #[track_caller]
    pub fn notify_all(&self) {
        self.raw.notify_all(Location::caller());
    }

    fn sleep<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        place: Place,
    ) -> LockResult<MutexGuard<'a, T>> {
        match self.sleep_at_most(guard, None, place) {
            Ok((guard, _)) => Ok(guard),
            Err(poison) => Err(PoisonError::new(poison.into_inner().0)),
        }
    }

    fn sleep_at_most<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
        place: Place,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let mut timed_out = false;
        let poisoned = guard.suspend(|lock, held| {
            let (held, late) = self.raw.wait(lock, held, timeout, place);
            timed_out = late;
            held
        });
        verdict(poisoned, (guard, WaitTimeoutResult(timed_out)))
    }
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Self {
        Condvar::new()
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}
