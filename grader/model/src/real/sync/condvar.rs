use std::sync::{LockResult, MutexGuard, WaitTimeoutResult};
use std::time::Duration;

use crate::real::{asleep, noise};

/// See `std::sync::Condvar`.
#[derive(Debug, Default)]
pub struct Condvar(std::sync::Condvar);

impl Condvar {
    /// See `std::sync::Condvar::new`.
    pub const fn new() -> Condvar {
        Condvar(std::sync::Condvar::new())
    }

    /// See `std::sync::Condvar::wait`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        noise::around(|| self.0.wait(guard))
    }

    /// See `std::sync::Condvar::wait_while`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    pub fn wait_while<'a, T, F>(
        &self,
        guard: MutexGuard<'a, T>,
        condition: F,
    ) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        noise::around(|| self.0.wait_while(guard, condition))
    }

    /// See `std::sync::Condvar::wait_timeout`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        noise::around(|| asleep::waiting(timeout, || self.0.wait_timeout(guard, timeout)))
    }

    /// See `std::sync::Condvar::wait_timeout_while`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    pub fn wait_timeout_while<'a, T, F>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
        condition: F,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>
    where
        F: FnMut(&mut T) -> bool,
    {
        noise::around(|| {
            asleep::waiting(timeout, || {
                self.0.wait_timeout_while(guard, timeout, condition)
            })
        })
    }

    /// See `std::sync::Condvar::notify_one`.
    pub fn notify_one(&self) {
        noise::around(|| self.0.notify_one());
    }

    /// See `std::sync::Condvar::notify_all`.
    pub fn notify_all(&self) {
        noise::around(|| self.0.notify_all());
    }
}
