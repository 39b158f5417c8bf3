//! `std::sync::mpsc` over loom.

use std::collections::VecDeque;
use std::fmt;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

use crate::orderings::object::Core;
use crate::orderings::world::{self, Detail, event};
use crate::trace::{Event, ObjectKind, Op, Outcome};

/// See `std::sync::mpsc::channel`.
#[track_caller]
#[must_use]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let channel = Channel::new(None);
    (Sender(End::new(&channel)), Receiver(channel))
}

/// See `std::sync::mpsc::sync_channel`.
#[track_caller]
#[must_use]
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let channel = Channel::new(Some(bound));
    (SyncSender(End::new(&channel)), Receiver(channel))
}

struct Channel<T> {
    core: Core,
    /// Changed only in the monitor, so never contended.
    state: Mutex<State<T>>,
}

struct State<T> {
    queue: VecDeque<T>,
    /// Messages that fit; `None` for any number. With none, a message waits in the queue
    /// for its receiver, and its sender with it.
    bound: Option<usize>,
    senders: usize,
    connected: bool,
    /// Receivers that wait for a message.
    waiting: usize,
    sent: u64,
    received: u64,
}

impl<T> Channel<T> {
    #[track_caller]
    fn new(bound: Option<usize>) -> Arc<Channel<T>> {
        Arc::new(Channel {
            core: Core::new(ObjectKind::Channel, Location::caller()),
            state: Mutex::new(State {
                queue: VecDeque::new(),
                bound,
                senders: 0,
                connected: true,
                waiting: 0,
                sent: 0,
                received: 0,
            }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[track_caller]
    fn begin(&self, op: Op) -> Event {
        let (object, _) = self.core.monitor();
        let event = event(op, Location::caller()).on(object);
        world::intend(event);
        event
    }

    #[track_caller]
    fn send(&self, value: T) -> Result<(), SendError<T>> {
        let event = self.begin(Op::Send);
        let (_, monitor) = self.core.monitor();
        let entered = monitor.enter().wait_while(|| self.state().is_full());
        let mut state = self.state();
        if !state.connected {
            drop((state, entered));
            world::record(event.with_outcome(Some(Outcome::Disconnected)));
            return Err(SendError(value));
        }
        let ticket = state.push(value);
        let rendezvous = state.bound == Some(0);
        drop(state);
        entered.notify_all();
        if rendezvous {
            let entered = entered.wait_while(|| {
                let state = self.state();
                state.received < ticket && state.connected
            });
            let mut state = self.state();
            if state.received < ticket {
                let value = state.queue.pop_front();
                drop((state, entered));
                world::record(event.with_outcome(Some(Outcome::Disconnected)));
                return value.map_or(Ok(()), |value| Err(SendError(value)));
            }
        } else {
            drop(entered);
        }
        world::record(event);
        Ok(())
    }

    #[track_caller]
    fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        let event = self.begin(Op::TrySend);
        let (_, monitor) = self.core.monitor();
        let entered = monitor.enter();
        let mut state = self.state();
        if !state.connected {
            drop((state, entered));
            world::record(event.with_outcome(Some(Outcome::Disconnected)));
            return Err(TrySendError::Disconnected(value));
        }
        let nobody_takes_it = state.bound == Some(0) && state.waiting == 0;
        if state.is_full() || nobody_takes_it {
            drop((state, entered));
            world::record_look(event.with_outcome(Some(Outcome::Full)));
            return Err(TrySendError::Full(value));
        }
        state.push(value);
        drop(state);
        entered.notify_all();
        drop(entered);
        world::record(event);
        Ok(())
    }

    #[track_caller]
    fn recv(&self, op: Op) -> Result<T, RecvError> {
        let event = self.begin(op);
        let (_, monitor) = self.core.monitor();
        let mut entered = monitor.enter();
        self.state().waiting += 1;
        entered = entered.wait_while(|| self.state().is_silent());
        let mut state = self.state();
        state.waiting -= 1;
        let value = state.pop();
        drop(state);
        if value.is_some() {
            entered.notify_all();
        }
        drop(entered);
        let disconnected = value.is_none().then_some(Outcome::Disconnected);
        world::record(event.with_outcome(disconnected));
        value.ok_or(RecvError)
    }

    #[track_caller]
    fn try_recv(&self) -> Result<T, TryRecvError> {
        let event = self.begin(Op::TryRecv);
        let (_, monitor) = self.core.monitor();
        let entered = monitor.enter();
        let mut state = self.state();
        let (value, senders) = (state.pop(), state.senders);
        drop(state);
        if value.is_some() {
            entered.notify_all();
        }
        drop(entered);
        match (value, senders) {
            (Some(value), _) => {
                world::record(event);
                Ok(value)
            }
            (None, 0) => {
                world::record(event.with_outcome(Some(Outcome::Disconnected)));
                Err(TryRecvError::Disconnected)
            }
            (None, _) => {
                world::record_look(event.with_outcome(Some(Outcome::Empty)));
                Err(TryRecvError::Empty)
            }
        }
    }

    /// Changes who is connected, and tells those who wait.
    fn change(&self, change: impl FnOnce(&mut State<T>)) {
        let (_, monitor) = self.core.monitor();
        let entered = monitor.enter();
        change(&mut self.state());
        entered.notify_all();
    }
}

impl<T> State<T> {
    fn is_full(&self) -> bool {
        self.connected
            && self
                .bound
                .is_some_and(|bound| self.queue.len() >= bound.max(1))
    }

    fn is_silent(&self) -> bool {
        self.queue.is_empty() && self.senders > 0
    }

    fn push(&mut self, value: T) -> u64 {
        self.queue.push_back(value);
        self.sent += 1;
        self.sent
    }

    fn pop(&mut self) -> Option<T> {
        let value = self.queue.pop_front()?;
        self.received += 1;
        Some(value)
    }
}

/// One of the senders of a channel.
struct End<T>(Arc<Channel<T>>);

impl<T> End<T> {
    fn new(channel: &Arc<Channel<T>>) -> End<T> {
        channel.state().senders += 1;
        End(channel.clone())
    }
}

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        if !world::inside() {
            return;
        }
        self.0.change(|state| state.senders -= 1);
    }
}

/// See `std::sync::mpsc::Sender`.
pub struct Sender<T>(End<T>);

impl<T> Sender<T> {
    /// See `std::sync::mpsc::Sender::send`.
    ///
    /// # Errors
    ///
    /// When the receiver is gone: the value.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        self.0.0.send(value)
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Sender(End::new(&self.0.0))
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

/// See `std::sync::mpsc::SyncSender`.
pub struct SyncSender<T>(End<T>);

impl<T> SyncSender<T> {
    /// See `std::sync::mpsc::SyncSender::send`.
    ///
    /// # Errors
    ///
    /// When the receiver is gone: the value.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        self.0.0.send(value)
    }

    /// See `std::sync::mpsc::SyncSender::try_send`.
    ///
    /// # Errors
    ///
    /// When the channel is full or the receiver is gone: the value.
    #[track_caller]
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        self.0.0.try_send(value)
    }
}

impl<T> Clone for SyncSender<T> {
    fn clone(&self) -> Self {
        SyncSender(End::new(&self.0.0))
    }
}

impl<T> fmt::Debug for SyncSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncSender").finish_non_exhaustive()
    }
}

/// See `std::sync::mpsc::Receiver`.
pub struct Receiver<T>(Arc<Channel<T>>);

impl<T> Receiver<T> {
    /// See `std::sync::mpsc::Receiver::recv`.
    ///
    /// # Errors
    ///
    /// When the channel is empty and every sender is gone.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        self.0.recv(Op::Recv)
    }

    /// See `std::sync::mpsc::Receiver::try_recv`.
    ///
    /// # Errors
    ///
    /// When the channel is empty.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.0.try_recv()
    }

    /// See `std::sync::mpsc::Receiver::recv_timeout`. It times out at once or never.
    ///
    /// # Errors
    ///
    /// When the channel is empty.
    #[track_caller]
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        if timeout.is_zero() {
            return self.0.try_recv().map_err(|error| match error {
                TryRecvError::Empty => RecvTimeoutError::Timeout,
                TryRecvError::Disconnected => RecvTimeoutError::Disconnected,
            });
        }
        self.0.recv(Op::RecvTimeout).map_err(RecvTimeoutError::from)
    }

    /// See `std::sync::mpsc::Receiver::iter`.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(self)
    }

    /// See `std::sync::mpsc::Receiver::try_iter`.
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter(self)
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        if !world::inside() {
            return;
        }
        let mut rest = VecDeque::new();
        self.0.change(|state| {
            state.connected = false;
            if state.bound != Some(0) {
                rest = std::mem::take(&mut state.queue);
            }
        });
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}

/// See `std::sync::mpsc::Iter`.
#[derive(Debug)]
pub struct Iter<'a, T>(&'a Receiver<T>);

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

/// See `std::sync::mpsc::TryIter`.
#[derive(Debug)]
pub struct TryIter<'a, T>(&'a Receiver<T>);

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.try_recv().ok()
    }
}

/// See `std::sync::mpsc::IntoIter`.
#[derive(Debug)]
pub struct IntoIter<T>(Receiver<T>);

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    #[track_caller]
    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter(self)
    }
}
