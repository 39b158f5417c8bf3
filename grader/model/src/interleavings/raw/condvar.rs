//! Condition variables, whose waiters may wake up spuriously and time out at any moment.

use std::time::Duration;

use super::lock::{Held, Lock};
use super::time;
use crate::interleavings::handle::Handle;
use crate::interleavings::kernel;
use crate::interleavings::object::{Access, ObjectId, State};
use crate::interleavings::request::{Gate, Request};
use crate::interleavings::threads::WakeUp;
use crate::trace::{ObjectKind, Op, Outcome, Place};

/// `notify_one` may wake any waiter.
pub(in crate::interleavings) struct Condvar {
    handle: Handle,
}

impl Condvar {
    pub(in crate::interleavings) const fn new(created: Place) -> Condvar {
        Condvar {
            handle: Handle::new(ObjectKind::Condvar, created),
        }
    }

    pub(in crate::interleavings) fn notify_one(&self, place: Place) {
        self.notify(Op::NotifyOne, place);
    }

    pub(in crate::interleavings) fn notify_all(&self, place: Place) {
        self.notify(Op::NotifyAll, place);
    }

    fn notify(&self, op: Op, place: Place) {
        if !kernel::inside() {
            return;
        }
        let id = self.id();
        kernel::step(Request::new(op, place).on(id, Access::Write), |kernel| {
            kernel.rouse(id);
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

    /// Releases the mutex and sleeps, as one step; then takes the mutex again.
    /// Whether it took too long.
    ///
    /// # Panics
    ///
    /// Outside of a model.
    pub(in crate::interleavings) fn wait(
        &self,
        lock: &Lock,
        _held: Held,
        timeout: Option<Duration>,
        place: Place,
    ) -> (Held, bool) {
        assert!(
            kernel::inside(),
            "a condition variable is waited on outside of a model"
        );
        let (condvar, mutex) = (self.id(), lock.id());
        let op = if timeout.is_some() {
            Op::WaitTimeout
        } else {
            Op::Wait
        };
        let deadline = timeout.and_then(time::deadline);
        let request = Request::new(op, place)
            .on(condvar, Access::Write)
            .on(mutex, Access::Release);
        let early = kernel::step(request, |kernel| {
            kernel.unhold(mutex);
            let early = kernel.choose_early_end(condvar, deadline);
            let me = kernel.current;
            if early.is_none()
                && let State::Condvar { waiters } = &mut kernel.object(condvar).state
            {
                waiters.push((me, mutex));
            }
            early
        });
        let wake_up = match early {
            None => sleep_until_woken(op, condvar, mutex, deadline, place),
            Some(WakeUp::TimedOut) => {
                kernel::with(|kernel| kernel.me().wake_up = WakeUp::TimedOut);
                relock(Op::Timeout, mutex, deadline, place)
            }
            Some(wake_up) => {
                kernel::with(|kernel| kernel.me().wake_up = wake_up);
                relock(Op::SpuriousWakeup, mutex, None, place)
            }
        };
        (Held { taken: place }, wake_up == WakeUp::TimedOut)
    }

    fn id(&self) -> ObjectId {
        self.handle.id(|| State::Condvar {
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
    place: Place,
) -> WakeUp {
    let request = Request::new(op, place)
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
        relock(Op::Relock, mutex, None, place);
    }
    wake_up
}

/// Takes the mutex back after a wait that nobody ended; the clock reaches the deadline with it.
fn relock(op: Op, mutex: ObjectId, deadline: Option<Duration>, place: Place) -> WakeUp {
    let clock = kernel::with(|kernel| kernel.clock_object);
    let mut request = Request::new(op, place)
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
