//! The lock of a mutex.

use super::poison::Poison;
use crate::interleavings::handle::Handle;
use crate::interleavings::kernel::{self, Kernel};
use crate::interleavings::object::{Access, ObjectId, State};
use crate::interleavings::request::{Gate, Request};
use crate::trace::{ObjectKind, Op, Outcome, Place};

pub(in crate::interleavings) struct Lock {
    handle: Handle,
    poison: Poison,
}

/// The lock is held, and was taken here. It is told to be given back here, too: a drop has
/// no place.
pub(in crate::interleavings) struct Held {
    pub(super) taken: Place,
}

impl Lock {
    pub(in crate::interleavings) const fn new(created: Place) -> Lock {
        Lock {
            handle: Handle::new(ObjectKind::Mutex, created),
            poison: Poison::new(),
        }
    }

    pub(in crate::interleavings) fn lock(&self, place: Place) -> Held {
        if kernel::inside() {
            let id = self.id();
            let request = Request::new(Op::Lock, place).on(id, Access::Write);
            kernel::step(request.when(Gate::Free(id)), |kernel| kernel.hold(id));
        }
        Held { taken: place }
    }

    pub(in crate::interleavings) fn try_lock(&self, place: Place) -> Option<Held> {
        if kernel::inside() {
            let id = self.id();
            let request = Request::new(Op::TryLock, place).on(id, Access::Try);
            let free = kernel::step(request, |kernel| {
                let free = matches!(kernel.object(id).state, State::Mutex { holder: None });
                if free {
                    kernel.hold(id);
                } else {
                    kernel.event().outcome = Some(Outcome::Busy);
                    kernel.fruitless();
                }
                free
            });
            if !free {
                return None;
            }
        }
        Some(Held { taken: place })
    }

    pub(in crate::interleavings) fn unlock(&self, held: Held) {
        let (how, leave) = self.poison.give_back();
        if !kernel::inside() {
            return leave();
        }
        let id = self.id();
        let request = Request::new(Op::Unlock, held.taken).on(id, how);
        kernel::step(request, |kernel| {
            leave();
            kernel.unhold(id);
        });
    }

    /// For whoever has just taken the lock, or owns it alone.
    pub(in crate::interleavings) fn is_poisoned(&self) -> bool {
        self.poison.is_set()
    }

    /// For whoever need not have it.
    pub(in crate::interleavings) fn ask_poisoned(&self, place: Place) -> bool {
        self.poison.look(|| self.id(), place)
    }

    pub(in crate::interleavings) fn clear_poison(&self, place: Place) {
        self.poison.clear(|| self.id(), place);
    }

    /// The holder panics.
    pub(in crate::interleavings) fn poison(&self) {
        self.poison.holder_panics();
    }

    pub(super) fn id(&self) -> ObjectId {
        self.handle.id(|| State::Mutex { holder: None })
    }
}

impl Kernel {
    /// The current thread takes a free mutex.
    pub(super) fn hold(&mut self, id: ObjectId) {
        let holder = Some(self.current);
        self.object(id).state = State::Mutex { holder };
        let sync = self.object(id).sync;
        self.me().sync.join(&sync);
        self.fruitful();
    }

    /// The current thread gives a mutex back.
    pub(super) fn unhold(&mut self, id: ObjectId) {
        let sync = self.me().sync;
        let object = self.object(id);
        object.sync.join(&sync);
        object.state = State::Mutex { holder: None };
        self.fruitful();
    }
}
