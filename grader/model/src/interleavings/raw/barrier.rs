//! Barriers.

use crate::interleavings::handle::Handle;
use crate::interleavings::kernel;
use crate::interleavings::object::{Access, State};
use crate::interleavings::request::{Gate, Request};
use crate::trace::{ObjectKind, Op, Place};

pub(in crate::interleavings) struct Barrier {
    handle: Handle,
    parties: usize,
}

impl Barrier {
    pub(in crate::interleavings) const fn new(parties: usize, created: Place) -> Barrier {
        Barrier {
            handle: Handle::new(ObjectKind::Barrier, created),
            parties,
        }
    }

    /// Waits for the others. Whether the caller is the last to come.
    ///
    /// # Panics
    ///
    /// Outside of a model.
    pub(in crate::interleavings) fn wait(&self, place: Place) -> bool {
        assert!(
            kernel::inside(),
            "a barrier is waited at outside of a model"
        );
        let id = self.handle.id(|| State::Barrier {
            waiting: Vec::new(),
        });
        let request = Request::new(Op::Wait, place).on(id, Access::Write);
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
                    kernel.threads[thread].sync.join(&known);
                }
            } else {
                waiting.push(me);
            }
            kernel.fruitful();
            leads
        });
        if !leads {
            let request = Request::new(Op::Wait, place).on(id, Access::Await);
            kernel::step(request.when(Gate::Asleep { deadline: None }), |kernel| {
                kernel.note_wake_up();
            });
        }
        leads
    }
}
