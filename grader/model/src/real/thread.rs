//! `std::thread`, with noise where threads begin, park and wake each other.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

pub use std::thread::{
    AccessError, JoinHandle, LocalKey, Result, Scope, ScopedJoinHandle, Thread, ThreadId, current,
    panicking, scope,
};

use super::{asleep, noise};
use crate::harness;

/// See `std::thread::spawn`.
///
/// # Panics
///
/// When the system cannot start a thread.
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    Builder::new().spawn(body).expect("failed to spawn thread")
}

/// See `std::thread::yield_now`.
pub fn yield_now() {
    std::thread::yield_now();
}

/// See `std::thread::sleep`.
pub fn sleep(duration: Duration) {
    noise::around(|| std::thread::sleep(duration));
}

/// See `std::thread::park`.
pub fn park() {
    noise::around(std::thread::park);
}

/// See `std::thread::park_timeout`.
pub fn park_timeout(timeout: Duration) {
    noise::around(|| asleep::waiting(timeout, || std::thread::park_timeout(timeout)));
}

/// See `std::thread::Builder`.
#[derive(Debug)]
#[must_use = "must eventually spawn the thread"]
pub struct Builder(std::thread::Builder);

impl Builder {
    /// See `std::thread::Builder::new`.
    #[expect(clippy::new_without_default, reason = "std's has none either")]
    pub fn new() -> Builder {
        Builder(std::thread::Builder::new())
    }

    /// See `std::thread::Builder::name`.
    pub fn name(self, name: String) -> Builder {
        Builder(self.0.name(name))
    }

    /// See `std::thread::Builder::stack_size`. In bytes.
    pub fn stack_size(self, size: usize) -> Builder {
        Builder(self.0.stack_size(size))
    }

    /// See `std::thread::Builder::spawn`.
    ///
    /// # Errors
    ///
    /// When the system cannot start a thread.
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        start(self.0, Box::new(body))
    }

    /// See `std::thread::Builder::spawn_scoped`.
    ///
    /// # Errors
    ///
    /// When the system cannot start a thread.
    pub fn spawn_scoped<'scope, 'env, F, T>(
        self,
        scope: &'scope Scope<'scope, 'env>,
        body: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        start_scoped(self.0, scope, Box::new(body))
    }
}

/// Starts a thread. The body is behind a pointer, so that all that std does about a thread is
/// compiled once for each type of result, and not for each closure of a test.
fn start<T: Send + 'static>(
    builder: std::thread::Builder,
    body: Box<dyn FnOnce() -> T + Send>,
) -> io::Result<JoinHandle<T>> {
    let child = noise::child();
    noise::around(|| builder.spawn(move || live(child, body)))
}

/// Starts a thread that ends before `scope` does, in the same way.
fn start_scoped<'scope, T: Send + 'scope>(
    builder: std::thread::Builder,
    scope: &'scope Scope<'scope, '_>,
    body: Box<dyn FnOnce() -> T + Send + 'scope>,
) -> io::Result<ScopedJoinHandle<'scope, T>> {
    let child = noise::child();
    noise::around(|| builder.spawn_scoped(scope, move || live(child, body)))
}

/// What a thread does from beginning to end.
fn live<T>(lineage: u64, body: impl FnOnce() -> T) -> T {
    noise::adopt(lineage);
    asleep::register();
    noise::point();
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(value) => value,
        Err(payload) => {
            harness::mourn();
            panic::resume_unwind(payload)
        }
    }
}
