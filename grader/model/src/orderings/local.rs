//! `thread_local!` of modelled threads.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::thread::AccessError;

use super::world;
use crate::trace::ThreadIndex;

/// The values of one thread, by the address of their key.
type Values = HashMap<usize, Rc<dyn Any>>;

thread_local! {
    static VALUES: RefCell<HashMap<ThreadIndex, Values>> = RefCell::default();
}

/// See `std::thread::LocalKey`.
pub struct LocalKey<T: 'static> {
    init: fn() -> T,
}

/// Declares thread-local keys, as std's macro of that name.
#[macro_export]
macro_rules! orderings_thread_local {
    () => {};
    (
        $(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = const $init:block
        $(; $($rest:tt)*)?
    ) => {
        $crate::orderings_thread_local!(@key [$(#[$attribute])*] [$visibility] $name, $type, $init);
        $($crate::orderings_thread_local!($($rest)*);)?
    };
    (
        $(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $init:expr
        $(; $($rest:tt)*)?
    ) => {
        $crate::orderings_thread_local!(@key [$(#[$attribute])*] [$visibility] $name, $type, $init);
        $($crate::orderings_thread_local!($($rest)*);)?
    };
    (@key [$($attribute:tt)*] [$visibility:vis] $name:ident, $type:ty, $init:expr) => {
        $($attribute)*
        $visibility static $name: $crate::orderings::LocalKey<$type> =
            $crate::orderings::LocalKey::new(|| $init);
    };
}

/// Drops the values of the running thread, which is about to end.
pub(super) fn drop_values() {
    let me = world::current();
    loop {
        // A destructor may make new values, which are dropped in the next round.
        let values = VALUES.with_borrow_mut(|values| values.remove(&me));
        if values.is_none_or(|values| values.is_empty()) {
            return;
        }
    }
}

/// Forgets what an execution that was cut short has left.
pub(super) fn begin() {
    VALUES.with_borrow_mut(HashMap::clear);
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
        let (me, key) = (world::current(), std::ptr::from_ref(self).addr());
        let known = VALUES.with_borrow(|values| values.get(&me)?.get(&key).cloned());
        let value = known.unwrap_or_else(|| {
            let value: Rc<dyn Any> = Rc::new((self.init)());
            VALUES.with_borrow_mut(|values| {
                values.entry(me).or_default().insert(key, value.clone());
            });
            value
        });
        match value.downcast() {
            Ok(value) => value,
            Err(_) => unreachable!("a key has values of one type"),
        }
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
