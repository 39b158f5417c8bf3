//! Who goes on: gates, preference, and what to do when nobody is eager.

use std::time::Duration;

use super::kernel::{Kernel, Next, Stop, Strategy};
use super::object::{ObjectId, Phase, State};
use super::request::Gate;
use super::search::{Situation, Threads, members, only};
use crate::outcome::Diagnosis;
use crate::trace::Op;

/// Operations of one execution before it is given up as endless.
const STEP_LIMIT: usize = 20_000;

/// Operations in a row without effect, time-outs included, before nothing is expected any more.
const IDLE_LIMIT: u32 = 6_000;

/// The last operations of an endless execution, by which it is told what it does.
const ENDLESS_SAMPLE: usize = 100;

/// Operations in a row of one thread without effect before they count as a yield: a loop
/// that only looks.
const FRUITLESS_LIMIT: u32 = 16;

/// Yields in a row that a thread makes without letting others go first, when it is chosen to run on.
const RUN_ON: u32 = 500;

/// A timed wait shorter than this is no rest: a thread in it still counts as running.
const SHORTEST_REST: Duration = Duration::from_millis(1);

impl Kernel {
    /// Decides who goes on, and writes it to `next`.
    pub(super) fn decide(&mut self) {
        if matches!(self.next, Next::Stop(_)) {
            return;
        }
        if self.events.len() >= STEP_LIMIT {
            self.next = Next::Stop(Stop::TooLong);
            return;
        }
        // Those whose operation can be done; of them, those who have not just yielded;
        // and of those, the ones that need no time to pass.
        let (mut open, mut enabled, mut eager): (Threads, Threads, Threads) = (0, 0, 0);
        let mut unfinished = false;
        for (index, thread) in self.threads.iter().enumerate() {
            if thread.finished {
                continue;
            }
            unfinished = true;
            if self.is_open(thread.pending.gate) {
                let sleeping = matches!(thread.pending.gate, Gate::Sleeping(_));
                open |= only(index);
                enabled |= if thread.yielded { 0 } else { only(index) };
                eager |= if thread.yielded || sleeping {
                    0
                } else {
                    only(index)
                };
            }
        }
        if !unfinished {
            self.next = Next::End;
            return;
        }
        if eager == 0 {
            match self.last_resort(open) {
                Some(thread) => {
                    enabled |= only(thread);
                    eager = only(thread);
                }
                None if self.rescue() => return self.decide(),
                None => {
                    self.next = self.at_a_standstill(open);
                    return;
                }
            }
        }
        let running = self
            .previous
            .filter(|&previous| eager & only(previous) != 0);
        let situation = Situation {
            enabled,
            eager,
            running,
        };
        let threads = &self.threads;
        let thread = match &mut self.strategy {
            Strategy::Search(search) => {
                search.pick(situation, |thread| threads[thread].order.get(thread) + 1)
            }
            Strategy::Sample(sampler) => Some(sampler.pick(situation)),
        };
        let Some(thread) = thread else {
            self.next = Next::Stop(Stop::Diverged);
            return;
        };
        if running.is_some_and(|running| running != thread) {
            self.preemptions += 1;
        }
        self.current = thread;
        self.next = Next::Run(thread);
    }

    /// Nobody is eager: whom to take all the same. Spinners in turn, then whoever's time is up first.
    fn last_resort(&self, open: Threads) -> Option<usize> {
        let spinners = members(open)
            .filter(|&thread| !matches!(self.threads[thread].pending.gate, Gate::Sleeping(_)));
        let spinner = spinners.min_by_key(|&thread| self.threads[thread].last_run);
        let count = self.threads.len() as u32;
        if spinner.is_some() && self.idle_steps < 4 * (FRUITLESS_LIMIT + 1) * count {
            return spinner;
        }
        let timed = (0..self.threads.len()).filter_map(|thread| {
            let waiting = &self.threads[thread];
            if waiting.finished {
                return None;
            }
            let deadline = match waiting.pending.gate {
                Gate::Sleeping(deadline) => Some(deadline),
                _ if open & only(thread) == 0 => self.deadline(thread),
                _ => None,
            };
            deadline.map(|deadline| (deadline, thread))
        });
        match timed.min() {
            Some((_, thread)) => (self.idle_steps < IDLE_LIMIT).then_some(thread),
            // Somebody waits for a spinner to block: let it spin until it has shown what it does.
            None if self.watched(spinner) => spinner,
            None => None,
        }
    }

    /// Whether another thread waits for this one to block.
    pub(super) fn watched(&self, thread: Option<usize>) -> bool {
        thread.is_some_and(|watched| {
            self.threads
                .iter()
                .any(|thread| !thread.finished && thread.pending.gate == Gate::Blocked(watched))
        })
    }

    /// Wakes the sleeper that the rules want woken, if it sleeps; whether it did.
    fn rescue(&mut self) -> bool {
        let Some(thread) = self.rules.rescue.take() else {
            return false;
        };
        if !matches!(self.threads[thread].pending.gate, Gate::Asleep { .. }) {
            return false;
        }
        let mut relock = None;
        if let Some((id, _)) = self.threads[thread].pending.touches[0] {
            match &mut self.object(id).state {
                State::Condvar { waiters } => {
                    relock = waiters
                        .iter()
                        .find(|(waiter, _)| *waiter == thread)
                        .map(|(_, id)| *id);
                    waiters.retain(|(waiter, _)| *waiter != thread);
                }
                State::Parker { asleep, .. } => *asleep = false,
                _ => {}
            }
        }
        self.wake(thread, relock);
        true
    }

    /// Nobody can go on: is that the end, or a bug?
    fn at_a_standstill(&self, spinning: Threads) -> Next {
        if spinning != 0 || self.idle_steps >= IDLE_LIMIT {
            let unfinished =
                (0..self.threads.len()).filter(|&thread| !self.threads[thread].finished);
            let who = unfinished
                .map(|thread| self.thread_name(thread))
                .collect::<Vec<_>>();
            return Next::Stop(Stop::Bug(self.endless(), who.join(", ")));
        }
        if self.rules.blocked_is_legal && self.threads[0].finished {
            return Next::End;
        }
        Next::Stop(Stop::Stuck)
    }

    /// What threads that keep running for ever are doing: looking at a clock that only
    /// those who sleep see moving, or something else that leads nowhere.
    pub(super) fn endless(&self) -> Diagnosis {
        let lately = self.events.len().saturating_sub(ENDLESS_SAMPLE);
        let waits_for_time = self.events[lately..]
            .iter()
            .any(|event| matches!(event.op, Op::Now | Op::Timeout | Op::WaitTimeout));
        if waits_for_time {
            Diagnosis::BusyWait
        } else {
            Diagnosis::Livelock
        }
    }

    /// Whether a gate lets its thread through.
    pub(super) fn is_open(&self, gate: Gate) -> bool {
        let state = |id: ObjectId| &self.objects[usize::from(id.0)].state;
        match gate {
            Gate::Open | Gate::Sleeping(_) => true,
            Gate::Asleep { .. } => false,
            Gate::Free(id) => matches!(state(id), State::Mutex { holder: None }),
            Gate::Readable(id) => matches!(state(id), State::RwLock { writer: None, .. }),
            Gate::Writable(id) => matches!(
                state(id),
                State::RwLock {
                    writer: None,
                    readers: 0
                }
            ),
            Gate::Ended(thread) => self.threads[thread].finished,
            Gate::Receivable(id, _) => {
                matches!(state(id), State::Channel { messages, senders, .. } if !messages.is_empty() || *senders == 0)
            }
            Gate::Sendable(id) => matches!(
                state(id),
                State::Channel { messages, capacity, receiver, .. }
                    if !receiver || capacity.is_none_or(|capacity| messages.len() < capacity)
            ),
            Gate::Received(id, ticket) => matches!(
                state(id),
                State::Channel { received, receiver, .. } if !receiver || *received >= ticket
            ),
            Gate::Settled(id) => !matches!(state(id), State::Once(Phase::Running)),
            Gate::Initialised(id, or_poisoned) => match state(id) {
                State::Once(Phase::Poisoned) => or_poisoned,
                State::Once(phase) => *phase == Phase::Done,
                _ => false,
            },
            Gate::Blocked(thread) => self.is_at_rest(thread),
        }
    }

    /// Whether a thread has ended or sleeps, and not just for a moment: it does not
    /// rest while it waits for a mutex that somebody holds who is about to give it back.
    pub(super) fn is_at_rest(&self, thread: usize) -> bool {
        let mut chain: Threads = 0;
        let mut thread = thread;
        loop {
            // A circle of threads that wait for each other rests for ever.
            if chain & only(thread) != 0 {
                return true;
            }
            chain |= only(thread);
            let waiting = &self.threads[thread];
            let rests = |deadline: Duration| deadline >= self.now + SHORTEST_REST;
            let gate = waiting.pending.gate;
            thread = match gate {
                _ if waiting.finished => return true,
                Gate::Blocked(_) => return true,
                Gate::Sleeping(deadline) => return rests(deadline),
                Gate::Asleep { deadline } => return deadline.is_none_or(rests),
                _ if self.is_open(gate) => return false,
                Gate::Receivable(_, deadline) => return deadline.is_none_or(rests),
                Gate::Sendable(_) | Gate::Received(..) | Gate::Initialised(..) => return true,
                Gate::Ended(other) => other,
                Gate::Free(id) | Gate::Readable(id) | Gate::Writable(id) => match self.holder(id) {
                    Some(holder) => holder,
                    None => return false,
                },
                Gate::Open | Gate::Settled(_) => return false,
            };
        }
    }

    /// The one thread that holds a mutex, or writes under a read-write lock.
    pub(super) fn holder(&self, id: ObjectId) -> Option<usize> {
        match self.objects[usize::from(id.0)].state {
            State::Mutex { holder } => holder,
            State::RwLock { writer, .. } => writer,
            _ => None,
        }
    }

    /// The deadline of a thread that only time can wake.
    pub(super) fn deadline(&self, thread: usize) -> Option<Duration> {
        match self.threads[thread].pending.gate {
            Gate::Asleep { deadline } | Gate::Receivable(_, deadline) => deadline,
            _ => None,
        }
    }

    /// Marks the calling thread as willing to let others go first.
    ///
    /// A thread that spins waits for others, so they go first. But one that spins a
    /// while and then sleeps may get to its sleep before they do anything: as a
    /// disturbance, one spinning thread of an execution runs on.
    pub(super) fn yielded(&mut self) {
        let first = !std::mem::replace(&mut self.me().spinning, true);
        if first && !self.ran_on && self.choose(2, true) == 1 {
            self.ran_on = true;
            self.me().runs_on = RUN_ON;
        }
        let thread = self.me();
        if thread.runs_on > 0 {
            thread.runs_on -= 1;
        } else {
            thread.yielded = true;
        }
    }

    /// Marks the operation being done as one that changed nothing: a failed try, a repeated read.
    pub(super) fn fruitless(&mut self) {
        let me = self.current;
        let thread = &mut self.threads[me];
        thread.fruitless += 1;
        if thread.fruitless > FRUITLESS_LIMIT {
            self.yielded();
        }
    }

    /// Marks the operation being done as one that others may have waited for.
    pub(super) fn fruitful(&mut self) {
        self.idle_steps = 0;
        let me = self.current;
        for (index, thread) in self.threads.iter_mut().enumerate() {
            if index == me {
                thread.fruitless = 0;
                thread.spinning = false;
                thread.runs_on = 0;
            } else {
                thread.yielded = false;
            }
        }
    }
}
