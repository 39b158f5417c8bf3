//! A modelled thread, as the kernel knows it.

use std::any::Any;
use std::rc::Rc;

use super::clock::Clock;
use super::object::ObjectId;
use super::request::Request;
use crate::trace::{Op, Place};

/// How a thread's sleep on a condition variable or in `park` ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WakeUp {
    Notified,
    TimedOut,
    Spurious,
}

/// A sleep whose end has been decided at its beginning. Until the thread's next operation, it
/// may as well go on: others see the thread at rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Doze {
    /// Through what others could have woken the thread.
    pub on: ObjectId,
    /// Time would have ended the sleep, too.
    pub timed: bool,
}

/// A modelled thread.
pub(super) struct Thread {
    pub pending: Request,
    pub finished: bool,
    /// Has yielded, and nobody has changed anything since.
    pub yielded: bool,
    /// Has yielded since it last changed anything.
    pub spinning: bool,
    /// How many more times it may yield without effect.
    pub runs_on: u32,
    /// Whether it has been chosen to run on.
    pub ran_on: bool,
    /// What it has seen in operations without effect since its last one with, each once.
    pub looks: Vec<u64>,
    /// Operations since then that have seen nothing new.
    pub fruitless: u32,
    /// How many events there were when it last changed data under a lock, and looked at some.
    pub changed_at: usize,
    pub looked_at: usize,
    /// The number of the thread's last operation in the execution.
    pub last_run: usize,
    /// How often others have gone first since, although it could go on.
    pub passed_over: u32,
    /// Operations since somebody began to wait for this thread to block.
    pub watched_steps: u32,
    /// What must have come before, by the dependences of the search.
    pub order: Clock,
    /// What must have come before, by the rules of the language.
    pub sync: Clock,
    /// What an acquire fence would learn.
    pub sync_on_fence: Clock,
    /// What relaxed stores publish since the last release fence.
    pub released: Option<Clock>,
    pub wake_up: WakeUp,
    /// The sleep that has ended by itself, as long as nothing tells it from one that goes on.
    pub doze: Option<Doze>,
    pub panicking: bool,
    pub name: Option<String>,
    /// Stands for the thread's life: what `join` waits for.
    pub object: ObjectId,
    /// Stands for the thread's token of `park` and `unpark`.
    pub parker: ObjectId,
    pub locals: Vec<(usize, Rc<dyn Any>)>,
    pub job: Option<Box<dyn FnOnce()>>,
}

impl Thread {
    /// A thread that is about to start, and has nothing to do.
    pub(super) fn new(object: ObjectId, parker: ObjectId, location: Place) -> Thread {
        Thread {
            pending: Request::new(Op::Start, location),
            finished: false,
            yielded: false,
            spinning: false,
            runs_on: 0,
            ran_on: false,
            looks: Vec::new(),
            fruitless: 0,
            changed_at: 0,
            looked_at: 0,
            last_run: 0,
            passed_over: 0,
            watched_steps: 0,
            order: Clock::default(),
            sync: Clock::default(),
            sync_on_fence: Clock::default(),
            released: None,
            wake_up: WakeUp::Notified,
            doze: None,
            panicking: false,
            name: None,
            object,
            parker,
            locals: Vec::new(),
            job: None,
        }
    }
}
