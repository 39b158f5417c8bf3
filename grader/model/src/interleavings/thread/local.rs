//! Thread-local values, one for each modelled thread.

use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::thread::AccessError;

use crate::interleavings::kernel;

/// What [`thread_local!`](crate::interleavings_thread_local) makes: one value per modelled thread.
pub struct LocalKey<T: 'static> {
    init: fn() -> T,
}

impl<T: 'static> LocalKey<T> {
    #[doc(hidden)]
    pub const fn new(init: fn() -> T) -> LocalKey<T> {
        LocalKey { init }
    }

    /// See `std::thread::LocalKey::with`.
    pub fn with<F, R>(&'static self, work: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        work(&self.value())
    }

    /// See `std::thread::LocalKey::try_with`. Never fails: a value is made anew in a destructor.
    pub fn try_with<F, R>(&'static self, work: F) -> std::result::Result<R, AccessError>
    where
        F: FnOnce(&T) -> R,
    {
        Ok(self.with(work))
    }

    fn value(&'static self) -> Rc<T> {
        let key = std::ptr::from_ref(self).addr();
        let known: Option<Rc<dyn Any>> = kernel::with(|kernel| {
            let mut locals = kernel.me().locals.iter();
            locals
                .find(|(at, _)| *at == key)
                .map(|(_, value)| Rc::clone(value))
        });
        let value = known.unwrap_or_else(|| {
            let value: Rc<dyn Any> = Rc::new((self.init)());
            kernel::with(|kernel| kernel.me().locals.push((key, Rc::clone(&value))));
            value
        });
        value.downcast().expect("a key has values of one type")
    }
}

impl<T: 'static> LocalKey<std::cell::Cell<T>> {
    /// See `std::thread::LocalKey::set`.
    pub fn set(&'static self, value: T) {
        self.with(|cell| cell.set(value));
    }

    /// See `std::thread::LocalKey::get`.
    pub fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.with(std::cell::Cell::get)
    }

    /// See `std::thread::LocalKey::take`.
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(std::cell::Cell::take)
    }

    /// See `std::thread::LocalKey::replace`.
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> LocalKey<RefCell<T>> {
    /// See `std::thread::LocalKey::with_borrow`.
    pub fn with_borrow<F, R>(&'static self, work: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        self.with(|cell| work(&cell.borrow()))
    }

    /// See `std::thread::LocalKey::with_borrow_mut`.
    pub fn with_borrow_mut<F, R>(&'static self, work: F) -> R
    where
        F: FnOnce(&mut T) -> R,
    {
        self.with(|cell| work(&mut cell.borrow_mut()))
    }

    /// See `std::thread::LocalKey::set`.
    pub fn set(&'static self, value: T) {
        self.with(|cell| *cell.borrow_mut() = value);
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

/// See `std::thread_local`: the variant for modelled threads.
#[macro_export]
macro_rules! interleavings_thread_local {
    () => {};
    ($(#[$attr:meta])* $vis:vis static $name:ident: $t:ty = const $init:block $(; $($rest:tt)*)?) => {
        $(#[$attr])* $vis static $name: $crate::interleavings::thread::LocalKey<$t> =
            $crate::interleavings::thread::LocalKey::new(|| $init);
        $($crate::interleavings_thread_local!($($rest)*);)?
    };
    ($(#[$attr:meta])* $vis:vis static $name:ident: $t:ty = $init:expr $(; $($rest:tt)*)?) => {
        $(#[$attr])* $vis static $name: $crate::interleavings::thread::LocalKey<$t> =
            $crate::interleavings::thread::LocalKey::new(|| $init);
        $($crate::interleavings_thread_local!($($rest)*);)?
    };
}
