use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceState;

use crate::real::noise;

/// See `std::sync::Once`.
#[derive(Debug)]
pub struct Once(std::sync::Once);

impl Once {
    /// See `std::sync::Once::new`.
    #[expect(clippy::new_without_default, reason = "std's has none either")]
    pub const fn new() -> Once {
        Once(std::sync::Once::new())
    }

    /// See `std::sync::Once::call_once`.
    ///
    /// # Panics
    ///
    /// When the once is poisoned, or `body` panics.
    #[track_caller]
    pub fn call_once<F: FnOnce()>(&self, body: F) {
        noise::point();
        self.0.call_once(body);
        noise::point();
    }

    /// See `std::sync::Once::call_once_force`.
    ///
    /// # Panics
    ///
    /// When `body` does.
    pub fn call_once_force<F: FnOnce(&OnceState)>(&self, body: F) {
        noise::around(|| self.0.call_once_force(body));
    }

    /// See `std::sync::Once::is_completed`.
    pub fn is_completed(&self) -> bool {
        noise::around(|| self.0.is_completed())
    }

    /// See `std::sync::Once::wait`.
    ///
    /// # Panics
    ///
    /// When the once is poisoned.
    pub fn wait(&self) {
        noise::around(|| self.0.wait());
    }

    /// See `std::sync::Once::wait_force`.
    pub fn wait_force(&self) {
        noise::around(|| self.0.wait_force());
    }
}

/// See `std::sync::OnceLock`.
#[derive(Clone, PartialEq, Eq)]
pub struct OnceLock<T>(std::sync::OnceLock<T>);

impl<T> OnceLock<T> {
    /// See `std::sync::OnceLock::new`.
    pub const fn new() -> OnceLock<T> {
        OnceLock(std::sync::OnceLock::new())
    }

    /// See `std::sync::OnceLock::get`.
    pub fn get(&self) -> Option<&T> {
        noise::around(|| self.0.get())
    }

    /// See `std::sync::OnceLock::get_mut`.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.0.get_mut()
    }

    /// See `std::sync::OnceLock::wait`.
    pub fn wait(&self) -> &T {
        noise::around(|| self.0.wait())
    }

    /// See `std::sync::OnceLock::set`.
    ///
    /// # Errors
    ///
    /// When there is a value already: the new one.
    pub fn set(&self, value: T) -> Result<(), T> {
        noise::around(|| self.0.set(value))
    }

    /// See `std::sync::OnceLock::get_or_init`.
    pub fn get_or_init<F: FnOnce() -> T>(&self, init: F) -> &T {
        noise::around(|| self.0.get_or_init(init))
    }

    /// See `std::sync::OnceLock::into_inner`.
    pub fn into_inner(self) -> Option<T> {
        self.0.into_inner()
    }

    /// See `std::sync::OnceLock::take`.
    pub fn take(&mut self) -> Option<T> {
        self.0.take()
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> Self {
        OnceLock::new()
    }
}

impl<T> From<T> for OnceLock<T> {
    fn from(value: T) -> Self {
        OnceLock(value.into())
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// See `std::sync::LazyLock`.
pub struct LazyLock<T, F = fn() -> T>(std::sync::LazyLock<T, F>);

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// See `std::sync::LazyLock::new`.
    pub const fn new(init: F) -> LazyLock<T, F> {
        LazyLock(std::sync::LazyLock::new(init))
    }

    /// See `std::sync::LazyLock::force`.
    ///
    /// # Panics
    ///
    /// When the initialisation panics or has panicked.
    pub fn force(this: &LazyLock<T, F>) -> &T {
        noise::around(|| std::sync::LazyLock::force(&this.0))
    }

    /// See `std::sync::LazyLock::force_mut`.
    ///
    /// # Panics
    ///
    /// When the initialisation panics or has panicked.
    pub fn force_mut(this: &mut LazyLock<T, F>) -> &mut T {
        std::sync::LazyLock::force_mut(&mut this.0)
    }
}

impl<T, F> LazyLock<T, F> {
    /// See `std::sync::LazyLock::get`.
    pub fn get(this: &LazyLock<T, F>) -> Option<&T> {
        noise::around(|| std::sync::LazyLock::get(&this.0))
    }

    /// See `std::sync::LazyLock::get_mut`.
    pub fn get_mut(this: &mut LazyLock<T, F>) -> Option<&mut T> {
        std::sync::LazyLock::get_mut(&mut this.0)
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    fn deref(&self) -> &T {
        LazyLock::force(self)
    }
}

impl<T, F: FnOnce() -> T> DerefMut for LazyLock<T, F> {
    fn deref_mut(&mut self) -> &mut T {
        LazyLock::force_mut(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    fn default() -> Self {
        LazyLock::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
