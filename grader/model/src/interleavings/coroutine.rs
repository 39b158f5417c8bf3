//! Coroutines, one per modelled thread, reused from execution to execution.
//!
//! Whatever is unsafe about switching stacks is in this file. A coroutine runs jobs
//! one after the other on a stack of its own; [`suspend`], called anywhere inside
//! a job, hands control back to whoever called [`Worker::run`] or [`Worker::resume`].

use std::cell::Cell;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, Yielder};

/// Bytes of stack for each modelled thread. Only touched pages cost memory.
const STACK_SIZE: usize = 512 * 1024;

type Job = Box<dyn FnOnce()>;

thread_local! {
    /// The handle by which the running coroutine suspends itself; null outside of any.
    static YIELDER: Cell<*const Yielder<(), ()>> = const { Cell::new(std::ptr::null()) };
    /// The job that a coroutine takes up when it is resumed for the first time or is idle.
    static NEXT_JOB: Cell<Option<Job>> = const { Cell::new(None) };
}

/// A coroutine that runs one job after the other.
pub(super) struct Worker {
    /// `None` only while it is being replaced.
    coroutine: Option<Coroutine<(), (), (), DefaultStack>>,
}

impl Worker {
    pub(super) fn new() -> Worker {
        let stack = DefaultStack::new(STACK_SIZE);
        Worker::on(stack.expect("no memory for the stack of a modelled thread"))
    }

    fn on(stack: DefaultStack) -> Worker {
        let coroutine = Coroutine::with_stack(stack, |yielder, ()| {
            loop {
                YIELDER.set(yielder);
                let job = NEXT_JOB
                    .take()
                    .expect("an idle coroutine was resumed without a job");
                job();
                yielder.suspend(());
            }
        });
        Worker {
            coroutine: Some(coroutine),
        }
    }

    /// Starts a job on this idle worker; returns when the job suspends or ends.
    pub(super) fn run(&mut self, job: Job) {
        NEXT_JOB.set(Some(job));
        self.resume();
    }

    /// Goes on with the suspended job; returns when it suspends again or ends.
    pub(super) fn resume(&mut self) {
        let coroutine = self.coroutine.as_mut().expect("a worker has its coroutine");
        let _ = coroutine.resume(());
        YIELDER.set(std::ptr::null());
    }

    /// Gives up the job in progress, if any. Nothing on its stack is dropped: the
    /// values there may belong together with those of other abandoned jobs, and
    /// running their destructors would need the very locks that are stuck.
    pub(super) fn abandon(&mut self) {
        if let Some(stack) = self.reset() {
            *self = Worker::on(stack);
        }
    }

    /// Takes the stack out of a coroutine that has one in use.
    fn reset(&mut self) -> Option<DefaultStack> {
        let mut coroutine = self.coroutine.take_if(|coroutine| coroutine.started())?;
        // SAFETY: the stack is never run again before a fresh coroutine is put on
        // it. References into it are held only by other jobs of the same
        // execution, by way of `erase_lifetime`, and those are abandoned with it.
        unsafe { coroutine.force_reset() };
        Some(coroutine.into_stack())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.reset();
    }
}

/// Suspends the running job until its worker is resumed.
///
/// # Panics
///
/// Panics outside of a job.
pub(super) fn suspend() {
    let yielder = YIELDER.get();
    assert!(
        !yielder.is_null(),
        "only a modelled thread can be suspended"
    );
    // SAFETY: `YIELDER` points to the yielder of the coroutine that is running
    // right now: it is set whenever one starts or goes on, and cleared whenever
    // control returns to the driver. That yielder lives as long as the coroutine.
    unsafe { (*yielder).suspend(()) };
    YIELDER.set(yielder);
}

/// Whether the caller runs inside a job.
pub(super) fn inside() -> bool {
    !YIELDER.get().is_null()
}

/// Forgets the lifetime of a scoped thread's job.
///
/// # Safety
///
/// The caller must not return from `'scope` before the job has ended, except by
/// abandoning the whole execution.
pub(super) unsafe fn erase_lifetime<'scope>(job: Box<dyn FnOnce() + 'scope>) -> Job {
    // SAFETY: only the lifetime changes, and the caller keeps it.
    unsafe { std::mem::transmute::<Box<dyn FnOnce() + 'scope>, Job>(job) }
}
