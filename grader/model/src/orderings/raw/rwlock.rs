//! The lock of an `RwLock`. Readers go before waiting writers.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::monitor::monitor;
use crate::orderings::object::Core;
use crate::orderings::world::{self, event};
use crate::trace::{ObjectKind, Op, Outcome, Place};

/// What `RwLock::inside` says while there is a writer.
const WRITER: usize = usize::MAX;

pub(in crate::orderings) struct RwLock {
    core: Core,
    poisoned: AtomicBool,
    /// Who is inside: so many readers, or [`WRITER`]. Changed only in the monitor.
    inside: AtomicUsize,
}

impl RwLock {
    pub(in crate::orderings) const fn new(created: Place) -> RwLock {
        RwLock {
            core: Core::new(ObjectKind::RwLock, created),
            poisoned: AtomicBool::new(false),
            inside: AtomicUsize::new(0),
        }
    }

    pub(in crate::orderings) fn read(&self, place: Place) {
        self.enter(Op::Read, 1, place);
    }

    /// Whether it could be had.
    pub(in crate::orderings) fn try_read(&self, place: Place) -> bool {
        self.try_enter(Op::TryRead, 1, place)
    }

    pub(in crate::orderings) fn write(&self, place: Place) {
        self.enter(Op::Write, WRITER, place);
    }

    /// Whether it could be had.
    pub(in crate::orderings) fn try_write(&self, place: Place) -> bool {
        self.try_enter(Op::TryWrite, WRITER, place)
    }

    /// The writer becomes a reader.
    pub(in crate::orderings) fn downgrade(&self, place: Place) {
        self.leave(Op::Read, 1, place);
    }

    pub(in crate::orderings) fn unlock_read(&self, taken: Place) {
        self.leave(Op::Unlock, 0, taken);
    }

    pub(in crate::orderings) fn unlock_write(&self, taken: Place) {
        self.leave(Op::Unlock, 0, taken);
    }

    pub(in crate::orderings) fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::Relaxed)
    }

    /// For whoever need not have the lock. It is no operation that loom hears of.
    pub(in crate::orderings) fn ask_poisoned(&self, _: Place) -> bool {
        self.is_poisoned()
    }

    pub(in crate::orderings) fn clear_poison(&self, _: Place) {
        self.poisoned.store(false, Ordering::Relaxed);
    }

    /// The writer panics.
    pub(in crate::orderings) fn poison(&self) {
        self.poisoned.store(true, Ordering::Relaxed);
    }

    fn enter(&self, op: Op, count: usize, place: Place) {
        let (object, monitor) = monitor(&self.core);
        let event = event(op, place).on(object);
        world::intend(event);
        let entered = monitor.enter().wait_while(|| !self.admits(count));
        self.admit(count);
        drop(entered);
        world::record(event);
    }

    fn try_enter(&self, op: Op, count: usize, place: Place) -> bool {
        let (object, monitor) = monitor(&self.core);
        let event = event(op, place).on(object);
        world::intend(event);
        let entered = monitor.enter();
        let free = self.admits(count);
        if free {
            self.admit(count);
        }
        drop(entered);
        if free {
            world::record(event);
        } else {
            world::record_look(event.with_outcome(Some(Outcome::Busy)));
        }
        free
    }

    /// Gives the lock back, but for so many readers.
    fn leave(&self, op: Op, keep: usize, place: Place) {
        let (object, monitor) = monitor(&self.core);
        let event = event(op, place).on(object);
        world::intend(event);
        let entered = monitor.enter();
        let left = match self.inside.load(Ordering::Relaxed) {
            WRITER => keep,
            readers => readers - 1,
        };
        self.inside.store(left, Ordering::Relaxed);
        if left <= keep {
            entered.notify_all();
        }
        drop(entered);
        world::record(event);
    }

    /// Whether so many may come in.
    fn admits(&self, count: usize) -> bool {
        match self.inside.load(Ordering::Relaxed) {
            WRITER => false,
            readers => count == 1 || readers == 0,
        }
    }

    fn admit(&self, count: usize) {
        if count == WRITER {
            self.inside.store(WRITER, Ordering::Relaxed);
        } else {
            self.inside.fetch_add(count, Ordering::Relaxed);
        }
    }
}
