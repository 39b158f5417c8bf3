//! `std::sync::atomic` over loom.

use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};

pub use std::sync::atomic::{Ordering, compiler_fence};

use super::scalar::Scalar;
use crate::orderings::object::{Body, Core};
use crate::orderings::world::{self, Detail, event, switching};
use crate::trace::{Event, ObjectIndex, ObjectKind, Op, Outcome};

/// See `std::sync::atomic::fence`.
///
/// # Panics
///
/// When the order is relaxed.
#[track_caller]
pub fn fence(order: Ordering) {
    assert!(
        order != Relaxed,
        "there is no such thing as a relaxed fence"
    );
    switching(|| loom::sync::atomic::fence(order));
    world::record(event(Op::Fence, Location::caller()));
}

/// An atomic of any type.
///
/// loom's atomics can be created neither in a constant nor by the thread that happens to
/// use one first. So this one is created as 0 before anyone uses it, and holds the
/// difference to `first`, in the highest bits of the word, where additions wrap as they
/// should.
struct Atomic<T> {
    first: T,
    core: Core,
}

/// One operation on an atomic, under way.
struct Access {
    word: Rc<loom::sync::atomic::AtomicU64>,
    event: Event,
}

impl<T: Scalar> Atomic<T> {
    #[track_caller]
    const fn new(value: T) -> Atomic<T> {
        Atomic {
            first: value,
            core: Core::new(ObjectKind::Atomic, Location::caller()),
        }
    }

    fn encode(&self, value: T) -> u64 {
        value.to_bits().wrapping_sub(self.first.to_bits()) << T::SPARE
    }

    fn decode(&self, word: u64) -> T {
        T::from_bits((word >> T::SPARE).wrapping_add(self.first.to_bits()))
    }

    #[track_caller]
    fn access(&self, op: Op) -> Access {
        let (object, word) = self.word();
        let event = event(op, Location::caller()).on(object);
        world::intend(event);
        Access { word, event }
    }

    fn word(&self) -> (ObjectIndex, Rc<loom::sync::atomic::AtomicU64>) {
        match self.core.get(|| Body::Atomic(world::atomic())) {
            (index, Body::Atomic(word)) => (index, word),
            _ => unreachable!("a core is used by one type"),
        }
    }

    #[track_caller]
    fn load(&self, order: Ordering) -> T {
        match order {
            Release => panic!("there is no such thing as a release load"),
            AcqRel => panic!("there is no such thing as an acquire-release load"),
            _ => {}
        }
        let Access { word, event } = self.access(Op::Load);
        let value = self.decode(fenced(order, || word.load(order)));
        world::record_look(event.with_value(value.value()));
        value
    }

    /// As a swap: loom orders a plain store too weakly against failed swaps.
    #[track_caller]
    fn store(&self, value: T, order: Ordering) {
        match order {
            Acquire => panic!("there is no such thing as an acquire store"),
            AcqRel => panic!("there is no such thing as an acquire-release store"),
            _ => {}
        }
        let Access { word, event } = self.access(Op::Store);
        fenced(order, || word.swap(self.encode(value), order));
        world::record(event.with_value(value.value()));
    }

    #[track_caller]
    fn swap(&self, value: T, order: Ordering) -> T {
        let Access { word, event } = self.access(Op::Swap);
        let before = self.decode(fenced(order, || word.swap(self.encode(value), order)));
        let event = event.with_value(before.value());
        if before == value {
            world::record_look(event);
        } else {
            world::record(event);
        }
        before
    }

    #[track_caller]
    fn compare_exchange(
        &self,
        current: T,
        new: T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<T, T> {
        match failure {
            Release => panic!("there is no such thing as a release failure ordering"),
            AcqRel => panic!("there is no such thing as an acquire-release failure ordering"),
            _ => {}
        }
        let Access { word, event } = self.access(Op::CompareExchange);
        let (current, new) = (self.encode(current), self.encode(new));
        let result = fenced(success, || {
            word.compare_exchange(current, new, success, failure)
        });
        match result {
            Ok(before) => {
                let before = self.decode(before);
                world::record(event.with_value(before.value()));
                Ok(before)
            }
            Err(before) => {
                let before = self.decode(before);
                let event = event.with_value(before.value());
                world::record_look(event.with_outcome(Some(Outcome::Busy)));
                Err(before)
            }
        }
    }

    #[track_caller]
    fn add(&self, difference: T, order: Ordering) -> T {
        let Access { word, event } = self.access(Op::Fetch);
        let difference = difference.to_bits() << T::SPARE;
        let before = self.decode(fenced(order, || word.fetch_add(difference, order)));
        world::record(event.with_value(before.value()));
        before
    }

    /// Any other change in one step, tried until nobody came between: loom has no
    /// read-modify-write of an arbitrary function.
    #[track_caller]
    fn modify(&self, order: Ordering, change: impl Fn(T) -> T) -> T {
        let Access { word, event } = self.access(Op::Fetch);
        let before = fenced(order, || {
            let mut before = word.load(Relaxed);
            loop {
                let new = self.encode(change(self.decode(before)));
                match word.compare_exchange(before, new, order, Relaxed) {
                    Ok(before) => return before,
                    Err(now) => before = now,
                }
            }
        });
        let before = self.decode(before);
        world::record(event.with_value(before.value()));
        before
    }

    #[track_caller]
    fn try_update(
        &self,
        set_order: Ordering,
        fetch_order: Ordering,
        mut change: impl FnMut(T) -> Option<T>,
    ) -> Result<T, T> {
        let mut before = self.load(fetch_order);
        while let Some(new) = change(before) {
            match self.compare_exchange(before, new, set_order, fetch_order) {
                Ok(before) => return Ok(before),
                Err(now) => before = now,
            }
        }
        Err(before)
    }

    /// Nobody else has the atomic: its latest value becomes the first of a new one.
    fn get_mut(&mut self) -> &mut T {
        self.first = self.latest();
        self.core.forget();
        &mut self.first
    }

    /// The newest value, which a load need not see.
    fn latest(&self) -> T {
        if !world::inside() {
            return self.first;
        }
        let (_, word) = self.word();
        self.decode(switching(|| word.fetch_add(0, AcqRel)))
    }
}

/// loom takes sequentially consistent accesses for acquire and release ones.
fn fenced<R>(order: Ordering, access: impl FnOnce() -> R) -> R {
    if order != SeqCst {
        return switching(access);
    }
    switching(|| {
        loom::sync::atomic::fence(SeqCst);
        let result = access();
        loom::sync::atomic::fence(SeqCst);
        result
    })
}

macro_rules! atomic {
    ($([$generic:ident])? $name:ident, $value:ty) => {
        #[doc = concat!("See `std::sync::atomic::", stringify!($name), "`.")]
        pub struct $name $(<$generic>)? (Atomic<$value>);

        #[allow(missing_docs, reason = "every method is that of std")]
        impl $(<$generic>)? $name $(<$generic>)? {
            #[track_caller]
            pub const fn new(value: $value) -> Self {
                Self(Atomic::new(value))
            }

            pub fn get_mut(&mut self) -> &mut $value {
                self.0.get_mut()
            }

            pub fn into_inner(self) -> $value {
                self.0.latest()
            }

            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                self.0.load(order)
            }

            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                self.0.store(value, order)
            }

            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                self.0.swap(value, order)
            }

            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.0.compare_exchange(current, new, success, failure)
            }

            /// Never fails spuriously.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.0.compare_exchange(current, new, success, failure)
            }

            #[track_caller]
            pub fn fetch_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                change: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                self.0.try_update(set_order, fetch_order, change)
            }

            #[track_caller]
            pub fn try_update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                change: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                self.0.try_update(set_order, fetch_order, change)
            }

            #[track_caller]
            pub fn update(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut change: impl FnMut($value) -> $value,
            ) -> $value {
                match self.0.try_update(set_order, fetch_order, |value| Some(change(value))) {
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

macro_rules! integers {
    ($($name:ident, $value:ty;)*) => {
        $(
            atomic!($name, $value);

            #[allow(missing_docs, reason = "every method is that of std")]
            impl $name {
                #[track_caller]
                pub fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                    self.0.add(value, order)
                }

                #[track_caller]
                pub fn fetch_sub(&self, value: $value, order: Ordering) -> $value {
                    self.0.add(value.wrapping_neg(), order)
                }

                #[track_caller]
                pub fn fetch_and(&self, value: $value, order: Ordering) -> $value {
                    self.0.modify(order, |before| before & value)
                }

                #[track_caller]
                pub fn fetch_nand(&self, value: $value, order: Ordering) -> $value {
                    self.0.modify(order, |before| !(before & value))
                }

                #[track_caller]
                pub fn fetch_or(&self, value: $value, order: Ordering) -> $value {
                    self.0.modify(order, |before| before | value)
                }

                #[track_caller]
                pub fn fetch_xor(&self, value: $value, order: Ordering) -> $value {
                    self.0.modify(order, |before| before ^ value)
                }

                #[track_caller]
                pub fn fetch_max(&self, value: $value, order: Ordering) -> $value {
                    self.0.modify(order, |before| before.max(value))
                }

                #[track_caller]
                pub fn fetch_min(&self, value: $value, order: Ordering) -> $value {
                    self.0.modify(order, |before| before.min(value))
                }
            }

            impl Default for $name {
                #[track_caller]
                fn default() -> Self {
                    Self::new(0)
                }
            }
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

#[allow(missing_docs, reason = "every method is that of std")]
impl AtomicBool {
    #[track_caller]
    pub fn fetch_and(&self, value: bool, order: Ordering) -> bool {
        self.0.modify(order, |before| before & value)
    }

    #[track_caller]
    pub fn fetch_nand(&self, value: bool, order: Ordering) -> bool {
        self.0.modify(order, |before| !(before & value))
    }

    #[track_caller]
    pub fn fetch_or(&self, value: bool, order: Ordering) -> bool {
        self.0.modify(order, |before| before | value)
    }

    /// Addition in a world of one bit.
    #[track_caller]
    pub fn fetch_xor(&self, value: bool, order: Ordering) -> bool {
        self.0.add(value, order)
    }

    #[track_caller]
    pub fn fetch_not(&self, order: Ordering) -> bool {
        self.0.add(true, order)
    }
}

impl Default for AtomicBool {
    #[track_caller]
    fn default() -> Self {
        Self::new(false)
    }
}

atomic!([T] AtomicPtr, *mut T);

// SAFETY: what is shared is the address, as with std's `AtomicPtr`.
unsafe impl<T> Send for AtomicPtr<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for AtomicPtr<T> {}

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
