//! `std::sync::mpsc`, with disconnection.

use std::collections::VecDeque;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::interleavings::clock::Clock;
use crate::interleavings::kernel::{self, Gate, Request, WakeUp};
use crate::interleavings::object::{Access, Handle, ObjectId, State};
use crate::interleavings::time;
use crate::trace::{ObjectKind, Op, Outcome};

struct Channel<T> {
    handle: Handle,
    capacity: Option<usize>,
    /// Each message with what its sender knew.
    messages: Mutex<VecDeque<(T, Clock)>>,
    /// Ends outside of a model are counted here, before the channel is registered.
    senders: AtomicUsize,
}

impl<T> Channel<T> {
    #[track_caller]
    fn new(capacity: Option<usize>) -> Arc<Channel<T>> {
        Arc::new(Channel {
            handle: Handle::new(),
            capacity,
            messages: Mutex::new(VecDeque::new()),
            senders: 1.into(),
        })
    }

    fn id(&self) -> ObjectId {
        self.handle.id(ObjectKind::Channel, || State::Channel {
            messages: 0,
            // A rendezvous is a channel of one whose sender waits for the message to be taken.
            capacity: self.capacity.map(|capacity| capacity.max(1)),
            senders: self.senders.load(Relaxed),
            receiver: true,
        })
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, VecDeque<(T, Clock)>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(
        &self,
        message: T,
        op: Op,
        gate: impl Fn(ObjectId) -> Gate,
        location: &'static Location<'static>,
    ) -> Result<(), TrySendError<T>> {
        assert!(
            kernel::inside(),
            "a modelled channel is used outside of a model"
        );
        let id = self.id();
        let request = Request::new(op, location)
            .on(id, Access::Write)
            .when(gate(id));
        let result = kernel::step(request, |kernel| {
            let sync = kernel.me().sync;
            let State::Channel {
                messages,
                capacity,
                receiver,
                ..
            } = &mut kernel.object(id).state
            else {
                return Err(TrySendError::Disconnected(message));
            };
            if !*receiver {
                kernel.event().outcome = Some(Outcome::Disconnected);
                return Err(TrySendError::Disconnected(message));
            }
            if capacity.is_some_and(|capacity| *messages >= capacity) {
                kernel.event().outcome = Some(Outcome::Full);
                kernel.fruitless();
                return Err(TrySendError::Full(message));
            }
            *messages += 1;
            self.queue().push_back((message, sync));
            kernel.fruitful();
            Ok(())
        });
        if result.is_ok() && self.capacity == Some(0) {
            let request = Request::new(op, location).on(id, Access::Await);
            kernel::step(request.when(Gate::Sendable(id)), |_| ());
        }
        result
    }

    fn receive(
        &self,
        op: Op,
        gate: impl Fn(ObjectId) -> Gate,
        early: Option<Duration>,
        location: &'static Location<'static>,
    ) -> Result<T, RecvTimeoutError> {
        assert!(
            kernel::inside(),
            "a modelled channel is used outside of a model"
        );
        let id = self.id();
        let request = Request::new(op, location)
            .on(id, Access::Write)
            .when(gate(id));
        kernel::step(request, |kernel| {
            let State::Channel {
                messages, senders, ..
            } = &mut kernel.object(id).state
            else {
                return Err(RecvTimeoutError::Disconnected);
            };
            if *messages == 0 {
                let disconnected = *senders == 0;
                kernel.event().outcome = Some(if disconnected {
                    Outcome::Disconnected
                } else {
                    Outcome::Empty
                });
                if early.is_some() {
                    kernel.event().outcome = Some(Outcome::TimedOut);
                }
                kernel.fruitless();
                return Err(if disconnected {
                    RecvTimeoutError::Disconnected
                } else {
                    RecvTimeoutError::Timeout
                });
            }
            *messages -= 1;
            let (message, sync) = self
                .queue()
                .pop_front()
                .expect("counted messages are there");
            kernel.me().sync.join(&sync);
            kernel.fruitful();
            Ok(message)
        })
    }

    /// An end of the channel goes away.
    fn disconnect(&self, location: &'static Location<'static>, leave: impl FnOnce(&mut State)) {
        if !kernel::inside() {
            return;
        }
        let id = self.id();
        kernel::step(
            Request::new(Op::Disconnect, location).on(id, Access::Write),
            |kernel| {
                leave(&mut kernel.object(id).state);
                kernel.fruitful();
            },
        );
    }

    fn add_sender(&self) {
        if !kernel::inside() {
            self.senders.fetch_add(1, Relaxed);
            return;
        }
        // The new end is the sender's own doing: no other thread can tell when it came to be.
        let id = self.id();
        kernel::with(|kernel| {
            if let State::Channel { senders, .. } = &mut kernel.object(id).state {
                *senders += 1;
            }
        });
    }

    fn drop_sender(&self, location: &'static Location<'static>) {
        if !kernel::inside() {
            self.senders.fetch_sub(1, Relaxed);
        }
        self.disconnect(location, |state| {
            if let State::Channel { senders, .. } = state {
                *senders -= 1;
            }
        });
    }
}

/// See `std::sync::mpsc::channel`.
#[must_use]
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let (channel, made) = (Channel::new(None), Location::caller());
    (
        Sender {
            channel: Arc::clone(&channel),
            made,
        },
        Receiver { channel, made },
    )
}

/// See `std::sync::mpsc::sync_channel`.
#[must_use]
#[track_caller]
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let (channel, made) = (Channel::new(Some(bound)), Location::caller());
    (
        SyncSender {
            channel: Arc::clone(&channel),
            made,
        },
        Receiver { channel, made },
    )
}

/// See `std::sync::mpsc::Sender`.
pub struct Sender<T> {
    channel: Arc<Channel<T>>,
    made: &'static Location<'static>,
}

/// See `std::sync::mpsc::SyncSender`.
pub struct SyncSender<T> {
    channel: Arc<Channel<T>>,
    made: &'static Location<'static>,
}

/// See `std::sync::mpsc::Receiver`.
pub struct Receiver<T> {
    channel: Arc<Channel<T>>,
    made: &'static Location<'static>,
}

impl<T> Sender<T> {
    /// See `std::sync::mpsc::Sender::send`.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        let location = Location::caller();
        self.channel
            .send(message, Op::Send, |_| Gate::Open, location)
            .map_err(lost)
    }
}

impl<T> SyncSender<T> {
    /// See `std::sync::mpsc::SyncSender::send`.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.channel
            .send(message, Op::Send, Gate::Sendable, Location::caller())
            .map_err(lost)
    }

    /// See `std::sync::mpsc::SyncSender::try_send`.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        self.channel
            .send(message, Op::TrySend, |_| Gate::Open, Location::caller())
    }
}

fn lost<T>(error: TrySendError<T>) -> SendError<T> {
    match error {
        TrySendError::Full(message) | TrySendError::Disconnected(message) => SendError(message),
    }
}

impl<T> Receiver<T> {
    /// See `std::sync::mpsc::Receiver::recv`.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        let gate = |id| Gate::Receivable(id, None);
        self.channel
            .receive(Op::Recv, gate, None, Location::caller())
            .map_err(|_| RecvError)
    }

    /// See `std::sync::mpsc::Receiver::try_recv`.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        let result = self
            .channel
            .receive(Op::TryRecv, |_| Gate::Open, None, Location::caller());
        result.map_err(|error| match error {
            RecvTimeoutError::Timeout => TryRecvError::Empty,
            RecvTimeoutError::Disconnected => TryRecvError::Disconnected,
        })
    }

    /// See `std::sync::mpsc::Receiver::recv_timeout`.
    #[track_caller]
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        let location = Location::caller();
        let deadline = time::deadline(timeout);
        let early = deadline.filter(|_| self.gives_up_early(location));
        match early {
            Some(deadline) => {
                let result = self
                    .channel
                    .receive(Op::RecvTimeout, |_| Gate::Open, early, location);
                if matches!(result, Err(RecvTimeoutError::Timeout)) {
                    kernel::with(|kernel| {
                        kernel.reach(deadline);
                        kernel.timeouts += 1;
                    });
                }
                result
            }
            None => {
                let gate = move |id| Gate::Receivable(id, deadline);
                self.channel.receive(Op::RecvTimeout, gate, None, location)
            }
        }
    }

    /// Whether the time-out comes before anything else; a step of its own, since it is a choice.
    fn gives_up_early(&self, location: &'static Location<'static>) -> bool {
        assert!(
            kernel::inside(),
            "a modelled channel is used outside of a model"
        );
        let id = self.channel.id();
        kernel::step(
            Request::new(Op::RecvTimeout, location).on(id, Access::Read),
            |kernel| {
                // A receive is never ended spuriously.
                let spurious = std::mem::replace(&mut kernel.rules.spurious, 0);
                let early = kernel.choose_early_end(true) == Some(WakeUp::TimedOut);
                kernel.rules.spurious = spurious;
                early
            },
        )
    }

    /// See `std::sync::mpsc::Receiver::iter`.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { receiver: self }
    }

    /// See `std::sync::mpsc::Receiver::try_iter`.
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter { receiver: self }
    }
}

/// See `std::sync::mpsc::Iter`.
#[derive(Debug)]
pub struct Iter<'a, T> {
    receiver: &'a Receiver<T>,
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

/// See `std::sync::mpsc::TryIter`.
#[derive(Debug)]
pub struct TryIter<'a, T> {
    receiver: &'a Receiver<T>,
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }
}

/// See `std::sync::mpsc::IntoIter`.
#[derive(Debug)]
pub struct IntoIter<T> {
    receiver: Receiver<T>,
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter { receiver: self }
    }
}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        self.channel.add_sender();
        Sender {
            channel: Arc::clone(&self.channel),
            made: self.made,
        }
    }
}

impl<T> Clone for SyncSender<T> {
    fn clone(&self) -> SyncSender<T> {
        self.channel.add_sender();
        SyncSender {
            channel: Arc::clone(&self.channel),
            made: self.made,
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.channel.drop_sender(self.made);
    }
}

impl<T> Drop for SyncSender<T> {
    fn drop(&mut self) {
        self.channel.drop_sender(self.made);
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        self.channel.disconnect(self.made, |state| {
            if let State::Channel {
                receiver, messages, ..
            } = state
            {
                *receiver = false;
                *messages = 0;
            }
        });
        let unread = std::mem::take(&mut *self.channel.queue());
        drop(unread);
    }
}

macro_rules! opaque {
    ($($name:ident)*) => { $(
        impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )* };
}

opaque!(Sender SyncSender Receiver);
