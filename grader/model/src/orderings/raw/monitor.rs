//! The lock with a condition variable that everything else is built from.

use std::rc::Rc;

use crate::orderings::object::Core;
use crate::orderings::world::switching;
use crate::trace::ObjectIndex;

/// loom's own mutex and condition variable, never held while code under test runs.
pub(super) struct Monitor {
    mutex: loom::sync::Mutex<()>,
    condvar: loom::sync::Condvar,
}

/// The calling thread is alone in the monitor.
pub(super) struct Entered<'a> {
    monitor: &'a Monitor,
    guard: loom::sync::MutexGuard<'a, ()>,
}

impl Monitor {
    pub(super) fn new() -> Monitor {
        Monitor {
            mutex: loom::sync::Mutex::new(()),
            condvar: loom::sync::Condvar::new(),
        }
    }

    pub(super) fn enter(&self) -> Entered<'_> {
        Entered {
            monitor: self,
            guard: switching(|| loom_lock(&self.mutex)),
        }
    }
}

impl Entered<'_> {
    /// Leaves, waits for a notification and enters again.
    pub(super) fn wait(self) -> Self {
        let Entered { monitor, guard } = self;
        Entered {
            monitor,
            guard: switching(|| loom_wait(&monitor.condvar, guard)),
        }
    }

    pub(super) fn wait_while(mut self, mut condition: impl FnMut() -> bool) -> Self {
        while condition() {
            self = self.wait();
        }
        self
    }

    pub(super) fn notify_one(&self) {
        switching(|| self.monitor.condvar.notify_one());
    }

    pub(super) fn notify_all(&self) {
        switching(|| self.monitor.condvar.notify_all());
    }
}

/// The monitor behind an object that is built from one.
pub(super) fn monitor(core: &Core) -> (ObjectIndex, Rc<Monitor>) {
    core.get(|| Rc::new(Monitor::new()))
}

/// loom's mutex is never poisoned without a panic of its own.
pub(super) fn loom_lock(mutex: &loom::sync::Mutex<()>) -> loom::sync::MutexGuard<'_, ()> {
    mutex.lock().unwrap_or_else(|poison| poison.into_inner())
}

pub(super) fn loom_wait<'a>(
    condvar: &loom::sync::Condvar,
    guard: loom::sync::MutexGuard<'a, ()>,
) -> loom::sync::MutexGuard<'a, ()> {
    condvar
        .wait(guard)
        .unwrap_or_else(|poison| poison.into_inner())
}
