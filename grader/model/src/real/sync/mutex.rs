use std::fmt;
use std::sync::{LockResult, MutexGuard, TryLockResult};

use crate::real::noise;

/// See `std::sync::Mutex`.
#[derive(Default)]
pub struct Mutex<T: ?Sized>(std::sync::Mutex<T>);

impl<T> Mutex<T> {
    /// See `std::sync::Mutex::new`.
    pub const fn new(value: T) -> Mutex<T> {
        Mutex(std::sync::Mutex::new(value))
    }

    /// See `std::sync::Mutex::into_inner`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    pub fn into_inner(self) -> LockResult<T> {
        self.0.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// See `std::sync::Mutex::lock`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        noise::around(|| self.0.lock())
    }

    /// See `std::sync::Mutex::try_lock`.
    ///
    /// # Errors
    ///
    /// When the mutex is locked or poisoned.
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        noise::around(|| self.0.try_lock())
    }

    /// See `std::sync::Mutex::is_poisoned`.
    pub fn is_poisoned(&self) -> bool {
        self.0.is_poisoned()
    }

    /// See `std::sync::Mutex::clear_poison`.
    pub fn clear_poison(&self) {
        self.0.clear_poison();
    }

    /// See `std::sync::Mutex::get_mut`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.0.get_mut()
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Self {
        Mutex::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
