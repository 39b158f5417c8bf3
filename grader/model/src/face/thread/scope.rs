//! Scoped threads.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Result;

use super::handle::{Started, Thread};
use super::raw;
use crate::trace::Place;

/// See `std::thread::Scope`.
pub struct Scope<'scope, 'env: 'scope> {
    started: Mutex<Vec<raw::Thread>>,
    /// Threads that panicked and whose panic nobody was given.
    panicked: Arc<AtomicUsize>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// See `std::thread::ScopedJoinHandle`.
pub struct ScopedJoinHandle<'scope, T> {
    started: Started<T>,
    panicked: Arc<AtomicUsize>,
    scope: PhantomData<&'scope ()>,
}

/// See `std::thread::scope`.
///
/// # Panics
///
/// When `body` does, or a thread that nobody joined.
#[track_caller]
pub fn scope<'env, F, T>(body: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let place = Location::caller();
    let scope = Scope {
        started: Mutex::new(Vec::new()),
        panicked: Arc::default(),
        scope: PhantomData,
        env: PhantomData,
    };
    let result = raw::catch(|| body(&scope));
    loop {
        // Not in the head of the loop, where the list would stay locked meanwhile.
        let last = scope.started().pop();
        let Some(thread) = last else { break };
        thread.join(place);
    }
    match result {
        Err(payload) => raw::resume_unwind(payload),
        Ok(_) if scope.panicked.load(Ordering::Relaxed) > 0 => panic!("a scoped thread panicked"),
        Ok(value) => value,
    }
}

impl<'scope> Scope<'scope, '_> {
    /// See `std::thread::Scope::spawn`.
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, body: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.start(None, body, Location::caller())
    }

    pub(super) fn start<F, T>(
        &'scope self,
        name: Option<String>,
        body: F,
        place: Place,
    ) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        let panicked = Arc::clone(&self.panicked);
        let told = move || {
            raw::catch(body).unwrap_or_else(|payload| {
                panicked.fetch_add(1, Ordering::Relaxed);
                raw::resume_unwind(payload)
            })
        };
        // SAFETY: `scope` does not return before every thread of its list has ended, and
        // an execution that is cut short never returns.
        let started = unsafe { Started::start(name, told, place) };
        self.started().push(started.thread().raw().clone());
        ScopedJoinHandle {
            started,
            panicked: Arc::clone(&self.panicked),
            scope: PhantomData,
        }
    }

    fn started(&self) -> MutexGuard<'_, Vec<raw::Thread>> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// See `std::thread::ScopedJoinHandle::thread`.
    #[must_use]
    pub fn thread(&self) -> &Thread {
        self.started.thread()
    }

    /// See `std::thread::ScopedJoinHandle::join`.
    ///
    /// # Errors
    ///
    /// When the thread panicked: its payload.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        let result = self.started.join(Location::caller());
        if result.is_err() {
            self.panicked.fetch_sub(1, Ordering::Relaxed);
        }
        result
    }

    /// See `std::thread::ScopedJoinHandle::is_finished`.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        self.started.is_finished(Location::caller())
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedJoinHandle").finish_non_exhaustive()
    }
}
