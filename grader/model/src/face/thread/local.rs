//! `thread_local!` of modelled threads.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::thread::AccessError;

use super::raw;

/// See `std::thread::LocalKey`: one value per modelled thread.
pub struct LocalKey<T: 'static> {
    init: fn() -> T,
}

impl<T: 'static> LocalKey<T> {
    #[doc(hidden)]
    pub const fn new(init: fn() -> T) -> LocalKey<T> {
        LocalKey { init }
    }

    /// See `std::thread::LocalKey::with`.
    pub fn with<F, R>(&'static self, body: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        body(&self.value())
    }

    /// See `std::thread::LocalKey::try_with`. Never fails: a destructor that asks for a
    /// value that is gone gets a new one.
    ///
    /// # Errors
    ///
    /// None.
    pub fn try_with<F, R>(&'static self, body: F) -> Result<R, AccessError>
    where
        F: FnOnce(&T) -> R,
    {
        Ok(self.with(body))
    }

    fn value(&'static self) -> Rc<T> {
        let key = std::ptr::from_ref(self).addr();
        let value = raw::local(key).unwrap_or_else(|| {
            let value: Rc<dyn Any> = Rc::new((self.init)());
            raw::keep_local(key, Rc::clone(&value));
            value
        });
        value.downcast().expect("a key has values of one type")
    }
}

impl<T: 'static> LocalKey<Cell<T>> {
    /// See `std::thread::LocalKey::set`.
    pub fn set(&'static self, value: T) {
        self.with(|cell| cell.set(value));
    }

    /// See `std::thread::LocalKey::get`.
    pub fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.with(Cell::get)
    }

    /// See `std::thread::LocalKey::take`.
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(Cell::take)
    }

    /// See `std::thread::LocalKey::replace`.
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> LocalKey<RefCell<T>> {
    /// See `std::thread::LocalKey::with_borrow`.
    pub fn with_borrow<F, R>(&'static self, body: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        self.with(|cell| body(&cell.borrow()))
    }

    /// See `std::thread::LocalKey::with_borrow_mut`.
    pub fn with_borrow_mut<F, R>(&'static self, body: F) -> R
    where
        F: FnOnce(&mut T) -> R,
    {
        self.with(|cell| body(&mut cell.borrow_mut()))
    }

    /// See `std::thread::LocalKey::set`.
    pub fn set(&'static self, value: T) {
        self.replace(value);
    }

    /// See `std::thread::LocalKey::take`.
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(RefCell::take)
    }

    /// See `std::thread::LocalKey::replace`.
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}
