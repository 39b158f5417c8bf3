//! Why nobody woke a thread although what it waits for has happened.
//!
//! Whether it has is tried: the sleeper is woken, and goes on or not. One that waits for a word
//! of its own (a flag beside `park`) goes back to sleep without that word, and tells nothing:
//! there, what it looked at before it slept has to speak.

use super::object::State;
use super::plot::{Plot, is_test_code};
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

    /// How a sleeper that sleeps on when it is woken was forgotten, if that shows: what it looked at
    /// has changed since, and whoever changed it has gone on without waking it.
    pub(super) fn forgotten(&self, sleeper: usize) -> Option<Story> {
        let asleep = self.asleep_since(sleeper)?;
        let looks = self.looks_before(sleeper, asleep);
        let changed = looks.into_iter().filter_map(|look| {
            let seen = &self.events[look];
            let changes: Vec<usize> = (look + 1..self.events.len())
                .filter(|&at| {
                    self.events[at].object == seen.object && changes_an_atomic(&self.events[at])
                })
                .collect();
            let last = &self.events[*changes.last()?];
            let now = last.after.or(last.value);
            let is_others = |&at: &usize| usize::from(self.events[at].thread) != sleeper;
            (now != seen.after.or(seen.value)).then(|| {
                let done = |at: &usize| is_others(at) && self.has_returned(*at);
                changes.into_iter().filter(done).collect::<Vec<_>>()
            })
        });
        let changes: Vec<usize> = changed.flatten().collect();
        let silent = |at: &&usize| self.woken_after(**at).is_none();
        let marks = match (changes.iter().find(silent), changes.last()) {
            (Some(&change), _) => vec![asleep, change],
            (None, Some(&last)) => vec![asleep, self.woken_after(last)?],
            (None, None) => return None,
        };
        Some(self.story(marks))
    }

    /// The last look at each atomic that a sleeper has had a look at in the call in which it sleeps.
    fn looks_before(&self, sleeper: usize, asleep: usize) -> Vec<usize> {
        let mine = |event: &Event| usize::from(event.thread) == sleeper;
        let begun = self.events[..asleep]
            .iter()
            .rposition(|event| mine(event) && (self.is_test(event) || event.op == Op::Start));
        let mut looks: Vec<usize> = Vec::new();
        for at in begun.map_or(0, |begun| begun + 1)..asleep {
            let event = &self.events[at];
            let is_look = event.op == Op::Load || event.outcome == Some(Outcome::Busy);
            if mine(event) && is_look && event.value.is_some() {
                looks.retain(|&other| self.events[other].object != event.object);
                looks.push(at);
            }
        }
        looks
    }

    /// Whether the thread of this event has gone out of the learner's code since, or has ended.
    fn has_returned(&self, at: usize) -> bool {
        let thread = self.events[at].thread;
        let state = &self.kernel.threads[usize::from(thread)];
        let mut later = self.events[at + 1..].iter();
        state.finished
            || later.any(|event| event.thread == thread && self.is_test(event))
            || is_test_code(state.pending.location.file())
    }

    /// The next time that the thread of this event has woken somebody, in the same call.
    fn woken_after(&self, at: usize) -> Option<usize> {
        let mine = |event: &Event| event.thread == self.events[at].thread;
        let later = self.events[at + 1..].iter().enumerate();
        let mut same_call = later.take_while(|(_, event)| !(mine(event) && self.is_test(event)));
        let (next, _) = same_call.find(|(_, event)| mine(event) && Self::is_notify(event))?;
        Some(at + 1 + next)
    }

    /// How the wake-up of a sleeper went to one who had given up by then, if that shows.
    pub(super) fn woke_a_quitter(&self, sleeper: usize) -> Option<Story> {
        let asleep = self.asleep_since(sleeper)?;
        let by_learner = |event: &Event| event.op == Op::Unpark && !self.is_test(event);
        (asleep..self.events.len()).find_map(|at| {
            let event = &self.events[at];
            let woken = event
                .target
                .filter(|&woken| usize::from(woken) != sleeper)?;
            if !by_learner(event) || event.outcome != Some(Outcome::Stored) {
                return None;
            }
            let its = |event: &Event| event.thread == woken;
            let before = &self.events[..at];
            let gave_up = before.iter().rposition(|it| its(it) && gives_up(it))?;
            let sleeps_again = |it: &Event| its(it) && Self::is_wait(it);
            let again = self.events[gave_up + 1..].iter().any(sleeps_again);
            let in_test = before[gave_up..]
                .iter()
                .any(|it| its(it) && self.is_test(it));
            (!again && !in_test).then(|| self.story(vec![asleep, gave_up, at]))
        })
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

fn gives_up(event: &Event) -> bool {
    event.op == Op::Timeout || event.outcome == Some(Outcome::TimedOut)
}

fn changes_an_atomic(event: &Event) -> bool {
    matches!(
        event.op,
        Op::Store | Op::Swap | Op::Fetch | Op::CompareExchange
    ) && event.outcome != Some(Outcome::Busy)
}
