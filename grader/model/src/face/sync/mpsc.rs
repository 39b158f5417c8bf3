//! `std::sync::mpsc`, with disconnection.

use std::collections::VecDeque;
use std::fmt;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

use super::poison::whatever;
use super::raw;
use crate::answer::{NoMessage, NotSent, Put};
use crate::trace::Place;

/// See `std::sync::mpsc::channel`.
#[must_use]
#[track_caller]
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let (end, receiver) = ends(None, Location::caller());
    (Sender(end), receiver)
}

/// See `std::sync::mpsc::sync_channel`.
#[must_use]
#[track_caller]
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let (end, receiver) = ends(Some(bound), Location::caller());
    (SyncSender(end), receiver)
}

fn ends<T>(bound: Option<usize>, made: Place) -> (End<T>, Receiver<T>) {
    let channel = Arc::new(Channel {
        raw: raw::Channel::new(bound, made),
        messages: Mutex::new(VecDeque::new()),
    });
    let end = End {
        channel: Arc::clone(&channel),
        made,
    };
    (end, Receiver { channel, made })
}

struct Channel<T> {
    raw: raw::Channel,
    /// What the engine counts. Never contended.
    messages: Mutex<VecDeque<T>>,
}

impl<T> Channel<T> {
    fn messages(&self) -> MutexGuard<'_, VecDeque<T>> {
        whatever(self.messages.lock())
    }

    /// Has the engine send a message, which it may also take back.
    fn put(
        &self,
        message: T,
        send: impl FnOnce(&raw::Channel, &mut dyn FnMut(Put)) -> Result<(), NotSent>,
    ) -> Result<(), (NotSent, T)> {
        let mut unsent = Some(message);
        let sent = send(&self.raw, &mut |put| match put {
            Put::Last => self.messages().extend(unsent.take()),
            Put::Back(at) => unsent = self.messages().remove(at),
        });
        sent.map_err(|why| (why, unsent.expect("a message that was not taken is there")))
    }

    /// Has the engine receive a message.
    fn take(
        &self,
        receive: impl FnOnce(&raw::Channel, &mut dyn FnMut()) -> Result<(), NoMessage>,
    ) -> Result<T, NoMessage> {
        let mut message = None;
        receive(&self.raw, &mut || message = self.messages().pop_front())?;
        Ok(message.expect("messages that are counted are there"))
    }
}

/// One of the senders of a channel.
struct End<T> {
    channel: Arc<Channel<T>>,
    made: Place,
}

impl<T> End<T> {
    fn send(&self, message: T, place: Place) -> Result<(), SendError<T>> {
        let sent = self.channel.put(message, |raw, put| raw.send(place, put));
        sent.map_err(|(_, message)| SendError(message))
    }
}

impl<T> Clone for End<T> {
    fn clone(&self) -> Self {
        self.channel.raw.add_sender();
        End {
            channel: Arc::clone(&self.channel),
            made: self.made,
        }
    }
}

impl<T> Drop for End<T> {
    fn drop(&mut self) {
        self.channel.raw.drop_sender(self.made);
    }
}

/// See `std::sync::mpsc::Sender`.
pub struct Sender<T>(End<T>);

impl<T> Sender<T> {
    /// See `std::sync::mpsc::Sender::send`.
    ///
    /// # Errors
    ///
    /// When the receiver is gone: the message.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.0.send(message, Location::caller())
    }
}

/// See `std::sync::mpsc::SyncSender`.
pub struct SyncSender<T>(End<T>);

impl<T> SyncSender<T> {
    /// See `std::sync::mpsc::SyncSender::send`.
    ///
    /// # Errors
    ///
    /// When the receiver is gone: the message.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        self.0.send(message, Location::caller())
    }

    /// See `std::sync::mpsc::SyncSender::try_send`.
    ///
    /// # Errors
    ///
    /// When the channel is full or the receiver is gone: the message.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        let place = Location::caller();
        let channel = &self.0.channel;
        let sent = channel.put(message, |raw, put| raw.try_send(place, put));
        sent.map_err(|(why, message)| match why {
            NotSent::Full => TrySendError::Full(message),
            NotSent::Disconnected => TrySendError::Disconnected(message),
        })
    }
}

/// See `std::sync::mpsc::Receiver`.
pub struct Receiver<T> {
    channel: Arc<Channel<T>>,
    made: Place,
}

impl<T> Receiver<T> {
    /// See `std::sync::mpsc::Receiver::recv`.
    ///
    /// # Errors
    ///
    /// When the channel is empty and every sender is gone.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        let place = Location::caller();
        let received = self.channel.take(|raw, take| raw.recv(place, take));
        received.map_err(|_| RecvError)
    }

    /// See `std::sync::mpsc::Receiver::try_recv`.
    ///
    /// # Errors
    ///
    /// When the channel is empty.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        let place = Location::caller();
        let received = self.channel.take(|raw, take| raw.try_recv(place, take));
        received.map_err(|why| match why {
            NoMessage::Empty => TryRecvError::Empty,
            NoMessage::Disconnected => TryRecvError::Disconnected,
        })
    }

    /// See `std::sync::mpsc::Receiver::recv_timeout`.
    ///
    /// # Errors
    ///
    /// When the channel stays empty.
    #[track_caller]
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        let place = Location::caller();
        let received = self
            .channel
            .take(|raw, take| raw.recv_timeout(timeout, place, take));
        received.map_err(|why| match why {
            NoMessage::Empty => RecvTimeoutError::Timeout,
            NoMessage::Disconnected => RecvTimeoutError::Disconnected,
        })
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
        let mut unread = VecDeque::new();
        let mut drain = || unread = std::mem::take(&mut *self.channel.messages());
        self.channel.raw.drop_receiver(self.made, &mut drain);
    }
}

/// See `std::sync::mpsc::Iter`.
#[derive(Debug)]
pub struct Iter<'a, T>(&'a Receiver<T>);

/// See `std::sync::mpsc::TryIter`.
#[derive(Debug)]
pub struct TryIter<'a, T>(&'a Receiver<T>);

/// See `std::sync::mpsc::IntoIter`.
#[derive(Debug)]
pub struct IntoIter<T>(Receiver<T>);

macro_rules! iterators {
    ($($name:ty: $next:ident)*) => { $(
        impl<T> Iterator for $name {
            type Item = T;

            #[track_caller]
            fn next(&mut self) -> Option<T> {
                self.0.$next().ok()
            }
        }
    )* };
}

iterators! {
    Iter<'_, T>: recv
    TryIter<'_, T>: try_recv
    IntoIter<T>: recv
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

macro_rules! senders {
    ($($name:ident)*) => { $(
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                $name(self.0.clone())
            }
        }
    )* };
}

senders!(Sender SyncSender);

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
