//! `std::thread` over loom.

use std::fmt;
use std::io;
use std::panic::{self, AssertUnwindSafe, Location};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::local;
pub use super::local::LocalKey;
use super::object::Core;
use super::scene::End;
pub use super::scope::{Scope, ScopedJoinHandle, scope};
use super::world::{self, Detail, event, switching};
use crate::harness;
use crate::outcome::{Diagnosis, Failure};
use crate::trace::{ObjectKind, Op, Outcome, ThreadIndex};

pub use std::thread::{AccessError, Result};

/// See `std::thread::ThreadId`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ThreadId(ThreadIndex);

/// See `std::thread::Thread`.
#[derive(Clone)]
pub struct Thread {
    inner: Arc<Inner>,
}

struct Inner {
    index: ThreadIndex,
    name: Option<String>,
    core: Core,
    token: AtomicBool,
}

impl Thread {
    pub(super) fn new(
        index: ThreadIndex,
        name: Option<String>,
        started: &'static Location<'static>,
    ) -> Thread {
        Thread {
            inner: Arc::new(Inner {
                index,
                name,
                core: Core::new(ObjectKind::Thread, started),
                token: AtomicBool::new(false),
            }),
        }
    }

    pub(super) fn index(&self) -> ThreadIndex {
        self.inner.index
    }

    /// How the record calls the thread.
    pub(super) fn label(&self) -> String {
        match (&self.inner.name, self.inner.index) {
            (Some(name), _) => name.clone(),
            (None, 0) => "main".to_owned(),
            (None, index) => format!("thread {index}"),
        }
    }

    /// See `std::thread::Thread::id`.
    #[must_use]
    pub fn id(&self) -> ThreadId {
        ThreadId(self.inner.index)
    }

    /// See `std::thread::Thread::name`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match (&self.inner.name, self.inner.index) {
            (Some(name), _) => Some(name),
            (None, 0) => Some("main"),
            (None, _) => None,
        }
    }

    /// See `std::thread::Thread::unpark`.
    #[track_caller]
    pub fn unpark(&self) {
        let event = event(Op::Unpark, Location::caller()).to(self.inner.index);
        let (object, monitor) = self.inner.core.monitor();
        let event = event.on(object);
        world::intend(event);
        let entered = monitor.enter();
        let stored = self.inner.token.swap(true, Ordering::Relaxed);
        entered.notify_one();
        drop(entered);
        world::record(event.with_outcome(stored.then_some(Outcome::Stored)));
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

/// See `std::thread::current`.
#[must_use]
pub fn current() -> Thread {
    world::handle()
}

/// See `std::thread::park`.
#[track_caller]
pub fn park() {
    sleep_until_unparked(Op::Park);
}

/// See `std::thread::park_timeout`. It times out at once or never.
#[track_caller]
pub fn park_timeout(timeout: Duration) {
    if timeout.is_zero() {
        yield_now();
    } else {
        sleep_until_unparked(Op::ParkTimeout);
    }
}

#[track_caller]
fn sleep_until_unparked(op: Op) {
    let thread = current();
    let (object, monitor) = thread.inner.core.monitor();
    let event = event(op, Location::caller()).on(object);
    world::intend(event);
    let token = &thread.inner.token;
    let entered = monitor.enter();
    let at_once = token.load(Ordering::Relaxed);
    let entered = entered.wait_while(|| !token.load(Ordering::Relaxed));
    token.store(false, Ordering::Relaxed);
    drop(entered);
    let outcome = if at_once {
        Outcome::Token
    } else {
        Outcome::Notified
    };
    world::record(event.with_outcome(Some(outcome)));
}

/// See `std::thread::yield_now`.
#[track_caller]
pub fn yield_now() {
    world::record_yield(event(Op::Yield, Location::caller()));
}

/// See `std::thread::sleep`. Takes no time, but lets others run.
#[track_caller]
pub fn sleep(_: Duration) {
    world::record_yield(event(Op::Sleep, Location::caller()));
}

/// See `std::thread::panicking`.
#[must_use]
pub fn panicking() -> bool {
    world::panicking()
}

/// See `std::thread::spawn`.
#[track_caller]
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    JoinHandle(start(None, body))
}

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
    pub fn stack_size(self, _: usize) -> Builder {
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
        Ok(JoinHandle(start(self.name, body)))
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
        Ok(scope.start(self.name, body))
    }
}

/// See `std::thread::JoinHandle`.
pub struct JoinHandle<T>(Started<T>);

impl<T> JoinHandle<T> {
    /// See `std::thread::JoinHandle::thread`.
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.0.thread
    }

    /// See `std::thread::JoinHandle::join`.
    ///
    /// # Errors
    ///
    /// When the thread panicked: its payload.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        self.0.join()
    }

    /// See `std::thread::JoinHandle::is_finished`. Only the end of a thread that comes
    /// before a yield is seen.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

/// loom's handle of a thread, until somebody joins it.
pub(super) type Joinable = Arc<Mutex<Option<loom::thread::JoinHandle<()>>>>;

/// A thread that was started, and where it leaves its result.
pub(super) struct Started<T> {
    pub(super) thread: Thread,
    pub(super) joinable: Joinable,
    packet: Arc<Packet<T>>,
}

struct Packet<T> {
    result: Mutex<Option<Result<T>>>,
    finished: AtomicBool,
}

impl<T> Started<T> {
    #[track_caller]
    pub(super) fn join(self) -> Result<T> {
        await_end(&self.joinable, &self.thread);
        let mut result = self
            .packet
            .result
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match result.take() {
            Some(result) => result,
            None => unreachable!("a thread that has ended leaves a result"),
        }
    }

    #[track_caller]
    pub(super) fn is_finished(&self) -> bool {
        let event = event(Op::IsFinished, Location::caller()).to(self.thread.index());
        if !self.packet.finished.load(Ordering::Relaxed) {
            world::give_way();
        }
        let finished = self.packet.finished.load(Ordering::Relaxed);
        if finished {
            world::record(event);
        } else {
            world::record_look(event.with_outcome(Some(Outcome::Busy)));
        }
        finished
    }
}

/// Waits for a thread that nobody else has waited for.
#[track_caller]
pub(super) fn await_end(joinable: &Joinable, thread: &Thread) {
    let handle = joinable
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    let Some(handle) = handle else { return };
    let event = event(Op::Join, Location::caller()).to(thread.index());
    world::intend(event);
    let joined = switching(|| handle.join());
    debug_assert!(joined.is_ok(), "panics do not leave a modelled thread");
    world::record(event);
}

/// Starts a thread whose body may live for ever.
#[track_caller]
pub(super) fn start<F, T>(name: Option<String>, body: F) -> Started<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    // SAFETY: the body and its result live for ever.
    unsafe { start_unchecked(name, body) }
}

/// The stack of a modelled thread, in words.
const STACK: usize = 0x2000;

/// Starts a thread.
///
/// # Safety
///
/// The thread must have ended before what `F` or `T` borrow does.
#[track_caller]
pub(super) unsafe fn start_unchecked<F, T>(name: Option<String>, body: F) -> Started<T>
where
    F: FnOnce() -> T + Send,
    T: Send,
{
    let place = Location::caller();
    let thread = world::add_thread(name, place);
    let packet = Arc::new(Packet {
        result: Mutex::new(None),
        finished: AtomicBool::new(false),
    });
    let (index, left) = (thread.index(), packet.clone());
    let life: Box<dyn FnOnce() + Send + '_> = Box::new(move || {
        world::become_thread(index);
        let result = live(body);
        let end = if result.is_err() {
            Op::Panic
        } else {
            Op::Finish
        };
        world::record(event(end, place));
        *left.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        left.finished.store(true, Ordering::Relaxed);
    });
    // SAFETY: only the lifetime changes, and the caller keeps what is borrowed.
    let life: Box<dyn FnOnce() + Send + 'static> = unsafe { std::mem::transmute(life) };
    Started {
        thread,
        joinable: launch(index, life, place),
        packet,
    }
}

fn launch(
    index: ThreadIndex,
    life: Box<dyn FnOnce() + Send>,
    place: &'static Location<'static>,
) -> Joinable {
    let spawned = switching(|| loom::thread::Builder::new().stack_size(STACK).spawn(life));
    world::record(event(Op::Spawn, place).to(index));
    Arc::new(Mutex::new(spawned.ok()))
}

/// Runs the body of a thread, and what is left of it when it panics.
///
/// An assertion of the hidden test ends the search at once: whoever should have joined
/// the thread may be waiting for it to do more.
pub(super) fn live<T>(body: impl FnOnce() -> T) -> Result<T> {
    let result = panic::catch_unwind(AssertUnwindSafe(body));
    local::drop_values();
    if let Err(payload) = &result {
        if let Some(failure) = payload.downcast_ref::<Failure>() {
            world::abandon(End::Failed(failure.clone()));
        }
        let note = harness::last_panic();
        if note
            .as_ref()
            .is_some_and(|note| harness::diagnose(&note.file) == Diagnosis::Assertion)
        {
            world::abandon(End::Panicked(note));
        }
        world::mourn(note);
    }
    result
}
