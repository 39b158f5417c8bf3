//! Modelled threads: their lives, their sleep, and the values that belong to them.

use std::any::Any;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::Result;
use std::time::Duration;

use super::time;
use crate::interleavings::clock::MAX_THREADS;
use crate::interleavings::coroutine;
use crate::interleavings::kernel::{self, Kernel};
use crate::interleavings::object::{Access, State};
use crate::interleavings::panics::catch;
use crate::interleavings::request::{Gate, Request};
use crate::interleavings::threads::WakeUp;
use crate::trace::{Op, Outcome, Place};

/// A thread of the current execution.
#[derive(Clone)]
pub(in crate::interleavings) struct Thread {
    index: usize,
    name: Option<Arc<str>>,
}

impl Thread {
    fn of(index: usize) -> Thread {
        let name = kernel::with(|kernel| kernel.threads[index].name.as_deref().map(Into::into));
        Thread { index, name }
    }

    pub(in crate::interleavings) fn index(&self) -> usize {
        self.index
    }

    pub(in crate::interleavings) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(in crate::interleavings) fn unpark(&self, place: Place) {
        let index = self.index;
        let parker = kernel::with(|kernel| kernel.threads[index].parker);
        let request = Request::new(Op::Unpark, place).on(parker, Access::Write);
        kernel::step(request, |kernel| {
            kernel.rouse(parker);
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
                let sync = kernel.object(parker).sync;
                kernel.threads[index].sync.join(&sync);
            }
            if news {
                kernel.fruitful();
            }
        });
    }

    pub(in crate::interleavings) fn join(&self, place: Place) {
        let index = self.index;
        let object = kernel::with(|kernel| kernel.threads[index].object);
        let request = Request::new(Op::Join, place).on(object, Access::Await);
        kernel::step(request.when(Gate::Ended(index)), |kernel| {
            kernel.event().target = Some(index as u8);
            let sync = kernel.object(object).sync;
            let order = kernel.threads[index].order;
            let me = kernel.me();
            me.sync.join(&sync);
            me.order.join(&order);
            kernel.fruitful();
        });
    }

    pub(in crate::interleavings) fn is_finished(&self, place: Place) -> bool {
        let index = self.index;
        let object = kernel::with(|kernel| kernel.threads[index].object);
        kernel::step(
            Request::new(Op::IsFinished, place).on(object, Access::Look),
            |kernel| {
                kernel.event().target = Some(index as u8);
                kernel.fruitless();
                kernel.threads[index].finished
            },
        )
    }
}

/// Starts a thread. `life` says whether it has panicked.
///
/// # Panics
///
/// Outside of a model.
///
/// # Safety
///
/// The thread must have ended before what `life` borrows does, unless the whole execution
/// is abandoned.
pub(in crate::interleavings) unsafe fn spawn<'a>(
    name: Option<String>,
    life: Box<dyn FnOnce() -> bool + Send + 'a>,
    place: Place,
) -> Thread {
    assert!(
        kernel::inside(),
        "a modelled thread is spawned outside of a model"
    );
    let job: Box<dyn FnOnce() + 'a> = Box::new(move || run(life));
    // SAFETY: the caller keeps what is borrowed.
    let job = unsafe { coroutine::erase_lifetime(job) };
    let index = kernel::step(Request::new(Op::Spawn, place), |kernel| {
        if kernel.threads.len() == MAX_THREADS {
            kernel.give_up("a test starts more threads than the 15 that can be modelled");
            return None;
        }
        let index = kernel.add_thread(job, name, place);
        kernel.event().target = Some(index as u8);
        kernel.fruitful();
        Some(index)
    });
    let Some(index) = index else { kernel::leave() };
    Thread::of(index)
}

/// Runs the body of a thread.
pub(in crate::interleavings) fn live<T>(body: impl FnOnce() -> T) -> Result<T> {
    catch(body)
}

/// The life of a modelled thread, from its first operation to its last. `body` says whether it panicked.
pub(in crate::interleavings) fn run(body: impl FnOnce() -> bool) {
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

/// The running thread; the main one outside of a model.
pub(in crate::interleavings) fn current() -> Thread {
    if kernel::inside() {
        Thread::of(kernel::with(|kernel| kernel.current))
    } else {
        Thread {
            index: 0,
            name: None,
        }
    }
}

/// Whether the running thread unwinds.
pub(in crate::interleavings) fn panicking() -> bool {
    if kernel::inside() {
        kernel::with(|kernel| kernel.me().panicking)
    } else {
        std::thread::panicking()
    }
}

/// Sleeps until unparked, and may wake up spuriously.
///
/// # Panics
///
/// Outside of a model.
pub(in crate::interleavings) fn park(timeout: Option<Duration>, place: Place) {
    match timeout {
        None => sleep_in_park(Op::Park, None, place),
        Some(timeout) => sleep_in_park(Op::ParkTimeout, time::deadline(timeout), place),
    }
}

fn sleep_in_park(op: Op, deadline: Option<Duration>, place: Place) {
    assert!(kernel::inside(), "a thread parks outside of a model");
    let (parker, clock) = kernel::with(|kernel| (kernel.me().parker, kernel.clock_object));
    let mut request = Request::new(op, place).on(parker, Access::Write);
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
        match kernel.choose_early_end(parker, deadline) {
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
    let request = Request::new(op, place).on(parker, Access::Await);
    kernel::step(request.when(Gate::Asleep { deadline }), |kernel| {
        kernel.note_wake_up();
        if let State::Parker { asleep, .. } = &mut kernel.object(parker).state {
            *asleep = false;
        }
    });
}

/// The thread does not go on before another has changed something.
pub(in crate::interleavings) fn yield_now(place: Place) {
    if kernel::inside() {
        kernel::step(Request::new(Op::Yield, place), Kernel::yielded);
    } else {
        std::thread::yield_now();
    }
}

/// The thread does not go on before another has changed something.
pub(in crate::interleavings) fn spin_loop(place: Place) {
    if kernel::inside() {
        kernel::step(Request::new(Op::Spin, place), Kernel::yielded);
    } else {
        std::hint::spin_loop();
    }
}

/// Takes virtual time only.
pub(in crate::interleavings) fn sleep(duration: Duration, place: Place) {
    let request = Request::new(Op::Sleep, place);
    let Some(deadline) = time::deadline(duration) else {
        // Nobody lives to see the end of it.
        kernel::step(request.when(Gate::Asleep { deadline: None }), |_| ());
        return;
    };
    if duration.is_zero() {
        return yield_now(place);
    }
    let clock = kernel::with(|kernel| kernel.clock_object);
    let request = request.on(clock, Access::Write);
    kernel::step(request.when(Gate::Sleeping(deadline)), |kernel| {
        kernel.reach(deadline)
    });
}

/// What the running thread keeps under this key.
pub(in crate::interleavings) fn local(key: usize) -> Option<Rc<dyn Any>> {
    kernel::with(|kernel| {
        let mut locals = kernel.me().locals.iter();
        locals
            .find(|(at, _)| *at == key)
            .map(|(_, value)| Rc::clone(value))
    })
}

/// Keeps a value for the running thread, until it ends.
pub(in crate::interleavings) fn keep_local(key: usize, value: Rc<dyn Any>) {
    kernel::with(|kernel| kernel.me().locals.push((key, value)));
}
