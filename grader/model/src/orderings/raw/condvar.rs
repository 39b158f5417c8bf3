//! Condition variables.

use std::rc::Rc;
use std::time::Duration;

use super::lock::{Held, Lock, LoomGuard};
use super::monitor::{Monitor, loom_wait};
use crate::orderings::object::Core;
use crate::orderings::world::{self, event, switching};
use crate::trace::{ObjectIndex, ObjectKind, Op, Outcome, Place};

/// `notify_one` wakes whoever has waited longest.
pub(in crate::orderings) struct Condvar {
    core: Core,
}

impl Condvar {
    pub(in crate::orderings) const fn new(created: Place) -> Condvar {
        Condvar {
            core: Core::new(ObjectKind::Condvar, created),
        }
    }

    /// Releases the lock, waits for a notification and takes the lock again. Whether it
    /// took too long: it does so at once or never.
    pub(in crate::orderings) fn wait(
        &self,
        _: &Lock,
        held: Held,
        timeout: Option<Duration>,
        place: Place,
    ) -> (Held, bool) {
        let Held { guard, taken } = held;
        let (object, condvar) = self.resolve();
        if timeout.is_some_and(|timeout| timeout.is_zero()) {
            let gives_up = event(Op::WaitTimeout, place)
                .on(object)
                .with_outcome(Some(Outcome::TimedOut));
            let guard = guard.release_for(|| world::record_yield(gives_up));
            return (Held { guard, taken }, true);
        }
        let op = match timeout {
            None => Op::Wait,
            Some(_) => Op::WaitTimeout,
        };
        let waiting = event(op, place).on(object);
        world::record(waiting);
        world::intend(waiting);
        let guard = condvar.wait(guard);
        let mut relocked = event(Op::Relock, place);
        relocked.object = taken.object;
        world::record(relocked);
        (Held { guard, taken }, false)
    }

    pub(in crate::orderings) fn notify_one(&self, place: Place) {
        self.notify(Op::NotifyOne, place, LoomCondvar::notify_one);
    }

    pub(in crate::orderings) fn notify_all(&self, place: Place) {
        self.notify(Op::NotifyAll, place, LoomCondvar::notify_all);
    }

    fn notify(&self, op: Op, place: Place, notify: fn(&LoomCondvar)) {
        let (object, condvar) = self.resolve();
        let event = event(op, place).on(object);
        world::intend(event);
        notify(&condvar);
        world::record(event);
    }

    fn resolve(&self) -> (ObjectIndex, Rc<LoomCondvar>) {
        self.core.get(|| Rc::new(LoomCondvar::new()))
    }
}

/// What a condition variable is made of.
enum LoomCondvar {
    /// loom's condition variable, for direct locks.
    Direct(loom::sync::Condvar),
    /// A monitor to wait in, for gates.
    Gate(Monitor),
}

impl LoomCondvar {
    fn new() -> LoomCondvar {
        if world::careful() {
            LoomCondvar::Gate(Monitor::new())
        } else {
            LoomCondvar::Direct(loom::sync::Condvar::new())
        }
    }

    /// Releases the lock, waits for a notification and takes the lock again.
    fn wait(&self, mut held: LoomGuard) -> LoomGuard {
        match self {
            LoomCondvar::Direct(condvar) => {
                if let Some(guard) = held.guard.take() {
                    let guard = switching(|| loom_wait(condvar, guard));
                    *held.guard = Some(guard);
                }
                held
            }
            LoomCondvar::Gate(monitor) => {
                let lock = held.lock.clone();
                let entered = monitor.enter();
                drop(held);
                drop(entered.wait());
                LoomGuard::lock(lock)
            }
        }
    }

    fn notify_one(&self) {
        match self {
            LoomCondvar::Direct(condvar) => switching(|| condvar.notify_one()),
            LoomCondvar::Gate(monitor) => monitor.enter().notify_one(),
        }
    }

    fn notify_all(&self) {
        match self {
            LoomCondvar::Direct(condvar) => switching(|| condvar.notify_all()),
            LoomCondvar::Gate(monitor) => monitor.enter().notify_all(),
        }
    }
}
