//! `RwLock` and its guards. Readers and writers come in any order.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use crate::interleavings::kernel::{self, Gate, Kernel, Request};
use crate::interleavings::object::{Access, Handle, ObjectId, State};
use crate::trace::{ObjectKind, Op, Outcome};

/// A modelled `std::sync::RwLock`.
pub struct RwLock<T: ?Sized> {
    handle: Handle,
    poisoned: AtomicBool,
    data: std::sync::RwLock<T>,
}

/// The guard of a reader.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    data: Option<std::sync::RwLockReadGuard<'a, T>>,
    release: Release<'a>,
}

/// The guard of a writer.
#[must_use = "if unused the RwLock will immediately unlock"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    data: Option<std::sync::RwLockWriteGuard<'a, T>>,
    release: Release<'a>,
}

/// Gives the modelled lock back.
struct Release<'a> {
    handle: &'a Handle,
    poisoned: &'a AtomicBool,
    how: Access,
    panicking: bool,
    taken: &'static Location<'static>,
}

impl<T> RwLock<T> {
    /// See `std::sync::RwLock::new`.
    #[track_caller]
    pub const fn new(value: T) -> RwLock<T> {
        RwLock {
            handle: Handle::new(),
            poisoned: AtomicBool::new(false),
            data: std::sync::RwLock::new(value),
        }
    }

    /// See `std::sync::RwLock::into_inner`.
    pub fn into_inner(self) -> LockResult<T> {
        let poisoned = self.is_poisoned();
        let value = self
            .data
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        if poisoned {
            Err(PoisonError::new(value))
        } else {
            Ok(value)
        }
    }
}

impl<T: ?Sized> RwLock<T> {
    /// See `std::sync::RwLock::read`.
    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let location = Location::caller();
        if kernel::inside() {
            let id = id(&self.handle);
            let request = Request::new(Op::Read, location).on(id, Access::Read);
            kernel::step(request.when(Gate::Readable(id)), |kernel| kernel.share(id));
        }
        self.read_guard(location)
    }

    /// See `std::sync::RwLock::try_read`.
    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let location = Location::caller();
        let free = |state: &State| matches!(state, State::RwLock { writer: None, .. });
        if !self.attempt(Op::TryRead, location, free, Kernel::share) {
            return Err(TryLockError::WouldBlock);
        }
        self.read_guard(location).map_err(TryLockError::Poisoned)
    }

    /// See `std::sync::RwLock::write`.
    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        if kernel::inside() {
            let id = id(&self.handle);
            let request = Request::new(Op::Write, location).on(id, Access::Write);
            kernel::step(request.when(Gate::Writable(id)), |kernel| {
                kernel.exclude(id)
            });
        }
        self.write_guard(location)
    }

    /// See `std::sync::RwLock::try_write`.
    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let location = Location::caller();
        let free = |state: &State| {
            matches!(
                state,
                State::RwLock {
                    writer: None,
                    readers: 0
                }
            )
        };
        if !self.attempt(Op::TryWrite, location, free, Kernel::exclude) {
            return Err(TryLockError::WouldBlock);
        }
        self.write_guard(location).map_err(TryLockError::Poisoned)
    }

    fn attempt(
        &self,
        op: Op,
        location: &'static Location<'static>,
        free: impl Fn(&State) -> bool,
        take: impl FnOnce(&mut Kernel, ObjectId),
    ) -> bool {
        if !kernel::inside() {
            return true;
        }
        let id = id(&self.handle);
        kernel::step(Request::new(op, location).on(id, Access::Try), |kernel| {
            let free = free(&kernel.object(id).state);
            if free {
                take(kernel, id);
            } else {
                kernel.event().outcome = Some(Outcome::Busy);
                kernel.fruitless();
            }
            free
        })
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
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.is_poisoned();
        let value = self.data.get_mut().unwrap_or_else(PoisonError::into_inner);
        if poisoned {
            Err(PoisonError::new(value))
        } else {
            Ok(value)
        }
    }

    fn release(&self, how: Access, taken: &'static Location<'static>) -> Release<'_> {
        Release {
            handle: &self.handle,
            poisoned: &self.poisoned,
            how,
            panicking: crate::interleavings::thread::panicking(),
            taken,
        }
    }

    fn read_guard(&self, taken: &'static Location<'static>) -> LockResult<RwLockReadGuard<'_, T>> {
        let guard = RwLockReadGuard {
            data: Some(self.data.read().unwrap_or_else(PoisonError::into_inner)),
            release: self.release(Access::Unshare, taken),
        };
        if self.is_poisoned() {
            Err(PoisonError::new(guard))
        } else {
            Ok(guard)
        }
    }

    fn write_guard(
        &self,
        taken: &'static Location<'static>,
    ) -> LockResult<RwLockWriteGuard<'_, T>> {
        let guard = RwLockWriteGuard {
            data: Some(self.data.write().unwrap_or_else(PoisonError::into_inner)),
            release: self.release(Access::Release, taken),
        };
        if self.is_poisoned() {
            Err(PoisonError::new(guard))
        } else {
            Ok(guard)
        }
    }
}

fn id(handle: &Handle) -> ObjectId {
    handle.id(ObjectKind::RwLock, || State::RwLock {
        writer: None,
        readers: 0,
    })
}

impl Kernel {
    /// The current thread becomes a reader.
    fn share(&mut self, id: ObjectId) {
        if let State::RwLock { readers, .. } = &mut self.object(id).state {
            *readers += 1;
        }
        let sync = self.object(id).sync;
        self.me().sync.join(&sync);
        self.fruitful();
    }

    /// The current thread becomes the writer.
    fn exclude(&mut self, id: ObjectId) {
        let writer = Some(self.current);
        self.object(id).state = State::RwLock { writer, readers: 0 };
        let sync = self.object(id).sync;
        self.me().sync.join(&sync);
        self.fruitful();
    }
}

impl Release<'_> {
    fn release(&self) {
        if !kernel::inside() {
            return;
        }
        let id = id(self.handle);
        let request = Request::new(Op::Unlock, self.taken).on(id, self.how);
        kernel::step(request, |kernel| {
            let sync = kernel.me().sync;
            let object = kernel.object(id);
            object.sync.join(&sync);
            if let State::RwLock { writer, readers } = &mut object.state {
                *readers = readers.saturating_sub(1);
                *writer = None;
            }
            kernel.fruitful();
        });
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        self.data = None;
        self.release.release();
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        if !self.release.panicking && crate::interleavings::thread::panicking() {
            self.release.poisoned.store(true, Ordering::Relaxed);
        }
        self.data = None;
        self.release.release();
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.data.as_ref().expect("a guard has its data")
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.data.as_ref().expect("a guard has its data")
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.data.as_mut().expect("a guard has its data")
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("RwLock");
        match self.try_read() {
            Ok(guard) => fields.field("data", &&*guard),
            Err(TryLockError::Poisoned(error)) => fields.field("data", &&**error.get_ref()),
            Err(TryLockError::WouldBlock) => fields.field("data", &format_args!("<locked>")),
        };
        fields.field("poisoned", &self.is_poisoned());
        fields.finish_non_exhaustive()
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> RwLock<T> {
        RwLock::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    #[track_caller]
    fn from(value: T) -> RwLock<T> {
        RwLock::new(value)
    }
}

impl<T: ?Sized> std::panic::UnwindSafe for RwLock<T> {}
impl<T: ?Sized> std::panic::RefUnwindSafe for RwLock<T> {}
