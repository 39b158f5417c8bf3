//! `RwLock` and its guards.

use std::panic::Location;
use std::sync::{LockResult, TryLockError, TryLockResult};

use super::poison::{guards, guards_mut, locks, verdict, whatever, whatever_is_free};
use super::raw;
use crate::trace::Place;

/// See `std::sync::RwLock`. Readers and writers come in any order.
pub struct RwLock<T: ?Sized> {
    raw: raw::RwLock,
    /// Contended only outside of a model: in one, whoever asks for it has the lock.
    data: std::sync::RwLock<T>,
}

/// See `std::sync::RwLockReadGuard`.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    lock: &'a RwLock<T>,
    /// `None` only while the guard is being dropped.
    data: Option<std::sync::RwLockReadGuard<'a, T>>,
    taken: Place,
}

/// See `std::sync::RwLockWriteGuard`.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    lock: &'a RwLock<T>,
    /// `None` only while the guard is being dropped or becomes that of a reader.
    data: Option<std::sync::RwLockWriteGuard<'a, T>>,
    taken: Place,
    panicking: bool,
}

impl<T> RwLock<T> {
    /// See `std::sync::RwLock::new`.
    #[track_caller]
    pub const fn new(value: T) -> RwLock<T> {
        RwLock {
            raw: raw::RwLock::new(Location::caller()),
            data: std::sync::RwLock::new(value),
        }
    }

    /// See `std::sync::RwLock::into_inner`.
    ///
    /// # Errors
    ///
    /// When the lock is poisoned.
    pub fn into_inner(self) -> LockResult<T> {
        verdict(self.raw.is_poisoned(), whatever(self.data.into_inner()))
    }
}

impl<T: ?Sized> RwLock<T> {
    /// See `std::sync::RwLock::read`.
    ///
    /// # Errors
    ///
    /// When the lock is poisoned.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let place = Location::caller();
        self.raw.read(place);
        self.reader(whatever(self.data.read()), place)
    }

    /// See `std::sync::RwLock::try_read`.
    ///
    /// # Errors
    ///
    /// When a writer has the lock, or it is poisoned.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let place = Location::caller();
        if !self.raw.try_read(place) {
            return Err(TryLockError::WouldBlock);
        }
        let Some(data) = whatever_is_free(self.data.try_read()) else {
            return Err(TryLockError::WouldBlock);
        };
        self.reader(data, place).map_err(TryLockError::Poisoned)
    }

    /// See `std::sync::RwLock::write`.
    ///
    /// # Errors
    ///
    /// When the lock is poisoned.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let place = Location::caller();
        self.raw.write(place);
        self.writer(whatever(self.data.write()), place)
    }

    /// See `std::sync::RwLock::try_write`.
    ///
    /// # Errors
    ///
    /// When anyone has the lock, or it is poisoned.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let place = Location::caller();
        if !self.raw.try_write(place) {
            return Err(TryLockError::WouldBlock);
        }
        let Some(data) = whatever_is_free(self.data.try_write()) else {
            return Err(TryLockError::WouldBlock);
        };
        self.writer(data, place).map_err(TryLockError::Poisoned)
    }

    /// See `std::sync::RwLock::is_poisoned`.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        self.raw.ask_poisoned(Location::caller())
    }

    /// See `std::sync::RwLock::clear_poison`.
    #[track_caller]
    pub fn clear_poison(&self) {
        self.raw.clear_poison(Location::caller());
    }

    /// See `std::sync::RwLock::get_mut`.
    ///
    /// # Errors
    ///
    /// When the lock is poisoned.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        verdict(self.raw.is_poisoned(), whatever(self.data.get_mut()))
    }

    fn reader<'a>(
        &'a self,
        data: std::sync::RwLockReadGuard<'a, T>,
        taken: Place,
    ) -> LockResult<RwLockReadGuard<'a, T>> {
        let guard = RwLockReadGuard {
            lock: self,
            data: Some(data),
            taken,
        };
        verdict(self.raw.is_poisoned(), guard)
    }

    fn writer<'a>(
        &'a self,
        data: std::sync::RwLockWriteGuard<'a, T>,
        taken: Place,
    ) -> LockResult<RwLockWriteGuard<'a, T>> {
        let guard = RwLockWriteGuard {
            lock: self,
            data: Some(data),
            taken,
            panicking: raw::panicking(),
        };
        verdict(self.raw.is_poisoned(), guard)
    }
}

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    /// See `std::sync::RwLockWriteGuard::downgrade`.
    #[track_caller]
    pub fn downgrade(mut this: Self) -> RwLockReadGuard<'a, T> {
        let (lock, taken) = (this.lock, this.taken);
        this.data = None;
        // The reader's guard takes over the place that this one gives up.
        std::mem::forget(this);
        lock.raw.downgrade(Location::caller());
        RwLockReadGuard {
            lock,
            data: Some(whatever(lock.data.read())),
            taken,
        }
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        self.data = None;
        self.lock.raw.unlock_read(self.taken);
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        if !self.panicking && raw::panicking() {
            self.lock.raw.poison();
        }
        self.data = None;
        self.lock.raw.unlock_write(self.taken);
    }
}

guards!(RwLockReadGuard RwLockWriteGuard);
guards_mut!(RwLockWriteGuard);
locks!(RwLock: try_read);
