//! What hidden tests observe with: data that races, a gauge that counts who is inside.

use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::time::Duration;

use super::face::thread::JoinHandle;
use super::handle::Handle;
use super::kernel::{self, Stop, stop_here};
use super::object::{Access, Epoch, State};
use super::request::{Gate, Request};
use crate::outcome::Diagnosis;
use crate::trace::{ObjectKind, Op, Place};

/// Data that threads share without any protection of its own. An access that no
/// synchronisation orders after another thread's is a data race and fails the test.
pub struct Tracked<T> {
    handle: Handle,
    value: Cell<T>,
}

// SAFETY: all modelled threads run on one OS thread, and the value is copied in and
// out between two operations of the kernel. Outside of a model only one thread exists.
unsafe impl<T: Copy + Send> Sync for Tracked<T> {}

impl<T: Copy> Tracked<T> {
    /// Shared data with a first value.
    #[track_caller]
    pub const fn new(value: T) -> Tracked<T> {
        Tracked {
            handle: Handle::new(ObjectKind::Cell, Location::caller()),
            value: Cell::new(value),
        }
    }

    /// Reads the value.
    #[track_caller]
    pub fn get(&self) -> T {
        self.access(Op::CellRead, Location::caller());
        self.value.get()
    }

    /// Writes the value.
    #[track_caller]
    pub fn set(&self, value: T) {
        self.access(Op::CellWrite, Location::caller());
        self.value.set(value);
    }

    /// Reads the value and then writes what `change` makes of it: two accesses, not one.
    #[track_caller]
    pub fn update(&self, change: impl FnOnce(T) -> T) {
        let place = Location::caller();
        self.access(Op::CellRead, place);
        let value = change(self.value.get());
        self.access(Op::CellWrite, place);
        self.value.set(value);
    }

    fn access(&self, op: Op, place: Place) {
        if !kernel::inside() {
            return;
        }
        let fresh = || State::Cell {
            writer: None,
            readers: Vec::new(),
        };
        let id = self.handle.id(fresh);
        let write = op == Op::CellWrite;
        let how = if write { Access::Write } else { Access::Look };
        let race = kernel::step(Request::new(op, place).on(id, how), |kernel| {
            let me = kernel.current;
            let known = kernel.me().sync;
            let count = known.get(me);
            let unknown =
                |epoch: &Epoch| epoch.thread != me && known.get(epoch.thread) < epoch.count;
            let State::Cell { writer, readers } = &mut kernel.object(id).state else {
                return None;
            };
            let with_writer = writer.filter(unknown);
            let with_reader = readers
                .iter()
                .find(|epoch| write && unknown(epoch))
                .copied();
            let epoch = Epoch { thread: me, count };
            if write {
                *writer = Some(epoch);
                readers.clear();
            } else {
                readers.retain(|epoch| epoch.thread != me);
                readers.push(epoch);
            }
            kernel.fruitful();
            let other = with_writer.or(with_reader)?;
            let verb = if with_writer.is_some() {
                "wrote"
            } else {
                "read"
            };
            let mine = if write { "writes" } else { "reads" };
            let (other, me) = (kernel.thread_name(other.thread), kernel.thread_name(me));
            Some(format!(
                "{me} {mine} data that {other} {verb}, and nothing orders one after the other"
            ))
        });
        if let Some(message) = race {
            stop_here(Stop::Bug(Diagnosis::DataRace, message));
        }
    }
}

impl<T> fmt::Debug for Tracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracked").finish_non_exhaustive()
    }
}

/// Counts who is inside of something that at most a given number may enter. Orders nothing.
#[derive(Debug)]
pub struct Gauge {
    handle: Handle,
    most: usize,
    inside: std::sync::atomic::AtomicUsize,
    peak: std::sync::atomic::AtomicUsize,
}

/// Somebody who is inside, until dropped.
#[derive(Debug)]
pub struct Entered<'a>(&'a Gauge);

use std::sync::atomic::Ordering::Relaxed;

impl Gauge {
    /// A gauge that at most `most` may be inside of at once.
    #[track_caller]
    pub const fn new(most: usize) -> Gauge {
        Gauge {
            handle: Handle::new(ObjectKind::Cell, Location::caller()),
            most,
            inside: std::sync::atomic::AtomicUsize::new(0),
            peak: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    /// Enters.
    ///
    /// # Panics
    ///
    /// Panics when that makes too many.
    #[track_caller]
    pub fn enter(&self) -> Entered<'_> {
        let entered = Entered(self);
        let inside = self.step(Op::CellWrite, Location::caller(), || {
            self.inside.fetch_add(1, Relaxed) + 1
        });
        self.peak.fetch_max(inside, Relaxed);
        assert!(
            inside <= self.most,
            "{inside} threads are inside at once, where at most {} may be",
            self.most
        );
        entered
    }

    /// The most that have been inside at once.
    pub fn peak(&self) -> usize {
        self.peak.load(Relaxed)
    }

    fn step<R>(&self, op: Op, place: Place, work: impl FnOnce() -> R) -> R {
        if !kernel::inside() {
            return work();
        }
        let id = self.handle.id(|| State::Plain);
        kernel::step(Request::new(op, place).on(id, Access::Write), |kernel| {
            kernel.fruitful();
            work()
        })
    }
}

impl Drop for Entered<'_> {
    #[track_caller]
    fn drop(&mut self) {
        self.0.step(Op::CellWrite, Location::caller(), || {
            self.0.inside.fetch_sub(1, Relaxed)
        });
    }
}

impl<T> JoinHandle<T> {
    /// For tests: goes on once the thread sleeps (on a lock, a wait, a join, for at
    /// least a millisecond) or has ended. What happens next may be that the sleep ends by
    /// itself, early or spuriously. A thread that keeps running instead fails the test with
    /// `busy_wait`.
    #[track_caller]
    pub fn wait_until_blocked(&self) {
        let index = self.thread().raw().index();
        let request = Request::new(Op::AwaitBlocked, Location::caller());
        kernel::with(|kernel| kernel.watch(index));
        kernel::step(request.when(Gate::Blocked(index)), |kernel| {
            kernel.event().target = Some(index as u8);
            kernel.saw_at_rest(index);
        });
    }

    /// For tests: whether the thread sleeps at this moment (see
    /// [`wait_until_blocked`](JoinHandle::wait_until_blocked)) and has not ended.
    pub fn is_blocked(&self) -> bool {
        let index = self.thread().raw().index();
        kernel::with(|kernel| kernel.is_at_rest(index) && !kernel.threads[index].finished)
    }
}

/// Moves the clock on as the calling thread's own doing.
#[track_caller]
pub fn advance(duration: Duration) {
    let clock = kernel::with(|kernel| kernel.clock_object);
    kernel::step(
        Request::new(Op::Advance, Location::caller()).on(clock, Access::Write),
        |kernel| {
            kernel.pass(duration);
            kernel.fruitful();
        },
    );
}
