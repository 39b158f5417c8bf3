//! Modelled threads: their lives and their sleep.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Result;
use std::time::Duration;

use super::local;
use super::monitor::monitor;
use crate::harness;
use crate::orderings::object::Core;
use crate::orderings::scene::End;
use crate::orderings::world::{self, event, switching};
use crate::outcome::{Diagnosis, Failure};
use crate::trace::{ObjectKind, Op, Outcome, Place, ThreadIndex};

thread_local! {
    /// The threads of the execution, by index.
    static THREADS: RefCell<Vec<Thread>> = const { RefCell::new(Vec::new()) };
}

/// A thread of the current execution.
#[derive(Clone)]
pub(in crate::orderings) struct Thread {
    inner: Arc<Inner>,
}

struct Inner {
    index: ThreadIndex,
    name: Option<String>,
    /// What it sleeps on when it parks.
    core: Core,
    token: AtomicBool,
    finished: AtomicBool,
    /// loom's handle, until somebody joins the thread.
    handle: Mutex<Option<loom::thread::JoinHandle<()>>>,
}

impl Thread {
    fn new(index: ThreadIndex, name: Option<String>, started: Place) -> Thread {
        Thread {
            inner: Arc::new(Inner {
                index,
                name,
                core: Core::new(ObjectKind::Thread, started),
                token: AtomicBool::new(false),
                finished: AtomicBool::new(false),
                handle: Mutex::new(None),
            }),
        }
    }

    pub(in crate::orderings) fn index(&self) -> usize {
        self.inner.index.into()
    }

    pub(in crate::orderings) fn name(&self) -> Option<&str> {
        self.inner.name.as_deref()
    }

    pub(in crate::orderings) fn unpark(&self, place: Place) {
        let (object, monitor) = monitor(&self.inner.core);
        let event = event(Op::Unpark, place).to(self.inner.index).on(object);
        world::intend(event);
        let entered = monitor.enter();
        let stored = self.inner.token.swap(true, Ordering::Relaxed);
        entered.notify_one();
        drop(entered);
        world::record(event.with_outcome(stored.then_some(Outcome::Stored)));
    }

    /// Waits for a thread that nobody else has waited for.
    pub(in crate::orderings) fn join(&self, place: Place) {
        let Some(handle) = self.handle().take() else {
            return;
        };
        let event = event(Op::Join, place).to(self.inner.index);
        world::intend(event);
        let joined = switching(|| handle.join());
        debug_assert!(joined.is_ok(), "panics do not leave a modelled thread");
        world::record(event);
    }

    /// Only an end that comes before a yield is seen.
    pub(in crate::orderings) fn is_finished(&self, place: Place) -> bool {
        let event = event(Op::IsFinished, place).to(self.inner.index);
        let finished = || self.inner.finished.load(Ordering::Relaxed);
        if !finished() {
            world::give_way();
        }
        let finished = finished();
        if finished {
            world::record(event);
        } else {
            world::record_look(event.with_outcome(Some(Outcome::Busy)));
        }
        finished
    }

    fn handle(&self) -> std::sync::MutexGuard<'_, Option<loom::thread::JoinHandle<()>>> {
        self.inner
            .handle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins an execution, with its main thread alone.
pub(super) fn begin(place: Place) {
    THREADS.with_borrow_mut(|threads| {
        threads.clear();
        threads.push(Thread::new(0, None, place));
    });
}

/// The stack of a modelled thread, in words.
const STACK: usize = 0x2000;

/// Starts a thread. `life` says whether it has panicked.
///
/// # Safety
///
/// The thread must have ended before what `life` borrows does, unless the whole search
/// stops for ever.
pub(in crate::orderings) unsafe fn spawn<'a>(
    name: Option<String>,
    life: Box<dyn FnOnce() -> bool + Send + 'a>,
    place: Place,
) -> Thread {
    let index = world::add_thread(name.clone());
    let thread = Thread::new(index, name, place);
    THREADS.with_borrow_mut(|threads| threads.push(thread.clone()));
    let itself = thread.clone();
    let life: Box<dyn FnOnce() + Send + 'a> = Box::new(move || {
        world::become_thread(index);
        let end = if life() { Op::Panic } else { Op::Finish };
        world::record(event(end, place));
        itself.inner.finished.store(true, Ordering::Relaxed);
    });
    // SAFETY: only the lifetime changes, and the caller keeps what is borrowed.
    let life: Box<dyn FnOnce() + Send + 'static> = unsafe { std::mem::transmute(life) };
    let spawned = switching(|| loom::thread::Builder::new().stack_size(STACK).spawn(life));
    world::record(event(Op::Spawn, place).to(index));
    *thread.handle() = spawned.ok();
    thread
}

/// Runs the body of a thread, and what is left of it.
///
/// An assertion of the hidden test ends the search at once: whoever should have joined
/// the thread may be waiting for it to do more.
pub(in crate::orderings) fn live<T>(body: impl FnOnce() -> T) -> Result<T> {
    let result = panic::catch_unwind(AssertUnwindSafe(body));
    local::drop_locals();
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

/// The running thread.
pub(in crate::orderings) fn current() -> Thread {
    let index = usize::from(world::current());
    THREADS.with_borrow(|threads| threads[index].clone())
}

/// Sleeps until unparked. It times out at once or never.
pub(in crate::orderings) fn park(timeout: Option<Duration>, place: Place) {
    let op = match timeout {
        None => Op::Park,
        Some(timeout) if timeout.is_zero() => return yield_now(place),
        Some(_) => Op::ParkTimeout,
    };
    let thread = current();
    let (object, monitor) = monitor(&thread.inner.core);
    let event = event(op, place).on(object);
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

pub(in crate::orderings) fn yield_now(place: Place) {
    world::record_yield(event(Op::Yield, place));
}

/// Others run before the thread goes on.
pub(in crate::orderings) fn spin_loop(place: Place) {
    if !world::inside() {
        return std::hint::spin_loop();
    }
    world::record_yield(event(Op::Spin, place));
}

/// Takes no time, but lets others run.
pub(in crate::orderings) fn sleep(_: Duration, place: Place) {
    world::record_yield(event(Op::Sleep, place));
}
