//! Scoped threads.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Packet, Result, Thread, is_finished, join, start, wait_for_end};
use crate::interleavings::panic::{catch, resume_unwind};

/// See `std::thread::Scope`.
#[derive(Debug)]
pub struct Scope<'scope, 'env: 'scope> {
    threads: Mutex<Vec<usize>>,
    /// Threads that have panicked and not been joined by hand.
    panicked: Arc<AtomicUsize>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

/// See `std::thread::ScopedJoinHandle`.
pub struct ScopedJoinHandle<'scope, T> {
    thread: Thread,
    packet: Packet<T>,
    panicked: Arc<AtomicUsize>,
    scope: PhantomData<&'scope ()>,
}

/// See `std::thread::scope`.
///
/// # Panics
///
/// Panics when a thread that was not joined by hand has panicked.
#[track_caller]
pub fn scope<'env, F, T>(body: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let location = Location::caller();
    let scope = Scope {
        threads: Mutex::new(Vec::new()),
        panicked: Arc::default(),
        scope: PhantomData,
        env: PhantomData,
    };
    let result = catch(|| body(&scope));
    loop {
        let next = scope
            .threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let Some(index) = next else { break };
        wait_for_end(index, location);
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
        self.start(None, body, Location::caller())
    }

    pub(super) fn start<F, T>(
        &'scope self,
        name: Option<String>,
        body: F,
        location: &'static Location<'static>,
    ) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        let panicked = Arc::clone(&self.panicked);
        let guarded = move || match catch(body) {
            Ok(value) => value,
            Err(payload) => {
                panicked.fetch_add(1, Ordering::Relaxed);
                resume_unwind(payload)
            }
        };
        let (index, packet) = start(name, guarded, location);
        self.threads
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(index);
        let panicked = Arc::clone(&self.panicked);
        ScopedJoinHandle {
            thread: Thread::of(index),
            packet,
            panicked,
            scope: PhantomData,
        }
    }
}

impl<T> ScopedJoinHandle<'_, T> {
    /// See `std::thread::ScopedJoinHandle::thread`.
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// See `std::thread::ScopedJoinHandle::join`.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        let result = join(self.thread.index, &self.packet, Location::caller());
        if result.is_err() {
            self.panicked.fetch_sub(1, Ordering::Relaxed);
        }
        result
    }

    /// See `std::thread::ScopedJoinHandle::is_finished`.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        is_finished(self.thread.index, Location::caller())
    }
}

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedJoinHandle").finish_non_exhaustive()
    }
}
