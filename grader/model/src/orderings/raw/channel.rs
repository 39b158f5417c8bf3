//! Channels, less the messages themselves: how many there are, and who is connected.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::monitor::monitor;
use crate::answer::{NoMessage, NotSent, Put};
use crate::orderings::object::Core;
use crate::orderings::world::{self, event};
use crate::trace::{Event, ObjectKind, Op, Outcome, Place};

pub(in crate::orderings) struct Channel {
    core: Core,
    /// Changed only in the monitor, so never contended.
    state: Mutex<State>,
}

struct State {
    messages: usize,
    /// Messages that fit; `None` for any number. With none, a message waits for its
    /// receiver, and its sender with it.
    bound: Option<usize>,
    senders: usize,
    connected: bool,
    /// Receivers that wait for a message.
    waiting: usize,
    sent: u64,
    received: u64,
}

impl Channel {
    /// A channel with one sender and its receiver.
    pub(in crate::orderings) const fn new(bound: Option<usize>, created: Place) -> Channel {
        Channel {
            core: Core::new(ObjectKind::Channel, created),
            state: Mutex::new(State {
                messages: 0,
                bound,
                senders: 1,
                connected: true,
                waiting: 0,
                sent: 0,
                received: 0,
            }),
        }
    }

    /// Sends what `put` adds to the messages. Where it was added and not received, `put` is to
    /// take it back from where it is among them.
    pub(in crate::orderings) fn send(
        &self,
        place: Place,
        put: &mut dyn FnMut(Put),
    ) -> Result<(), NotSent> {
        let event = self.begin(Op::Send, place);
        let (_, monitor) = monitor(&self.core);
        let entered = monitor.enter().wait_while(|| self.state().is_full());
        if !self.state().connected {
            drop(entered);
            world::record(event.with_outcome(Some(Outcome::Disconnected)));
            return Err(NotSent::Disconnected);
        }
        let ticket = self.state().add();
        put(Put::Last);
        entered.notify_all();
        if self.state().bound == Some(0) {
            let entered = entered.wait_while(|| {
                let state = self.state();
                state.received < ticket && state.connected
            });
            if self.state().received < ticket {
                self.state().messages -= 1;
                // Without room, one message at a time is there.
                put(Put::Back(0));
                drop(entered);
                world::record(event.with_outcome(Some(Outcome::Disconnected)));
                return Err(NotSent::Disconnected);
            }
        } else {
            drop(entered);
        }
        world::record(event);
        Ok(())
    }

    /// As [`send`](Channel::send), but waits for nothing.
    pub(in crate::orderings) fn try_send(
        &self,
        place: Place,
        put: &mut dyn FnMut(Put),
    ) -> Result<(), NotSent> {
        let event = self.begin(Op::TrySend, place);
        let (_, monitor) = monitor(&self.core);
        let entered = monitor.enter();
        if !self.state().connected {
            drop(entered);
            world::record(event.with_outcome(Some(Outcome::Disconnected)));
            return Err(NotSent::Disconnected);
        }
        if self.state().is_full() || self.state().nobody_meets_it() {
            drop(entered);
            world::record_look(event.with_outcome(Some(Outcome::Full)));
            return Err(NotSent::Full);
        }
        self.state().add();
        put(Put::Last);
        entered.notify_all();
        drop(entered);
        world::record(event);
        Ok(())
    }

    /// Receives what `take` removes from the messages.
    pub(in crate::orderings) fn recv(
        &self,
        place: Place,
        take: &mut dyn FnMut(),
    ) -> Result<(), NoMessage> {
        self.wait_for_message(Op::Recv, place, take)
    }

    /// As [`recv`](Channel::recv), but waits for nothing.
    pub(in crate::orderings) fn try_recv(
        &self,
        place: Place,
        take: &mut dyn FnMut(),
    ) -> Result<(), NoMessage> {
        let event = self.begin(Op::TryRecv, place);
        let (_, monitor) = monitor(&self.core);
        let entered = monitor.enter();
        let received = self.state().remove();
        if received {
            take();
            entered.notify_all();
        }
        let senders = self.state().senders;
        drop(entered);
        match (received, senders) {
            (true, _) => {
                world::record(event);
                Ok(())
            }
            (false, 0) => {
                world::record(event.with_outcome(Some(Outcome::Disconnected)));
                Err(NoMessage::Disconnected)
            }
            (false, _) => {
                world::record_look(event.with_outcome(Some(Outcome::Empty)));
                Err(NoMessage::Empty)
            }
        }
    }

    /// As [`recv`](Channel::recv), but times out: at once or never.
    pub(in crate::orderings) fn recv_timeout(
        &self,
        timeout: Duration,
        place: Place,
        take: &mut dyn FnMut(),
    ) -> Result<(), NoMessage> {
        if timeout.is_zero() {
            self.try_recv(place, take)
        } else {
            self.wait_for_message(Op::RecvTimeout, place, take)
        }
    }

    /// The new end is the sender's own doing: no other thread can tell when it came to be.
    pub(in crate::orderings) fn add_sender(&self) {
        self.state().senders += 1;
    }

    pub(in crate::orderings) fn drop_sender(&self, _: Place) {
        self.disconnect(|state| state.senders -= 1);
    }

    /// `drain` removes all messages. Those whose senders still wait are left to them.
    pub(in crate::orderings) fn drop_receiver(&self, _: Place, drain: &mut dyn FnMut()) {
        self.disconnect(|state| {
            state.connected = false;
            if state.bound != Some(0) {
                state.messages = 0;
                drain();
            }
        });
    }

    fn begin(&self, op: Op, place: Place) -> Event {
        let (object, _) = monitor(&self.core);
        let event = event(op, place).on(object);
        world::intend(event);
        event
    }

    fn wait_for_message(
        &self,
        op: Op,
        place: Place,
        take: &mut dyn FnMut(),
    ) -> Result<(), NoMessage> {
        let event = self.begin(op, place);
        let (_, monitor) = monitor(&self.core);
        let mut entered = monitor.enter();
        self.state().waiting += 1;
        entered = entered.wait_while(|| self.state().is_silent());
        self.state().waiting -= 1;
        let received = self.state().remove();
        if received {
            take();
            entered.notify_all();
        }
        drop(entered);
        if received {
            world::record(event);
            Ok(())
        } else {
            world::record(event.with_outcome(Some(Outcome::Disconnected)));
            Err(NoMessage::Disconnected)
        }
    }

    /// Changes who is connected, and tells those who wait.
    fn disconnect(&self, change: impl FnOnce(&mut State)) {
        if !world::inside() {
            return;
        }
        let (_, monitor) = monitor(&self.core);
        let entered = monitor.enter();
        change(&mut self.state());
        entered.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_full(&self) -> bool {
        self.connected
            && self
                .bound
                .is_some_and(|bound| self.messages >= bound.max(1))
    }

    fn is_silent(&self) -> bool {
        self.messages == 0 && self.senders > 0
    }

    /// Whether a message that does not wait would find no receiver, where there is no room.
    fn nobody_meets_it(&self) -> bool {
        self.bound == Some(0) && self.waiting == 0
    }

    /// One more message; which of all it is.
    fn add(&mut self) -> u64 {
        self.messages += 1;
        self.sent += 1;
        self.sent
    }

    /// One message less, if there is any.
    fn remove(&mut self) -> bool {
        if self.messages == 0 {
            return false;
        }
        self.messages -= 1;
        self.received += 1;
        true
    }
}
