//! Atomics: sequentially consistent values, with the ordering deciding who learns what.
//!
//! The value that a load sees is always the newest: behaviours that only weak memory
//! allows belong to [`crate::orderings`]. But whether an access to [`Tracked`] data is
//! ordered by an atomic is judged by the ordering that was asked for, so a missing
//! release or acquire shows as a data race here too.
//!
//! [`Tracked`]: crate::interleavings::Tracked

use std::fmt;
use std::panic::Location;
pub use std::sync::atomic::Ordering;

use crate::interleavings::kernel::{self, Kernel, Request};
use crate::interleavings::object::{Access, Handle, ObjectId, State};
use crate::trace::{ObjectKind, Op, Outcome, Value};

fn acquires(order: Ordering) -> bool {
    matches!(
        order,
        Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst
    )
}

fn releases(order: Ordering) -> bool {
    matches!(
        order,
        Ordering::Release | Ordering::AcqRel | Ordering::SeqCst
    )
}

impl Kernel {
    /// The current thread reads an atomic.
    fn learn(&mut self, id: ObjectId, order: Ordering) {
        let sync = self.object(id).sync;
        let me = self.me();
        if acquires(order) {
            me.sync.join(&sync);
        }
        me.sync_on_fence.join(&sync);
    }

    /// The current thread writes an atomic. A store starts a new release sequence, a
    /// read-modify-write goes on with the one that it read from.
    fn publish(&mut self, id: ObjectId, order: Ordering, continues: bool) {
        let me = self.me();
        let published = if releases(order) {
            me.sync
        } else {
            me.released.unwrap_or_default()
        };
        let object = self.object(id);
        if continues {
            object.sync.join(&published);
        } else {
            object.sync = published;
        }
    }
}

/// See `std::sync::atomic::fence`.
#[track_caller]
pub fn fence(order: Ordering) {
    std::sync::atomic::fence(order);
    if !kernel::inside() {
        return;
    }
    kernel::step(Request::new(Op::Fence, Location::caller()), |kernel| {
        let me = kernel.me();
        if acquires(order) {
            let learnt = me.sync_on_fence;
            me.sync.join(&learnt);
        }
        if releases(order) {
            me.released = Some(me.sync);
        }
    });
}

/// See `std::sync::atomic::compiler_fence`. Orders nothing between threads.
pub fn compiler_fence(order: Ordering) {
    std::sync::atomic::compiler_fence(order);
}

/// See `std::sync::atomic::spin_loop_hint`, which is deprecated in favour of `hint::spin_loop`.
#[track_caller]
#[deprecated(note = "use hint::spin_loop instead")]
pub fn spin_loop_hint() {
    crate::interleavings::hint::spin_loop();
}

macro_rules! atomic {
    ($name:ident $([$param:ident])?, $inner:ty, $value:ty, $tell:expr) => {
        #[doc = concat!("A modelled `std::sync::atomic::", stringify!($name), "`.")]
        pub struct $name $(<$param>)? {
            handle: Handle,
            inner: $inner,
        }

        impl $(<$param>)? $name $(<$param>)? {
            /// See the type of the same name in `std::sync::atomic`.
            #[track_caller]
            pub const fn new(value: $value) -> Self {
                Self { handle: Handle::new(), inner: <$inner>::new(value) }
            }

            /// See the type of the same name in `std::sync::atomic`.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                self.load_at(order, Location::caller())
            }

            /// See the type of the same name in `std::sync::atomic`.
            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                if !kernel::inside() {
                    return self.inner.store(value, order);
                }
                let id = self.id();
                let request = Request::new(Op::Store, Location::caller()).on(id, Access::Write);
                kernel::step(request, |kernel| {
                    let before = self.inner.load(Ordering::Relaxed);
                    self.inner.store(value, order);
                    kernel.publish(id, order, false);
                    kernel.event().value = Some($tell(value));
                    if before != value {
                        kernel.fruitful();
                    }
                });
            }

            /// See the type of the same name in `std::sync::atomic`.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                self.update_by(Op::Swap, order, Location::caller(), |inner| inner.swap(value, order))
            }

            /// See the type of the same name in `std::sync::atomic`.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.exchange(current, new, success, failure, false, Location::caller())
            }

            /// See the type of the same name in `std::sync::atomic`. May fail spuriously.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.exchange(current, new, success, failure, true, Location::caller())
            }

            /// See the type of the same name in `std::sync::atomic`.
            #[track_caller]
            pub fn fetch_update<F>(
                &self,
                set_order: Ordering,
                fetch_order: Ordering,
                mut update: F,
            ) -> Result<$value, $value>
            where
                F: FnMut($value) -> Option<$value>,
            {
                let location = Location::caller();
                let mut previous = self.load_at(fetch_order, location);
                while let Some(next) = update(previous) {
                    match self.exchange(previous, next, set_order, fetch_order, true, location) {
                        Ok(value) => return Ok(value),
                        Err(value) => previous = value,
                    }
                }
                Err(previous)
            }

            /// See the type of the same name in `std::sync::atomic`.
            pub fn get_mut(&mut self) -> &mut $value {
                self.inner.get_mut()
            }

            /// See the type of the same name in `std::sync::atomic`.
            pub fn into_inner(self) -> $value {
                self.inner.into_inner()
            }

            fn load_at(&self, order: Ordering, location: &'static Location<'static>) -> $value {
                if !kernel::inside() {
                    return self.inner.load(order);
                }
                let id = self.id();
                let request = Request::new(Op::Load, location).on(id, Access::Read);
                kernel::step(request, |kernel| {
                    let value = self.inner.load(order);
                    kernel.learn(id, order);
                    kernel.event().value = Some($tell(value));
                    kernel.fruitless();
                    value
                })
            }

            fn update_by(
                &self,
                op: Op,
                order: Ordering,
                location: &'static Location<'static>,
                work: impl FnOnce(&$inner) -> $value,
            ) -> $value {
                if !kernel::inside() {
                    return work(&self.inner);
                }
                let id = self.id();
                kernel::step(Request::new(op, location).on(id, Access::Write), |kernel| {
                    let before = work(&self.inner);
                    let after = self.inner.load(Ordering::Relaxed);
                    kernel.learn(id, order);
                    kernel.publish(id, order, true);
                    kernel.event().value = Some($tell(before));
                    if before == after { kernel.fruitless() } else { kernel.fruitful() }
                    before
                })
            }

            fn exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
                weak: bool,
                location: &'static Location<'static>,
            ) -> Result<$value, $value> {
                if !kernel::inside() {
                    return self.inner.compare_exchange(current, new, success, failure);
                }
                let id = self.id();
                kernel::step(
                    Request::new(Op::CompareExchange, location).on(id, Access::Write),
                    |kernel| {
                        let may_fail = weak && kernel.spurious < kernel.rules.spurious;
                        if may_fail
                            && self.inner.load(Ordering::Relaxed) == current
                            && kernel.choose(2, true) == 1
                        {
                            kernel.spurious += 1;
                            kernel.learn(id, failure);
                            kernel.event().outcome = Some(Outcome::Spurious);
                            kernel.event().value = Some($tell(current));
                            return Err(current);
                        }
                        let result = self.inner.compare_exchange(current, new, success, failure);
                        match result {
                            Ok(value) => {
                                kernel.learn(id, success);
                                kernel.publish(id, success, true);
                                kernel.event().value = Some($tell(value));
                                if current == new { kernel.fruitless() } else { kernel.fruitful() }
                            }
                            Err(value) => {
                                kernel.learn(id, failure);
                                kernel.event().outcome = Some(Outcome::Busy);
                                kernel.event().value = Some($tell(value));
                                kernel.fruitless();
                            }
                        }
                        result
                    },
                )
            }

            fn id(&self) -> ObjectId {
                self.handle.id(ObjectKind::Atomic, || State::Plain)
            }
        }

        impl $(<$param>)? fmt::Debug for $name $(<$param>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.inner, f)
            }
        }

        impl $(<$param>)? From<$value> for $name $(<$param>)? {
            #[track_caller]
            fn from(value: $value) -> Self {
                Self::new(value)
            }
        }

        impl $(<$param>)? std::panic::RefUnwindSafe for $name $(<$param>)? {}
    };
}

macro_rules! fetch {
    ($name:ident, $value:ty, $($method:ident)*) => {
        impl $name {
            $(
                /// See the type of the same name in `std::sync::atomic`.
                #[track_caller]
                pub fn $method(&self, value: $value, order: Ordering) -> $value {
                    self.update_by(Op::Fetch, order, Location::caller(), |inner| inner.$method(value, order))
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
    ($($name:ident $value:ident $variant:ident $wide:ident)*) => { $(
        atomic!($name, std::sync::atomic::$name, $value, |value| Value::$variant(value as $wide));
        fetch!($name, $value, fetch_add fetch_sub fetch_and fetch_nand fetch_or fetch_xor fetch_max fetch_min);
    )* };
}

integers! {
    AtomicU8 u8 Unsigned u64
    AtomicU16 u16 Unsigned u64
    AtomicU32 u32 Unsigned u64
    AtomicU64 u64 Unsigned u64
    AtomicUsize usize Unsigned u64
    AtomicI8 i8 Signed i64
    AtomicI16 i16 Signed i64
    AtomicI32 i32 Signed i64
    AtomicI64 i64 Signed i64
    AtomicIsize isize Signed i64
}

atomic!(AtomicBool, std::sync::atomic::AtomicBool, bool, Value::Bool);
fetch!(AtomicBool, bool, fetch_and fetch_nand fetch_or fetch_xor);

impl AtomicBool {
    /// See `std::sync::atomic::AtomicBool::fetch_not`.
    #[track_caller]
    pub fn fetch_not(&self, order: Ordering) -> bool {
        self.update_by(Op::Fetch, order, Location::caller(), |inner| {
            inner.fetch_not(order)
        })
    }
}

atomic!(
    AtomicPtr[T],
    std::sync::atomic::AtomicPtr<T>,
    *mut T,
    |value: *mut T| Value::Unsigned(value.addr() as u64)
);

impl<T> Default for AtomicPtr<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(std::ptr::null_mut())
    }
}
