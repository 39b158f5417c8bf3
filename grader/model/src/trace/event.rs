//! What threads do, in a few words each.

use std::panic::Location;

/// Where in the source.
pub type Place = &'static Location<'static>;

/// Index of a thread of the execution; the main closure is 0.
pub type ThreadIndex = u8;

/// Index of a modelled object of the execution.
pub type ObjectIndex = u16;

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "each variant is the word beside it")]
        pub enum $name { $($variant,)* }

        impl $name {
            /// The word that records use.
            pub fn word(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }
    };
}

words! {
    /// What a thread did.
    Op {
        Start = "start",
        Lock = "lock",
        TryLock = "try_lock",
        Unlock = "unlock",
        Relock = "relock",
        Read = "read",
        TryRead = "try_read",
        Write = "write",
        TryWrite = "try_write",
        Wait = "wait",
        WaitTimeout = "wait_timeout",
        Timeout = "timeout",
        SpuriousWakeup = "spurious_wakeup",
        NotifyOne = "notify_one",
        NotifyAll = "notify_all",
        Load = "load",
        Store = "store",
        Swap = "swap",
        Fetch = "fetch",
        CompareExchange = "compare_exchange",
        Fence = "fence",
        Park = "park",
        ParkTimeout = "park_timeout",
        Unpark = "unpark",
        Spawn = "spawn",
        Join = "join",
        IsFinished = "is_finished",
        IsPoisoned = "is_poisoned",
        ClearPoison = "clear_poison",
        Finish = "finish",
        Panic = "panic",
        Yield = "yield",
        Spin = "spin",
        Sleep = "sleep",
        Now = "now",
        Advance = "advance",
        Send = "send",
        TrySend = "try_send",
        Recv = "recv",
        TryRecv = "try_recv",
        RecvTimeout = "recv_timeout",
        Disconnect = "disconnect",
        Once = "once",
        CellRead = "cell_read",
        CellWrite = "cell_write",
        AwaitBlocked = "await_blocked",
        Print = "print",
    }
}

words! {
    /// How an operation turned out, where that is worth a word.
    Outcome {
        Busy = "busy",
        Nobody = "nobody",
        Woke = "woke",
        Notified = "notified",
        TimedOut = "timed_out",
        Spurious = "spurious",
        Token = "token",
        Poisoned = "poisoned",
        Disconnected = "disconnected",
        Empty = "empty",
        Full = "full",
        Stored = "stored",
        Blocked = "blocked",
        Changed = "changed",
    }
}

words! {
    /// What kind of thing an object is.
    ObjectKind {
        Mutex = "mutex",
        RwLock = "rwlock",
        Condvar = "condvar",
        Atomic = "atomic",
        Once = "once",
        Barrier = "barrier",
        Channel = "channel",
        Thread = "thread",
        Cell = "cell",
        Clock = "clock",
    }
}

/// A value that an atomic operation read or wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Value {
    /// A boolean.
    Bool(bool),
    /// Any unsigned integer, a pointer included.
    Unsigned(u64),
    /// Any signed integer.
    Signed(i64),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Bool(value) => value.fmt(f),
            Value::Unsigned(value) => value.fmt(f),
            Value::Signed(value) => value.fmt(f),
        }
    }
}

/// One operation of one thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Who did it.
    pub thread: ThreadIndex,
    /// What was done.
    pub op: Op,
    /// How it turned out.
    pub outcome: Option<Outcome>,
    /// What it was done to.
    pub object: Option<ObjectIndex>,
    /// The other thread that it concerns.
    pub target: Option<ThreadIndex>,
    /// The value read or written.
    pub value: Option<Value>,
    /// Of a change in one step, the value that it left.
    pub after: Option<Value>,
    /// Where in the source.
    pub location: Place,
}

impl Event {
    /// An operation that concerns nothing but its thread.
    pub fn new(thread: ThreadIndex, op: Op, location: Place) -> Event {
        Event {
            thread,
            op,
            outcome: None,
            object: None,
            target: None,
            value: None,
            after: None,
            location,
        }
    }

    /// The same, done to an object.
    #[must_use]
    pub fn on(self, object: ObjectIndex) -> Event {
        let object = Some(object);
        Event { object, ..self }
    }

    /// The same, concerning another thread.
    #[must_use]
    pub fn to(self, target: ThreadIndex) -> Event {
        let target = Some(target);
        Event { target, ..self }
    }

    /// The same, with this outcome.
    #[must_use]
    pub fn with_outcome(self, outcome: Option<Outcome>) -> Event {
        Event { outcome, ..self }
    }

    /// The same, with the value that was read or written.
    #[must_use]
    pub fn with_value(self, value: Value) -> Event {
        let value = Some(value);
        Event { value, ..self }
    }

    /// The same, with the values before and after a change in one step.
    #[must_use]
    pub fn with_change(self, before: Value, after: Value) -> Event {
        let after = Some(after);
        Event { after, ..self }.with_value(before)
    }
}

/// A modelled object as the record names it.
#[derive(Debug, Clone, Copy)]
pub struct ObjectInfo {
    /// What it is.
    pub kind: ObjectKind,
    /// Where it was created.
    pub created: Place,
}
