//! Atomics, over loom's.

use std::rc::Rc;
use std::sync::atomic::Ordering::{self, Relaxed};

use super::word::Word;
use crate::orderings::object::Core;
use crate::orderings::world::{self, event, switching};
use crate::scalar::{Scalar, Storage};
use crate::trace::{Event, ObjectIndex, ObjectKind, Op, Outcome, Place};

/// See `std::sync::atomic::fence`.
pub(in crate::orderings) fn fence(order: Ordering, place: Place) {
    switching(|| loom::sync::atomic::fence(order));
    world::record(event(Op::Fence, place));
}

/// An atomic of any type.
///
/// loom's atomics can be created neither in a constant nor by the thread that happens to
/// use one first. So this one is created as 0 before anyone uses it, and holds the
/// difference to `first`, in the highest bits of the word, where additions wrap as they
/// should.
pub(in crate::orderings) struct Atomic<S> {
    /// Read only, but by whoever does not share the atomic.
    first: S,
    core: Core,
}

/// One operation on an atomic, under way.
struct Access {
    word: Rc<Word>,
    event: Event,
}

impl<S> Atomic<S> {
    pub(in crate::orderings) const fn new(value: S, created: Place) -> Atomic<S> {
        Atomic {
            first: value,
            core: Core::new(ObjectKind::Atomic, created),
        }
    }
}

impl<S: Storage> Atomic<S> {
    pub(in crate::orderings) fn load(&self, order: Ordering, place: Place) -> S::Value {
        let Access { word, event } = self.access(Op::Load, place);
        let value = self.decode(word.load(order));
        world::record_look(event.with_value(value.value()));
        value
    }

    pub(in crate::orderings) fn store(&self, value: S::Value, order: Ordering, place: Place) {
        let Access { word, event } = self.access(Op::Store, place);
        word.store(self.encode(value), order);
        world::record(event.with_value(value.value()));
    }

    pub(in crate::orderings) fn swap(
        &self,
        value: S::Value,
        order: Ordering,
        place: Place,
    ) -> S::Value {
        let Access { word, event } = self.access(Op::Swap, place);
        let before = word.change(order, |word| word.swap(self.encode(value), order));
        let before = self.decode(before);
        let event = event.with_change(before.value(), value.value());
        if before == value {
            world::record_look(event);
        } else {
            world::record(event);
        }
        before
    }

    /// Never fails spuriously. The orders are those of success and failure.
    pub(in crate::orderings) fn compare_exchange(
        &self,
        current: S::Value,
        new: S::Value,
        orders: (Ordering, Ordering),
        _weak: bool,
        place: Place,
    ) -> Result<S::Value, S::Value> {
        let Access { word, event } = self.access(Op::CompareExchange, place);
        let (current, new) = (self.encode(current), self.encode(new));
        match word.compare_exchange(current, new, orders) {
            Ok(before) => {
                let before = self.decode(before);
                let after = self.decode(new);
                world::record(event.with_change(before.value(), after.value()));
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

    pub(in crate::orderings) fn fetch_add(
        &self,
        operand: S::Value,
        order: Ordering,
        place: Place,
    ) -> S::Value {
        let Access { word, event } = self.access(Op::Fetch, place);
        let difference = operand.to_bits() << S::Value::SPARE;
        let before = word.change(order, |word| word.fetch_add(difference, order));
        let after = self.decode(before.wrapping_add(difference));
        let before = self.decode(before);
        world::record(event.with_change(before.value(), after.value()));
        before
    }

    /// Any other change in one step, tried until nobody came between: loom has no
    /// read-modify-write of an arbitrary function.
    pub(in crate::orderings) fn fetch(
        &self,
        order: Ordering,
        place: Place,
        change: impl Fn(S::Value) -> S::Value,
    ) -> S::Value {
        let Access { word, event } = self.access(Op::Fetch, place);
        let before = word.change(order, |word| {
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
        let after = change(before);
        world::record(event.with_change(before.value(), after.value()));
        before
    }

    /// Nobody else has the atomic: its latest value becomes the first of a new one.
    pub(in crate::orderings) fn get_mut(&mut self) -> &mut S::Value {
        *self.first.get_mut() = self.latest();
        self.core.forget();
        self.first.get_mut()
    }

    /// The newest value, which a load need not see.
    pub(in crate::orderings) fn latest(&self) -> S::Value {
        if !world::inside() {
            return self.first();
        }
        let (_, word) = self.word();
        self.decode(word.latest())
    }

    fn access(&self, op: Op, place: Place) -> Access {
        let (object, word) = self.word();
        let event = event(op, place).on(object);
        world::intend(event);
        Access { word, event }
    }

    fn word(&self) -> (ObjectIndex, Rc<Word>) {
        self.core.get(|| Rc::new(Word::new()))
    }

    fn first(&self) -> S::Value {
        self.first.load(Relaxed)
    }

    fn encode(&self, value: S::Value) -> u64 {
        value.to_bits().wrapping_sub(self.first().to_bits()) << S::Value::SPARE
    }

    fn decode(&self, word: u64) -> S::Value {
        let difference = word >> S::Value::SPARE;
        S::Value::from_bits(difference.wrapping_add(self.first().to_bits()))
    }
}
