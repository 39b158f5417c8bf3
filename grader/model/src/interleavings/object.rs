//! Modelled objects: their state, and who touched them last and how.

use std::collections::VecDeque;

pub(super) use super::access::Access;
use super::access::{ACCESSES, Accesses};
use super::clock::{Clock, MAX_THREADS};
use crate::trace::{ObjectIndex, ObjectInfo};

/// Index of an object of the current execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ObjectId(pub ObjectIndex);

/// What an object is in at the moment. An object starts as [`State::Plain`], and its
/// wrapper gives it the state of its kind.
#[derive(Debug)]
pub(super) enum State {
    Plain,
    Mutex {
        holder: Option<usize>,
    },
    RwLock {
        writer: Option<usize>,
        /// Who reads, once for each guard.
        readers: Vec<usize>,
    },
    /// Who waits, and the mutex that each has to take again.
    Condvar {
        waiters: Vec<(usize, ObjectId)>,
    },
    Channel(Channel),
    Once(Phase),
    Cell {
        writer: Option<Epoch>,
        readers: Vec<Epoch>,
    },
    Barrier {
        waiting: Vec<usize>,
    },
    Parker {
        asleep: bool,
        token: bool,
    },
}

/// A channel, less the messages themselves.
#[derive(Debug)]
pub(super) struct Channel {
    pub messages: VecDeque<Message>,
    /// Messages that fit; `None` for any number, and where a sender waits for its message to be taken.
    pub capacity: Option<usize>,
    pub senders: usize,
    pub receiver: bool,
    /// Whether the receiver waits for a message.
    pub awaited: bool,
    /// How many messages have ever been sent.
    pub sent: u64,
    /// What the receiver knew when it made room, for each message that has been taken out of a
    /// full channel and not been replaced.
    pub room: VecDeque<Clock>,
    /// What those knew who have left the channel.
    pub left: Clock,
}

impl Channel {
    pub(super) fn is_full(&self) -> bool {
        self.capacity
            .is_some_and(|capacity| self.messages.len() >= capacity)
    }

    /// Where in the queue a message is that nobody has received yet.
    pub(super) fn position(&self, ticket: u64) -> Option<usize> {
        self.messages
            .iter()
            .position(|message| message.ticket == ticket)
    }
}

/// A message that nobody has received yet.
#[derive(Debug)]
pub(super) struct Message {
    /// Which one of all it is.
    pub ticket: u64,
    pub sender: usize,
    /// What its sender knew.
    pub sync: Clock,
}

/// How far an initialisation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Fresh,
    /// A call has panicked.
    Poisoned,
    /// By this thread.
    Running(usize),
    Done,
}

/// One access to a cell, by the clock of its thread.
#[derive(Debug, Clone, Copy)]
pub(super) struct Epoch {
    pub thread: usize,
    pub count: u16,
}

/// An object of the current execution.
#[derive(Debug)]
pub(super) struct Object {
    pub info: ObjectInfo,
    pub state: State,
    /// What a thread learns that synchronises with the object: the language's happens-before.
    pub sync: Clock,
    /// The index of each thread's last decision to access the object, by kind of access; plus one.
    last: [[u32; ACCESSES]; MAX_THREADS],
    /// What comes before an access that follows one of each kind.
    order: [Clock; ACCESSES],
    /// The kinds of access that there have been.
    seen: Accesses,
}

impl Object {
    pub(super) fn new(info: ObjectInfo) -> Object {
        Object {
            info,
            state: State::Plain,
            sync: Clock::default(),
            last: [[0; ACCESSES]; MAX_THREADS],
            order: [Clock::default(); ACCESSES],
            seen: Accesses::default(),
        }
    }

    /// The latest decision of `thread` to access the object in one of these ways.
    pub(super) fn last(&self, thread: usize, accesses: Accesses) -> Option<usize> {
        accesses
            .and(self.seen)
            .map(|kind| self.last[thread][kind])
            .max()
            .filter(|&at| at > 0)
            .map(|at| at as usize - 1)
    }

    pub(super) fn remember(&mut self, thread: usize, access: Access, at: usize) {
        self.last[thread][access as usize] = at as u32 + 1;
    }

    /// Learns what comes before an access of this kind.
    pub(super) fn follow(&self, access: Access, order: &mut Clock) {
        let before = access.raced_by().or(access.opened_by());
        for kind in before.and(self.seen) {
            order.join(&self.order[kind]);
        }
    }

    pub(super) fn join_order(&mut self, access: Access, order: &Clock) {
        self.order[access as usize].join(order);
        self.seen = self.seen.or(Accesses::only(access));
    }
}
