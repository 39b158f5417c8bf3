//! Doing the operation that was picked: its event, its place in the order, its races.

use super::kernel::{Kernel, Stop, Strategy, WakeUp};
use super::object::{Access, ObjectId};
use super::request::Gate;
use crate::outcome::Diagnosis;
use crate::trace::{Event, Op, Outcome};

/// Operations that a thread may make while another waits for it to block.
const SPIN_LIMIT: u32 = 5_000;

impl Kernel {
    /// Enters the picked operation of the current thread into the trace and the order.
    pub(super) fn commit(&mut self) {
        let me = self.current;
        self.steps += 1;
        self.idle_steps += 1;
        self.previous = Some(me);
        let mut request = self.threads[me].pending;
        if self.expire(me, request.gate) {
            request.op = Op::Timeout;
        }
        let thread = &mut self.threads[me];
        thread.last_run = self.events.len() + 1;
        thread.yielded = false;
        thread.watched_steps += 1;
        let local = thread.order.tick(me);
        thread.sync.tick(me);
        let mut event = Event::new(me as u8, request.op, request.location);
        event.object = request.touches[0].map(|(object, _)| object.0);
        self.events.push(event);
        for (object, access) in request.touches.into_iter().flatten() {
            self.enter(me, local, object, access);
        }
        if self.threads[me].watched_steps > SPIN_LIMIT && self.watched(Some(me)) {
            let name = self.thread_name(me);
            self.stop(Stop::Bug(Diagnosis::BusyWait, name));
        }
    }

    /// A thread picked although its gate is shut has been woken by time.
    fn expire(&mut self, me: usize, gate: Gate) -> bool {
        let Some(deadline) = self.deadline(me) else {
            return false;
        };
        if self.is_open(gate) {
            return false;
        }
        self.reach(deadline);
        self.timeouts += 1;
        self.threads[me].wake_up = WakeUp::TimedOut;
        true
    }

    /// Puts an access into the object's order and notes the races that it is in.
    fn enter(&mut self, me: usize, local: u16, id: ObjectId, access: Access) {
        let Kernel {
            threads,
            objects,
            strategy,
            ..
        } = self;
        let object = &mut objects[usize::from(id.0)];
        let before = threads[me].order;
        if let Strategy::Search(search) = strategy {
            let at = search.current();
            if search.is_fresh() {
                for other in (0..threads.len()).filter(|&other| other != me) {
                    let Some(earlier) = object.last_conflict(other, access) else {
                        continue;
                    };
                    let (thread, number) = search.operation(earlier);
                    // The thread's own tick is not in the past that it knew.
                    if before.get(thread) < number {
                        search.race(earlier, me, |thread, number| {
                            thread == me && number < local
                                || thread != me && before.get(thread) >= number
                        });
                    }
                }
            }
            object.remember(me, access, at);
        }
        threads[me].order.join(object.order_for(access));
        object.join_order(access, &threads[me].order);
    }

    /// At the end of an execution, the operations that never came to pass race as well.
    pub(super) fn enter_blocked(&mut self) {
        for me in 0..self.threads.len() {
            if self.threads[me].finished {
                continue;
            }
            for (object, access) in self.threads[me].pending.touches.into_iter().flatten() {
                let Kernel {
                    threads,
                    objects,
                    strategy,
                    ..
                } = &mut *self;
                let Strategy::Search(search) = strategy else {
                    return;
                };
                let before = threads[me].order;
                let object = &objects[usize::from(object.0)];
                for other in (0..threads.len()).filter(|&other| other != me) {
                    let Some(earlier) = object.last_conflict(other, access) else {
                        continue;
                    };
                    let (thread, number) = search.operation(earlier);
                    if before.get(thread) < number {
                        search.race(earlier, me, |thread, number| before.get(thread) >= number);
                    }
                }
            }
        }
    }

    /// Somebody begins to wait for a thread to block.
    pub(super) fn watch(&mut self, thread: usize) {
        self.threads[thread].watched_steps = 0;
    }

    /// Wakes a thread that sleeps: its wait is over, and it has to take `relock` (if any) again.
    pub(super) fn wake(&mut self, thread: usize, relock: Option<ObjectId>) {
        let order = self.threads[self.current].order;
        let thread = &mut self.threads[thread];
        thread.wake_up = WakeUp::Notified;
        thread.order.join(&order);
        match relock {
            Some(mutex) => {
                thread.pending.op = Op::Relock;
                thread.pending.gate = Gate::Free(mutex);
                thread.pending.touches = [Some((mutex, Access::Write)), None];
            }
            None => thread.pending.gate = Gate::Open,
        }
    }

    /// Notes how the sleep of the current thread ended.
    pub(super) fn note_wake_up(&mut self) -> WakeUp {
        let wake_up = self.me().wake_up;
        self.event().outcome = Some(match wake_up {
            WakeUp::Notified => Outcome::Notified,
            WakeUp::TimedOut => Outcome::TimedOut,
            WakeUp::Spurious => Outcome::Spurious,
        });
        wake_up
    }

    /// The thread of the current operation ends with it.
    pub(super) fn finish(&mut self, panicked: bool) {
        let me = self.current;
        self.threads[me].finished = true;
        if panicked && let Some(panic) = self.panics.iter_mut().rfind(|panic| panic.thread == me) {
            panic.escaped = true;
        }
        self.fruitful();
    }
}
