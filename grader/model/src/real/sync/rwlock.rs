use std::fmt;
use std::sync::{LockResult, RwLockReadGuard, RwLockWriteGuard, TryLockResult};

use crate::real::noise;

/// See `std::sync::RwLock`.
#[derive(Default)]
pub struct RwLock<T: ?Sized>(std::sync::RwLock<T>);

impl<T> RwLock<T> {
    /// See `std::sync::RwLock::new`.
    pub const fn new(value: T) -> RwLock<T> {
        RwLock(std::sync::RwLock::new(value))
    }

    /// See `std::sync::RwLock::into_inner`.
    ///
    /// # Errors
    ///
    /// When the lock is poisoned.
    pub fn into_inner(self) -> LockResult<T> {
        self.0.into_inner()
    }
}

impl<T: ?Sized> RwLock<T> {
    /// See `std::sync::RwLock::read`.
    ///
    /// # Errors
    ///
    /// When the lock is poisoned.
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        noise::around(|| self.0.read())
    }

    /// See `std::sync::RwLock::try_read`.
    ///
    /// # Errors
    ///
    /// When a writer has the lock, or it is poisoned.
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        noise::around(|| self.0.try_read())
    }

    /// See `std::sync::RwLock::write`.
    ///
    /// # Errors
    ///
    /// When the lock is poisoned.
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        noise::around(|| self.0.write())
    }

    /// See `std::sync::RwLock::try_write`.
    ///
    /// # Errors
    ///
    /// When anyone has the lock, or it is poisoned.
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        noise::around(|| self.0.try_write())
    }

    /// See `std::sync::RwLock::is_poisoned`.
    pub fn is_poisoned(&self) -> bool {
        self.0.is_poisoned()
    }

    /// See `std::sync::RwLock::clear_poison`.
    pub fn clear_poison(&self) {
        self.0.clear_poison();
    }

    /// See `std::sync::RwLock::get_mut`.
    ///
    /// # Errors
    ///
    /// When the lock is poisoned.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        self.0.get_mut()
    }
}

impl<T> From<T> for RwLock<T> {
    fn from(value: T) -> Self {
        RwLock::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
