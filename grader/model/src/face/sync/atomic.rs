//! `std::sync::atomic`.

use std::fmt;
use std::panic::Location;

pub use std::sync::atomic::{Ordering, compiler_fence};

use super::raw;

/// See `std::sync::atomic::fence`.
///
/// # Panics
///
/// When the order is relaxed.
#[track_caller]
pub fn fence(order: Ordering) {
    assert!(
        order != Ordering::Relaxed,
        "there is no such thing as a relaxed fence"
    );
    raw::fence(order, Location::caller());
}

/// See `std::sync::atomic::spin_loop_hint`, which is deprecated in favour of `hint::spin_loop`.
#[track_caller]
#[deprecated(note = "use hint::spin_loop instead")]
pub fn spin_loop_hint() {
    raw::spin_loop(Location::caller());
}

#[track_caller]
fn assert_loads(order: Ordering) {
    match order {
        Ordering::Release => panic!("there is no such thing as a release load"),
        Ordering::AcqRel => panic!("there is no such thing as an acquire-release load"),
        _ => {}
    }
}

#[track_caller]
fn assert_stores(order: Ordering) {
    match order {
        Ordering::Acquire => panic!("there is no such thing as an acquire store"),
        Ordering::AcqRel => panic!("there is no such thing as an acquire-release store"),
        _ => {}
    }
}

#[track_caller]
fn assert_fails(order: Ordering) {
    match order {
        Ordering::Release => panic!("there is no such thing as a release failure ordering"),
        Ordering::AcqRel => panic!("there is no such thing as an acquire-release failure ordering"),
        _ => {}
    }
}

macro_rules! atomic {
    ($([$generic:ident])? $name:ident, $value:ty) => {
        #[doc = concat!("See `std::sync::atomic::", stringify!($name), "`.")]
        pub struct $name $(<$generic>)? (raw::Atomic<std::sync::atomic::$name $(<$generic>)?>);

        #[allow(missing_docs, reason = "every method is that of std")]
        impl $(<$generic>)? $name $(<$generic>)? {
            #[track_caller]
            pub const fn new(value: $value) -> Self {
                Self(raw::Atomic::new(
                    std::sync::atomic::$name::new(value),
                    Location::caller(),
                ))
            }

            pub fn get_mut(&mut self) -> &mut $value {
                self.0.get_mut()
            }

            pub fn into_inner(self) -> $value {
                self.0.latest()
            }

            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                assert_loads(order);
                self.0.load(order, Location::caller())
            }

            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                assert_stores(order);
                self.0.store(value, order, Location::caller());
            }

            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                self.0.swap(value, order, Location::caller())
            }

            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                assert_fails(failure);
                let orders = (success, failure);
                self.0.compare_exchange(current, new, orders, false, Location::caller())
            }

            /// May fail spuriously.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                assert_fails(failure);
                let orders = (success, failure);
                self.0.compare_exchange(current, new, orders, true, Location::caller())
            }

            #[track_caller]
            pub fn fetch_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                change: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                self.try_update(set_order, fetch_order, change)
            }

            #[track_caller]
            pub fn try_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut change: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                let mut before = self.load(fetch_order);
                while let Some(new) = change(before) {
                    match self.compare_exchange_weak(before, new, set_order, fetch_order) {
                        Ok(before) => return Ok(before),
                        Err(now) => before = now,
                    }
                }
                Err(before)
            }

            #[track_caller]
            pub fn update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut change: impl FnMut($value) -> $value,
            ) -> $value {
                match self.try_update(set_order, fetch_order, |value| Some(change(value))) {
                    Ok(value) | Err(value) => value,
                }
            }
        }

        impl $(<$generic>)? From<$value> for $name $(<$generic>)? {
            #[track_caller]
            fn from(value: $value) -> Self {
                Self::new(value)
            }
        }

        impl $(<$generic>)? fmt::Debug for $name $(<$generic>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.latest().fmt(f)
            }
        }
    };
}

/// Read-modify-writes of an arbitrary function of the value before and the operand.
macro_rules! fetches {
    ($name:ident, $value:ty: $($method:ident($before:ident, $operand:ident) $after:expr;)*) => {
        #[allow(missing_docs, reason = "every method is that of std")]
        impl $name {
            $(
                #[track_caller]
                pub fn $method(&self, $operand: $value, order: Ordering) -> $value {
                    self.0.fetch(order, Location::caller(), |$before| $after)
                }
            )*
        }

        impl Default for $name {
            #[track_caller]
            fn default() -> Self {
                Self::new(Default::default())
            }
        }
    };
}

macro_rules! integers {
    ($($name:ident $value:ident)*) => {
        $(
            atomic!($name, $value);

            #[allow(missing_docs, reason = "every method is that of std")]
            impl $name {
                #[track_caller]
                pub fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                    self.0.fetch_add(value, order, Location::caller())
                }

                #[track_caller]
                pub fn fetch_sub(&self, value: $value, order: Ordering) -> $value {
                    self.0.fetch_add(value.wrapping_neg(), order, Location::caller())
                }
            }

            fetches! {
                $name, $value:
                fetch_and(before, value) before & value;
                fetch_nand(before, value) !(before & value);
                fetch_or(before, value) before | value;
                fetch_xor(before, value) before ^ value;
                fetch_max(before, value) before.max(value);
                fetch_min(before, value) before.min(value);
            }
        )*
    };
}

integers! {
    AtomicI8 i8
    AtomicU8 u8
    AtomicI16 i16
    AtomicU16 u16
    AtomicI32 i32
    AtomicU32 u32
    AtomicI64 i64
    AtomicU64 u64
    AtomicIsize isize
    AtomicUsize usize
}

atomic!(AtomicBool, bool);

fetches! {
    AtomicBool, bool:
    fetch_and(before, value) before & value;
    fetch_nand(before, value) !(before & value);
    fetch_or(before, value) before | value;
}

#[allow(missing_docs, reason = "every method is that of std")]
impl AtomicBool {
    /// Addition in a world of one bit.
    #[track_caller]
    pub fn fetch_xor(&self, value: bool, order: Ordering) -> bool {
        self.0.fetch_add(value, order, Location::caller())
    }

    #[track_caller]
    pub fn fetch_not(&self, order: Ordering) -> bool {
        self.0.fetch_add(true, order, Location::caller())
    }
}

atomic!([T] AtomicPtr, *mut T);

impl<T> Default for AtomicPtr<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(std::ptr::null_mut())
    }
}

impl<T> fmt::Pointer for AtomicPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Pointer::fmt(&self.0.latest(), f)
    }
}
