//! `std::sync`, with noise around every operation that synchronises.

pub mod atomic;
mod barrier;
mod condvar;
pub mod mpsc;
mod mutex;
mod once;
mod rwlock;

pub use std::sync::{
    Arc, BarrierWaitResult, LockResult, MutexGuard, OnceState, PoisonError, RwLockReadGuard,
    RwLockWriteGuard, TryLockError, TryLockResult, WaitTimeoutResult, Weak,
};

pub use barrier::Barrier;
pub use condvar::Condvar;
pub use mutex::Mutex;
pub use once::{LazyLock, Once, OnceLock};
pub use rwlock::RwLock;
