//! `Condvar`, which may wake up spuriously and time out at any moment.

use std::fmt;
use std::panic::Location;
use std::sync::{LockResult, PoisonError};
use std::time::Duration;

use super::mutex::MutexGuard;
use crate::interleavings::kernel::{self, Gate, Request, WakeUp};
use crate::interleavings::object::{Access, Handle, ObjectId, State};
use crate::interleavings::time;
use crate::trace::{ObjectKind, Op, Outcome};

/// A modelled `std::sync::Condvar`. `notify_one` may wake any waiter.
pub struct Condvar {
    handle: Handle,
}

/// Whether a timed wait gave up. As `std::sync::WaitTimeoutResult`, which cannot be made outside of `std`.
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
    #[must_use]
    #[track_caller]
    pub const fn new() -> Condvar {
        Condvar {
            handle: Handle::new(),
        }
    }

    /// See `std::sync::Condvar::wait`.
    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        self.sleep(guard, None, Location::caller()).0
    }

    /// See `std::sync::Condvar::wait_while`.
    #[track_caller]
    pub fn wait_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        mut condition: F,
    ) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        let location = Location::caller();
        while condition(&mut *guard) {
            guard = self.sleep(guard, None, location).0?;
        }
        Ok(guard)
    }

    /// See `std::sync::Condvar::wait_timeout`.
    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        self.sleep_at_most(guard, timeout, Location::caller())
    }

    /// See `std::sync::Condvar::wait_timeout_while`.
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
        let location = Location::caller();
        let start = time::read(location);
        loop {
            if !condition(&mut *guard) {
                return Ok((guard, WaitTimeoutResult(false)));
            }
            let Some(rest) = timeout.checked_sub(time::read(location) - start) else {
                return Ok((guard, WaitTimeoutResult(true)));
            };
            guard = self.sleep_at_most(guard, rest, location)?.0;
        }
    }

    /// See `std::sync::Condvar::notify_one`.
    #[track_caller]
    pub fn notify_one(&self) {
        self.notify(Op::NotifyOne, Location::caller());
    }

    /// See `std::sync::Condvar::notify_all`.
    #[track_caller]
    pub fn notify_all(&self) {
        self.notify(Op::NotifyAll, Location::caller());
    }

    fn notify(&self, op: Op, location: &'static Location<'static>) {
        if !kernel::inside() {
            return;
        }
        let id = self.id();
        kernel::step(Request::new(op, location).on(id, Access::Write), |kernel| {
            let State::Condvar { waiters } = &mut kernel.object(id).state else {
                return;
            };
            if waiters.is_empty() {
                kernel.event().outcome = Some(Outcome::Nobody);
                return;
            }
            let woken = match op {
                Op::NotifyAll => std::mem::take(waiters),
                _ => {
                    let options = waiters.len() as u8;
                    let taken = usize::from(kernel.choose(options, false));
                    let State::Condvar { waiters } = &mut kernel.object(id).state else {
                        return;
                    };
                    vec![waiters.remove(taken)]
                }
            };
            let event = kernel.event();
            event.outcome = Some(Outcome::Woke);
            event.target = (woken.len() == 1).then_some(woken[0].0 as u8);
            for (thread, mutex) in woken {
                kernel.wake(thread, Some(mutex));
            }
            kernel.fruitful();
        });
    }

    fn sleep_at_most<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Duration,
        location: &'static Location<'static>,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let (guard, wake_up) = self.sleep(guard, Some(timeout), location);
        let result = WaitTimeoutResult(wake_up == WakeUp::TimedOut);
        match guard {
            Ok(guard) => Ok((guard, result)),
            Err(error) => Err(PoisonError::new((error.into_inner(), result))),
        }
    }

    /// Releases the mutex and sleeps, as one step; then takes the mutex again.
    fn sleep<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        timeout: Option<Duration>,
        location: &'static Location<'static>,
    ) -> (LockResult<MutexGuard<'a, T>>, WakeUp) {
        assert!(
            kernel::inside(),
            "a condition variable is waited on outside of a model"
        );
        let (condvar, mutex_id) = (self.id(), guard.mutex_id());
        let mutex = guard.surrender();
        let op = if timeout.is_some() {
            Op::WaitTimeout
        } else {
            Op::Wait
        };
        let deadline = timeout.and_then(time::deadline);
        let request = Request::new(op, location)
            .on(condvar, Access::Write)
            .on(mutex_id, Access::Release);
        let early = kernel::step(request, |kernel| {
            kernel.unhold(mutex_id);
            let early = kernel.choose_early_end(deadline.is_some());
            let me = kernel.current;
            if early.is_none()
                && let State::Condvar { waiters } = &mut kernel.object(condvar).state
            {
                waiters.push((me, mutex_id));
            }
            early
        });
        let wake_up = match early {
            None => sleep_until_woken(op, condvar, mutex_id, deadline, location),
            Some(WakeUp::TimedOut) => {
                kernel::with(|kernel| kernel.me().wake_up = WakeUp::TimedOut);
                relock(Op::Timeout, mutex_id, deadline, location)
            }
            Some(wake_up) => {
                kernel::with(|kernel| kernel.me().wake_up = wake_up);
                relock(Op::SpuriousWakeup, mutex_id, None, location)
            }
        };
        (mutex.regain(location), wake_up)
    }

    fn id(&self) -> ObjectId {
        self.handle.id(ObjectKind::Condvar, || State::Condvar {
            waiters: Vec::new(),
        })
    }
}

/// Sleeps among the waiters; comes back with the mutex held.
fn sleep_until_woken(
    op: Op,
    condvar: ObjectId,
    mutex: ObjectId,
    deadline: Option<Duration>,
    location: &'static Location<'static>,
) -> WakeUp {
    let request = Request::new(op, location)
        .on(condvar, Access::Await)
        .when(Gate::Asleep { deadline });
    let wake_up = kernel::step(request, |kernel| {
        let wake_up = kernel.note_wake_up();
        let me = kernel.current;
        if wake_up == WakeUp::Notified {
            kernel.hold(mutex);
        } else if let State::Condvar { waiters } = &mut kernel.object(condvar).state {
            waiters.retain(|&(thread, _)| thread != me);
        }
        wake_up
    });
    if wake_up == WakeUp::TimedOut {
        relock(Op::Relock, mutex, None, location);
    }
    wake_up
}

/// Takes the mutex back after a wait that nobody ended; the clock reaches the deadline with it.
fn relock(
    op: Op,
    mutex: ObjectId,
    deadline: Option<Duration>,
    location: &'static Location<'static>,
) -> WakeUp {
    let clock = kernel::with(|kernel| kernel.clock_object);
    let mut request = Request::new(op, location)
        .on(mutex, Access::Write)
        .when(Gate::Free(mutex));
    if deadline.is_some() {
        request = request.on(clock, Access::Write);
    }
    kernel::step(request, |kernel| {
        if let Some(deadline) = deadline {
            kernel.reach(deadline);
            kernel.timeouts += 1;
        }
        kernel.hold(mutex);
        kernel.me().wake_up
    })
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Condvar {
        Condvar::new()
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}

impl std::panic::UnwindSafe for Condvar {}
impl std::panic::RefUnwindSafe for Condvar {}
