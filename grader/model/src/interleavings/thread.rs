//! `std::thread`, modelled.

mod local;
mod scope;

use std::fmt;
use std::io;
use std::num::NonZero;
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};
pub use std::thread::{AccessError, Result};
use std::time::Duration;

use super::coroutine;
use super::kernel::{self, Gate, Kernel, Request, Stop, WakeUp};
use super::object::{Access, State};
use super::panic::catch;
use super::time;
use crate::trace::{Op, Outcome};
pub use local::LocalKey;
pub use scope::{Scope, ScopedJoinHandle, scope};

/// See `std::thread::spawn`.
///
/// # Panics
///
/// Panics when the model has too many threads, or outside of a model.
#[track_caller]
pub fn spawn<F, T>(body: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let (index, packet) = start(None, body, Location::caller());
    JoinHandle {
        thread: Thread::of(index),
        packet,
    }
}

/// Where a thread leaves what it returned.
type Packet<T> = Arc<Mutex<Option<Result<T>>>>;

fn start<'scope, F, T>(
    name: Option<String>,
    body: F,
    location: &'static Location<'static>,
) -> (usize, Packet<T>)
where
    F: FnOnce() -> T + 'scope,
    T: 'scope,
{
    start_boxed(name, Box::new(body), location)
}

/// The body is behind a pointer, so that this is compiled once for each type of result, and
/// not for each closure of a test.
fn start_boxed<'scope, T: 'scope>(
    name: Option<String>,
    body: Box<dyn FnOnce() -> T + 'scope>,
    location: &'static Location<'static>,
) -> (usize, Packet<T>) {
    let packet: Packet<T> = Arc::new(Mutex::new(None));
    let result = Arc::clone(&packet);
    let body = Box::new(move || {
        let outcome = catch(body);
        let panicked = outcome.is_err();
        *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        panicked
    });
    (launch(name, body, location), packet)
}

/// Starts a thread whose body says whether it panicked.
fn launch<'scope>(
    name: Option<String>,
    body: Box<dyn FnOnce() -> bool + 'scope>,
    location: &'static Location<'static>,
) -> usize {
    assert!(
        kernel::inside(),
        "a modelled thread is spawned outside of a model"
    );
    let job: Box<dyn FnOnce() + 'scope> = Box::new(move || run(body));
    // SAFETY: `spawn` has only 'static jobs, and `scope` joins all of its own.
    let job = unsafe { coroutine::erase_lifetime(job) };
    kernel::step(Request::new(Op::Spawn, location), |kernel| {
        let index = kernel.add_thread(job, name, location);
        kernel.event().target = Some(index as u8);
        kernel.fruitful();
        index
    })
}

/// The life of a modelled thread, from its first operation to its last. `body` says whether it panicked.
pub(super) fn run(body: impl FnOnce() -> bool) {
    let location = kernel::with(|kernel| {
        kernel.commit();
        kernel.me().pending.location
    });
    let panicked = body();
    let mut locals = kernel::with(|kernel| std::mem::take(&mut kernel.me().locals));
    // As in std, destructors of thread-local values may use other ones.
    while !locals.is_empty() {
        drop(locals);
        locals = kernel::with(|kernel| std::mem::take(&mut kernel.me().locals));
    }
    let object = kernel::with(|kernel| kernel.me().object);
    let end = if panicked { Op::Panic } else { Op::Finish };
    kernel::step(
        Request::new(end, location).on(object, Access::Write),
        |kernel| {
            let sync = kernel.me().sync;
            kernel.object(object).sync = sync;
            kernel.finish(panicked);
        },
    );
    kernel::with(Kernel::decide);
}

/// See `std::thread::JoinHandle`.
pub struct JoinHandle<T> {
    thread: Thread,
    packet: Packet<T>,
}

impl<T> JoinHandle<T> {
    /// See `std::thread::JoinHandle::thread`.
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// See `std::thread::JoinHandle::join`.
    #[track_caller]
    pub fn join(self) -> Result<T> {
        join(self.thread.index, &self.packet, Location::caller())
    }

    /// See `std::thread::JoinHandle::is_finished`.
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        is_finished(self.thread.index, Location::caller())
    }

    /// For tests: goes on once the thread sleeps (on a lock, a wait, a join, for at
    /// least a millisecond) or has ended. A thread that keeps running instead fails
    /// the test with `busy_wait`.
    #[track_caller]
    pub fn wait_until_blocked(&self) {
        let index = self.thread.index;
        let request = Request::new(Op::AwaitBlocked, Location::caller());
        kernel::with(|kernel| kernel.watch(index));
        kernel::step(request.when(Gate::Blocked(index)), |kernel| {
            kernel.event().target = Some(index as u8);
            let order = kernel.threads[index].order;
            kernel.me().order.join(&order);
        });
    }

    /// For tests: whether the thread sleeps at this moment (see
    /// [`wait_until_blocked`](JoinHandle::wait_until_blocked)) and has not ended.
    pub fn is_blocked(&self) -> bool {
        let index = self.thread.index;
        kernel::with(|kernel| kernel.is_at_rest(index) && !kernel.threads[index].finished)
    }
}

fn join<T>(index: usize, packet: &Packet<T>, location: &'static Location<'static>) -> Result<T> {
    wait_for_end(index, location);
    let result = packet.lock().unwrap_or_else(PoisonError::into_inner).take();
    result.expect("a thread that has ended has left its result")
}

fn wait_for_end(index: usize, location: &'static Location<'static>) {
    let object = kernel::with(|kernel| kernel.threads[index].object);
    let request = Request::new(Op::Join, location).on(object, Access::Await);
    kernel::step(request.when(Gate::Ended(index)), |kernel| {
        kernel.event().target = Some(index as u8);
        let sync = kernel.object(object).sync;
        kernel.me().sync.join(&sync);
        kernel.fruitful();
    });
}

fn is_finished(index: usize, location: &'static Location<'static>) -> bool {
    let object = kernel::with(|kernel| kernel.threads[index].object);
    kernel::step(
        Request::new(Op::IsFinished, location).on(object, Access::Read),
        |kernel| {
            kernel.event().target = Some(index as u8);
            kernel.fruitless();
            kernel.threads[index].finished
        },
    )
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

/// See `std::thread::ThreadId`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ThreadId(NonZero<u64>);

/// See `std::thread::Thread`.
#[derive(Clone)]
pub struct Thread {
    index: usize,
    name: Option<Arc<str>>,
}

impl Thread {
    fn of(index: usize) -> Thread {
        let name = kernel::with(|kernel| match (index, &kernel.threads[index].name) {
            (0, None) => Some("main".into()),
            (_, name) => name.as_deref().map(Into::into),
        });
        Thread { index, name }
    }

    /// See `std::thread::Thread::id`.
    #[must_use]
    pub fn id(&self) -> ThreadId {
        ThreadId(NonZero::new(self.index as u64 + 1).expect("one more than an index"))
    }

    /// See `std::thread::Thread::name`.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// See `std::thread::Thread::unpark`.
    #[track_caller]
    pub fn unpark(&self) {
        let index = self.index;
        let parker = kernel::with(|kernel| kernel.threads[index].parker);
        let request = Request::new(Op::Unpark, Location::caller()).on(parker, Access::Write);
        kernel::step(request, |kernel| {
            let sync = kernel.me().sync;
            let object = kernel.object(parker);
            object.sync.join(&sync);
            let State::Parker { asleep, token } = &mut object.state else {
                return;
            };
            let woken = std::mem::take(asleep);
            let news = woken || !*token;
            *token = !woken;
            kernel.event().target = Some(index as u8);
            kernel.event().outcome = Some(if woken {
                Outcome::Woke
            } else {
                Outcome::Stored
            });
            if woken {
                kernel.wake(index, None);
            }
            if news {
                kernel.fruitful();
            }
        });
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
    if kernel::inside() {
        Thread::of(kernel::with(|kernel| kernel.current))
    } else {
        Thread {
            index: 0,
            name: Some("main".into()),
        }
    }
}

/// See `std::thread::park`. May return spuriously.
#[track_caller]
pub fn park() {
    sleep_in_park(Op::Park, None, Location::caller());
}

/// See `std::thread::park_timeout`. May return spuriously.
#[track_caller]
pub fn park_timeout(timeout: Duration) {
    let location = Location::caller();
    sleep_in_park(Op::ParkTimeout, time::deadline(timeout), location);
}

fn sleep_in_park(op: Op, deadline: Option<Duration>, location: &'static Location<'static>) {
    assert!(kernel::inside(), "a thread parks outside of a model");
    let (parker, clock) = kernel::with(|kernel| (kernel.me().parker, kernel.clock_object));
    let mut request = Request::new(op, location).on(parker, Access::Write);
    if deadline.is_some() {
        request = request.on(clock, Access::Write);
    }
    let asleep = kernel::step(request, |kernel| {
        let object = kernel.object(parker);
        let sync = object.sync;
        let State::Parker { asleep, token } = &mut object.state else {
            return false;
        };
        if std::mem::take(token) {
            kernel.me().sync.join(&sync);
            kernel.event().outcome = Some(Outcome::Token);
            kernel.fruitful();
            return false;
        }
        *asleep = true;
        match kernel.choose_early_end(deadline.is_some()) {
            None => return true,
            Some(wake_up) => kernel.me().wake_up = wake_up,
        }
        if kernel.note_wake_up() == WakeUp::TimedOut
            && let Some(deadline) = deadline
        {
            kernel.reach(deadline);
            kernel.timeouts += 1;
        }
        if let State::Parker { asleep, .. } = &mut kernel.object(parker).state {
            *asleep = false;
        }
        false
    });
    if !asleep {
        return;
    }
    let request = Request::new(op, location).on(parker, Access::Await);
    kernel::step(request.when(Gate::Asleep { deadline }), |kernel| {
        kernel.note_wake_up();
        let object = kernel.object(parker);
        let sync = object.sync;
        if let State::Parker { asleep, .. } = &mut object.state {
            *asleep = false;
        }
        kernel.me().sync.join(&sync);
    });
}

/// See `std::thread::yield_now`. The thread does not go on before another has changed something.
#[track_caller]
pub fn yield_now() {
    if kernel::inside() {
        kernel::step(Request::new(Op::Yield, Location::caller()), Kernel::yielded);
    } else {
        std::thread::yield_now();
    }
}

/// See `std::thread::sleep`. Takes virtual time only.
#[track_caller]
pub fn sleep(duration: Duration) {
    let location = Location::caller();
    let Some(deadline) = time::deadline(duration) else {
        // Nobody lives to see the end of it.
        kernel::step(
            Request::new(Op::Sleep, location).when(Gate::Asleep { deadline: None }),
            |_| (),
        );
        return;
    };
    if duration.is_zero() {
        return yield_now();
    }
    let clock = kernel::with(|kernel| kernel.clock_object);
    let request = Request::new(Op::Sleep, location).on(clock, Access::Write);
    kernel::step(request.when(Gate::Sleeping(deadline)), |kernel| {
        kernel.reach(deadline)
    });
}

/// See `std::thread::panicking`.
#[must_use]
pub fn panicking() -> bool {
    if kernel::inside() {
        kernel::with(|kernel| kernel.me().panicking)
    } else {
        std::thread::panicking()
    }
}

/// See `std::thread::available_parallelism`. Always two: the answer must not depend on the machine.
pub fn available_parallelism() -> io::Result<NonZero<usize>> {
    Ok(NonZero::new(2).expect("two is not zero"))
}

/// See `std::thread::Builder`.
#[derive(Debug, Default)]
#[must_use = "must eventually spawn the thread"]
pub struct Builder {
    name: Option<String>,
}

impl Builder {
    /// See `std::thread::Builder::new`.
    pub fn new() -> Builder {
        Builder::default()
    }

    /// See `std::thread::Builder::name`.
    pub fn name(mut self, name: String) -> Builder {
        self.name = Some(name);
        self
    }

    /// See `std::thread::Builder::stack_size`. Modelled threads all have the same.
    pub fn stack_size(self, _bytes: usize) -> Builder {
        self
    }

    /// See `std::thread::Builder::spawn`.
    #[track_caller]
    pub fn spawn<F, T>(self, body: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let (index, packet) = start(self.name, body, Location::caller());
        Ok(JoinHandle {
            thread: Thread::of(index),
            packet,
        })
    }

    /// See `std::thread::Builder::spawn_scoped`.
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

/// The test cannot go on; the thread is left where it is.
pub(super) fn stop_here(stop: Stop) -> ! {
    kernel::with(|kernel| kernel.stop(stop));
    coroutine::suspend();
    unreachable!("an execution that has been stopped goes on")
}
