//! `std::thread::scope` over loom.

use std::fmt;
use std::marker::PhantomData;
use std::panic::{self, AssertUnwindSafe, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::thread::{self, Joinable, Started, Thread};

/// See `std::thread::Scope`.
pub struct Scope<'scope, 'env: 'scope> {
    started: Mutex<Vec<(Joinable, Thread)>>,
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
    let scope = Scope {
        started: Mutex::new(Vec::new()),
        panicked: Arc::new(AtomicUsize::new(0)),
        scope: PhantomData,
        env: PhantomData,
    };
    let result = panic::catch_unwind(AssertUnwindSafe(|| body(&scope)));
    while let Some((joinable, thread)) = scope.last() {
        thread::await_end(&joinable, &thread);
    }
    match result {
        Err(payload) => resume_unwind(payload),
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
        self.start(None, body)
    }

    #[track_caller]
    pub(super) fn start<F, T>(
        &'scope self,
        name: Option<String>,
        body: F,
    ) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        let panicked = self.panicked.clone();
        let told = panicked.clone();
        let body = move || {
            panic::catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| {
                told.fetch_add(1, Ordering::Relaxed);
                resume_unwind(payload)
            })
        };
        // SAFETY: `scope` does not return before every thread of its list has ended, and
        // a search that is cut short never returns.
        let started = unsafe { thread::start_unchecked(name, body) };
        self.started
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((started.joinable.clone(), started.thread.clone()));
        ScopedJoinHandle {
            started,
            panicked,
            scope: PhantomData,
        }
    }

    fn last(&self) -> Option<(Joinable, Thread)> {
        self.started
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// See `std::thread::ScopedJoinHandle::thread`.
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.started.thread
    }

    /// See `std::thread::ScopedJoinHandle::join`.
    ///
    /// # Errors
    ///
    /// When the thread panicked: its payload.
    #[track_caller]
    pub fn join(self) -> thread::Result<T> {
        let result = self.started.join();
        if result.is_err() {
            self.panicked.fetch_sub(1, Ordering::Relaxed);
        }
        result
    }

    /// See `std::thread::ScopedJoinHandle::is_finished`.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        self.started.is_finished()
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
