//! Doing the operation that was picked: its event, its place in the order, its races.

use super::kernel::{Kernel, Stop, Strategy};
use super::object::{Access, ObjectId};
use super::request::Gate;
use super::search::Racer;
use super::threads::WakeUp;
use crate::outcome::Diagnosis;
use crate::trace::{Event, Op, Outcome};

/// Operations that a thread may make while another waits for it to block, before it is looked
/// whether they lead anywhere; and from then on.
const SPIN_LIMIT: u32 = 6_000;

impl Kernel {
    /// Enters the picked operation of the current thread into the trace and the order.
    pub(super) fn commit(&mut self) {
        let me = self.current;
        self.steps += 1;
        self.idle_steps += 1;
        self.turn = if self.previous == Some(me) {
            self.turn + 1
        } else {
            1
        };
        self.previous = Some(me);
        let mut request = self.threads[me].pending;
        let expired = self.expire(me, request.gate);
        if expired {
            request.op = Op::Timeout;
        }
        let thread = &mut self.threads[me];
        thread.last_run = self.events.len() + 1;
        thread.passed_over = 0;
        thread.yielded = false;
        thread.doze = None;
        thread.watched_steps += 1;
        let local = thread.order.tick(me);
        thread.sync.tick(me);
        let mut event = Event::new(me as u8, request.op, request.location);
        event.object = request.touches[0].map(|(object, _)| object.0);
        if let Some(calls) = &mut self.calls {
            calls.commit(me, self.events.len());
        }
        self.events.push(event);
        for (object, access) in request.touches.into_iter().flatten() {
            // Whoever gives up leaves the others that wait.
            let gives_up = expired && access == Access::Await;
            let access = if gives_up { Access::Write } else { access };
            self.enter(me, local, object, access);
        }
        if expired {
            let clock = self.clock_object;
            self.enter(me, local, clock, Access::Write);
        }
        let watched_steps = self.threads[me].watched_steps;
        if watched_steps >= SPIN_LIMIT
            && watched_steps.is_multiple_of(SPIN_LIMIT)
            && self.watched(Some(me))
            && self.repeats_itself(me)
        {
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
            let racer = Racer {
                thread: me,
                past: before.with(me, local - 1),
            };
            if search.is_fresh() {
                for other in (0..threads.len()).filter(|&other| other != me) {
                    if let Some(opener) = object.last(other, access.opened_by()) {
                        search.opened(opener, me);
                    }
                    let Some(earlier) = object.last(other, access.raced_by()) else {
                        continue;
                    };
                    let (thread, number) = search.operation(earlier);
                    // The thread's own tick is not in the past that it knew.
                    if before.get(thread) < number {
                        search.race(earlier, &racer, (id, access));
                    }
                }
            }
            object.remember(me, access, at);
            search.touch(id, access);
        }
        if access == Access::Await {
            // What it had to wait for is in its past already, and what has come since is not.
            return;
        }
        object.follow(access, &mut threads[me].order);
        object.join_order(access, &threads[me].order);
    }

    /// The current thread's latest operation has seen the clock as well: what it does next
    /// begins to take time from here.
    pub(super) fn look_at_clock(&mut self) {
        let (me, clock) = (self.current, self.clock_object);
        let local = self.threads[me].order.get(me);
        self.enter(me, local, clock, Access::Look);
    }

    /// At the end of an execution, the operations that never came to pass race as well.
    pub(super) fn enter_blocked(&mut self) {
        for me in 0..self.threads.len() {
            if self.threads[me].finished {
                continue;
            }
            for (id, access) in self.threads[me].pending.touches.into_iter().flatten() {
                let Kernel {
                    threads,
                    objects,
                    strategy,
                    ..
                } = &mut *self;
                let Strategy::Search(search) = strategy else {
                    return;
                };
                let racer = Racer {
                    thread: me,
                    past: threads[me].order,
                };
                let object = &objects[usize::from(id.0)];
                for other in (0..threads.len()).filter(|&other| other != me) {
                    let Some(earlier) = object.last(other, access.raced_by()) else {
                        continue;
                    };
                    let (thread, number) = search.operation(earlier);
                    if racer.past.get(thread) < number {
                        search.race(earlier, &racer, (id, access));
                    }
                }
            }
        }
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
