use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use super::raw::{RawGuard, RawLock};
use crate::orderings::object::{Body, Core};
use crate::orderings::world::{self, Detail, event};
use crate::trace::{Event, ObjectIndex, ObjectKind, Op, Outcome};

/// See `std::sync::Mutex`.
pub struct Mutex<T: ?Sized> {
    core: Core,
    poisoned: AtomicBool,
    /// Never contended: whoever asks for it holds the modelled lock.
    data: std::sync::Mutex<T>,
}

/// See `std::sync::MutexGuard`.
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    /// Both are there until the guard is dropped or waits.
    data: Option<std::sync::MutexGuard<'a, T>>,
    raw: Option<RawGuard>,
    /// How the lock was taken. Its release is told to be there too: a drop has no place.
    taken: Event,
    unwinding: bool,
}

// SAFETY: what is shared is the data; the handles on loom's objects are used by the one
// OS thread that all modelled threads run on.
unsafe impl<T: ?Sized + Sync> Sync for MutexGuard<'_, T> {}

impl<T> Mutex<T> {
    /// See `std::sync::Mutex::new`.
    #[track_caller]
    pub const fn new(value: T) -> Mutex<T> {
        Mutex {
            core: Core::new(ObjectKind::Mutex, Location::caller()),
            poisoned: AtomicBool::new(false),
            data: std::sync::Mutex::new(value),
        }
    }

    /// See `std::sync::Mutex::into_inner`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    pub fn into_inner(self) -> LockResult<T> {
        let value = self
            .data
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        verdict(self.poisoned.into_inner(), value)
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
        let (taken, raw) = lock(&self.core, &self.poisoned, Location::caller());
        verdict(self.is_poisoned(), self.guard(taken, raw))
    }

    /// See `std::sync::Mutex::try_lock`.
    ///
    /// # Errors
    ///
    /// When the mutex is locked or poisoned.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        match try_lock(&self.core, &self.poisoned, Location::caller()) {
            None => Err(TryLockError::WouldBlock),
            Some((taken, raw)) => {
                verdict(self.is_poisoned(), self.guard(taken, raw)).map_err(TryLockError::Poisoned)
            }
        }
    }

    /// See `std::sync::Mutex::is_poisoned`.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Relaxed)
    }

    /// See `std::sync::Mutex::clear_poison`.
    pub fn clear_poison(&self) {
        self.poisoned.store(false, Ordering::Relaxed);
    }

    /// See `std::sync::Mutex::get_mut`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.is_poisoned();
        let value = self.data.get_mut().unwrap_or_else(PoisonError::into_inner);
        verdict(poisoned, value)
    }

    fn guard(&self, taken: Event, raw: RawGuard) -> MutexGuard<'_, T> {
        MutexGuard {
            mutex: self,
            data: Some(self.open()),
            raw: Some(raw),
            taken,
            unwinding: world::panicking(),
        }
    }

    fn open(&self) -> std::sync::MutexGuard<'_, T> {
        match self.data.try_lock() {
            Ok(data) => data,
            Err(TryLockError::Poisoned(poison)) => poison.into_inner(),
            Err(TryLockError::WouldBlock) => {
                unreachable!("the modelled lock keeps others out")
            }
        }
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// The mutex that this guard locks, as traces call it.
    pub(super) fn object(&self) -> Option<ObjectIndex> {
        self.taken.object
    }

    /// Lets `wait` release the lock and take it again.
    ///
    /// Tells whether the mutex is poisoned afterwards.
    pub(super) fn suspend(&mut self, wait: impl FnOnce(RawGuard) -> RawGuard) -> bool {
        self.data = None;
        if let Some(raw) = self.raw.take() {
            self.raw = Some(wait(raw));
        }
        self.data = Some(self.mutex.open());
        self.mutex.is_poisoned()
    }
}

// What follows knows nothing of the data, so that it is compiled with this crate and not,
// without optimisation, with each crate under test.

fn resolve(core: &Core) -> (ObjectIndex, Rc<RawLock>) {
    match core.get(|| Body::Lock(Rc::new(RawLock::new()))) {
        (index, Body::Lock(lock)) => (index, lock),
        _ => unreachable!("a core is used by one type"),
    }
}

fn lock(
    core: &Core,
    poisoned: &AtomicBool,
    place: &'static Location<'static>,
) -> (Event, RawGuard) {
    let (object, lock) = resolve(core);
    let event = event(Op::Lock, place).on(object);
    world::intend(event);
    let raw = RawGuard::lock(lock);
    world::record(event.with_outcome(poison_of(poisoned)));
    (event, raw)
}

fn try_lock(
    core: &Core,
    poisoned: &AtomicBool,
    place: &'static Location<'static>,
) -> Option<(Event, RawGuard)> {
    let (object, lock) = resolve(core);
    let event = event(Op::TryLock, place).on(object);
    world::intend(event);
    let Some(raw) = RawGuard::try_lock(lock) else {
        world::record_look(event.with_outcome(Some(Outcome::Busy)));
        return None;
    };
    world::record(event.with_outcome(poison_of(poisoned)));
    Some((event, raw))
}

fn unlock(taken: Event, raw: RawGuard) {
    let mut event = event(Op::Unlock, taken.location);
    event.object = taken.object;
    world::intend(event);
    drop(raw);
    world::record(event);
}

fn poison_of(poisoned: &AtomicBool) -> Option<Outcome> {
    poisoned
        .load(Ordering::Relaxed)
        .then_some(Outcome::Poisoned)
}

/// `Err` when poisoned.
pub(super) fn verdict<T>(poisoned: bool, value: T) -> LockResult<T> {
    if poisoned {
        Err(PoisonError::new(value))
    } else {
        Ok(value)
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if !self.unwinding && world::panicking() {
            self.mutex.poisoned.store(true, Ordering::Relaxed);
            if !world::careful() {
                world::be_careful();
            }
        }
        self.data = None;
        if let Some(raw) = self.raw.take() {
            unlock(self.taken, raw);
        }
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.data {
            Some(data) => data,
            None => unreachable!("the guard is alive"),
        }
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.data {
            Some(data) => data,
            None => unreachable!("the guard is alive"),
        }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Self {
        Mutex::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        Mutex::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shape = f.debug_struct("Mutex");
        match self.data.try_lock() {
            Ok(data) => shape.field("data", &&*data),
            Err(TryLockError::Poisoned(poison)) => shape.field("data", &&**poison.get_ref()),
            Err(TryLockError::WouldBlock) => shape.field("data", &format_args!("<locked>")),
        };
        shape.field("poisoned", &self.is_poisoned());
        shape.finish_non_exhaustive()
    }
}
