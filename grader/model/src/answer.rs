//! What the face of std and the raw operations of an engine say to each other.

/// What the caller of a once has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begun {
    /// Run what is to run once, and say how it ended.
    Mine {
        /// Whether a call before has panicked.
        poisoned: bool,
    },
    /// Nothing: it is done.
    Done,
    /// Nothing: a call before has panicked.
    Poisoned,
}

/// Why nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotSent {
    Full,
    Disconnected,
}

/// Why nothing was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoMessage {
    /// Up to the end of the time-out, if there is one.
    Empty,
    Disconnected,
}

/// What is to be done with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Put {
    /// It becomes the last one.
    Last,
    /// It is taken back, from this place among the messages.
    Back(usize),
}
