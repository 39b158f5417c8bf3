//! What atomics can hold, as loom's words and in traces.

use crate::trace::Value;

/// What an atomic can hold.
pub(super) trait Scalar: Copy + PartialEq {
    /// How many bits of a word are left over.
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
