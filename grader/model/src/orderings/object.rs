//! Modelled objects, which outlive what loom knows of them.

use std::any::Any;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::world;
use crate::trace::{ObjectIndex, ObjectInfo, ObjectKind, Place};

/// What a modelled object is and where it was created. Its body, which stands behind it for
/// the length of one execution, is made when it is first used there, as loom's objects can
/// be made neither outside one nor in a constant.
pub(super) struct Core {
    /// The epoch and the index in it.
    place: AtomicU64,
    kind: ObjectKind,
    created: Place,
}

impl Core {
    pub(super) const fn new(kind: ObjectKind, created: Place) -> Core {
        Core {
            place: AtomicU64::new(0),
            kind,
            created,
        }
    }

    /// The object's index and body in this execution. The bodies of an object are of one type.
    pub(super) fn get<B: 'static>(&self, make: impl FnOnce() -> Rc<B>) -> (ObjectIndex, Rc<B>) {
        let epoch = world::epoch();
        let place = self.place.load(Ordering::Relaxed);
        if (place >> 32) as u32 == epoch {
            let index = place as ObjectIndex;
            let body = world::body(index).downcast();
            return (index, body.expect("bodies of one object are of one type"));
        }
        let body = make();
        let index = world::add_object(
            Rc::clone(&body) as Rc<dyn Any>,
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
}
