//! Barriers.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::monitor::monitor;
use crate::orderings::object::Core;
use crate::orderings::world::{self, event};
use crate::trace::{ObjectKind, Op, Place};

pub(in crate::orderings) struct Barrier {
    core: Core,
    parties: usize,
    arrived: AtomicUsize,
    generation: AtomicUsize,
}

impl Barrier {
    pub(in crate::orderings) const fn new(parties: usize, created: Place) -> Barrier {
        Barrier {
            core: Core::new(ObjectKind::Barrier, created),
            parties,
            arrived: AtomicUsize::new(0),
            generation: AtomicUsize::new(0),
        }
    }

    /// Waits for the others. Whether the caller is the last to come.
    pub(in crate::orderings) fn wait(&self, place: Place) -> bool {
        let (object, monitor) = monitor(&self.core);
        let event = event(Op::Wait, place).on(object);
        world::intend(event);
        let entered = monitor.enter();
        let leads = self.arrived.fetch_add(1, Ordering::Relaxed) + 1 >= self.parties;
        if leads {
            self.arrived.store(0, Ordering::Relaxed);
            self.generation.fetch_add(1, Ordering::Relaxed);
            entered.notify_all();
        } else {
            let generation = self.generation.load(Ordering::Relaxed);
            let _entered =
                entered.wait_while(|| self.generation.load(Ordering::Relaxed) == generation);
        }
        world::record(event);
        leads
    }
}
