//! The lock and the condition variable that everything else is built from.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::rc::Rc;

use crate::orderings::world::{self, switching};

/// loom's own mutex and condition variable, never held while code under test runs.
pub(in crate::orderings) struct Monitor {
    mutex: loom::sync::Mutex<()>,
    condvar: loom::sync::Condvar,
}

/// The calling thread is alone in the monitor.
pub(in crate::orderings) struct Entered<'a> {
    monitor: &'a Monitor,
    guard: loom::sync::MutexGuard<'a, ()>,
}

impl Monitor {
    pub(in crate::orderings) fn new() -> Monitor {
        Monitor {
            mutex: loom::sync::Mutex::new(()),
            condvar: loom::sync::Condvar::new(),
        }
    }

    pub(in crate::orderings) fn enter(&self) -> Entered<'_> {
        Entered {
            monitor: self,
            guard: switching(|| loom_lock(&self.mutex)),
        }
    }
}

impl Entered<'_> {
    /// Leaves, waits for a notification and enters again.
    pub(in crate::orderings) fn wait(self) -> Self {
        let Entered { monitor, guard } = self;
        Entered {
            monitor,
            guard: switching(|| loom_wait(&monitor.condvar, guard)),
        }
    }

    pub(in crate::orderings) fn wait_while(mut self, mut condition: impl FnMut() -> bool) -> Self {
        while condition() {
            self = self.wait();
        }
        self
    }

    pub(in crate::orderings) fn notify_one(&self) {
        switching(|| self.monitor.condvar.notify_one());
    }

    pub(in crate::orderings) fn notify_all(&self) {
        switching(|| self.monitor.condvar.notify_all());
    }
}

/// loom's mutex is never poisoned without a panic of its own.
fn loom_lock(mutex: &loom::sync::Mutex<()>) -> loom::sync::MutexGuard<'_, ()> {
    mutex.lock().unwrap_or_else(|poison| poison.into_inner())
}

fn loom_wait<'a>(
    condvar: &loom::sync::Condvar,
    guard: loom::sync::MutexGuard<'a, ()>,
) -> loom::sync::MutexGuard<'a, ()> {
    condvar
        .wait(guard)
        .unwrap_or_else(|poison| poison.into_inner())
}

/// What a mutex is made of.
pub(in crate::orderings) enum RawLock {
    /// loom's mutex: cheap to search, but it knows no `try_lock` and no panics.
    Direct(loom::sync::Mutex<()>),
    /// A flag in a monitor.
    Gate { monitor: Monitor, held: Cell<bool> },
}

/// Holds a [`RawLock`] until it is dropped.
pub(in crate::orderings) struct RawGuard {
    /// The guard of a direct lock; it borrows from `lock`.
    guard: ManuallyDrop<Option<loom::sync::MutexGuard<'static, ()>>>,
    lock: Rc<RawLock>,
}

impl RawLock {
    pub(in crate::orderings) fn new() -> RawLock {
        if world::careful() {
            RawLock::Gate {
                monitor: Monitor::new(),
                held: Cell::new(false),
            }
        } else {
            RawLock::Direct(loom::sync::Mutex::new(()))
        }
    }
}

impl RawGuard {
    pub(in crate::orderings) fn lock(lock: Rc<RawLock>) -> RawGuard {
        let guard = match &*lock {
            RawLock::Direct(mutex) => Some(switching(|| extend(loom_lock(mutex)))),
            RawLock::Gate { monitor, held } => {
                let _entered = monitor.enter().wait_while(|| held.get());
                held.set(true);
                None
            }
        };
        RawGuard {
            guard: ManuallyDrop::new(guard),
            lock,
        }
    }

    /// Releases the lock, does something else and takes it again.
    pub(in crate::orderings) fn release_for(self, other: impl FnOnce()) -> RawGuard {
        let lock = self.lock.clone();
        drop(self);
        other();
        RawGuard::lock(lock)
    }

    pub(in crate::orderings) fn try_lock(lock: Rc<RawLock>) -> Option<RawGuard> {
        match &*lock {
            RawLock::Direct(_) => world::be_careful(),
            RawLock::Gate { monitor, held } => {
                let _entered = monitor.enter();
                if held.replace(true) {
                    return None;
                }
            }
        }
        Some(RawGuard {
            guard: ManuallyDrop::new(None),
            lock,
        })
    }
}

/// The caller keeps the mutex alive for as long as the guard.
fn extend(guard: loom::sync::MutexGuard<'_, ()>) -> loom::sync::MutexGuard<'static, ()> {
    // SAFETY: only the lifetime changes. A `RawGuard` owns a share of the mutex, which
    // does not move, and gives the guard up before that share.
    unsafe { std::mem::transmute(guard) }
}

impl Drop for RawGuard {
    fn drop(&mut self) {
        // SAFETY: the guard is dropped here and nowhere else.
        unsafe { ManuallyDrop::drop(&mut self.guard) };
        if let RawLock::Gate { monitor, held } = &*self.lock {
            let entered = monitor.enter();
            held.set(false);
            entered.notify_one();
        }
    }
}

/// What a condition variable is made of.
pub(in crate::orderings) enum RawCondvar {
    /// loom's condition variable, for direct locks.
    Direct(loom::sync::Condvar),
    /// A monitor to wait in, for gates.
    Gate(Monitor),
}

impl RawCondvar {
    pub(in crate::orderings) fn new() -> RawCondvar {
        if world::careful() {
            RawCondvar::Gate(Monitor::new())
        } else {
            RawCondvar::Direct(loom::sync::Condvar::new())
        }
    }

    /// Releases the lock, waits for a notification and takes the lock again.
    pub(in crate::orderings) fn wait(&self, mut held: RawGuard) -> RawGuard {
        match self {
            RawCondvar::Direct(condvar) => {
                if let Some(guard) = held.guard.take() {
                    let guard = switching(|| loom_wait(condvar, guard));
                    *held.guard = Some(guard);
                }
                held
            }
            RawCondvar::Gate(monitor) => {
                let lock = held.lock.clone();
                let entered = monitor.enter();
                drop(held);
                drop(entered.wait());
                RawGuard::lock(lock)
            }
        }
    }

    pub(in crate::orderings) fn notify_one(&self) {
        match self {
            RawCondvar::Direct(condvar) => switching(|| condvar.notify_one()),
            RawCondvar::Gate(monitor) => monitor.enter().notify_one(),
        }
    }

    pub(in crate::orderings) fn notify_all(&self) {
        match self {
            RawCondvar::Direct(condvar) => switching(|| condvar.notify_all()),
            RawCondvar::Gate(monitor) => monitor.enter().notify_all(),
        }
    }
}
