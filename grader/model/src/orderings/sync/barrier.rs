use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::orderings::object::Core;
use crate::orderings::world::{self, Detail, event};
use crate::trace::{ObjectKind, Op};

/// See `std::sync::Barrier`.
pub struct Barrier {
    core: Core,
    parties: usize,
    arrived: AtomicUsize,
    generation: AtomicUsize,
}

/// See `std::sync::BarrierWaitResult`.
pub struct BarrierWaitResult(bool);

impl BarrierWaitResult {
    /// See `std::sync::BarrierWaitResult::is_leader`.
    #[must_use]
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl Barrier {
    /// See `std::sync::Barrier::new`.
    #[track_caller]
    pub const fn new(n: usize) -> Barrier {
        Barrier {
            core: Core::new(ObjectKind::Barrier, Location::caller()),
            parties: n,
            arrived: AtomicUsize::new(0),
            generation: AtomicUsize::new(0),
        }
    }

    /// See `std::sync::Barrier::wait`.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        let (object, monitor) = self.core.monitor();
        let event = event(Op::Wait, Location::caller()).on(object);
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
        BarrierWaitResult(leads)
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").finish_non_exhaustive()
    }
}

impl fmt::Debug for BarrierWaitResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BarrierWaitResult")
            .field("is_leader", &self.0)
            .finish()
    }
}
