//! Modelled objects, which outlive what loom knows of them.

use std::panic::Location;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::sync::raw::{Monitor, RawCondvar, RawLock};
use super::world;
use crate::trace::{ObjectIndex, ObjectInfo, ObjectKind};

/// What stands behind an object for the length of one execution.
#[derive(Clone)]
pub(super) enum Body {
    Lock(Rc<RawLock>),
    Condvar(Rc<RawCondvar>),
    Monitor(Rc<Monitor>),
    Atomic(Rc<loom::sync::atomic::AtomicU64>),
    Plain,
}

/// What a modelled object is and where it was created. Its body is made when it is first
/// used in an execution, as loom's objects can be made neither outside one nor in a
/// constant.
pub(super) struct Core {
    /// The epoch and the index in it.
    place: AtomicU64,
    kind: ObjectKind,
    created: &'static Location<'static>,
}

impl Core {
    pub(super) const fn new(kind: ObjectKind, created: &'static Location<'static>) -> Core {
        Core {
            place: AtomicU64::new(0),
            kind,
            created,
        }
    }

    /// The object's index and body in this execution.
    pub(super) fn get(&self, make: impl FnOnce() -> Body) -> (ObjectIndex, Body) {
        let epoch = world::epoch();
        let place = self.place.load(Ordering::Relaxed);
        if (place >> 32) as u32 == epoch {
            let index = place as ObjectIndex;
            return (index, world::body(index));
        }
        let body = make();
        let index = world::add_object(
            body.clone(),
            ObjectInfo {
                kind: self.kind,
                created: self.created,
            },
        );
        let place = u64::from(epoch) << 32 | u64::from(index);
        self.place.store(place, Ordering::Relaxed);
        (index, body)
    }

    /// Makes the object a new one at its next use.
    pub(super) fn forget(&mut self) {
        *self.place.get_mut() = 0;
    }

    /// The monitor behind an object that is built from one.
    pub(super) fn monitor(&self) -> (ObjectIndex, Rc<Monitor>) {
        match self.get(|| Body::Monitor(Rc::new(Monitor::new()))) {
            (index, Body::Monitor(monitor)) => (index, monitor),
            _ => unreachable!("a core is used by one type"),
        }
    }
}
