//! What atomics can hold: as words, in traces, and where std keeps it.

use std::sync::atomic::{self, Ordering};

use crate::trace::Value;

/// What an atomic can hold.
pub(crate) trait Scalar: Copy + PartialEq {
    /// How many bits of a word are left over.
    #[cfg_attr(
        not(feature = "orderings"),
        expect(dead_code, reason = "only loom's words are counted in bits")
    )]
    const SPARE: u32;
    fn to_bits(self) -> u64;
    /// Of the lowest bits that a value has.
    fn from_bits(bits: u64) -> Self;
    fn value(self) -> Value;
}

macro_rules! scalars {
    ($($integer:ty, $variant:ident;)*) => {
        $(impl Scalar for $integer {
            const SPARE: u32 = u64::BITS - <$integer>::BITS;

            fn to_bits(self) -> u64 {
                self as u64
            }

            fn from_bits(bits: u64) -> Self {
                bits as $integer
            }

            fn value(self) -> Value {
                Value::$variant(self.into_wide())
            }
        })*
    };
}

/// Widening of any integer to 64 bits.
trait IntoWide<W> {
    fn into_wide(self) -> W;
}

macro_rules! wide {
    ($wide:ty: $($integer:ty)*) => {
        $(impl IntoWide<$wide> for $integer {
            fn into_wide(self) -> $wide {
                self as $wide
            }
        })*
    };
}

wide!(u64: u8 u16 u32 u64 usize);
wide!(i64: i8 i16 i32 i64 isize);

scalars! {
    i8, Signed;
    u8, Unsigned;
    i16, Signed;
    u16, Unsigned;
    i32, Signed;
    u32, Unsigned;
    i64, Signed;
    u64, Unsigned;
    isize, Signed;
    usize, Unsigned;
}

impl Scalar for bool {
    const SPARE: u32 = u64::BITS - 1;

    fn to_bits(self) -> u64 {
        self.into()
    }

    fn from_bits(bits: u64) -> Self {
        bits & 1 == 1
    }

    fn value(self) -> Value {
        Value::Bool(self)
    }
}

impl<T> Scalar for *mut T {
    const SPARE: u32 = u64::BITS - usize::BITS;

    fn to_bits(self) -> u64 {
        self.expose_provenance() as u64
    }

    fn from_bits(bits: u64) -> Self {
        std::ptr::with_exposed_provenance_mut(bits as usize)
    }

    fn value(self) -> Value {
        Value::Unsigned(self.to_bits())
    }
}

/// An atomic of std.
#[cfg_attr(
    not(feature = "interleavings"),
    expect(dead_code, reason = "loom keeps all values but the first")
)]
pub(crate) trait Storage {
    type Value: Scalar;
    fn load(&self, order: Ordering) -> Self::Value;
    fn get_mut(&mut self) -> &mut Self::Value;
    fn store(&self, value: Self::Value, order: Ordering);
    fn compare_exchange(
        &self,
        current: Self::Value,
        new: Self::Value,
        orders: (Ordering, Ordering),
    ) -> Result<Self::Value, Self::Value>;
}

macro_rules! storages {
    ($($([$generic:ident])? $name:ident $value:ty;)*) => { $(
        impl $(<$generic>)? Storage for atomic::$name $(<$generic>)? {
            type Value = $value;

            fn load(&self, order: Ordering) -> $value {
                self.load(order)
            }

            fn get_mut(&mut self) -> &mut $value {
                self.get_mut()
            }

            fn store(&self, value: $value, order: Ordering) {
                self.store(value, order);
            }

            fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                (success, failure): (Ordering, Ordering),
            ) -> Result<$value, $value> {
                self.compare_exchange(current, new, success, failure)
            }
        }
    )* };
}

storages! {
    AtomicI8 i8;
    AtomicU8 u8;
    AtomicI16 i16;
    AtomicU16 u16;
    AtomicI32 i32;
    AtomicU32 u32;
    AtomicI64 i64;
    AtomicU64 u64;
    AtomicIsize isize;
    AtomicUsize usize;
    AtomicBool bool;
    [T] AtomicPtr *mut T;
}
