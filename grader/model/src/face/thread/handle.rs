//! `Thread`, `ThreadId` and `JoinHandle`, and how a thread leaves its result.

use std::fmt;
use std::num::NonZero;
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Result;

use super::raw;
use crate::trace::Place;

/// See `std::thread::ThreadId`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ThreadId(NonZero<u64>);

/// See `std::thread::Thread`.
#[derive(Clone)]
pub struct Thread {
    raw: raw::Thread,
}

impl Thread {
    pub(super) fn of(raw: raw::Thread) -> Thread {
        Thread { raw }
    }

    /// The thread as the engine knows it.
    pub(in super::super::super) fn raw(&self) -> &raw::Thread {
        &self.raw
    }

    /// See `std::thread::Thread::id`.
    #[must_use]
    pub fn id(&self) -> ThreadId {
        ThreadId(NonZero::<u64>::MIN.saturating_add(self.raw.index() as u64))
    }

    /// See `std::thread::Thread::name`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self.raw.index() {
            0 => Some("main"),
            _ => self.raw.name(),
        }
    }

    /// See `std::thread::Thread::unpark`.
    #[track_caller]
    pub fn unpark(&self) {
        self.raw.unpark(Location::caller());
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread")
            .field("id", &self.id())
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}

/// See `std::thread::JoinHandle`.
pub struct JoinHandle<T>(Started<T>);

impl<T> JoinHandle<T> {
    pub(super) fn start<F>(name: Option<String>, body: F, place: Place) -> JoinHandle<T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        // SAFETY: the body and its result live for ever.
        JoinHandle(unsafe { Started::start(name, body, place) })
    }

    /// See `std::thread::JoinHandle::thread`.
    #[must_use]
    pub fn thread(&self) -> &Thread {
        self.0.thread()
    }

    /// See `std::thread::JoinHandle::join`.
    ///
    /// # Errors
    ///
    /// When the thread panicked: its payload.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        self.0.join(Location::caller())
    }

    /// See `std::thread::JoinHandle::is_finished`.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        self.0.is_finished(Location::caller())
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

/// A thread that was started, and where it leaves its result.
pub(super) struct Started<T> {
    thread: Thread,
    result: Arc<Mutex<Option<Result<T>>>>,
}

impl<T> Started<T> {
    /// Starts a thread.
    ///
    /// # Safety
    ///
    /// The thread must have ended before what `F` or `T` borrow does.
    pub(super) unsafe fn start<'a, F>(name: Option<String>, body: F, place: Place) -> Started<T>
    where
        F: FnOnce() -> T + Send + 'a,
        T: Send + 'a,
    {
        // SAFETY: the same.
        unsafe { Started::start_boxed(name, Box::new(body), place) }
    }

    /// The body is behind a pointer, so that this is compiled once for each type of result, and
    /// not for each closure of a test.
    ///
    /// # Safety
    ///
    /// As for [`start`](Started::start).
    unsafe fn start_boxed<'a>(
        name: Option<String>,
        body: Box<dyn FnOnce() -> T + Send + 'a>,
        place: Place,
    ) -> Started<T>
    where
        T: Send + 'a,
    {
        let result = Arc::new(Mutex::new(None));
        let left = Arc::clone(&result);
        let life = Box::new(move || {
            let outcome = raw::live(body);
            let panicked = outcome.is_err();
            *left.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
            panicked
        });
        // SAFETY: the caller keeps what is borrowed.
        let raw = unsafe { raw::spawn(name, life, place) };
        Started {
            thread: Thread::of(raw),
            result,
        }
    }

    pub(super) fn thread(&self) -> &Thread {
        &self.thread
    }

    pub(super) fn join(self, place: Place) -> Result<T> {
        self.thread.raw.join(place);
        let mut result = self.result.lock().unwrap_or_else(PoisonError::into_inner);
        result
            .take()
            .expect("a thread that has ended leaves a result")
    }

    pub(super) fn is_finished(&self, place: Place) -> bool {
        self.thread.raw.is_finished(place)
    }
}
