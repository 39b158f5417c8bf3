//! What is known of a broken execution: its events, and who holds and waits for what.

use serde_json::Value as Json;

use super::scene::Scene;
use crate::trace::{
    Counterexample, Event, ObjectIndex, ObjectKind, Op, Outcome, Story, ThreadIndex,
};

pub(super) struct Plot<'a> {
    scene: &'a Scene,
    /// What happened and, where it is the story, what was about to happen.
    pub(super) events: Vec<Event>,
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

    /// What threads were doing that have not done it.
    pub(super) fn pending(&self) -> impl Iterator<Item = &'a Event> {
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
    pub(super) fn holder(&self, lock: ObjectIndex) -> Option<ThreadIndex> {
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
    pub(super) fn waits_for(&self, thread: ThreadIndex) -> Option<ThreadIndex> {
        let event = self.scene.pending[usize::from(thread)]?;
        match event.op {
            Op::Lock | Op::Read | Op::Write => self.holder(event.object?),
            _ => None,
        }
    }

    /// Threads of which each has the lock that the one before waits for.
    pub(super) fn circle(&self) -> Option<Vec<ThreadIndex>> {
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
}

pub(super) fn is_cell(event: &Event) -> bool {
    matches!(event.op, Op::CellRead | Op::CellWrite)
}

pub(super) fn is_wait(event: &Event) -> bool {
    matches!(
        event.op,
        Op::Wait | Op::WaitTimeout | Op::Park | Op::ParkTimeout | Op::Recv | Op::RecvTimeout
    )
}

pub(super) fn takes(event: &Event) -> bool {
    let succeeded = !matches!(event.outcome, Some(Outcome::Busy | Outcome::Blocked));
    succeeded
        && matches!(
            event.op,
            Op::Lock | Op::TryLock | Op::Relock | Op::Write | Op::TryWrite
        )
}

/// Whether two events are the same step of one thread.
pub(super) fn same(one: &Event, other: &Event) -> bool {
    one.thread == other.thread
        && one.op == other.op
        && one.object == other.object
        && one.location == other.location
}
