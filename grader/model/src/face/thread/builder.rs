//! `Builder`.

use std::io;
use std::panic::Location;

use super::handle::JoinHandle;
use super::scope::{Scope, ScopedJoinHandle};

/// See `std::thread::Builder`.
#[derive(Debug)]
#[must_use = "must eventually spawn the thread"]
pub struct Builder {
    name: Option<String>,
}

impl Builder {
    /// See `std::thread::Builder::new`.
    #[expect(clippy::new_without_default, reason = "std's has none either")]
    pub fn new() -> Builder {
        Builder { name: None }
    }

    /// See `std::thread::Builder::name`.
    pub fn name(self, name: String) -> Builder {
        Builder { name: Some(name) }
    }

    /// See `std::thread::Builder::stack_size`. All modelled threads have the same.
    pub fn stack_size(self, _bytes: usize) -> Builder {
        self
    }

    /// See `std::thread::Builder::spawn`.
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        Ok(JoinHandle::start(self.name, body, Location::caller()))
    }

    /// See `std::thread::Builder::spawn_scoped`.
    ///
    /// # Errors
    ///
    /// None.
    #[track_caller]
    pub fn spawn_scoped<'scope, 'env, F, T>(
        self,
        scope: &'scope Scope<'scope, 'env>,
        body: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        Ok(scope.start(self.name, body, Location::caller()))
    }
}
