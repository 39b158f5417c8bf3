//! Modelled objects: their state, and who touched them last and how.

use std::collections::VecDeque;

use super::clock::{Clock, MAX_THREADS};
use crate::trace::{ObjectIndex, ObjectInfo};

/// Index of an object of the current execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ObjectId(pub ObjectIndex);

/// How an operation touches an object, as far as the order of two of them matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Looks, changes nothing, is always possible.
    Read,
    /// Changes the object, or takes it; may have to wait until that is possible.
    Write,
    /// Takes the object if that is possible at once.
    Try,
    /// Gives back what the thread holds: no blocked `Write` can come before it.
    Release,
    /// Ends a shared `Read`: readers do not care, and no blocked `Write` can come before it.
    Unshare,
    /// Waits for something that nobody can undo, such as the end of a thread.
    Await,
}

const ACCESSES: usize = 6;

impl Access {
    /// Whether the order of this access and an earlier one of the given kind can be reversed with effect.
    fn conflicts_with(self, earlier: Access) -> bool {
        use Access::*;
        matches!(
            (self, earlier),
            (Read, Write | Try)
                | (Write, Read | Write | Try)
                | (Try, Read | Write | Try | Release | Unshare)
                | (Release | Unshare, Try)
        )
    }
}

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
        readers: u32,
    },
    /// Who waits, and the mutex that each has to take again.
    Condvar {
        waiters: Vec<(usize, ObjectId)>,
    },
    Channel {
        /// What the sender of each message knew.
        messages: VecDeque<Clock>,
        capacity: Option<usize>,
        senders: usize,
        receiver: bool,
        /// How many messages have ever been received.
        received: u64,
    },
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

/// How far an initialisation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Fresh,
    /// A call has panicked.
    Poisoned,
    Running,
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
    order_of_reads: Clock,
    order_of_rest: Clock,
}

impl Object {
    pub(super) fn new(info: ObjectInfo) -> Object {
        Object {
            info,
            state: State::Plain,
            sync: Clock::default(),
            last: [[0; ACCESSES]; MAX_THREADS],
            order_of_reads: Clock::default(),
            order_of_rest: Clock::default(),
        }
    }

    /// The latest decision of `thread` that conflicts with an access that comes now.
    pub(super) fn last_conflict(&self, thread: usize, access: Access) -> Option<usize> {
        [
            Access::Read,
            Access::Write,
            Access::Try,
            Access::Release,
            Access::Unshare,
        ]
        .into_iter()
        .filter(|&earlier| access.conflicts_with(earlier))
        .map(|earlier| self.last[thread][earlier as usize])
        .max()
        .filter(|&at| at > 0)
        .map(|at| at as usize - 1)
    }

    pub(super) fn remember(&mut self, thread: usize, access: Access, at: usize) {
        self.last[thread][access as usize] = at as u32 + 1;
    }

    /// What comes before an access of this kind.
    pub(super) fn order_for(&self, access: Access) -> &Clock {
        match access {
            Access::Read | Access::Unshare => &self.order_of_rest,
            // Everything that is not a read joins the reads into the rest as it comes.
            _ => &self.order_of_reads,
        }
    }

    pub(super) fn join_order(&mut self, access: Access, order: &Clock) {
        // Reads follow writes, so the order of reads holds that of the rest as well.
        self.order_of_reads.join(order);
        if !matches!(access, Access::Read | Access::Unshare) {
            self.order_of_rest.join(order);
        }
    }
}
