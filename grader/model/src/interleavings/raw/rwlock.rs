//! The lock of an `RwLock`. Readers and writers come in any order.

use super::poison::Poison;
use crate::interleavings::handle::Handle;
use crate::interleavings::kernel::{self, Kernel};
use crate::interleavings::object::{Access, ObjectId, State};
use crate::interleavings::request::{Gate, Request};
use crate::trace::{ObjectKind, Op, Outcome, Place};

pub(in crate::interleavings) struct RwLock {
    handle: Handle,
    poison: Poison,
}

impl RwLock {
    pub(in crate::interleavings) const fn new(created: Place) -> RwLock {
        RwLock {
            handle: Handle::new(ObjectKind::RwLock, created),
            poison: Poison::new(),
        }
    }

    pub(in crate::interleavings) fn read(&self, place: Place) {
        if kernel::inside() {
            let id = self.id();
            let request = Request::new(Op::Read, place).on(id, Access::Share);
            kernel::step(request.when(Gate::Readable(id)), |kernel| kernel.share(id));
        }
    }

    /// Whether it could be had.
    pub(in crate::interleavings) fn try_read(&self, place: Place) -> bool {
        let free = |state: &State| matches!(state, State::RwLock { writer: None, .. });
        self.attempt(Op::TryRead, place, free, Kernel::share)
    }

    pub(in crate::interleavings) fn write(&self, place: Place) {
        if kernel::inside() {
            let id = self.id();
            let request = Request::new(Op::Write, place).on(id, Access::Write);
            kernel::step(request.when(Gate::Writable(id)), |kernel| {
                kernel.exclude(id)
            });
        }
    }

    /// Whether it could be had.
    pub(in crate::interleavings) fn try_write(&self, place: Place) -> bool {
        let free = |state: &State| {
            matches!(
                state,
                State::RwLock { writer: None, readers } if readers.is_empty()
            )
        };
        self.attempt(Op::TryWrite, place, free, Kernel::exclude)
    }

    /// The writer becomes a reader.
    pub(in crate::interleavings) fn downgrade(&self, place: Place) {
        self.give_back(Op::Read, Access::Release, true, place);
    }

    pub(in crate::interleavings) fn unlock_read(&self, taken: Place) {
        self.give_back(Op::Unlock, Access::Unshare, false, taken);
    }

    pub(in crate::interleavings) fn unlock_write(&self, taken: Place) {
        let (how, leave) = self.poison.give_back();
        self.give_back_and(leave, Op::Unlock, how, false, taken);
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

    /// The writer panics.
    pub(in crate::interleavings) fn poison(&self) {
        self.poison.holder_panics();
    }

    fn attempt(
        &self,
        op: Op,
        place: Place,
        free: impl Fn(&State) -> bool,
        take: impl FnOnce(&mut Kernel, ObjectId),
    ) -> bool {
        if !kernel::inside() {
            return true;
        }
        let id = self.id();
        kernel::step(Request::new(op, place).on(id, Access::Try), |kernel| {
            let free = free(&kernel.object(id).state);
            if free {
                take(kernel, id);
            } else {
                kernel.event().outcome = Some(Outcome::Busy);
                kernel.fruitless();
            }
            free
        })
    }

    /// Gives the lock back, or keeps it as a reader.
    fn give_back(&self, op: Op, how: Access, keep: bool, place: Place) {
        self.give_back_and(|| (), op, how, keep, place);
    }

    fn give_back_and(&self, leave: impl FnOnce(), op: Op, how: Access, keep: bool, place: Place) {
        if !kernel::inside() {
            return leave();
        }
        let id = self.id();
        kernel::step(Request::new(op, place).on(id, how), |kernel| {
            let (me, sync) = (kernel.current, kernel.me().sync);
            let object = kernel.object(id);
            object.sync.join(&sync);
            leave();
            if let State::RwLock { writer, readers } = &mut object.state {
                *writer = None;
                if keep {
                    readers.push(me);
                } else if let Some(mine) = readers.iter().position(|&reader| reader == me) {
                    readers.swap_remove(mine);
                }
            }
            kernel.fruitful();
        });
    }

    fn id(&self) -> ObjectId {
        self.handle.id(|| State::RwLock {
            writer: None,
            readers: Vec::new(),
        })
    }
}

impl Kernel {
    /// The current thread becomes a reader.
    fn share(&mut self, id: ObjectId) {
        let me = self.current;
        if let State::RwLock { readers, .. } = &mut self.object(id).state {
            readers.push(me);
        }
        let sync = self.object(id).sync;
        self.me().sync.join(&sync);
        self.fruitful();
    }

    /// The current thread becomes the writer.
    fn exclude(&mut self, id: ObjectId) {
        let writer = Some(self.current);
        self.object(id).state = State::RwLock {
            writer,
            readers: Vec::new(),
        };
        let sync = self.object(id).sync;
        self.me().sync.join(&sync);
        self.fruitful();
    }
}
