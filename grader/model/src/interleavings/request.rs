//! What an operation announces before it is picked: what it touches, and when it can be done.

use std::time::Duration;

use super::object::{Access, ObjectId};
use crate::trace::{Op, Place};

/// Whether a pending operation can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    Open,
    /// The mutex is free.
    Free(ObjectId),
    /// The lock can be had for reading.
    Readable(ObjectId),
    /// The lock can be had for writing.
    Writable(ObjectId),
    /// Asleep until notified, or until the deadline when nothing else can go on.
    Asleep {
        deadline: Option<Duration>,
    },
    /// The thread has ended.
    Ended(usize),
    /// The channel holds a message, or nobody can send one any more.
    Receivable(ObjectId, Option<Duration>),
    /// The channel has room, or nobody can receive any more.
    Sendable(ObjectId),
    /// So many messages have been received from the channel, or nobody can receive any more.
    Received(ObjectId, u64),
    /// No initialisation is running.
    Settled(ObjectId),
    /// An initialisation has been completed; or has panicked, if that is enough.
    Initialised(ObjectId, bool),
    /// The other thread is blocked or has ended.
    Blocked(usize),
    /// The virtual clock reaches the deadline, which it does when the thread is picked.
    Sleeping(Duration),
}

/// An operation that a thread is about to do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request {
    pub op: Op,
    pub gate: Gate,
    /// What it touches, at most two objects, and how.
    pub touches: [Option<(ObjectId, Access)>; 2],
    pub location: Place,
}

impl Request {
    pub(super) fn new(op: Op, location: Place) -> Request {
        Request {
            op,
            gate: Gate::Open,
            touches: [None, None],
            location,
        }
    }

    pub(super) fn on(mut self, object: ObjectId, access: Access) -> Request {
        let slot = usize::from(self.touches[0].is_some());
        self.touches[slot] = Some((object, access));
        self
    }

    pub(super) fn when(mut self, gate: Gate) -> Request {
        self.gate = gate;
        self
    }
}
