//! `std::sync::atomic`, with noise around every access.

use std::fmt;

pub use std::sync::atomic::{Ordering, compiler_fence};

use crate::real::noise;

/// See `std::sync::atomic::fence`.
#[track_caller]
pub fn fence(order: Ordering) {
    noise::point();
    std::sync::atomic::fence(order);
    noise::point();
}

/// A type and what all atomics have.
macro_rules! atomic {
    ($([$($generic:tt)*])? $name:ident, $value:ty) => {
        #[doc = concat!("See `std::sync::atomic::", stringify!($name), "`.")]
        #[repr(transparent)]
        pub struct $name $(<$($generic)*>)? (std::sync::atomic::$name $(<$($generic)*>)?);

        #[allow(missing_docs, reason = "every method is that of std")]
        impl $(<$($generic)*>)? $name $(<$($generic)*>)? {
            pub const fn new(value: $value) -> Self {
                Self(std::sync::atomic::$name::new(value))
            }

            pub fn get_mut(&mut self) -> &mut $value {
                self.0.get_mut()
            }

            pub const fn into_inner(self) -> $value {
                self.0.into_inner()
            }

            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                noise::point();
                let value = self.0.load(order);
                noise::point();
                value
            }

            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                noise::point();
                self.0.store(value, order);
                noise::point();
            }

            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                noise::around(|| self.0.swap(value, order))
            }

            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                noise::point();
                let result = self.0.compare_exchange(current, new, success, failure);
                noise::point();
                result
            }

            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                noise::point();
                let result = self.0.compare_exchange_weak(current, new, success, failure);
                noise::point();
                result
            }

            pub fn fetch_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut change: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                let mut before = self.load(fetch_order);
                while let Some(next) = change(before) {
                    match self.compare_exchange_weak(before, next, set_order, fetch_order) {
                        Ok(value) => return Ok(value),
                        Err(value) => before = value,
                    }
                }
                Err(before)
            }

            pub fn try_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                change: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                self.fetch_update(set_order, fetch_order, change)
            }

            pub fn update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut change: impl FnMut($value) -> $value,
            ) -> $value {
                let mut before = self.load(fetch_order);
                loop {
                    let next = change(before);
                    match self.compare_exchange_weak(before, next, set_order, fetch_order) {
                        Ok(value) => return value,
                        Err(value) => before = value,
                    }
                }
            }
        }

        impl $(<$($generic)*>)? From<$value> for $name $(<$($generic)*>)? {
            fn from(value: $value) -> Self {
                Self::new(value)
            }
        }

        impl $(<$($generic)*>)? fmt::Debug for $name $(<$($generic)*>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl $(<$($generic)*>)? Default for $name $(<$($generic)*>)? {
            fn default() -> Self {
                Self(Default::default())
            }
        }
    };
}

/// Read-modify-write operations that only some types have.
macro_rules! fetches {
    ($name:ident, $value:ty: $($operation:ident)*) => {
        #[allow(missing_docs, reason = "every method is that of std")]
        impl $name {
            $(pub fn $operation(&self, value: $value, order: Ordering) -> $value {
                noise::around(|| self.0.$operation(value, order))
            })*
        }
    };
}

macro_rules! integers {
    ($($name:ident, $value:ty;)*) => {
        $(
            atomic!($name, $value);
            fetches!(
                $name,
                $value: fetch_add fetch_sub fetch_and fetch_nand fetch_or fetch_xor fetch_max
                fetch_min
            );
        )*
    };
}

integers! {
    AtomicI8, i8;
    AtomicU8, u8;
    AtomicI16, i16;
    AtomicU16, u16;
    AtomicI32, i32;
    AtomicU32, u32;
    AtomicI64, i64;
    AtomicU64, u64;
    AtomicIsize, isize;
    AtomicUsize, usize;
}

atomic!(AtomicBool, bool);
fetches!(AtomicBool, bool: fetch_and fetch_nand fetch_or fetch_xor);

impl AtomicBool {
    /// See `std::sync::atomic::AtomicBool::fetch_not`.
    pub fn fetch_not(&self, order: Ordering) -> bool {
        noise::around(|| self.0.fetch_not(order))
    }
}

atomic!([T] AtomicPtr, *mut T);

impl<T> fmt::Pointer for AtomicPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Pointer::fmt(&self.0, f)
    }
}
