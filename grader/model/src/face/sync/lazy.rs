//! `OnceLock` and `LazyLock`, on top of `Once`.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Mutex;

use super::once::Once;
use super::poison::whatever;

/// See `std::sync::OnceLock`.
pub struct OnceLock<T> {
    once: Once,
    value: std::sync::OnceLock<T>,
}

impl<T> OnceLock<T> {
    /// See `std::sync::OnceLock::new`.
    #[must_use]
    #[track_caller]
    pub const fn new() -> OnceLock<T> {
        OnceLock {
            once: Once::new(),
            value: std::sync::OnceLock::new(),
        }
    }

    /// See `std::sync::OnceLock::get`.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        if self.once.is_completed() {
            self.value.get()
        } else {
            None
        }
    }

    /// See `std::sync::OnceLock::get_mut`.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }

    /// See `std::sync::OnceLock::wait`.
    #[track_caller]
    pub fn wait(&self) -> &T {
        self.once.wait_force();
        self.present()
    }

    /// See `std::sync::OnceLock::set`.
    ///
    /// # Errors
    ///
    /// When there is a value already: the new one.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.once.call_once_force(|_| {
            if let Some(value) = value.take() {
                self.fill(value);
            }
        });
        value.map_or(Ok(()), Err)
    }

    /// See `std::sync::OnceLock::get_or_init`.
    ///
    /// # Panics
    ///
    /// When `init` does.
    #[track_caller]
    pub fn get_or_init<F: FnOnce() -> T>(&self, init: F) -> &T {
        self.once.call_once_force(|_| self.fill(init()));
        self.present()
    }

    /// See `std::sync::OnceLock::into_inner`.
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// See `std::sync::OnceLock::take`.
    pub fn take(&mut self) -> Option<T> {
        self.once.reset();
        self.value.take()
    }

    fn fill(&self, value: T) {
        // Only the one call of the once comes here.
        let _ = self.value.set(value);
    }

    fn present(&self) -> &T {
        self.value.get().expect("the call has left a value")
    }
}

impl<T> Default for OnceLock<T> {
    #[track_caller]
    fn default() -> Self {
        OnceLock::new()
    }
}

impl<T> From<T> for OnceLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        OnceLock {
            once: Once::completed(),
            value: value.into(),
        }
    }
}

impl<T: Clone> Clone for OnceLock<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        match self.get() {
            Some(value) => value.clone().into(),
            None => OnceLock::new(),
        }
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceLock<T> {}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// See `std::sync::LazyLock`.
pub struct LazyLock<T, F = fn() -> T> {
    cell: OnceLock<T>,
    /// Taken by whoever runs it.
    init: Mutex<Option<F>>,
}

impl<T: RefUnwindSafe + UnwindSafe, F: UnwindSafe> RefUnwindSafe for LazyLock<T, F> {}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// See `std::sync::LazyLock::new`.
    #[track_caller]
    pub const fn new(init: F) -> LazyLock<T, F> {
        LazyLock {
            cell: OnceLock::new(),
            init: Mutex::new(Some(init)),
        }
    }

    /// See `std::sync::LazyLock::force`.
    ///
    /// # Panics
    ///
    /// When the initialisation panics or has panicked.
    #[track_caller]
    pub fn force(this: &LazyLock<T, F>) -> &T {
        this.cell.get_or_init(|| {
            let init = whatever(this.init.lock()).take();
            init.expect("LazyLock instance has previously been poisoned")()
        })
    }

    /// See `std::sync::LazyLock::force_mut`.
    ///
    /// # Panics
    ///
    /// When the initialisation panics or has panicked.
    #[track_caller]
    pub fn force_mut(this: &mut LazyLock<T, F>) -> &mut T {
        LazyLock::force(this);
        this.cell.get_mut().expect("the call has left a value")
    }
}

impl<T, F> LazyLock<T, F> {
    /// See `std::sync::LazyLock::get`.
    #[track_caller]
    pub fn get(this: &LazyLock<T, F>) -> Option<&T> {
        this.cell.get()
    }

    /// See `std::sync::LazyLock::get_mut`.
    pub fn get_mut(this: &mut LazyLock<T, F>) -> Option<&mut T> {
        this.cell.get_mut()
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        LazyLock::force(self)
    }
}

impl<T, F: FnOnce() -> T> DerefMut for LazyLock<T, F> {
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        LazyLock::force_mut(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    #[track_caller]
    fn default() -> Self {
        LazyLock::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shape = f.debug_tuple("LazyLock");
        match self.cell.value.get() {
            Some(value) => shape.field(value),
            None => shape.field(&format_args!("<uninit>")),
        };
        shape.finish()
    }
}
