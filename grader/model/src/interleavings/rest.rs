//! Threads at rest: asleep, and not just for a moment, or at their end.
//!
//! Whoever waits for that goes on as long as it lasts. So an operation by which a thread goes on
//! races with those that see it at rest, although the two of them need not touch the same object.
//! To look after each operation who rests takes time, so it is done only where somebody sees it.

use std::time::Duration;

use super::clock::Clock;
use super::kernel::{Kernel, Strategy};
use super::object::{ObjectId, Phase, State};
use super::request::Gate;
use super::search::{Racer, Threads, members, only, set_of};
use super::threads::{Doze, WakeUp};

/// A timed wait shorter than this is no rest: a thread in it still counts as running.
const SHORTEST_REST: Duration = Duration::from_millis(1);

impl Kernel {
    /// Somebody begins to wait for a thread to block.
    pub(super) fn watch(&mut self, thread: usize) {
        self.threads[thread].watched_steps = 0;
    }

    /// Whether another thread waits for this one to block.
    pub(super) fn watched(&self, thread: Option<usize>) -> bool {
        thread.is_some_and(|watched| {
            self.threads
                .iter()
                .any(|thread| !thread.finished && thread.pending.gate == Gate::Blocked(watched))
        })
    }

    /// Whether a thread has ended or sleeps, and not just for a moment: it does not
    /// rest while it waits for a mutex that somebody holds who is about to give it back.
    pub(super) fn is_at_rest(&self, thread: usize) -> bool {
        self.rests(thread, 0)
    }

    /// The same, on the way from those who wait for it. A circle of threads that wait for each
    /// other rests for ever.
    fn rests(&self, thread: usize, waiting: Threads) -> bool {
        if waiting & only(thread) != 0 {
            return true;
        }
        let chain = waiting | only(thread);
        let it = &self.threads[thread];
        let long = |deadline| self.is_long(deadline);
        let gate = it.pending.gate;
        match gate {
            _ if it.finished || it.doze.is_some() => true,
            Gate::Open => false,
            Gate::Blocked(_) => true,
            Gate::Sleeping(deadline) => long(deadline),
            Gate::Asleep { deadline } => deadline.is_none_or(long),
            _ if self.is_open(gate) => false,
            Gate::Receivable(_, deadline) => deadline.is_none_or(long),
            Gate::Sendable(_) | Gate::Received(..) | Gate::Initialised(..) => true,
            Gate::Ended(other) => self.rests(other, chain),
            Gate::Free(id) | Gate::Readable(id) | Gate::Writable(id) | Gate::Settled(id) => {
                match &self.objects[usize::from(id.0)].state {
                    State::RwLock { readers, writer } => {
                        let mut holders = readers.iter().chain(writer);
                        holders.any(|&holder| self.rests(holder, chain))
                    }
                    State::Once(Phase::Running(holder)) => self.rests(*holder, chain),
                    _ => self
                        .holder(id)
                        .is_some_and(|holder| self.rests(holder, chain)),
                }
            }
        }
    }

    /// Whether a sleep until then is more than a moment.
    pub(super) fn is_long(&self, deadline: Duration) -> bool {
        deadline >= self.now + SHORTEST_REST
    }

    /// Whether the sleep that now begins ends by itself, before anyone ends it through `on`.
    pub(super) fn choose_early_end(
        &mut self,
        on: ObjectId,
        deadline: Option<Duration>,
    ) -> Option<WakeUp> {
        let end = self.draw_early_end(deadline.is_some());
        if end.is_some() && deadline.is_none_or(|deadline| self.is_long(deadline)) {
            let timed = deadline.is_some();
            self.me().doze = Some(Doze { on, timed });
        }
        end
    }

    fn draw_early_end(&mut self, timed: bool) -> Option<WakeUp> {
        if timed && self.early_timeouts < self.rules.timeouts && self.choose(2, true) == 1 {
            self.early_timeouts += 1;
            return Some(WakeUp::TimedOut);
        }
        if self.spurious < self.rules.spurious && self.choose(2, true) == 1 {
            self.spurious += 1;
            return Some(WakeUp::Spurious);
        }
        None
    }

    /// Whoever may as well still sleep on this does so no longer.
    pub(super) fn rouse(&mut self, on: ObjectId) {
        for thread in &mut self.threads {
            thread.doze = thread.doze.filter(|doze| doze.on != on);
        }
    }

    /// The clock moves on, and nobody but the current thread may sleep until it has.
    pub(super) fn rouse_in_time(&mut self) {
        let me = self.current;
        for (index, thread) in self.threads.iter_mut().enumerate() {
            thread.doze = thread.doze.filter(|doze| index == me || !doze.timed);
        }
    }

    /// The current thread goes on, as this one rests.
    pub(super) fn saw_at_rest(&mut self, thread: usize) {
        let past = self.me().order;
        self.rests_matter = true;
        if let Strategy::Search(search) = &self.strategy
            && self.follows_rests
        {
            self.rests_seen.push((search.current(), thread));
            let left = std::mem::take(&mut self.rests_left);
            for &(at, _) in left.iter().filter(|&&(_, left)| left == thread) {
                self.race_for_rest(at, past);
            }
            self.rests_left = left;
        }
        let order = self.threads[thread].order;
        self.me().order.join(&order);
    }

    /// Notes whose rest the latest operation has ended, and its races with those that have seen
    /// them at rest.
    pub(super) fn follow_rests(&mut self) {
        if !self.follows_rests {
            return;
        }
        let me = self.current;
        let resting = set_of((0..self.threads.len()).filter(|&thread| self.is_at_rest(thread)));
        let left = self.resting & (!resting | only(me));
        self.resting = resting;
        if left == 0 {
            return;
        }
        if let Strategy::Search(search) = &self.strategy {
            let at = search.current();
            self.rests_left
                .extend(members(left).map(|thread| (at, thread)));
        }
        let past = self.threads[me].order;
        let mut seen = std::mem::take(&mut self.rests_seen);
        for (at, _) in seen.extract_if(.., |&mut (_, thread)| left & only(thread) != 0) {
            self.race_for_rest(at, past);
        }
        self.rests_seen = seen;
    }

    /// The latest operation races with an earlier one: one has ended the rest that the other saw.
    fn race_for_rest(&mut self, earlier: usize, past: Clock) {
        let me = self.current;
        let Strategy::Search(search) = &mut self.strategy else {
            return;
        };
        let (other, number) = search.operation(earlier);
        if search.is_fresh() && other != me && past.get(other) < number {
            search.race_alone(earlier, &Racer { thread: me, past });
        }
    }
}
