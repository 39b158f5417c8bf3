//! Channels, less the messages themselves: how many there are, and who is connected.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use super::time;
use crate::answer::{NoMessage, NotSent, Put};
use crate::interleavings::clock::Clock;
use crate::interleavings::handle::Handle;
use crate::interleavings::kernel::{self, Kernel};
use crate::interleavings::object::{self, Access, Message, ObjectId, State};
use crate::interleavings::request::{Gate, Request};
use crate::interleavings::threads::WakeUp;
use crate::trace::{ObjectKind, Op, Outcome, Place};

pub(in crate::interleavings) struct Channel {
    handle: Handle,
    /// Messages that fit; `None` for any number. With none, a sender waits for its message
    /// to be taken.
    bound: Option<usize>,
    /// Ends outside of a model are counted here, before the channel is registered.
    senders: AtomicUsize,
}

/// How long a receiver waits for a message.
#[derive(Debug, Clone, Copy)]
enum Wait {
    Not,
    /// The wait begins.
    Begin,
    /// It goes on, up to a deadline if there is one.
    On(Option<Duration>),
    /// It is over, at this time, unless there is a message.
    Until(Duration),
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

    /// Sends what `put` adds to the messages. Where it was added and not received, `put` is to
    /// take it back from where it is among them.
    ///
    /// # Panics
    ///
    /// Outside of a model.
    pub(in crate::interleavings) fn send(
        &self,
        place: Place,
        put: &mut dyn FnMut(Put),
    ) -> Result<(), NotSent> {
        let id = self.id();
        let ticket = self.add(Op::Send, Gate::Sendable(id), place, put)?;
        if self.bound != Some(0) {
            return Ok(());
        }
        let request = Request::new(Op::Send, place).on(id, Access::Await);
        kernel::step(request.when(Gate::Received(id, ticket)), |kernel| {
            let State::Channel(channel) = &mut kernel.object(id).state else {
                return Ok(());
            };
            let Some(at) = channel.position(ticket) else {
                return Ok(());
            };
            channel.messages.remove(at);
            let left = channel.left;
            put(Put::Back(at));
            kernel.me().sync.join(&left);
            kernel.event().outcome = Some(Outcome::Disconnected);
            Err(NotSent::Disconnected)
        })
    }

    /// As [`send`](Channel::send), but waits for nothing.
    pub(in crate::interleavings) fn try_send(
        &self,
        place: Place,
        put: &mut dyn FnMut(Put),
    ) -> Result<(), NotSent> {
        self.add(Op::TrySend, Gate::Open, place, put)?;
        Ok(())
    }

    /// Adds a message; which one of all it is.
    fn add(
        &self,
        op: Op,
        gate: Gate,
        place: Place,
        put: &mut dyn FnMut(Put),
    ) -> Result<u64, NotSent> {
        let id = self.id();
        let request = Request::new(op, place).on(id, Access::Write).when(gate);
        kernel::step(request, |kernel| {
            let (sender, sync) = (kernel.current, kernel.me().sync);
            let State::Channel(channel) = &mut kernel.object(id).state else {
                return Err(NotSent::Disconnected);
            };
            if !channel.receiver {
                let left = channel.left;
                kernel.me().sync.join(&left);
                kernel.event().outcome = Some(Outcome::Disconnected);
                return Err(NotSent::Disconnected);
            }
            // Without room, only a receiver that waits already can be handed a message.
            let unmet = self.bound == Some(0) && !(channel.awaited && channel.messages.is_empty());
            if channel.is_full() || op == Op::TrySend && unmet {
                kernel.event().outcome = Some(Outcome::Full);
                kernel.fruitless();
                return Err(NotSent::Full);
            }
            channel.sent += 1;
            let ticket = channel.sent;
            channel.messages.push_back(Message {
                ticket,
                sender,
                sync,
            });
            let room = channel.room.pop_front();
            put(Put::Last);
            kernel.me().sync.join(&room.unwrap_or_default());
            kernel.rouse_receiver(id);
            kernel.changes_data();
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
        self.wait_for_message(Op::Recv, None, place, take)
    }

    /// As [`recv`](Channel::recv), but waits for nothing.
    pub(in crate::interleavings) fn try_recv(
        &self,
        place: Place,
        take: &mut dyn FnMut(),
    ) -> Result<(), NoMessage> {
        self.remove(Op::TryRecv, Wait::Not, place, take)
    }

    /// As [`recv`](Channel::recv), but not for ever.
    pub(in crate::interleavings) fn recv_timeout(
        &self,
        timeout: Duration,
        place: Place,
        take: &mut dyn FnMut(),
    ) -> Result<(), NoMessage> {
        let deadline = time::deadline(timeout);
        let Some(early) = deadline.filter(|_| self.gives_up_early(deadline, place)) else {
            return self.wait_for_message(Op::RecvTimeout, deadline, place, take);
        };
        self.remove(Op::RecvTimeout, Wait::Until(early), place, take)
    }

    fn wait_for_message(
        &self,
        op: Op,
        deadline: Option<Duration>,
        place: Place,
        take: &mut dyn FnMut(),
    ) -> Result<(), NoMessage> {
        if self.bound == Some(0) {
            match self.remove(op, Wait::Begin, place, take) {
                Err(NoMessage::Empty) => {}
                received => return received,
            }
        }
        self.remove(op, Wait::On(deadline), place, take)
    }

    fn remove(
        &self,
        op: Op,
        wait: Wait,
        place: Place,
        take: &mut dyn FnMut(),
    ) -> Result<(), NoMessage> {
        let id = self.id();
        let mut request = Request::new(op, place).on(id, Access::Write);
        match wait {
            Wait::On(deadline) => request = request.when(Gate::Receivable(id, deadline)),
            Wait::Until(_) => {
                let clock = kernel::with(|kernel| kernel.clock_object);
                request = request.on(clock, Access::Write);
            }
            Wait::Not | Wait::Begin => {}
        }
        kernel::step(request, |kernel| {
            let sync = kernel.me().sync;
            let State::Channel(channel) = &mut kernel.object(id).state else {
                return Err(NoMessage::Disconnected);
            };
            channel.awaited = matches!(wait, Wait::Begin) && channel.senders > 0;
            let (full, left) = (channel.is_full(), channel.left);
            if let Some(message) = channel.messages.pop_front() {
                channel.awaited = false;
                if full {
                    channel.room.push_back(sync);
                }
                take();
                if self.bound == Some(0) {
                    kernel.meet(message.sender);
                }
                kernel.me().sync.join(&message.sync);
                kernel.fruitful();
                return Ok(());
            }
            if channel.senders == 0 {
                kernel.me().sync.join(&left);
                kernel.event().outcome = Some(Outcome::Disconnected);
                kernel.fruitless();
                return Err(NoMessage::Disconnected);
            }
            match wait {
                Wait::Until(deadline) => {
                    kernel.reach(deadline);
                    kernel.timeouts += 1;
                    kernel.event().outcome = Some(Outcome::TimedOut);
                    kernel.fruitless();
                }
                Wait::Begin => {}
                Wait::On(_) | Wait::Not => {
                    kernel.event().outcome = Some(Outcome::Empty);
                    kernel.fruitless();
                }
            }
            Err(NoMessage::Empty)
        })
    }

    /// Whether the time-out comes before anything else; a step of its own, since it is a choice.
    fn gives_up_early(&self, deadline: Option<Duration>, place: Place) -> bool {
        let id = self.id();
        kernel::step(Request::new(Op::RecvTimeout, place), |kernel| {
            // A receive is never ended spuriously.
            let spurious = std::mem::replace(&mut kernel.rules.spurious, 0);
            let early = kernel.choose_early_end(id, deadline) == Some(WakeUp::TimedOut);
            kernel.rules.spurious = spurious;
            kernel.rouse_receiver(id);
            early
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
            if let State::Channel(channel) = &mut kernel.object(id).state {
                channel.senders += 1;
            }
        });
    }

    pub(in crate::interleavings) fn drop_sender(&self, made: Place) {
        if !kernel::inside() {
            self.senders.fetch_sub(1, Relaxed);
        }
        self.disconnect(made, |channel| channel.senders -= 1);
    }

    /// `drain` removes all messages. Those whose senders still wait are left to them.
    pub(in crate::interleavings) fn drop_receiver(&self, made: Place, drain: &mut dyn FnMut()) {
        let keeps = self.bound == Some(0);
        self.disconnect(made, |channel| {
            channel.receiver = false;
            if !keeps {
                channel.messages.clear();
            }
        });
        if !keeps {
            drain();
        }
    }

    /// An end of the channel goes away.
    fn disconnect(&self, made: Place, leave: impl FnOnce(&mut object::Channel)) {
        if !kernel::inside() {
            return;
        }
        let id = self.id();
        kernel::step(
            Request::new(Op::Disconnect, made).on(id, Access::Write),
            |kernel| {
                let sync = kernel.me().sync;
                if let State::Channel(channel) = &mut kernel.object(id).state {
                    leave(channel);
                    channel.left.join(&sync);
                }
                kernel.rouse_receiver(id);
                kernel.fruitful();
            },
        );
    }

    fn id(&self) -> ObjectId {
        assert!(
            kernel::inside(),
            "a modelled channel is used outside of a model"
        );
        self.handle.id(|| {
            State::Channel(object::Channel {
                messages: VecDeque::new(),
                // Whoever sends without room waits for the message to be taken instead.
                capacity: self.bound.filter(|&bound| bound > 0),
                senders: self.senders.load(Relaxed),
                receiver: true,
                awaited: false,
                sent: 0,
                room: VecDeque::new(),
                left: Clock::default(),
            })
        })
    }
}

impl Kernel {
    /// Whoever waits for a message does so no longer, if there is one or nobody can send any.
    fn rouse_receiver(&mut self, id: ObjectId) {
        if self.is_open(Gate::Receivable(id, None)) {
            self.rouse(id);
        }
    }

    /// The current thread takes what another one, which waits for that, has brought.
    fn meet(&mut self, sender: usize) {
        let me = self.me();
        let (order, sync) = (me.order, me.sync);
        let sender = &mut self.threads[sender];
        sender.order.join(&order);
        sender.sync.join(&sync);
    }
}
