//! The lock of a mutex.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::monitor::{Monitor, loom_lock};
use crate::orderings::object::Core;
use crate::orderings::world::{self, event, switching};
use crate::trace::{Event, ObjectIndex, ObjectKind, Op, Outcome, Place};

pub(in crate::orderings) struct Lock {
    core: Core,
    poisoned: AtomicBool,
}

/// The lock is held.
pub(in crate::orderings) struct Held {
    pub(super) guard: LoomGuard,
    /// How it was taken. It is told to be given back there, too: a drop has no place.
    pub(super) taken: Event,
}

// SAFETY: what it holds of loom's is used by the one OS thread that all modelled threads
// run on, and by nobody through a shared reference.
unsafe impl Sync for Held {}

impl Lock {
    pub(in crate::orderings) const fn new(created: Place) -> Lock {
        Lock {
            core: Core::new(ObjectKind::Mutex, created),
            poisoned: AtomicBool::new(false),
        }
    }

    pub(in crate::orderings) fn lock(&self, place: Place) -> Held {
        let (object, lock) = self.resolve();
        let taken = event(Op::Lock, place).on(object);
        world::intend(taken);
        let guard = LoomGuard::lock(lock);
        world::record(taken.with_outcome(self.poison_as_outcome()));
        Held { guard, taken }
    }

    pub(in crate::orderings) fn try_lock(&self, place: Place) -> Option<Held> {
        let (object, lock) = self.resolve();
        let taken = event(Op::TryLock, place).on(object);
        world::intend(taken);
        let Some(guard) = LoomGuard::try_lock(lock) else {
            world::record_look(taken.with_outcome(Some(Outcome::Busy)));
            return None;
        };
        world::record(taken.with_outcome(self.poison_as_outcome()));
        Some(Held { guard, taken })
    }

    pub(in crate::orderings) fn unlock(&self, held: Held) {
        let Held { guard, taken } = held;
        let mut event = event(Op::Unlock, taken.location);
        event.object = taken.object;
        world::intend(event);
        drop(guard);
        world::record(event);
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

    /// The holder panics, which loom's own mutex must not hear of.
    pub(in crate::orderings) fn poison(&self) {
        self.poisoned.store(true, Ordering::Relaxed);
        if !world::careful() {
            world::be_careful();
        }
    }

    fn poison_as_outcome(&self) -> Option<Outcome> {
        self.is_poisoned().then_some(Outcome::Poisoned)
    }

    fn resolve(&self) -> (ObjectIndex, Rc<LoomLock>) {
        self.core.get(|| Rc::new(LoomLock::new()))
    }
}

/// What a lock is made of.
pub(super) enum LoomLock {
    /// loom's mutex: cheap to search, but it knows no `try_lock` and no panics.
    Direct(loom::sync::Mutex<()>),
    /// A flag in a monitor.
    Gate { monitor: Monitor, held: Cell<bool> },
}

/// Holds a [`LoomLock`] until it is dropped.
pub(super) struct LoomGuard {
    /// The guard of a direct lock; it borrows from `lock`.
    pub(super) guard: ManuallyDrop<Option<loom::sync::MutexGuard<'static, ()>>>,
    pub(super) lock: Rc<LoomLock>,
}

impl LoomLock {
    pub(super) fn new() -> LoomLock {
        if world::careful() {
            LoomLock::Gate {
                monitor: Monitor::new(),
                held: Cell::new(false),
            }
        } else {
            LoomLock::Direct(loom::sync::Mutex::new(()))
        }
    }
}

impl LoomGuard {
    pub(super) fn lock(lock: Rc<LoomLock>) -> LoomGuard {
        let guard = match &*lock {
            LoomLock::Direct(mutex) => Some(switching(|| extend(loom_lock(mutex)))),
            LoomLock::Gate { monitor, held } => {
                let _entered = monitor.enter().wait_while(|| held.get());
                held.set(true);
                None
            }
        };
        LoomGuard {
            guard: ManuallyDrop::new(guard),
            lock,
        }
    }

    /// Releases the lock, does something else and takes it again.
    pub(super) fn release_for(self, other: impl FnOnce()) -> LoomGuard {
        let lock = self.lock.clone();
        drop(self);
        other();
        LoomGuard::lock(lock)
    }

    pub(super) fn try_lock(lock: Rc<LoomLock>) -> Option<LoomGuard> {
        match &*lock {
            LoomLock::Direct(_) => world::be_careful(),
            LoomLock::Gate { monitor, held } => {
                let _entered = monitor.enter();
                if held.replace(true) {
                    return None;
                }
            }
        }
        Some(LoomGuard {
            guard: ManuallyDrop::new(None),
            lock,
        })
    }
}

/// The caller keeps the mutex alive for as long as the guard.
fn extend(guard: loom::sync::MutexGuard<'_, ()>) -> loom::sync::MutexGuard<'static, ()> {
    // SAFETY: only the lifetime changes. A `LoomGuard` owns a share of the mutex, which
    // does not move, and gives the guard up before that share.
    unsafe { std::mem::transmute(guard) }
}

impl Drop for LoomGuard {
    fn drop(&mut self) {
        // SAFETY: the guard is dropped here and nowhere else.
        unsafe { ManuallyDrop::drop(&mut self.guard) };
        if let LoomLock::Gate { monitor, held } = &*self.lock {
            let entered = monitor.enter();
            held.set(false);
            entered.notify_one();
        }
    }
}
