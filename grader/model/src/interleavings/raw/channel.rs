//! Channels, less the messages themselves: how many there are, and who is connected.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use super::time;
use crate::answer::{NoMessage, NotSent};
use crate::interleavings::handle::Handle;
use crate::interleavings::kernel::{self, WakeUp};
use crate::interleavings::object::{Access, ObjectId, State};
use crate::interleavings::request::{Gate, Request};
use crate::trace::{ObjectKind, Op, Outcome, Place};

pub(in crate::interleavings) struct Channel {
    handle: Handle,
    /// Messages that fit; `None` for any number. With none, a sender waits for its message
    /// to be taken.
    bound: Option<usize>,
    /// Ends outside of a model are counted here, before the channel is registered.
    senders: AtomicUsize,
}

impl Channel {
    /// A channel with one sender and its receiver.
    pub(in crate::interleavings) const fn new(bound: Option<usize>, created: Place) -> Channel {
        Channel {
            handle: Handle::new(ObjectKind::Channel, created),
            bound,
            senders: AtomicUsize::new(1),
        }
    }

    /// Sends what `put` adds to the messages. When it was not sent, but added, it is there
    /// to be taken back, as the only one.
    ///
    /// # Panics
    ///
    /// Outside of a model.
    pub(in crate::interleavings) fn send(
        &self,
        place: Place,
        put: &mut dyn FnMut(),
    ) -> Result<(), NotSent> {
        let id = self.id();
        let ticket = self.add(Op::Send, Gate::Sendable(id), place, put)?;
        if self.bound != Some(0) {
            return Ok(());
        }
        let request = Request::new(Op::Send, place).on(id, Access::Await);
        kernel::step(request.when(Gate::Received(id, ticket)), |kernel| {
            let State::Channel {
                messages, received, ..
            } = &mut kernel.object(id).state
            else {
                return Ok(());
            };
            if *received >= ticket {
                return Ok(());
            }
            messages.pop_front();
            kernel.event().outcome = Some(Outcome::Disconnected);
            Err(NotSent::Disconnected)
        })
    }

    /// As [`send`](Channel::send), but waits for nothing.
    pub(in crate::interleavings) fn try_send(
        &self,
        place: Place,
        put: &mut dyn FnMut(),
    ) -> Result<(), NotSent> {
        self.add(Op::TrySend, Gate::Open, place, put)?;
        Ok(())
    }

    /// Adds a message; which one of all it is.
    fn add(&self, op: Op, gate: Gate, place: Place, put: &mut dyn FnMut()) -> Result<u64, NotSent> {
        let id = self.id();
        let request = Request::new(op, place).on(id, Access::Write).when(gate);
        kernel::step(request, |kernel| {
            let sync = kernel.me().sync;
            let State::Channel {
                messages,
                capacity,
                receiver,
                received,
                ..
            } = &mut kernel.object(id).state
            else {
                return Err(NotSent::Disconnected);
            };
            if !*receiver {
                kernel.event().outcome = Some(Outcome::Disconnected);
                return Err(NotSent::Disconnected);
            }
            if capacity.is_some_and(|capacity| messages.len() >= capacity) {
                kernel.event().outcome = Some(Outcome::Full);
                kernel.fruitless();
                return Err(NotSent::Full);
            }
            messages.push_back(sync);
            let ticket = *received + messages.len() as u64;
            put();
            kernel.fruitful();
            Ok(ticket)
        })
    }

    /// Receives what `take` removes from the messages.
    ///
    /// # Panics
    ///
    /// Outside of a model.
    pub(in crate::interleavings) fn recv(
        &self,
        place: Place,
        take: &mut dyn FnMut(),
    ) -> Result<(), NoMessage> {
        let gate = Gate::Receivable(self.id(), None);
        self.remove(Op::Recv, gate, false, place, take)
    }

    /// As [`recv`](Channel::recv), but waits for nothing.
    pub(in crate::interleavings) fn try_recv(
        &self,
        place: Place,
        take: &mut dyn FnMut(),
    ) -> Result<(), NoMessage> {
        self.remove(Op::TryRecv, Gate::Open, false, place, take)
    }

    /// As [`recv`](Channel::recv), but not for ever.
    pub(in crate::interleavings) fn recv_timeout(
        &self,
        timeout: Duration,
        place: Place,
        take: &mut dyn FnMut(),
    ) -> Result<(), NoMessage> {
        let deadline = time::deadline(timeout);
        let Some(deadline) = deadline.filter(|_| self.gives_up_early(place)) else {
            let gate = Gate::Receivable(self.id(), deadline);
            return self.remove(Op::RecvTimeout, gate, false, place, take);
        };
        let received = self.remove(Op::RecvTimeout, Gate::Open, true, place, take);
        if received == Err(NoMessage::Empty) {
            kernel::with(|kernel| {
                kernel.reach(deadline);
                kernel.timeouts += 1;
            });
        }
        received
    }

    /// Whether the time-out comes before anything else; a step of its own, since it is a choice.
    fn gives_up_early(&self, place: Place) -> bool {
        let id = self.id();
        kernel::step(
            Request::new(Op::RecvTimeout, place).on(id, Access::Read),
            |kernel| {
                // A receive is never ended spuriously.
                let spurious = std::mem::replace(&mut kernel.rules.spurious, 0);
                let early = kernel.choose_early_end(true) == Some(WakeUp::TimedOut);
                kernel.rules.spurious = spurious;
                early
            },
        )
    }

    fn remove(
        &self,
        op: Op,
        gate: Gate,
        early: bool,
        place: Place,
        take: &mut dyn FnMut(),
    ) -> Result<(), NoMessage> {
        let id = self.id();
        let request = Request::new(op, place).on(id, Access::Write).when(gate);
        kernel::step(request, |kernel| {
            let State::Channel {
                messages,
                senders,
                received,
                ..
            } = &mut kernel.object(id).state
            else {
                return Err(NoMessage::Disconnected);
            };
            let disconnected = *senders == 0;
            let Some(sync) = messages.pop_front() else {
                let (why, outcome) = match disconnected {
                    true => (NoMessage::Disconnected, Outcome::Disconnected),
                    false => (NoMessage::Empty, Outcome::Empty),
                };
                kernel.event().outcome = Some(if early { Outcome::TimedOut } else { outcome });
                kernel.fruitless();
                return Err(why);
            };
            *received += 1;
            take();
            kernel.me().sync.join(&sync);
            kernel.fruitful();
            Ok(())
        })
    }

    /// The new end is the sender's own doing, and no step: no other thread can tell when
    /// it came to be.
    pub(in crate::interleavings) fn add_sender(&self) {
        if !kernel::inside() {
            self.senders.fetch_add(1, Relaxed);
            return;
        }
        let id = self.id();
        kernel::with(|kernel| {
            if let State::Channel { senders, .. } = &mut kernel.object(id).state {
                *senders += 1;
            }
        });
    }

    pub(in crate::interleavings) fn drop_sender(&self, made: Place) {
        if !kernel::inside() {
            self.senders.fetch_sub(1, Relaxed);
        }
        self.disconnect(made, |state| {
            if let State::Channel { senders, .. } = state {
                *senders -= 1;
            }
        });
    }

    /// `drain` removes all messages. Those whose senders still wait are left to them.
    pub(in crate::interleavings) fn drop_receiver(&self, made: Place, drain: &mut dyn FnMut()) {
        let keeps = self.bound == Some(0);
        self.disconnect(made, |state| {
            if let State::Channel {
                receiver, messages, ..
            } = state
            {
                *receiver = false;
                if !keeps {
                    messages.clear();
                }
            }
        });
        if !keeps {
            drain();
        }
    }

    /// An end of the channel goes away.
    fn disconnect(&self, made: Place, leave: impl FnOnce(&mut State)) {
        if !kernel::inside() {
            return;
        }
        let id = self.id();
        kernel::step(
            Request::new(Op::Disconnect, made).on(id, Access::Write),
            |kernel| {
                leave(&mut kernel.object(id).state);
                kernel.fruitful();
            },
        );
    }

    fn id(&self) -> ObjectId {
        assert!(
            kernel::inside(),
            "a modelled channel is used outside of a model"
        );
        self.handle.id(|| State::Channel {
            messages: VecDeque::new(),
            // A rendezvous is a channel of one whose sender waits for the message to be taken.
            capacity: self.bound.map(|bound| bound.max(1)),
            senders: self.senders.load(Relaxed),
            receiver: true,
            received: 0,
        })
    }
}
