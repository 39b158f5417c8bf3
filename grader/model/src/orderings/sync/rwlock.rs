use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use super::mutex::verdict;
use crate::orderings::object::Core;
use crate::orderings::world::{self, Detail, event};
use crate::trace::{Event, ObjectKind, Op, Outcome};

/// What `State::readers` says while there is a writer.
const WRITER: usize = usize::MAX;

/// See `std::sync::RwLock`. Readers go before waiting writers.
pub struct RwLock<T: ?Sized> {
    core: Core,
    poisoned: AtomicBool,
    /// Who is inside: so many readers, or [`WRITER`]. Changed only in the monitor.
    inside: AtomicUsize,
    /// Never contended: whoever asks for it is inside already.
    data: std::sync::RwLock<T>,
}

/// See `std::sync::RwLockReadGuard`.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    data: Option<std::sync::RwLockReadGuard<'a, T>>,
    /// Dropped after the data.
    #[expect(dead_code, reason = "it is there to be dropped")]
    hold: Hold<'a, T>,
}

/// See `std::sync::RwLockWriteGuard`.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    data: Option<std::sync::RwLockWriteGuard<'a, T>>,
    hold: Hold<'a, T>,
    unwinding: bool,
}

/// Keeps a place inside until it is dropped.
struct Hold<'a, T: ?Sized> {
    lock: &'a RwLock<T>,
    taken: &'static Location<'static>,
}

impl<T> RwLock<T> {
    /// See `std::sync::RwLock::new`.
    #[track_caller]
    pub const fn new(value: T) -> RwLock<T> {
        RwLock {
            core: Core::new(ObjectKind::RwLock, Location::caller()),
            poisoned: AtomicBool::new(false),
            inside: AtomicUsize::new(0),
            data: std::sync::RwLock::new(value),
        }
    }

    /// See `std::sync::RwLock::into_inner`.
    ///
    /// # Errors
    ///
    /// When the lock is poisoned.
    pub fn into_inner(self) -> LockResult<T> {
        let value = self
            .data
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        verdict(self.poisoned.into_inner(), value)
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
        let event = self.enter(Op::Read, 1);
        world::record(event);
        verdict(self.is_poisoned(), self.reader(event.location))
    }

    /// See `std::sync::RwLock::try_read`.
    ///
    /// # Errors
    ///
    /// When a writer has the lock, or it is poisoned.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let event = self.try_enter(Op::TryRead, 1)?;
        verdict(self.is_poisoned(), self.reader(event.location)).map_err(TryLockError::Poisoned)
    }

    /// See `std::sync::RwLock::write`.
    ///
    /// # Errors
    ///
    /// When the lock is poisoned.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let event = self.enter(Op::Write, WRITER);
        world::record(event);
        verdict(self.is_poisoned(), self.writer(event.location))
    }

    /// See `std::sync::RwLock::try_write`.
    ///
    /// # Errors
    ///
    /// When anyone has the lock, or it is poisoned.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let event = self.try_enter(Op::TryWrite, WRITER)?;
        verdict(self.is_poisoned(), self.writer(event.location)).map_err(TryLockError::Poisoned)
    }

    /// See `std::sync::RwLock::is_poisoned`.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Relaxed)
    }

    /// See `std::sync::RwLock::clear_poison`.
    pub fn clear_poison(&self) {
        self.poisoned.store(false, Ordering::Relaxed);
    }

    /// See `std::sync::RwLock::get_mut`.
    ///
    /// # Errors
    ///
    /// When the lock is poisoned.
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.is_poisoned();
        let value = self.data.get_mut().unwrap_or_else(PoisonError::into_inner);
        verdict(poisoned, value)
    }

    /// Whether so many may come in.
    fn admits(&self, count: usize) -> bool {
        match self.inside.load(Ordering::Relaxed) {
            WRITER => false,
            readers => count == 1 || readers == 0,
        }
    }

    fn admit(&self, count: usize) {
        if count == WRITER {
            self.inside.store(WRITER, Ordering::Relaxed);
        } else {
            self.inside.fetch_add(count, Ordering::Relaxed);
        }
    }

    #[track_caller]
    fn enter(&self, op: Op, count: usize) -> Event {
        let (object, monitor) = self.core.monitor();
        let event = event(op, Location::caller()).on(object);
        world::intend(event);
        let _entered = monitor.enter().wait_while(|| !self.admits(count));
        self.admit(count);
        event
    }

    #[track_caller]
    fn try_enter<G>(&self, op: Op, count: usize) -> Result<Event, TryLockError<G>> {
        let (object, monitor) = self.core.monitor();
        let event = event(op, Location::caller()).on(object);
        world::intend(event);
        let entered = monitor.enter();
        if !self.admits(count) {
            drop(entered);
            world::record_look(event.with_outcome(Some(Outcome::Busy)));
            return Err(TryLockError::WouldBlock);
        }
        self.admit(count);
        drop(entered);
        world::record(event);
        Ok(event)
    }

    fn reader(&self, taken: &'static Location<'static>) -> RwLockReadGuard<'_, T> {
        let data = match self.data.try_read() {
            Ok(data) => data,
            Err(TryLockError::Poisoned(poison)) => poison.into_inner(),
            Err(TryLockError::WouldBlock) => unreachable!("the modelled lock keeps writers out"),
        };
        RwLockReadGuard {
            data: Some(data),
            hold: Hold { lock: self, taken },
        }
    }

    fn writer(&self, taken: &'static Location<'static>) -> RwLockWriteGuard<'_, T> {
        let data = match self.data.try_write() {
            Ok(data) => data,
            Err(TryLockError::Poisoned(poison)) => poison.into_inner(),
            Err(TryLockError::WouldBlock) => unreachable!("the modelled lock keeps others out"),
        };
        RwLockWriteGuard {
            data: Some(data),
            hold: Hold { lock: self, taken },
            unwinding: world::panicking(),
        }
    }
}

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    /// See `std::sync::RwLockWriteGuard::downgrade`.
    #[track_caller]
    pub fn downgrade(mut this: Self) -> RwLockReadGuard<'a, T> {
        let Hold { lock, taken } = this.hold;
        let (object, monitor) = lock.core.monitor();
        let event = event(Op::Read, Location::caller()).on(object);
        world::intend(event);
        // The reader's guard takes over the place that this one gives up.
        this.data = None;
        std::mem::forget(this);
        let entered = monitor.enter();
        lock.inside.store(1, Ordering::Relaxed);
        entered.notify_all();
        drop(entered);
        world::record(event);
        lock.reader(taken)
    }
}

impl<T: ?Sized> Drop for Hold<'_, T> {
    fn drop(&mut self) {
        let (object, monitor) = self.lock.core.monitor();
        let event = event(Op::Unlock, self.taken).on(object);
        world::intend(event);
        let entered = monitor.enter();
        let inside = &self.lock.inside;
        let left = match inside.load(Ordering::Relaxed) {
            WRITER => 0,
            readers => readers - 1,
        };
        inside.store(left, Ordering::Relaxed);
        if left == 0 {
            entered.notify_all();
        }
        drop(entered);
        world::record(event);
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        self.data = None;
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        if !self.unwinding && world::panicking() {
            self.hold.lock.poisoned.store(true, Ordering::Relaxed);
        }
        self.data = None;
    }
}

macro_rules! guards {
    ($($name:ident)*) => {
        $(
            impl<T: ?Sized> Deref for $name<'_, T> {
                type Target = T;

                fn deref(&self) -> &T {
                    match &self.data {
                        Some(data) => data,
                        None => unreachable!("the guard is alive"),
                    }
                }
            }

            impl<T: ?Sized + fmt::Debug> fmt::Debug for $name<'_, T> {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    (**self).fmt(f)
                }
            }

            impl<T: ?Sized + fmt::Display> fmt::Display for $name<'_, T> {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    (**self).fmt(f)
                }
            }
        )*
    };
}

guards!(RwLockReadGuard RwLockWriteGuard);

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        match &mut self.data {
            Some(data) => data,
            None => unreachable!("the guard is alive"),
        }
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> Self {
        RwLock::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        RwLock::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shape = f.debug_struct("RwLock");
        match self.data.try_read() {
            Ok(data) => shape.field("data", &&*data),
            Err(TryLockError::Poisoned(poison)) => shape.field("data", &&**poison.get_ref()),
            Err(TryLockError::WouldBlock) => shape.field("data", &format_args!("<locked>")),
        };
        shape.field("poisoned", &self.is_poisoned());
        shape.finish_non_exhaustive()
    }
}
