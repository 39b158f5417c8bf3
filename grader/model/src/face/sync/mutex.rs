//! `Mutex` and its guard.

use std::panic::Location;
use std::sync::{LockResult, TryLockError, TryLockResult};

use super::poison::{guards, guards_mut, locks, verdict, whatever, whatever_is_free};
use super::raw;

/// See `std::sync::Mutex`.
pub struct Mutex<T: ?Sized> {
    raw: raw::Lock,
    /// Contended only outside of a model: in one, whoever asks for it holds the lock.
    data: std::sync::Mutex<T>,
}

/// See `std::sync::MutexGuard`.
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    /// Both are there until the guard is dropped or waits.
    data: Option<std::sync::MutexGuard<'a, T>>,
    held: Option<raw::Held>,
    panicking: bool,
}

impl<T> Mutex<T> {
    /// See `std::sync::Mutex::new`.
    #[track_caller]
    pub const fn new(value: T) -> Mutex<T> {
        Mutex {
            raw: raw::Lock::new(Location::caller()),
            data: std::sync::Mutex::new(value),
        }
    }

    /// See `std::sync::Mutex::into_inner`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    pub fn into_inner(self) -> LockResult<T> {
        verdict(self.raw.is_poisoned(), whatever(self.data.into_inner()))
    }
}

impl<T: ?Sized> Mutex<T> {
    /// See `std::sync::Mutex::lock`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let held = self.raw.lock(Location::caller());
        self.guard(held, whatever(self.data.lock()))
    }

    /// See `std::sync::Mutex::try_lock`.
    ///
    /// # Errors
    ///
    /// When the mutex is locked or poisoned.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let Some(held) = self.raw.try_lock(Location::caller()) else {
            return Err(TryLockError::WouldBlock);
        };
        let Some(data) = whatever_is_free(self.data.try_lock()) else {
            return Err(TryLockError::WouldBlock);
        };
        self.guard(held, data).map_err(TryLockError::Poisoned)
    }

    /// See `std::sync::Mutex::is_poisoned`.
    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        self.raw.ask_poisoned(Location::caller())
    }

    /// See `std::sync::Mutex::clear_poison`.
    #[track_caller]
    pub fn clear_poison(&self) {
        self.raw.clear_poison(Location::caller());
    }

    /// See `std::sync::Mutex::get_mut`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        verdict(self.raw.is_poisoned(), whatever(self.data.get_mut()))
    }

    fn guard<'a>(
        &'a self,
        held: raw::Held,
        data: std::sync::MutexGuard<'a, T>,
    ) -> LockResult<MutexGuard<'a, T>> {
        let guard = MutexGuard {
            mutex: self,
            data: Some(data),
            held: Some(held),
            panicking: raw::panicking(),
        };
        verdict(self.raw.is_poisoned(), guard)
    }
}

impl<T: ?Sized> MutexGuard<'_, T> {
    /// The data, for a condition that looks at them.
    pub(super) fn data_mut(&mut self) -> &mut T {
        self.data.as_mut().expect("a guard has its data")
    }

    /// Lets `wait` give the lock back and take it again. Whether the mutex is poisoned
    /// afterwards.
    pub(super) fn suspend(
        &mut self,
        wait: impl FnOnce(&raw::Lock, raw::Held) -> raw::Held,
    ) -> bool {
        self.data = None;
        if let Some(held) = self.held.take() {
            self.held = Some(wait(&self.mutex.raw, held));
        }
        self.data = Some(whatever(self.mutex.data.lock()));
        self.mutex.raw.is_poisoned()
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        let Some(held) = self.held.take() else { return };
        if !self.panicking && raw::panicking() {
            self.mutex.raw.poison();
        }
        self.data = None;
        self.mutex.raw.unlock(held);
    }
}

guards!(MutexGuard);
guards_mut!(MutexGuard);
locks!(Mutex: try_lock);
