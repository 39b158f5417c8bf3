//! `Barrier`.

use std::fmt;
use std::panic::Location;

use crate::interleavings::kernel::{self, Gate, Request};
use crate::interleavings::object::{Access, Handle, State};
use crate::trace::{ObjectKind, Op};

/// A modelled `std::sync::Barrier`.
pub struct Barrier {
    handle: Handle,
    parties: usize,
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
    #[must_use]
    #[track_caller]
    pub const fn new(n: usize) -> Barrier {
        Barrier {
            handle: Handle::new(),
            parties: n,
        }
    }

    /// See `std::sync::Barrier::wait`. The last to come leads.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        assert!(
            kernel::inside(),
            "a barrier is waited at outside of a model"
        );
        let location = Location::caller();
        let id = self.handle.id(ObjectKind::Barrier, || State::Barrier {
            waiting: Vec::new(),
        });
        let request = Request::new(Op::Wait, location).on(id, Access::Write);
        let leads = kernel::step(request, |kernel| {
            let (me, sync) = (kernel.current, kernel.me().sync);
            let object = kernel.object(id);
            object.sync.join(&sync);
            let known = object.sync;
            let State::Barrier { waiting } = &mut object.state else {
                return true;
            };
            let leads = waiting.len() + 1 >= self.parties;
            if leads {
                let released = std::mem::take(waiting);
                kernel.me().sync.join(&known);
                for thread in released {
                    kernel.wake(thread, None);
                }
            } else {
                waiting.push(me);
            }
            kernel.fruitful();
            leads
        });
        if !leads {
            let request = Request::new(Op::Wait, location).on(id, Access::Await);
            kernel::step(request.when(Gate::Asleep { deadline: None }), |kernel| {
                kernel.note_wake_up();
                let sync = kernel.object(id).sync;
                kernel.me().sync.join(&sync);
            });
        }
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
