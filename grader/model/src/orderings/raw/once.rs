//! What runs once while whoever comes meanwhile waits.

use std::sync::atomic::{AtomicU8, Ordering};

use super::monitor::monitor;
use crate::answer::Begun;
use crate::orderings::object::Core;
use crate::orderings::world::{self, event};
use crate::trace::{ObjectKind, Op, Outcome, Place};

const FRESH: u8 = 0;
const POISONED: u8 = 1;
const RUNNING: u8 = 2;
const DONE: u8 = 3;

pub(in crate::orderings) struct Once {
    core: Core,
    /// Changed only in the monitor.
    state: AtomicU8,
}

impl Once {
    pub(in crate::orderings) const fn new(created: Place) -> Once {
        Once {
            core: Core::new(ObjectKind::Once, created),
            state: AtomicU8::new(FRESH),
        }
    }

    /// Makes it a new one, or one that is done.
    pub(in crate::orderings) fn set_done(&mut self, done: bool) {
        *self.state.get_mut() = if done { DONE } else { FRESH };
    }

    /// Begins a call when no other one runs; where one has panicked, only by force.
    pub(in crate::orderings) fn begin(&self, force: bool, place: Place) -> Begun {
        let (object, monitor) = monitor(&self.core);
        let event = event(Op::Once, place).on(object);
        world::intend(event);
        let entered = monitor.enter().wait_while(|| self.state() == RUNNING);
        let begun = match self.state() {
            DONE => Begun::Done,
            POISONED if !force => Begun::Poisoned,
            state => {
                self.state.store(RUNNING, Ordering::Relaxed);
                Begun::Mine {
                    poisoned: state == POISONED,
                }
            }
        };
        drop(entered);
        world::record(event);
        begun
    }

    /// Ends the call that the caller has begun: it is done, or has panicked.
    pub(in crate::orderings) fn end(&self, done: bool, _: Place) {
        let (_, monitor) = monitor(&self.core);
        let entered = monitor.enter();
        let state = if done { DONE } else { POISONED };
        self.state.store(state, Ordering::Relaxed);
        entered.notify_all();
    }

    /// Whether a call has been done.
    pub(in crate::orderings) fn is_done(&self, place: Place) -> bool {
        let (object, monitor) = monitor(&self.core);
        let event = event(Op::Once, place).on(object);
        world::intend(event);
        let entered = monitor.enter();
        let done = self.state() == DONE;
        drop(entered);
        if done {
            world::record(event);
        } else {
            world::record_look(event.with_outcome(Some(Outcome::Busy)));
        }
        done
    }

    /// Waits until a call has been done; or has panicked, unless that is to be waited out.
    /// Whether it was done.
    pub(in crate::orderings) fn wait(&self, force: bool, place: Place) -> bool {
        let (object, monitor) = monitor(&self.core);
        let event = event(Op::Once, place).on(object);
        world::intend(event);
        let is_over = |state| state == DONE || state == POISONED && !force;
        let entered = monitor.enter().wait_while(|| !is_over(self.state()));
        let done = self.state() == DONE;
        drop(entered);
        world::record(event);
        done
    }

    fn state(&self) -> u8 {
        self.state.load(Ordering::Relaxed)
    }
}
