//! The modules that are not re-exported whole.

#[cfg(not(any(feature = "interleavings", feature = "orderings")))]
pub use std::{collections, hash};

#[cfg(any(feature = "interleavings", feature = "orderings"))]
pub mod collections {
    pub use crate::fixed_hash::{HashMap, HashSet};
    pub use std::collections::*;

    pub mod hash_map {
        pub use crate::fixed_hash::{HashMap, RandomState};
        pub use std::collections::hash_map::*;
    }

    pub mod hash_set {
        pub use crate::fixed_hash::HashSet;
        pub use std::collections::hash_set::*;
    }
}

#[cfg(any(feature = "interleavings", feature = "orderings"))]
pub mod hash {
    pub use crate::fixed_hash::RandomState;
    pub use std::hash::*;
}

pub mod any {
    // Not `type_name`: that of a closure has the name of the test in which it stands.
    pub use std::any::Any;
}

pub mod hint {
    pub use crate::engine::hint::spin_loop;
    pub use std::hint::*;
}

pub mod panic {
    pub use crate::engine::panic::{catch_unwind, panic_any, resume_unwind};
    // Not `Location`: with `#[track_caller]` it tells one hidden test from another.
    pub use std::panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe};
}

pub mod sync {
    pub use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult, Weak};

    #[cfg(feature = "barrier")]
    pub use crate::engine::sync::{Barrier, BarrierWaitResult};
    #[cfg(feature = "condvar")]
    pub use crate::engine::sync::{Condvar, WaitTimeoutResult};
    #[cfg(feature = "once")]
    pub use crate::engine::sync::{LazyLock, Once, OnceLock, OnceState};
    #[cfg(feature = "mutex")]
    pub use crate::engine::sync::{Mutex, MutexGuard};
    #[cfg(feature = "rwlock")]
    pub use crate::engine::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

    #[cfg(feature = "atomic")]
    pub use crate::engine::sync::atomic;
    #[cfg(feature = "mpsc")]
    pub use crate::engine::sync::mpsc;
}

pub mod thread {
    pub use crate::engine::thread::{Result, Thread, ThreadId, current, panicking, yield_now};

    #[cfg(feature = "sleep")]
    pub use crate::engine::thread::sleep;
    #[cfg(feature = "thread_local")]
    pub use crate::engine::thread::{AccessError, LocalKey};
    #[cfg(feature = "spawn")]
    pub use crate::engine::thread::{Builder, JoinHandle, Scope, ScopedJoinHandle, scope, spawn};
    #[cfg(feature = "park")]
    pub use crate::engine::thread::{park, park_timeout};
}

pub mod time {
    pub use crate::engine::time::Instant;
    pub use std::time::{Duration, TryFromFloatSecsError};
}
