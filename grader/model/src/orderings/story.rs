//! Which events of a broken execution tell the bug.

use super::plot::{Plot, is_cell, is_wait, same, takes};
use crate::outcome::Diagnosis;
use crate::trace::{Event, Op, Outcome, Story, ThreadIndex};

impl Plot<'_> {
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

    /// The story with these places marked.
    fn story(&self, marks: Vec<usize>) -> Story {
        Story::marked(&self.events, marks, |op| {
            matches!(
                op,
                Op::Unlock | Op::Finish | Op::Yield | Op::Spin | Op::Sleep
            )
        })
    }
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
