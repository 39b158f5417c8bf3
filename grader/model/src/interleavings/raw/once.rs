//! What runs once while whoever comes meanwhile waits.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::answer::Begun;
use crate::interleavings::handle::Handle;
use crate::interleavings::kernel;
use crate::interleavings::object::{Access, ObjectId, Phase, State};
use crate::interleavings::request::{Gate, Request};
use crate::trace::{ObjectKind, Op, Place};

pub(in crate::interleavings) struct Once {
    handle: Handle,
    /// What outlasts an execution, as a static does.
    done: AtomicBool,
    poisoned: AtomicBool,
}

impl Once {
    pub(in crate::interleavings) const fn new(created: Place) -> Once {
        Once {
            handle: Handle::new(ObjectKind::Once, created),
            done: AtomicBool::new(false),
            poisoned: AtomicBool::new(false),
        }
    }

    /// Makes it a new one, or one that is done.
    pub(in crate::interleavings) fn set_done(&mut self, done: bool) {
        self.handle.forget();
        *self.done.get_mut() = done;
        *self.poisoned.get_mut() = false;
    }

    /// Begins a call when no other one runs; where one has panicked, only by force.
    pub(in crate::interleavings) fn begin(&self, force: bool, place: Place) -> Begun {
        let begun = |phase| match phase {
            Phase::Done => Begun::Done,
            Phase::Poisoned if !force => Begun::Poisoned,
            phase => Begun::Mine {
                poisoned: phase == Phase::Poisoned,
            },
        };
        if !kernel::inside() {
            return begun(self.lasting());
        }
        let id = self.id();
        let request = Request::new(Op::Once, place).on(id, Access::Write);
        kernel::step(request.when(Gate::Settled(id)), |kernel| {
            let sync = kernel.object(id).sync;
            kernel.me().sync.join(&sync);
            kernel.fruitful();
            let me = kernel.current;
            let State::Once(phase) = &mut kernel.object(id).state else {
                return Begun::Done;
            };
            let begun = begun(*phase);
            if matches!(begun, Begun::Mine { .. }) {
                *phase = Phase::Running(me);
            }
            begun
        })
    }

    /// Ends the call that the caller has begun: it is done, or has panicked.
    pub(in crate::interleavings) fn end(&self, done: bool, place: Place) {
        let keep = || {
            self.done.store(done, Ordering::Relaxed);
            self.poisoned.store(!done, Ordering::Relaxed);
        };
        if !kernel::inside() {
            return keep();
        }
        let id = self.id();
        let request = Request::new(Op::Once, place).on(id, Access::Release);
        kernel::step(request, |kernel| {
            let sync = kernel.me().sync;
            let object = kernel.object(id);
            object.sync.join(&sync);
            keep();
            object.state = State::Once(self.lasting());
            kernel.fruitful();
        });
    }

    /// Whether a call has been done, as one step that waits for nothing.
    pub(in crate::interleavings) fn is_done(&self, place: Place) -> bool {
        if !kernel::inside() {
            return self.done.load(Ordering::Relaxed);
        }
        let id = self.id();
        let request = Request::new(Op::Once, place).on(id, Access::Look);
        kernel::step(request, |kernel| {
            let sync = kernel.object(id).sync;
            let done = matches!(kernel.object(id).state, State::Once(Phase::Done));
            if done {
                kernel.me().sync.join(&sync);
            }
            kernel.fruitless();
            done
        })
    }

    /// Waits until a call has been done; or has panicked, unless that is to be waited out.
    /// Whether it was done.
    ///
    /// # Panics
    ///
    /// Outside of a model.
    pub(in crate::interleavings) fn wait(&self, force: bool, place: Place) -> bool {
        assert!(
            kernel::inside(),
            "an initialisation is waited for outside of a model"
        );
        let id = self.id();
        let request = Request::new(Op::Once, place).on(id, Access::Write);
        kernel::step(request.when(Gate::Initialised(id, !force)), |kernel| {
            let sync = kernel.object(id).sync;
            kernel.me().sync.join(&sync);
            kernel.fruitful();
            matches!(kernel.object(id).state, State::Once(Phase::Done))
        })
    }

    fn id(&self) -> ObjectId {
        self.handle.id(|| State::Once(self.lasting()))
    }

    /// How far it is when nobody runs it.
    fn lasting(&self) -> Phase {
        if self.done.load(Ordering::Relaxed) {
            Phase::Done
        } else if self.poisoned.load(Ordering::Relaxed) {
            Phase::Poisoned
        } else {
            Phase::Fresh
        }
    }
}
