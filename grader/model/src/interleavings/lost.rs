//! Why nobody woke a thread although what it waits for has happened.

use super::object::State;
use super::plot::Plot;
use crate::trace::{Event, ObjectIndex, Op, Outcome, Story};

impl Plot<'_> {
    /// What a sleeper's wake-up was lost by: a change that nobody was told of, a notification
    /// that reached another, or one that came too early. Marked are the sleep and that; and for
    /// what came before the sleep, the last look as well.
    pub(super) fn lost_wakeup(&self, sleeper: usize) -> Story {
        let Some(asleep) = self.asleep_since(sleeper) else {
            return self.story(Vec::new());
        };
        let marks = self
            .untold_change(sleeper, asleep)
            .or_else(|| self.woke_another(sleeper, asleep))
            .or_else(|| self.notified_too_early(sleeper, asleep))
            .or_else(|| self.changed_before(sleeper, asleep));
        self.story(marks.unwrap_or_else(|| vec![asleep]))
    }

    /// The first change after the sleep whose thread has notified nobody since.
    fn untold_change(&self, sleeper: usize, asleep: usize) -> Option<Vec<usize>> {
        let waited_on = self.events[asleep].object;
        let is_told = |at: usize| {
            let mut later = self.events[at..].iter();
            later.any(|event| {
                event.thread == self.events[at].thread
                    && Self::is_notify(event)
                    && event.object == waited_on
            })
        };
        let mut changes = self.changes_since(sleeper, asleep).into_iter();
        let change = changes.find(|&at| !is_told(at))?;
        Some(vec![asleep, change])
    }

    /// Where others changed what the sleeper may look at after its sleep began: data under the
    /// mutex that it has given back, or an atomic.
    fn changes_since(&self, sleeper: usize, asleep: usize) -> Vec<usize> {
        let is_others = |at: usize| usize::from(self.events[at].thread) != sleeper;
        let changes: Vec<usize> = match self.relocks(sleeper) {
            Some(mutex) => {
                let changes = self.kernel.changes.iter();
                let changes = changes.filter(|&&change| change > asleep);
                changes
                    .filter_map(|&change| self.section_of(change, mutex))
                    .collect()
            }
            None => (asleep..self.events.len())
                .filter(|&at| changes_an_atomic(&self.events[at]))
                .collect(),
        };
        changes
            .into_iter()
            .filter(|&at| is_others(at) && !self.is_test(&self.events[at]))
            .collect()
    }

    /// The mutex that a sleeper on a condition variable takes again when it is woken.
    fn relocks(&self, sleeper: usize) -> Option<ObjectIndex> {
        let (condvar, _) = self.kernel.threads[sleeper].pending.touches[0]?;
        match &self.kernel.objects[usize::from(condvar.0)].state {
            State::Condvar { waiters } => {
                let mut waiters = waiters.iter();
                let waiter = waiters.find(|(waiter, _)| *waiter == sleeper)?;
                Some(waiter.1.0)
            }
            _ => None,
        }
    }

    /// Where a thread locked this mutex, under which it then made a change. A thread that has
    /// slept with it takes something; only who comes anew brings something.
    fn section_of(&self, change: usize, mutex: ObjectIndex) -> Option<usize> {
        let thread = self.events.get(change)?.thread;
        let before = &self.events[..=change];
        let locked = before.iter().rposition(|event| {
            event.thread == thread
                && event.object == Some(mutex)
                && matches!(event.op, Op::Lock | Op::TryLock | Op::Relock)
        })?;
        (self.events[locked].op == Op::Lock).then_some(locked)
    }

    /// The notification that reached another waiter while this one slept, too.
    fn woke_another(&self, sleeper: usize, asleep: usize) -> Option<Vec<usize>> {
        let waited_on = self.events[asleep].object;
        let notified = self.events[asleep..].iter().position(|event| {
            Self::is_notify(event)
                && event.object == waited_on
                && event
                    .target
                    .is_some_and(|woken| usize::from(woken) != sleeper)
        })?;
        Some(vec![asleep, asleep + notified])
    }

    /// The last notification of what the sleeper waits on, from before it slept, when nobody did.
    fn notified_too_early(&self, sleeper: usize, asleep: usize) -> Option<Vec<usize>> {
        let waited_on = self.events[asleep].object;
        let notified = self.events[..asleep].iter().rposition(|event| {
            usize::from(event.thread) != sleeper
                && Self::is_notify(event)
                && event.object == waited_on
                && event.outcome == Some(Outcome::Nobody)
        })?;
        let looked = self.looked(sleeper, notified);
        Some(looked.into_iter().chain([notified, asleep]).collect())
    }

    /// The last change by another thread before the sleep, of which nobody told.
    fn changed_before(&self, sleeper: usize, asleep: usize) -> Option<Vec<usize>> {
        let changed = self.events[..asleep].iter().rposition(|event| {
            usize::from(event.thread) != sleeper
                && !self.is_test(event)
                && (changes_an_atomic(event) || matches!(event.op, Op::Lock | Op::Send))
        })?;
        let looked = self.looked(sleeper, changed);
        Some(looked.into_iter().chain([changed, asleep]).collect())
    }

    /// Where the sleeper looked last, before something happened.
    fn looked(&self, sleeper: usize, before: usize) -> Option<usize> {
        self.events[..before].iter().rposition(|event| {
            usize::from(event.thread) == sleeper
                && (changes_an_atomic(event)
                    || matches!(event.op, Op::Lock | Op::TryLock | Op::Relock | Op::Load))
        })
    }
}

fn changes_an_atomic(event: &Event) -> bool {
    matches!(
        event.op,
        Op::Store | Op::Swap | Op::Fetch | Op::CompareExchange
    ) && event.outcome != Some(Outcome::Busy)
}
