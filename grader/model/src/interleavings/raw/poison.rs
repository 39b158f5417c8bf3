//! Whether the holder of a lock has panicked.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::interleavings::kernel;
use crate::interleavings::object::{Access, ObjectId};
use crate::interleavings::request::Request;
use crate::trace::{Op, Place};

/// The flag of a lock. Whoever takes the lock sees it as part of that.
pub(super) struct Poison {
    is_set: AtomicBool,
    /// The holder panics, and will leave the lock poisoned when it gives it back.
    holder_panics: AtomicBool,
}

impl Poison {
    pub(super) const fn new() -> Poison {
        Poison {
            is_set: AtomicBool::new(false),
            holder_panics: AtomicBool::new(false),
        }
    }

    /// For whoever has just taken the lock, or owns it alone.
    pub(super) fn is_set(&self) -> bool {
        self.is_set.load(Relaxed)
    }

    pub(super) fn holder_panics(&self) {
        self.holder_panics.store(true, Relaxed);
    }

    /// How the holder gives the lock back, and what that does to the flag.
    pub(super) fn give_back(&self) -> (Access, impl FnOnce()) {
        let panics = self.holder_panics.swap(false, Relaxed);
        let access = if panics {
            Access::Taint
        } else {
            Access::Release
        };
        (access, move || {
            if panics {
                self.is_set.store(true, Relaxed);
            }
        })
    }

    /// A look of somebody who need not have the lock.
    pub(super) fn look(&self, id: impl FnOnce() -> ObjectId, place: Place) -> bool {
        if !kernel::inside() {
            return self.is_set();
        }
        let request = Request::new(Op::IsPoisoned, place).on(id(), Access::Peek);
        kernel::step(request, |kernel| {
            kernel.fruitless();
            self.is_set()
        })
    }

    pub(super) fn clear(&self, id: impl FnOnce() -> ObjectId, place: Place) {
        if !kernel::inside() {
            return self.is_set.store(false, Relaxed);
        }
        let request = Request::new(Op::ClearPoison, place).on(id(), Access::Clear);
        kernel::step(request, |kernel| {
            if self.is_set.swap(false, Relaxed) {
                kernel.fruitful();
            }
        });
    }
}
