//! Atomics: sequentially consistent values, with the ordering deciding who learns what.
//!
//! The value that a load sees is always the newest: behaviours that only weak memory
//! allows belong to [`crate::orderings`]. But whether an access to [`Tracked`] data is
//! ordered by an atomic is judged by the ordering that was asked for, so a missing
//! release or acquire shows as a data race here too.
//!
//! [`Tracked`]: crate::interleavings::Tracked

use std::sync::atomic::Ordering;

use crate::interleavings::handle::Handle;
use crate::interleavings::kernel::{self, Kernel};
use crate::interleavings::object::{Access, ObjectId, State};
use crate::interleavings::request::Request;
use crate::scalar::{Scalar, Storage};
use crate::trace::{ObjectKind, Op, Outcome, Place};

/// See `std::sync::atomic::fence`.
pub(in crate::interleavings) fn fence(order: Ordering, place: Place) {
    std::sync::atomic::fence(order);
    if !kernel::inside() {
        return;
    }
    kernel::step(Request::new(Op::Fence, place), |kernel| {
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

/// An atomic that keeps its value in one of std.
pub(in crate::interleavings) struct Atomic<S> {
    handle: Handle,
    inner: S,
}

impl<S> Atomic<S> {
    pub(in crate::interleavings) const fn new(inner: S, created: Place) -> Atomic<S> {
        Atomic {
            handle: Handle::new(ObjectKind::Atomic, created),
            inner,
        }
    }
}

impl<S: Storage> Atomic<S> {
    pub(in crate::interleavings) fn load(&self, order: Ordering, place: Place) -> S::Value {
        if !kernel::inside() {
            return self.inner.load(order);
        }
        let id = self.id();
        let request = Request::new(Op::Load, place).on(id, Access::Look);
        kernel::step(request, |kernel| {
            let value = self.inner.load(order);
            kernel.learn(id, order);
            kernel.event().value = Some(value.value());
            kernel.fruitless();
            value
        })
    }

    pub(in crate::interleavings) fn store(&self, value: S::Value, order: Ordering, place: Place) {
        if !kernel::inside() {
            return self.inner.store(value, order);
        }
        let id = self.id();
        let request = Request::new(Op::Store, place).on(id, Access::Write);
        kernel::step(request, |kernel| {
            let before = self.inner.load(Ordering::Relaxed);
            self.inner.store(value, order);
            kernel.publish(id, order, false);
            kernel.event().value = Some(value.value());
            if before != value {
                kernel.fruitful();
            }
        });
    }

    pub(in crate::interleavings) fn swap(
        &self,
        value: S::Value,
        order: Ordering,
        place: Place,
    ) -> S::Value {
        self.update(Op::Swap, order, place, |_| value)
    }

    pub(in crate::interleavings) fn fetch_add(
        &self,
        operand: S::Value,
        order: Ordering,
        place: Place,
    ) -> S::Value {
        self.update(Op::Fetch, order, place, |before| {
            S::Value::from_bits(before.to_bits().wrapping_add(operand.to_bits()))
        })
    }

    /// Any other change in one step.
    pub(in crate::interleavings) fn fetch(
        &self,
        order: Ordering,
        place: Place,
        change: impl Fn(S::Value) -> S::Value,
    ) -> S::Value {
        self.update(Op::Fetch, order, place, change)
    }

    /// A weak one may fail spuriously. The orders are those of success and failure.
    pub(in crate::interleavings) fn compare_exchange(
        &self,
        current: S::Value,
        new: S::Value,
        orders: (Ordering, Ordering),
        weak: bool,
        place: Place,
    ) -> Result<S::Value, S::Value> {
        if !kernel::inside() {
            return self.inner.compare_exchange(current, new, orders);
        }
        let id = self.id();
        let (success, failure) = orders;
        let request = Request::new(Op::CompareExchange, place).on(id, Access::Write);
        kernel::step(request, |kernel| {
            let may_fail = weak && kernel.spurious < kernel.rules.spurious;
            if may_fail
                && self.inner.load(Ordering::Relaxed) == current
                && kernel.choose(2, true) == 1
            {
                kernel.spurious += 1;
                kernel.learn(id, failure);
                kernel.event().outcome = Some(Outcome::Spurious);
                kernel.event().value = Some(current.value());
                return Err(current);
            }
            let result = self.inner.compare_exchange(current, new, orders);
            match result {
                Ok(value) => {
                    kernel.learn(id, success);
                    kernel.publish(id, success, true);
                    let event = kernel.event();
                    *event = event.with_change(value.value(), new.value());
                    kernel.changed(current != new);
                }
                Err(value) => {
                    kernel.learn(id, failure);
                    kernel.event().outcome = Some(Outcome::Busy);
                    kernel.event().value = Some(value.value());
                    kernel.fruitless();
                }
            }
            result
        })
    }

    pub(in crate::interleavings) fn get_mut(&mut self) -> &mut S::Value {
        self.inner.get_mut()
    }

    /// The newest value, for whoever does not share the atomic or does not mind.
    pub(in crate::interleavings) fn latest(&self) -> S::Value {
        self.inner.load(Ordering::Relaxed)
    }

    /// A change in one step. No other modelled thread comes between its two halves, and
    /// outside of a model nobody else does.
    fn update(
        &self,
        op: Op,
        order: Ordering,
        place: Place,
        change: impl Fn(S::Value) -> S::Value,
    ) -> S::Value {
        let change = || {
            let before = self.inner.load(Ordering::Relaxed);
            let after = change(before);
            self.inner.store(after, Ordering::Relaxed);
            (before, after)
        };
        if !kernel::inside() {
            return change().0;
        }
        let id = self.id();
        kernel::step(Request::new(op, place).on(id, Access::Write), |kernel| {
            let (before, after) = change();
            kernel.learn(id, order);
            kernel.publish(id, order, true);
            let event = kernel.event();
            *event = event.with_change(before.value(), after.value());
            kernel.changed(before != after);
            before
        })
    }

    fn id(&self) -> ObjectId {
        self.handle.id(|| State::Plain)
    }
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

    /// The current thread has written an atomic, and perhaps what was there before.
    fn changed(&mut self, changed: bool) {
        if changed {
            self.fruitful();
        } else {
            self.fruitless();
        }
    }
}

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
