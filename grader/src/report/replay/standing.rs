//! How threads and objects stand between two steps, and the words for it.

use std::fmt;

use crate::messages::replay as say;
use crate::results::report::{Blocked, TraceStep};

/// How a thread stands between two steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing<'a> {
    NotStarted,
    /// It has done the step.
    Running,
    /// It could go on, and it is not its turn.
    Ready,
    /// It sleeps on a condition variable.
    AsleepOn(&'a str),
    Parked,
    /// It sleeps for a time.
    Sleeping,
    /// It waits for a lock that somebody holds, perhaps itself.
    WaitsForLock {
        object: &'a str,
        holder: &'a str,
        is_own: bool,
    },
    WaitsForEnd(&'a str),
    WaitsForBlock(&'a str),
    WaitsForMessage(&'a str),
    /// It never goes on. The step is what it is blocked in.
    Stuck(&'a TraceStep),
    Ended,
    Panicked,
    /// Steps before this moment are left out.
    Unknown,
}

impl Standing<'_> {
    /// Whether the thread cannot go on before another one, or the time, lets it.
    pub fn is_blocked(&self) -> bool {
        !matches!(
            self,
            Standing::NotStarted
                | Standing::Running
                | Standing::Ready
                | Standing::Ended
                | Standing::Panicked
                | Standing::Unknown
        )
    }
}

impl fmt::Display for Standing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Standing::NotStarted => say::NOT_STARTED.to_owned(),
            Standing::Running => say::RUNNING.to_owned(),
            Standing::Ready => say::READY.to_owned(),
            Standing::AsleepOn(object) => say::asleep_on(object),
            Standing::Parked => say::PARKED.to_owned(),
            Standing::Sleeping => say::SLEEPING.to_owned(),
            Standing::WaitsForLock {
                object,
                holder,
                is_own,
            } => say::waits_for_lock(object, holder, *is_own),
            Standing::WaitsForEnd(thread) => say::waits_for_end(thread),
            Standing::WaitsForBlock(thread) => say::waits_for_block(thread),
            Standing::WaitsForMessage(object) => say::waits_for_message(object),
            Standing::Stuck(step) => Blocked(step).to_string(),
            Standing::Ended => say::ENDED.to_owned(),
            Standing::Panicked => say::PANICKED.to_owned(),
            Standing::Unknown => say::UNKNOWN.to_owned(),
        };
        f.write_str(&text)
    }
}

/// How an object stands between two steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectState<'a> {
    /// A mutex, and who holds it.
    Mutex(Option<&'a str>),
    /// A lock for one writer or many readers.
    RwLock {
        writer: Option<&'a str>,
        readers: Vec<&'a str>,
    },
    /// A condition variable, and who sleeps on it.
    Condvar(Vec<&'a str>),
    /// The last value that is known of it.
    Atomic(Option<&'a str>),
    /// Something of which no more is told than who has used it last: a channel, data.
    Used {
        kind: &'static str,
        by: Option<&'a str>,
    },
    /// Steps before this moment are left out. The word says what it is.
    Unknown(&'static str),
}

impl ObjectState<'_> {
    /// `mutex`, `condvar`, …
    pub fn kind(&self) -> &'static str {
        match self {
            ObjectState::Mutex(_) => say::MUTEX,
            ObjectState::RwLock { .. } => say::RW_LOCK,
            ObjectState::Condvar(_) => say::CONDVAR,
            ObjectState::Atomic(_) => say::ATOMIC,
            ObjectState::Used { kind, .. } | ObjectState::Unknown(kind) => kind,
        }
    }
}

impl fmt::Display for ObjectState<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let owned = |names: &[&str]| names.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
        let text = match self {
            ObjectState::Mutex(Some(holder)) => say::held_by(holder),
            ObjectState::Mutex(None) => say::FREE.to_owned(),
            ObjectState::RwLock {
                writer: Some(writer),
                ..
            } => say::held_by(writer),
            ObjectState::RwLock { readers, .. } if readers.is_empty() => say::FREE.to_owned(),
            ObjectState::RwLock { readers, .. } => say::read_by(&owned(readers)),
            ObjectState::Condvar(sleepers) if sleepers.is_empty() => say::NOBODY_SLEEPS.to_owned(),
            ObjectState::Condvar(sleepers) => say::sleepers(&owned(sleepers)),
            ObjectState::Atomic(Some(value)) => (*value).to_owned(),
            ObjectState::Used { by: Some(by), .. } => say::last_used(by),
            ObjectState::Used { by: None, .. } => say::UNUSED.to_owned(),
            ObjectState::Atomic(None) | ObjectState::Unknown(_) => say::UNKNOWN.to_owned(),
        };
        f.write_str(&text)
    }
}
