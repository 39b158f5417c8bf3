//! Who goes on: gates, preference, and what to do when nobody is eager.

use std::time::Duration;

use super::kernel::{Kernel, Next, Stop, Strategy};
use super::object::{ObjectId, Phase, State};
use super::request::Gate;
use super::search::{Situation, Threads, members, only, set_of};

/// Operations of one execution before it is given up.
const STEP_LIMIT: usize = 60_000;

/// Where the end of an execution does not matter, it may be cut short.
const SHORT_STEP_LIMIT: usize = 20_000;

/// Operations in a row without effect, time-outs included, before nothing is expected any more.
const IDLE_LIMIT: u32 = 20_000;

/// Operations in a row without effect of each thread that spins, before time passes meanwhile.
const SPINS_PER_MOMENT: u32 = 68;

/// The same where there is nothing that time could bring.
const SPINS_FOR_EVER: u32 = 2_000;

/// Operations of one thread in a row before it is somebody else's turn.
const LONG_TURN: u32 = 100;

/// How often others go first before it is the turn of a thread that could go on: no scheduler
/// of threads keeps one waiting for ever.
const LONG_WAIT: u32 = 2_000;

impl Kernel {
    /// Decides who goes on, and writes it to `next`.
    pub(super) fn decide(&mut self) {
        if matches!(self.next, Next::Stop(_) | Next::GiveUp(_)) {
            return;
        }
        if self.events.len() >= self.step_limit() {
            self.next = if self.goes_round() {
                Next::Stop(Stop::TooLong)
            } else {
                Next::GiveUp("an execution takes more than 60000 operations")
            };
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
        self.follow_rests();
        if let Some(previous) = self.previous
            && self.turn >= LONG_TURN
            && eager & !only(previous) != 0
        {
            eager &= !only(previous);
        }
        let is_starving = |&thread: &usize| self.threads[thread].passed_over >= LONG_WAIT;
        let starving = set_of(members(eager).filter(is_starving));
        if starving != 0 {
            eager = starving;
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
        // Whoever has waited longest, so that nobody waits for ever.
        let next = members(eager).min_by_key(|&thread| self.threads[thread].last_run);
        let situation = Situation {
            enabled,
            eager,
            paused: open & !enabled,
            running,
            next: next.expect("somebody is eager"),
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
        for other in members(eager & !only(thread)) {
            self.threads[other].passed_over += 1;
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
        if spinner.is_some() && self.idle_steps < SPINS_PER_MOMENT * count {
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
            None if self.watched(spinner) || self.idle_steps < SPINS_FOR_EVER * count => spinner,
            None => None,
        }
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

    fn step_limit(&self) -> usize {
        if self.rules.endless_is_legal {
            SHORT_STEP_LIMIT
        } else {
            STEP_LIMIT
        }
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
        if self.rules.stuck_is_legal || self.rules.blocked_is_legal && self.threads[0].finished {
            return Next::End;
        }
        Next::Stop(Stop::Stuck)
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
                State::RwLock { writer: None, readers } if readers.is_empty()
            ),
            Gate::Ended(thread) => self.threads[thread].finished,
            Gate::Receivable(id, _) => {
                matches!(state(id), State::Channel(it) if !it.messages.is_empty() || it.senders == 0)
            }
            Gate::Sendable(id) => {
                matches!(state(id), State::Channel(it) if !it.receiver || !it.is_full())
            }
            Gate::Received(id, ticket) => {
                matches!(state(id), State::Channel(it) if !it.receiver || it.position(ticket).is_none())
            }
            Gate::Settled(id) => !matches!(state(id), State::Once(Phase::Running(_))),
            Gate::Initialised(id, or_poisoned) => match state(id) {
                State::Once(Phase::Poisoned) => or_poisoned,
                State::Once(phase) => *phase == Phase::Done,
                _ => false,
            },
            Gate::Blocked(thread) => self.is_at_rest(thread),
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
}
