//! The lock of an `RwLock`. Readers and writers come in any order.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::interleavings::handle::Handle;
use crate::interleavings::kernel::{self, Kernel};
use crate::interleavings::object::{Access, ObjectId, State};
use crate::interleavings::request::{Gate, Request};
use crate::trace::{ObjectKind, Op, Outcome, Place};

pub(in crate::interleavings) struct RwLock {
    handle: Handle,
    poisoned: AtomicBool,
}

impl RwLock {
    pub(in crate::interleavings) const fn new(created: Place) -> RwLock {
        RwLock {
            handle: Handle::new(ObjectKind::RwLock, created),
            poisoned: AtomicBool::new(false),
        }
    }

    pub(in crate::interleavings) fn read(&self, place: Place) {
        if kernel::inside() {
            let id = self.id();
            let request = Request::new(Op::Read, place).on(id, Access::Read);
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
                State::RwLock {
                    writer: None,
                    readers: 0
                }
            )
        };
        self.attempt(Op::TryWrite, place, free, Kernel::exclude)
    }

    /// The writer becomes a reader.
    pub(in crate::interleavings) fn downgrade(&self, place: Place) {
        self.give_back(Op::Read, Access::Release, 1, place);
    }

    pub(in crate::interleavings) fn unlock_read(&self, taken: Place) {
        self.give_back(Op::Unlock, Access::Unshare, 0, taken);
    }

    pub(in crate::interleavings) fn unlock_write(&self, taken: Place) {
        self.give_back(Op::Unlock, Access::Release, 0, taken);
    }

    pub(in crate::interleavings) fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Relaxed)
    }

    pub(in crate::interleavings) fn clear_poison(&self) {
        self.poisoned.store(false, Ordering::Relaxed);
    }

    /// The writer panics.
    pub(in crate::interleavings) fn poison(&self) {
        self.poisoned.store(true, Ordering::Relaxed);
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

    /// Gives the lock back, but for so many readers.
    fn give_back(&self, op: Op, how: Access, keep: u32, place: Place) {
        if !kernel::inside() {
            return;
        }
        let id = self.id();
        kernel::step(Request::new(op, place).on(id, how), |kernel| {
            let sync = kernel.me().sync;
            let object = kernel.object(id);
            object.sync.join(&sync);
            if let State::RwLock { writer, readers } = &mut object.state {
                *readers = readers.saturating_sub(1) + keep;
                *writer = None;
            }
            kernel.fruitful();
        });
    }

    fn id(&self) -> ObjectId {
        self.handle.id(|| State::RwLock {
            writer: None,
            readers: 0,
        })
    }
}

impl Kernel {
    /// The current thread becomes a reader.
    fn share(&mut self, id: ObjectId) {
        if let State::RwLock { readers, .. } = &mut self.object(id).state {
            *readers += 1;
        }
        let sync = self.object(id).sync;
        self.me().sync.join(&sync);
        self.fruitful();
    }

    /// The current thread becomes the writer.
    fn exclude(&mut self, id: ObjectId) {
        let writer = Some(self.current);
        self.object(id).state = State::RwLock { writer, readers: 0 };
        let sync = self.object(id).sync;
        self.me().sync.join(&sync);
        self.fruitful();
    }
}
