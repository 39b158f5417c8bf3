//! Threads that look again and again, or run for long: when others go first, and when nothing
//! can be expected of them any more.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::kernel::{Kernel, Strategy};
use crate::outcome::Diagnosis;
use crate::trace::{Event, Op};

/// Operations in a row of one thread that see nothing new, before they count as a yield: a
/// loop that only looks.
const FRUITLESS_LIMIT: u32 = 16;

/// Different things that a thread is remembered to have seen in a row.
const MOST_LOOKS: usize = 512;

/// Yields in a row that a thread makes without letting others go first, when it is chosen to run on.
const RUN_ON: u32 = 500;

/// The last operations of an endless execution, by which it is told what it does.
const ENDLESS_SAMPLE: usize = 100;

/// The last operations of an execution that show whether it goes round in a circle.
const CIRCLING_SAMPLE: usize = 4_000;

/// The longest circle that is looked for, in operations of one thread.
const LONGEST_CIRCLE: usize = 300;

impl Kernel {
    /// Marks the calling thread as willing to let others go first.
    ///
    /// A thread that spins waits for others, so they go first. But one that spins a
    /// while and then goes on may do so before they do anything: as a disturbance, each
    /// thread may run on, once.
    pub(super) fn yielded(&mut self) {
        let first = !std::mem::replace(&mut self.me().spinning, true);
        if first && !self.me().ran_on && self.choose(2, true) == 1 {
            let thread = self.me();
            thread.ran_on = true;
            thread.runs_on = RUN_ON;
        }
        let thread = self.me();
        if thread.runs_on > 0 {
            thread.runs_on -= 1;
        } else {
            thread.yielded = true;
            let past = thread.order;
            if let Strategy::Search(search) = &mut self.strategy {
                search.paused(past);
            }
        }
    }

    /// Marks the operation being done as one that changed nothing: a failed try, a read. One
    /// that sees what the thread has seen before may be part of a loop that waits.
    pub(super) fn fruitless(&mut self) {
        let look = look(self.event());
        let thread = self.me();
        if !thread.looks.contains(&look) {
            if thread.looks.len() < MOST_LOOKS {
                thread.looks.push(look);
            }
            return;
        }
        thread.fruitless += 1;
        if thread.fruitless > FRUITLESS_LIMIT {
            self.yielded();
        }
    }

    /// Marks the operation being done as one that others may have waited for.
    pub(super) fn fruitful(&mut self) {
        self.idle_steps = 0;
        if let Strategy::Search(search) = &mut self.strategy {
            search.changed();
        }
        let me = self.current;
        for (index, thread) in self.threads.iter_mut().enumerate() {
            if index == me {
                thread.fruitless = 0;
                thread.looks.clear();
                thread.spinning = false;
                thread.runs_on = 0;
            } else {
                thread.yielded = false;
            }
        }
    }

    /// The current thread changes data under a lock that it holds.
    pub(super) fn changes_data(&mut self) {
        let now = self.events.len();
        self.me().changed_at = now;
        let latest = now.saturating_sub(1);
        if self.changes.last() != Some(&latest) {
            self.changes.push(latest);
        }
    }

    /// The current thread looks at data under a lock that it holds.
    pub(super) fn looks_at_data(&mut self) {
        let now = self.events.len();
        self.me().looked_at = now;
    }

    /// Whether every thread that has run of late does the same again and again, and sees the same.
    ///
    /// Of a thread that others wait for to block, doing the same is enough: so long it should
    /// not take.
    pub(super) fn goes_round(&self) -> bool {
        let ran = |thread: usize| self.lately_by(thread).next().is_some();
        let goes_round = |thread: usize| {
            self.repeats_itself(thread) || self.watched(Some(thread)) && self.circles(thread)
        };
        (0..self.threads.len()).all(|thread| !ran(thread) || goes_round(thread))
    }

    /// Whether a thread has done the same again and again of late, and seen the same. It may have
    /// changed data meanwhile that the kernel does not see; but then not if it asks. And whoever
    /// has seen nothing at all waits for nothing.
    pub(super) fn repeats_itself(&self, thread: usize) -> bool {
        let since = self.events.len().saturating_sub(CIRCLING_SAMPLE);
        let it = &self.threads[thread];
        let may_change = it.changed_at > since;
        let has_seen = it.looked_at > since || self.lately_by(thread).any(tells_something);
        has_seen && (!may_change || self.asks(thread)) && self.circles(thread)
    }

    /// Whether a thread has gone through the same operations again and again of late.
    fn circles(&self, thread: usize) -> bool {
        if self.threads[thread].finished {
            return false;
        }
        let mut mine: Vec<&Event> = self.lately_by(thread).collect();
        // What the latest operation has seen may not be known yet.
        mine.pop();
        let longest = LONGEST_CIRCLE.min(mine.len() / 3);
        (1..=longest).any(|length| {
            let later = mine.iter().skip(length);
            mine.iter().zip(later).all(|(one, other)| one == other)
        })
    }

    /// Whether a thread of late let others go first, looked at the clock or waited for it: whoever
    /// works does none of that for so long.
    fn asks(&self, thread: usize) -> bool {
        self.lately_by(thread)
            .any(|event| matches!(event.op, Op::Yield | Op::Spin | Op::Now | Op::Timeout))
    }

    /// What a thread has done of late.
    fn lately_by(&self, thread: usize) -> impl Iterator<Item = &Event> {
        let since = self.events.len().saturating_sub(CIRCLING_SAMPLE);
        let lately = self.events[since..].iter();
        lately.filter(move |event| usize::from(event.thread) == thread)
    }

    /// What threads that keep running for ever are doing: looking at a clock that only
    /// those who sleep see moving, not falling asleep as somebody waits for them to, or
    /// something else that leads nowhere.
    pub(super) fn endless(&self) -> Diagnosis {
        let lately = self.events.len().saturating_sub(ENDLESS_SAMPLE);
        let waits_for_time = self.events[lately..]
            .iter()
            .any(|event| matches!(event.op, Op::Now | Op::Timeout | Op::WaitTimeout));
        let should_sleep = (0..self.threads.len()).any(|thread| self.watched(Some(thread)));
        if waits_for_time || should_sleep {
            Diagnosis::BusyWait
        } else {
            Diagnosis::Livelock
        }
    }
}

/// Whether a thread may go on in another way by what an operation tells it.
fn tells_something(event: &Event) -> bool {
    !matches!(
        event.op,
        Op::Lock
            | Op::Unlock
            | Op::Read
            | Op::Write
            | Op::NotifyOne
            | Op::NotifyAll
            | Op::Unpark
            | Op::Store
            | Op::Fence
            | Op::Sleep
            | Op::Advance
            | Op::CellWrite
            | Op::Print
    )
}

/// What tells one look from another.
fn look(event: &Event) -> u64 {
    let mut hasher = DefaultHasher::new();
    let place: *const _ = event.location;
    (event.op, event.outcome, event.object, place, event.value).hash(&mut hasher);
    hasher.finish()
}
