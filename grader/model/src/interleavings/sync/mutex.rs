//! `Mutex` and its guard.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

use crate::interleavings::kernel::{self, Gate, Kernel, Request};
use crate::interleavings::object::{Access, Handle, ObjectId, State};
use crate::trace::{ObjectKind, Op, Outcome};

/// A modelled `std::sync::Mutex`.
pub struct Mutex<T: ?Sized> {
    handle: Handle,
    poisoned: AtomicBool,
    // Never contended: the kernel lets only the modelled holder near it.
    data: std::sync::Mutex<T>,
}

/// The guard of a modelled [`Mutex`].
#[must_use = "if unused the Mutex will immediately unlock"]
pub struct MutexGuard<'a, T: ?Sized> {
    mutex: &'a Mutex<T>,
    /// `None` only while a condition variable has it.
    data: Option<std::sync::MutexGuard<'a, T>>,
    panicking: bool,
    taken: &'static Location<'static>,
}

impl<T> Mutex<T> {
    /// See `std::sync::Mutex::new`.
    #[track_caller]
    pub const fn new(value: T) -> Mutex<T> {
        Mutex {
            handle: Handle::new(),
            poisoned: AtomicBool::new(false),
            data: std::sync::Mutex::new(value),
        }
    }

    /// See `std::sync::Mutex::into_inner`.
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

impl<T: ?Sized> Mutex<T> {
    /// See `std::sync::Mutex::lock`.
    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let location = Location::caller();
        if kernel::inside() {
            let id = self.id();
            let request = Request::new(Op::Lock, location).on(id, Access::Write);
            kernel::step(request.when(Gate::Free(id)), |kernel| kernel.hold(id));
        }
        self.guard(location)
    }

    /// See `std::sync::Mutex::try_lock`.
    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let location = Location::caller();
        if kernel::inside() {
            let id = self.id();
            let request = Request::new(Op::TryLock, location).on(id, Access::Try);
            let free = kernel::step(request, |kernel| {
                let free = matches!(kernel.object(id).state, State::Mutex { holder: None });
                if free {
                    kernel.hold(id);
                } else {
                    kernel.event().outcome = Some(Outcome::Busy);
                    kernel.fruitless();
                }
                free
            });
            if !free {
                return Err(TryLockError::WouldBlock);
            }
        } else if let Err(std::sync::TryLockError::WouldBlock) = self.data.try_lock() {
            return Err(TryLockError::WouldBlock);
        }
        self.guard(location).map_err(TryLockError::Poisoned)
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
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let poisoned = self.is_poisoned();
        let value = self.data.get_mut().unwrap_or_else(PoisonError::into_inner);
        if poisoned {
            Err(PoisonError::new(value))
        } else {
            Ok(value)
        }
    }

    pub(super) fn id(&self) -> ObjectId {
        self.handle
            .id(ObjectKind::Mutex, || State::Mutex { holder: None })
    }

    /// The guard for a thread that holds the modelled mutex.
    fn guard(&self, taken: &'static Location<'static>) -> LockResult<MutexGuard<'_, T>> {
        let guard = MutexGuard {
            mutex: self,
            data: Some(self.data.lock().unwrap_or_else(PoisonError::into_inner)),
            panicking: crate::interleavings::thread::panicking(),
            taken,
        };
        if self.is_poisoned() {
            Err(PoisonError::new(guard))
        } else {
            Ok(guard)
        }
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// Gives the data back without unlocking the modelled mutex: a wait is about to do that.
    pub(super) fn surrender(mut self) -> &'a Mutex<T> {
        self.data = None;
        self.mutex
    }

    pub(super) fn mutex_id(&self) -> ObjectId {
        self.mutex.id()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// The guard for a thread that a condition variable has given the mutex back to.
    pub(super) fn regain(
        &self,
        location: &'static Location<'static>,
    ) -> LockResult<MutexGuard<'_, T>> {
        self.guard(location)
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        let Some(data) = self.data.take() else { return };
        if !self.panicking && crate::interleavings::thread::panicking() {
            self.mutex.poisoned.store(true, Ordering::Relaxed);
        }
        drop(data);
        if kernel::inside() {
            let id = self.mutex.id();
            let request = Request::new(Op::Unlock, self.taken).on(id, Access::Release);
            kernel::step(request, |kernel| kernel.unhold(id));
        }
    }
}

impl Kernel {
    /// The current thread takes a free mutex.
    pub(super) fn hold(&mut self, id: ObjectId) {
        let holder = Some(self.current);
        self.object(id).state = State::Mutex { holder };
        let sync = self.object(id).sync;
        self.me().sync.join(&sync);
        self.fruitful();
    }

    /// The current thread gives a mutex back.
    pub(super) fn unhold(&mut self, id: ObjectId) {
        let sync = self.me().sync;
        let object = self.object(id);
        object.sync.join(&sync);
        object.state = State::Mutex { holder: None };
        self.fruitful();
    }
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.data.as_ref().expect("a guard has its data")
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.data.as_mut().expect("a guard has its data")
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
    fn default() -> Mutex<T> {
        Mutex::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    #[track_caller]
    fn from(value: T) -> Mutex<T> {
        Mutex::new(value)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Mutex");
        match self.try_lock() {
            Ok(guard) => fields.field("data", &&*guard),
            Err(TryLockError::Poisoned(error)) => fields.field("data", &&**error.get_ref()),
            Err(TryLockError::WouldBlock) => fields.field("data", &format_args!("<locked>")),
        };
        fields.field("poisoned", &self.is_poisoned());
        fields.finish_non_exhaustive()
    }
}

impl<T: ?Sized> std::panic::UnwindSafe for Mutex<T> {}
impl<T: ?Sized> std::panic::RefUnwindSafe for Mutex<T> {}
