//! `std::sync::mpsc`, with noise around sending and receiving.

use std::fmt;
use std::time::Duration;

pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

use crate::real::{asleep, noise};

/// See `std::sync::mpsc::channel`.
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let (sender, receiver) = std::sync::mpsc::channel();
    (Sender(sender), Receiver(receiver))
}

/// See `std::sync::mpsc::sync_channel`.
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let (sender, receiver) = std::sync::mpsc::sync_channel(bound);
    (SyncSender(sender), Receiver(receiver))
}

/// See `std::sync::mpsc::Sender`.
pub struct Sender<T>(std::sync::mpsc::Sender<T>);

impl<T> Sender<T> {
    /// See `std::sync::mpsc::Sender::send`.
    ///
    /// # Errors
    ///
    /// When the receiver is gone: the value.
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        noise::around(|| self.0.send(value))
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Sender(self.0.clone())
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// See `std::sync::mpsc::SyncSender`.
pub struct SyncSender<T>(std::sync::mpsc::SyncSender<T>);

impl<T> SyncSender<T> {
    /// See `std::sync::mpsc::SyncSender::send`.
    ///
    /// # Errors
    ///
    /// When the receiver is gone: the value.
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        noise::around(|| self.0.send(value))
    }

    /// See `std::sync::mpsc::SyncSender::try_send`.
    ///
    /// # Errors
    ///
    /// When the channel is full or the receiver is gone: the value.
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        noise::around(|| self.0.try_send(value))
    }
}

impl<T> Clone for SyncSender<T> {
    fn clone(&self) -> Self {
        SyncSender(self.0.clone())
    }
}

impl<T> fmt::Debug for SyncSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// See `std::sync::mpsc::Receiver`.
pub struct Receiver<T>(std::sync::mpsc::Receiver<T>);

impl<T> Receiver<T> {
    /// See `std::sync::mpsc::Receiver::recv`.
    ///
    /// # Errors
    ///
    /// When the channel is empty and every sender is gone.
    pub fn recv(&self) -> Result<T, RecvError> {
        noise::around(|| self.0.recv())
    }

    /// See `std::sync::mpsc::Receiver::try_recv`.
    ///
    /// # Errors
    ///
    /// When the channel is empty.
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        noise::around(|| self.0.try_recv())
    }

    /// See `std::sync::mpsc::Receiver::recv_timeout`.
    ///
    /// # Errors
    ///
    /// When the channel stays empty.
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        noise::around(|| asleep::waiting(timeout, || self.0.recv_timeout(timeout)))
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

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// See `std::sync::mpsc::Iter`.
#[derive(Debug)]
pub struct Iter<'a, T>(&'a Receiver<T>);

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

/// See `std::sync::mpsc::TryIter`.
#[derive(Debug)]
pub struct TryIter<'a, T>(&'a Receiver<T>);

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.try_recv().ok()
    }
}

/// See `std::sync::mpsc::IntoIter`.
#[derive(Debug)]
pub struct IntoIter<T>(Receiver<T>);

impl<T> Iterator for IntoIter<T> {
    type Item = T;

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
