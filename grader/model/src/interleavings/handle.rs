//! The tie between a value of the code under test and the object that stands for it.

use std::sync::atomic::{AtomicU64, Ordering};

use super::kernel;
use super::object::{ObjectId, State};
use crate::trace::{ObjectInfo, ObjectKind, Place};

/// The part of a wrapper that ties it to the object that stands for it in the current execution.
#[derive(Debug)]
pub(super) struct Handle {
    kind: ObjectKind,
    created: Place,
    /// The generation of the kernel in which the id was given (upper bits), and the id (lower 16).
    slot: AtomicU64,
}

impl Handle {
    pub(super) const fn new(kind: ObjectKind, created: Place) -> Handle {
        Handle {
            kind,
            created,
            slot: AtomicU64::new(0),
        }
    }

    /// The id in the current execution; registers the object, in this state, at its first use.
    pub(super) fn id(&self, state: impl FnOnce() -> State) -> ObjectId {
        kernel::with(|kernel| {
            let slot = self.slot.load(Ordering::Relaxed);
            if slot >> 16 == kernel.generation {
                return ObjectId(slot as u16);
            }
            let id = kernel.register(ObjectInfo {
                kind: self.kind,
                created: self.created,
            });
            kernel.object(id).state = state();
            self.slot
                .store(kernel.generation << 16 | u64::from(id.0), Ordering::Relaxed);
            id
        })
    }

    /// Makes the object a new one at its next use.
    pub(super) fn forget(&mut self) {
        *self.slot.get_mut() = 0;
    }
}
