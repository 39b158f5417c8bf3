//! The events of a broken execution, and the search for those that tell the bug.

use serde_json::Value as Json;

use super::scene::Scene;
use crate::outcome::Diagnosis;
use crate::trace::{
    Counterexample, Event, ObjectIndex, ObjectKind, Op, Outcome, Story, ThreadIndex,
};

pub(super) struct Plot<'a> {
    scene: &'a Scene,
    /// What happened and, where it is the story, what was about to happen.
    events: Vec<Event>,
    /// What threads wait in for ever.
    blocked: Vec<Event>,
}

impl<'a> Plot<'a> {
    /// An execution that broke off in the midst of what the last thread did.
    pub(super) fn new(scene: &'a Scene) -> Plot<'a> {
        let mut plot = Plot {
            scene,
            events: scene.events.clone(),
            blocked: Vec::new(),
        };
        plot.tell_who_was_notified();
        let last = scene.pending[usize::from(scene.current)];
        plot.events.extend(last.filter(is_cell));
        plot
    }

    /// An execution in which nobody can go on.
    pub(super) fn at_a_standstill(scene: &'a Scene) -> Plot<'a> {
        let mut plot = Plot {
            scene,
            events: scene.events.clone(),
            blocked: Vec::new(),
        };
        plot.tell_who_was_notified();
        for event in scene.pending.iter().flatten() {
            let mut event = *event;
            if let Some(holder) = plot.waits_for(event.thread) {
                event.target = Some(holder);
            }
            if !is_wait(&event) {
                event.outcome = Some(Outcome::Blocked);
            }
            plot.blocked.push(event);
            // Where a thread began to wait for a notification is an event already.
            if !plot.events.iter().any(|done| same(done, &event)) || !is_wait(&event) {
                plot.events.push(event);
            }
        }
        plot
    }

    pub(super) fn counterexample(&self, story: Story, execution: u64, preemptions: u32) -> Json {
        Counterexample {
            execution,
            preemptions,
            spurious: 0,
            timeouts: 0,
            threads: self.scene.threads.clone(),
            objects: self.scene.objects.clone(),
            events: &self.events,
            story,
            blocked: self.blocked.clone(),
        }
        .to_json()
    }

    /// What kind of standstill it is.
    pub(super) fn stuck(&self) -> (Diagnosis, Story) {
        if let Some(event) = self
            .pending()
            .find(|event| self.waits_for(event.thread) == Some(event.thread))
        {
            return (Diagnosis::SelfDeadlock, self.holders(&[event.thread]));
        }
        if let Some(circle) = self.circle() {
            return (Diagnosis::LockCycle, self.holders(&circle));
        }
        let sleepers: Vec<Event> = self
            .pending()
            .filter(|event| is_wait(event))
            .copied()
            .collect();
        for sleeper in &sleepers {
            if let Some(story) = self.wrong_wakeup(sleeper) {
                return (Diagnosis::WrongWakeup, story);
            }
        }
        for sleeper in &sleepers {
            if let Some(story) = self.lost_wakeup(sleeper) {
                return (Diagnosis::LostWakeup, story);
            }
        }
        (Diagnosis::Deadlock, self.last_of_each())
    }

    /// The two accesses that race.
    pub(super) fn race(&self) -> Story {
        let Some(second) = self
            .events
            .iter()
            .rposition(|event| matches!(event.op, Op::CellRead | Op::CellWrite))
        else {
            return self.story(Vec::new());
        };
        let (object, thread) = (self.events[second].object, self.events[second].thread);
        let first = self.events[..second].iter().rposition(|event| {
            event.object == object
                && event.thread != thread
                && (event.op == Op::CellWrite || self.events[second].op == Op::CellWrite)
        });
        let Some(first) = first else {
            return self.story(vec![second]);
        };
        // How the threads came there is the learner's code: what the first did after its
        // access, and what the second did before.
        let other = self.events[first].thread;
        let ordering = |event: &Event| event.object.is_some() && !is_cell(event);
        let left = (first..second)
            .find(|&at| self.events[at].thread == other && ordering(&self.events[at]));
        let came = (0..second)
            .rev()
            .find(|&at| self.events[at].thread == thread && ordering(&self.events[at]));
        let mut marks: Vec<usize> = left.into_iter().chain(came).collect();
        marks.sort_unstable();
        marks.dedup();
        let mut story = self.story(marks);
        story.key.extend([first, second]);
        story
    }

    /// The last time that another thread came between two operations of one on an object.
    pub(super) fn conflict(&self) -> Story {
        for (last, event) in self.events.iter().enumerate().rev() {
            let Some(object) = event.object else { continue };
            let mine = |at: &usize, same_thread: bool| {
                let other = &self.events[*at];
                other.object == Some(object) && (other.thread == event.thread) == same_thread
            };
            let between = (0..last).rev().find(|at| mine(at, false));
            let first = between.and_then(|between| (0..between).rev().find(|at| mine(at, true)));
            if let (Some(first), Some(between)) = (first, between) {
                return self.story(vec![first, between, last]);
            }
        }
        self.last_of_each()
    }

    /// What each thread that has not ended did last.
    pub(super) fn last_of_each(&self) -> Story {
        let mut marks: Vec<usize> = self
            .pending()
            .filter_map(|pending| {
                self.events
                    .iter()
                    .rposition(|event| event.thread == pending.thread)
            })
            .collect();
        marks.sort_unstable();
        self.story(marks)
    }

    /// How many events at the end have changed nothing but who holds a lock.
    pub(super) fn fruitless_tail(&self) -> usize {
        let mut seen = std::collections::HashMap::new();
        self.events
            .iter()
            .rev()
            .take_while(|event| match event.op {
                Op::Store | Op::Swap => {
                    // The same value again and again changes nothing either.
                    let value = event.value;
                    *seen.entry((event.object, event.thread)).or_insert(value) == value
                }
                Op::Fetch
                | Op::NotifyOne
                | Op::NotifyAll
                | Op::Unpark
                | Op::Send
                | Op::Recv
                | Op::Spawn
                | Op::Finish
                | Op::Panic
                | Op::CellWrite => false,
                Op::CompareExchange => event.outcome == Some(Outcome::Busy),
                _ => true,
            })
            .count()
    }

    /// What threads were doing that have not done it.
    fn pending(&self) -> impl Iterator<Item = &'a Event> {
        self.scene.pending.iter().flatten()
    }

    /// loom does not tell whom a notification reached, so it is told by who woke up.
    fn tell_who_was_notified(&mut self) {
        let mut waiting: Vec<(ObjectIndex, ThreadIndex)> = Vec::new();
        for at in 0..self.events.len() {
            let event = self.events[at];
            let Some(object) = event.object else { continue };
            match event.op {
                Op::Wait | Op::WaitTimeout if event.outcome.is_none() => {
                    waiting.push((object, event.thread));
                }
                Op::Relock => waiting.retain(|&(_, thread)| thread != event.thread),
                Op::NotifyOne | Op::NotifyAll => {
                    let reached: Vec<ThreadIndex> = waiting
                        .iter()
                        .filter(|&&(on, thread)| on == object && self.wakes_after(thread, at))
                        .map(|&(_, thread)| thread)
                        .collect();
                    let reached = match event.op {
                        Op::NotifyOne => reached.into_iter().take(1).collect(),
                        _ => reached,
                    };
                    waiting.retain(|(_, thread)| !reached.contains(thread));
                    self.events[at].target = reached.first().copied();
                    self.events[at].outcome = Some(match reached.is_empty() {
                        true => Outcome::Nobody,
                        false => Outcome::Woke,
                    });
                }
                _ => {}
            }
        }
    }

    /// Whether a waiter comes back from its wait, or tries to, after an event.
    fn wakes_after(&self, thread: ThreadIndex, at: usize) -> bool {
        let relocks = self.events[at..]
            .iter()
            .any(|event| event.thread == thread && event.op == Op::Relock);
        let waits = self.scene.pending[usize::from(thread)]
            .is_some_and(|event| matches!(event.op, Op::Wait | Op::WaitTimeout));
        relocks
            || !waits
            || self
                .released_by(thread)
                .is_some_and(|lock| self.holder(lock).is_some())
    }

    /// The lock that a thread in a wait has given up.
    fn released_by(&self, thread: ThreadIndex) -> Option<ObjectIndex> {
        self.events
            .iter()
            .rev()
            .find(|event| event.thread == thread && takes(event))
            .and_then(|event| event.object)
    }

    /// Who has a lock when everything stands still.
    fn holder(&self, lock: ObjectIndex) -> Option<ThreadIndex> {
        let mut held: Vec<(ObjectIndex, ThreadIndex)> = Vec::new();
        for event in &self.scene.events {
            let Some(object) = event.object else { continue };
            match event.op {
                _ if takes(event) => held.push((object, event.thread)),
                Op::Unlock => held.retain(|&entry| entry != (object, event.thread)),
                Op::Wait | Op::WaitTimeout if self.is_condvar(object) => {
                    let last = held.iter().rposition(|&(_, thread)| thread == event.thread);
                    last.map(|last| held.remove(last));
                }
                _ => {}
            }
        }
        let entry = held.iter().find(|&&(object, _)| object == lock);
        entry.map(|&(_, thread)| thread)
    }

    fn is_condvar(&self, object: ObjectIndex) -> bool {
        self.scene.objects[usize::from(object)].kind == ObjectKind::Condvar
    }

    /// The thread that has the lock that this one waits for.
    fn waits_for(&self, thread: ThreadIndex) -> Option<ThreadIndex> {
        let event = self.scene.pending[usize::from(thread)]?;
        match event.op {
            Op::Lock | Op::Read | Op::Write => self.holder(event.object?),
            _ => None,
        }
    }

    /// Threads of which each has the lock that the one before waits for.
    fn circle(&self) -> Option<Vec<ThreadIndex>> {
        self.pending().find_map(|start| {
            let mut circle = vec![start.thread];
            loop {
                let next = self.waits_for(*circle.last()?)?;
                if next == start.thread {
                    return Some(circle);
                }
                if circle.contains(&next) {
                    return None;
                }
                circle.push(next);
            }
        })
    }

    /// Where each of these threads took what it holds, and what it waits for.
    fn holders(&self, threads: &[ThreadIndex]) -> Story {
        let mut marks = Vec::new();
        for &thread in threads {
            marks.extend(self.events.iter().rposition(|event| {
                event.thread == thread
                    && takes(event)
                    && event
                        .object
                        .is_some_and(|lock| self.holder(lock) == Some(thread))
            }));
            marks.extend(self.events.iter().rposition(|event| event.thread == thread));
        }
        marks.sort_unstable();
        marks.dedup();
        self.story(marks)
    }

    /// Where a thread that sleeps began to.
    fn asleep_since(&self, sleeper: &Event) -> Option<usize> {
        self.events.iter().rposition(|event| same(event, sleeper))
    }

    /// A notification that reached another waiter, which went back to sleep.
    fn wrong_wakeup(&self, sleeper: &Event) -> Option<Story> {
        let asleep = self.asleep_since(sleeper)?;
        self.events
            .iter()
            .enumerate()
            .skip(asleep)
            .find_map(|(at, event)| {
                let other = event.target.filter(|&other| other != sleeper.thread)?;
                if event.op != Op::NotifyOne || event.object != sleeper.object {
                    return None;
                }
                let again = self.events.iter().enumerate().skip(at).find(|(_, later)| {
                    later.thread == other && is_wait(later) && later.object == sleeper.object
                })?;
                Some(self.story(vec![asleep, at, again.0]))
            })
    }

    /// What the sleeper waits for was announced before it slept, or never.
    fn lost_wakeup(&self, sleeper: &Event) -> Option<Story> {
        let asleep = self.asleep_since(sleeper)?;
        let of_others = |event: &Event| event.thread != sleeper.thread;
        let notified = self.events.iter().rposition(|event| {
            of_others(event)
                && event.object == sleeper.object
                && event.outcome == Some(Outcome::Nobody)
        });
        let looked_before = |at: usize| {
            (0..at.min(asleep)).rev().find(|&look| {
                let look = &self.events[look];
                !of_others(look) && looks(look)
            })
        };
        if let Some(notified) = notified {
            let looked = looked_before(notified);
            let mut marks: Vec<usize> = looked.into_iter().chain([notified, asleep]).collect();
            marks.sort_unstable();
            return Some(self.story(marks));
        }
        // Nobody notified at all: then somebody changed what the sleeper had looked at.
        let changed = self
            .events
            .iter()
            .enumerate()
            .rev()
            .find_map(|(at, event)| {
                if !of_others(event) || !changes(event) {
                    return None;
                }
                let look = (0..at.min(asleep)).rev().find(|&look| {
                    let look = &self.events[look];
                    !of_others(look) && looks(look) && look.object == event.object
                })?;
                Some((look, at))
            });
        let (looked, changed) = changed?;
        let mut marks = vec![looked, changed, asleep];
        marks.sort_unstable();
        marks.dedup();
        Some(self.story(marks))
    }

    /// The story with these places marked. The short timeline has what several threads
    /// have to do with, and where threads begin.
    fn story(&self, marks: Vec<usize>) -> Story {
        let mut users = vec![0_u16; self.scene.objects.len()];
        for event in &self.events {
            if let Some(object) = event.object {
                users[usize::from(object)] |= 1 << event.thread;
            }
        }
        let is_key = |event: &Event| {
            let shared = event
                .object
                .is_some_and(|object| users[usize::from(object)].count_ones() > 1);
            match event.op {
                Op::Unlock | Op::Finish | Op::Yield | Op::Spin | Op::Sleep => false,
                Op::Spawn | Op::Panic => true,
                _ => shared || event.outcome.is_some(),
            }
        };
        let key = (0..self.events.len())
            .filter(|&at| is_key(&self.events[at]))
            .collect();
        Story { key, marks }
    }
}

fn is_cell(event: &Event) -> bool {
    matches!(event.op, Op::CellRead | Op::CellWrite)
}

fn is_wait(event: &Event) -> bool {
    matches!(
        event.op,
        Op::Wait | Op::WaitTimeout | Op::Park | Op::ParkTimeout | Op::Recv | Op::RecvTimeout
    )
}

fn takes(event: &Event) -> bool {
    let succeeded = !matches!(event.outcome, Some(Outcome::Busy | Outcome::Blocked));
    succeeded
        && matches!(
            event.op,
            Op::Lock | Op::TryLock | Op::Relock | Op::Write | Op::TryWrite
        )
}

fn looks(event: &Event) -> bool {
    matches!(
        event.op,
        Op::Lock
            | Op::TryLock
            | Op::Relock
            | Op::Load
            | Op::CompareExchange
            | Op::Swap
            | Op::Fetch
            | Op::Read
            | Op::TryRecv
    )
}

fn changes(event: &Event) -> bool {
    match event.op {
        Op::Unlock | Op::Store | Op::Swap | Op::Fetch | Op::Send => true,
        Op::CompareExchange => event.outcome.is_none(),
        _ => false,
    }
}

/// Whether two events are the same step of one thread.
fn same(one: &Event, other: &Event) -> bool {
    one.thread == other.thread
        && one.op == other.op
        && one.object == other.object
        && one.location == other.location
}
