use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::sync::{LockResult, PoisonError};
use std::time::Duration;

use super::mutex::{MutexGuard, verdict};
use super::raw::{RawCondvar, RawGuard};
use crate::orderings::object::{Body, Core};
use crate::orderings::world::{self, Detail, event};
use crate::trace::{ObjectIndex, ObjectKind, Op, Outcome};

/// See `std::sync::Condvar`.
pub struct Condvar {
    core: Core,
}

/// See `std::sync::WaitTimeoutResult`.
#[derive(Debug, PartialEq, Eq, Copy, Clone)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    /// See `std::sync::WaitTimeoutResult::timed_out`.
    #[must_use]
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    /// See `std::sync::Condvar::new`.
    #[track_caller]
    pub const fn new() -> Condvar {
        Condvar {
            core: Core::new(ObjectKind::Condvar, Location::caller()),
        }
    }

    /// See `std::sync::Condvar::wait`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        self.suspend(guard, Op::Wait)
    }

    /// See `std::sync::Condvar::wait_while`.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    #[track_caller]
    pub fn wait_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: F,
    ) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        while condition(&mut *guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    /// See `std::sync::Condvar::wait_timeout`. It times out at once or never.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        if !timeout.is_zero() {
            return match self.suspend(guard, Op::WaitTimeout) {
                Ok(guard) => Ok((guard, WaitTimeoutResult(false))),
                Err(poison) => Err(PoisonError::new((
                    poison.into_inner(),
                    WaitTimeoutResult(false),
                ))),
            };
        }
        let (object, _) = self.raw();
        let gives_up = event(Op::WaitTimeout, Location::caller())
            .on(object)
            .with_outcome(Some(Outcome::TimedOut));
        let poisoned = guard.suspend(|held| held.release_for(|| world::record_yield(gives_up)));
        verdict(poisoned, (guard, WaitTimeoutResult(true)))
    }

    /// See `std::sync::Condvar::wait_timeout_while`. It times out at once or never.
    ///
    /// # Errors
    ///
    /// When the mutex is poisoned.
    #[track_caller]
    pub fn wait_timeout_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        timeout: Duration,
        mut condition: F,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>
    where
        F: FnMut(&mut T) -> bool,
    {
        while condition(&mut *guard) {
            if timeout.is_zero() {
                return Ok((guard, WaitTimeoutResult(true)));
            }
            guard = self.wait_timeout(guard, timeout)?.0;
        }
        Ok((guard, WaitTimeoutResult(false)))
    }

    /// See `std::sync::Condvar::notify_one`.
    #[track_caller]
    pub fn notify_one(&self) {
        let (object, raw) = self.raw();
        let event = event(Op::NotifyOne, Location::caller()).on(object);
        world::intend(event);
        raw.notify_one();
        world::record(event);
    }

    /// See `std::sync::Condvar::notify_all`.
    #[track_caller]
    pub fn notify_all(&self) {
        let (object, raw) = self.raw();
        let event = event(Op::NotifyAll, Location::caller()).on(object);
        world::intend(event);
        raw.notify_all();
        world::record(event);
    }

    #[track_caller]
    fn suspend<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        op: Op,
    ) -> LockResult<MutexGuard<'a, T>> {
        let (place, mutex) = (Location::caller(), guard.object());
        let poisoned = guard.suspend(|held| self.sleep(held, mutex, op, place));
        verdict(poisoned, guard)
    }

    fn sleep(
        &self,
        held: RawGuard,
        mutex: Option<ObjectIndex>,
        op: Op,
        place: &'static Location<'static>,
    ) -> RawGuard {
        let (object, raw) = self.raw();
        let waiting = event(op, place).on(object);
        world::record(waiting);
        world::intend(waiting);
        let held = raw.wait(held);
        let mut relocked = event(Op::Relock, place);
        relocked.object = mutex;
        world::record(relocked);
        held
    }

    fn raw(&self) -> (ObjectIndex, Rc<RawCondvar>) {
        match self.core.get(|| Body::Condvar(Rc::new(RawCondvar::new()))) {
            (index, Body::Condvar(raw)) => (index, raw),
            _ => unreachable!("a core is used by one type"),
        }
    }
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Self {
        Condvar::new()
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}
