//! The events of a broken execution, and the search for those that tell the bug.

use super::kernel::Kernel;
use super::object::{ObjectId, State};
use super::request::Gate;
use crate::trace::{Event, ObjectIndex, Op, Outcome, Story};

/// The events of an execution, and the search for those that matter.
pub(super) struct Plot<'a> {
    pub(super) kernel: &'a Kernel,
    /// What happened, and last what each blocked thread is blocked in.
    pub(super) events: Vec<Event>,
}

impl<'a> Plot<'a> {
    pub(super) fn new(kernel: &'a Kernel) -> Plot<'a> {
        let mut plot = Plot {
            kernel,
            events: kernel.events.clone(),
        };
        plot.mark_changes();
        // A sleeper's last event says already where it sleeps.
        let stuck = plot
            .blocked()
            .into_iter()
            .filter(|event| event.outcome.is_some());
        plot.events.extend(stuck.collect::<Vec<_>>());
        plot
    }

    /// Says of each lock that is given back whether what it guards was changed. With several locks
    /// at once, that is not known.
    fn mark_changes(&mut self) {
        let mut held: Vec<Vec<ObjectIndex>> = vec![Vec::new(); self.kernel.threads.len()];
        let mut changed = vec![false; held.len()];
        let mut changes = self.kernel.changes.iter().peekable();
        for at in 0..self.events.len() {
            let event = &mut self.events[at];
            let me = usize::from(event.thread);
            let (mine, object) = (&mut held[me], event.object);
            match event.op {
                Op::Lock | Op::Relock | Op::Write | Op::TryLock | Op::TryWrite
                    if event.outcome != Some(Outcome::Busy) =>
                {
                    mine.extend(object);
                }
                Op::Unlock => {
                    if mine.len() == 1 && std::mem::take(&mut changed[me]) {
                        event.outcome = event.outcome.or(Some(Outcome::Changed));
                    }
                    mine.retain(|&it| Some(it) != object);
                }
                // The guard is given back, and comes back with the wake-up.
                Op::Wait | Op::WaitTimeout => {
                    mine.pop();
                    changed[me] = false;
                }
                _ => {}
            }
            while changes.next_if(|&&change| change <= at).is_some() {
                changed[me] |= held[me].len() == 1;
            }
        }
    }

    pub(super) fn events(&self) -> &[Event] {
        &self.events
    }

    /// What each thread that cannot go on is blocked in.
    pub(super) fn blocked(&self) -> Vec<Event> {
        let mut events = Vec::new();
        for (index, thread) in self.kernel.threads.iter().enumerate() {
            let gate = thread.pending.gate;
            let can_go_on = matches!(
                gate,
                Gate::Open
                    | Gate::Sleeping(_)
                    | Gate::Asleep { deadline: Some(_) }
                    | Gate::Receivable(_, Some(_))
            );
            if thread.finished || can_go_on {
                continue;
            }
            let mut event = Event::new(index as u8, thread.pending.op, thread.pending.location);
            event.object = thread.pending.touches[0].map(|(object, _)| object.0);
            if !matches!(gate, Gate::Asleep { .. }) {
                event.outcome = Some(Outcome::Blocked);
            }
            if let Gate::Ended(other) | Gate::Blocked(other) = gate {
                event.target = Some(other as u8);
            }
            if let Gate::Free(mutex) = gate
                && let Some(holder) = self.kernel.holder(mutex)
            {
                event.target = Some(holder as u8);
            }
            events.push(event);
        }
        events
    }

    /// The thread that holds what this one waits for.
    fn waits_for(&self, thread: usize) -> Option<usize> {
        let waiting = &self.kernel.threads[thread];
        match waiting.pending.gate {
            _ if waiting.finished => None,
            Gate::Free(id) | Gate::Readable(id) | Gate::Writable(id) => self.kernel.holder(id),
            _ => None,
        }
    }

    pub(super) fn waits_for_itself(&self) -> Option<usize> {
        (0..self.kernel.threads.len()).find(|&thread| self.waits_for(thread) == Some(thread))
    }

    /// Threads of which each holds what the one before waits for.
    pub(super) fn circle(&self) -> Option<Vec<usize>> {
        (0..self.kernel.threads.len()).find_map(|start| {
            let mut circle = vec![start];
            loop {
                let next = self.waits_for(*circle.last()?)?;
                if next == start {
                    return Some(circle);
                }
                if circle.contains(&next) {
                    return None;
                }
                circle.push(next);
            }
        })
    }

    /// A thread that sleeps until it is notified, on a condition variable or in `park`.
    pub(super) fn sleeper(&self) -> Option<usize> {
        self.kernel.threads.iter().position(|thread| {
            let object = thread.pending.touches[0].map(|(id, _)| usize::from(id.0));
            let state = object.map(|object| &self.kernel.objects[object].state);
            !thread.finished
                && thread.pending.gate == Gate::Asleep { deadline: None }
                && matches!(state, Some(State::Condvar { .. } | State::Parker { .. }))
        })
    }

    pub(super) fn is_wait(event: &Event) -> bool {
        matches!(
            event.op,
            Op::Wait | Op::WaitTimeout | Op::Park | Op::ParkTimeout
        )
    }

    pub(super) fn is_notify(event: &Event) -> bool {
        matches!(event.op, Op::NotifyOne | Op::NotifyAll | Op::Unpark)
    }

    /// Where the thread fell asleep.
    pub(super) fn asleep_since(&self, thread: usize) -> Option<usize> {
        self.events
            .iter()
            .rposition(|event| usize::from(event.thread) == thread && Self::is_wait(event))
    }

    /// The notification that reached another waiter of the same kind, which went back to
    /// sleep or never woke up to it, while this one slept.
    fn wasted_notification(&self, sleeper: usize) -> Option<(usize, usize)> {
        let asleep = self.asleep_since(sleeper)?;
        let object = self.events[asleep].object;
        self.events
            .iter()
            .enumerate()
            .skip(asleep)
            .find_map(|(at, event)| {
                let other = event
                    .target
                    .filter(|&other| usize::from(other) != sleeper)?;
                if !Self::is_notify(event) || event.object != object {
                    return None;
                }
                let again = self.events.iter().enumerate().skip(at).find(|(_, later)| {
                    later.thread == other
                        && Self::is_wait(later)
                        && later.object == object
                        && later.outcome.is_none()
                })?;
                Some((at, again.0))
            })
    }

    pub(super) fn wasted(&self, sleeper: usize) -> bool {
        self.wasted_notification(sleeper).is_some()
    }

    pub(super) fn wrong_wakeup(&self, sleeper: usize) -> Story {
        let marks = match (
            self.asleep_since(sleeper),
            self.wasted_notification(sleeper),
        ) {
            (Some(asleep), Some((notified, again))) => vec![asleep, notified, again],
            _ => Vec::new(),
        };
        self.story(marks)
    }

    /// Where each of these threads took what it holds, and what it waits for.
    pub(super) fn holders(&self, threads: &[usize]) -> Story {
        let mut marks = Vec::new();
        for &thread in threads {
            let held_by_me = |event: &&Event| {
                usize::from(event.thread) == thread
                    && event
                        .object
                        .is_some_and(|id| self.kernel.holder(ObjectId(id)) == Some(thread))
                    && event.outcome.is_none()
            };
            let taken = self.events.iter().rev().find(held_by_me);
            let taken = taken.and_then(|taken| {
                self.events
                    .iter()
                    .rposition(|event| std::ptr::eq(event, taken))
            });
            let waiting = self
                .events
                .iter()
                .rposition(|event| usize::from(event.thread) == thread);
            marks.extend(taken.into_iter().chain(waiting));
        }
        marks.sort_unstable();
        marks.dedup();
        self.story(marks)
    }

    /// What each unfinished thread did last.
    pub(super) fn last_of_each(&self) -> Story {
        self.story(self.last_events())
    }

    /// What each thread did last that runs on for ever. Others have done nothing for long.
    pub(super) fn last_of_the_busy(&self) -> Story {
        let mut marks = self.last_events();
        marks.retain(|&mark| mark >= self.events.len() / 2);
        self.story(marks)
    }

    /// The last event of each unfinished thread in the learner's code, in their order. A thread
    /// that the test itself keeps waiting is none of them, if there is another one.
    fn last_events(&self) -> Vec<usize> {
        let last_of = |thread: usize| {
            let last = |event: &Event| usize::from(event.thread) == thread && !self.is_test(event);
            self.events.iter().rposition(last)
        };
        let unfinished = |thread: &usize| !self.kernel.threads[*thread].finished;
        let all = (0..self.kernel.threads.len()).filter(unfinished);
        let (of_test, own): (Vec<usize>, Vec<usize>) = all
            .partition(|&thread| is_test_code(self.kernel.threads[thread].pending.location.file()));
        let mut last_events: Vec<usize> = own.into_iter().filter_map(last_of).collect();
        if last_events.is_empty() {
            last_events.extend(of_test.into_iter().filter_map(last_of));
        }
        last_events.sort_unstable();
        last_events
    }

    /// The accesses that race, and the operations of the learner's code between them.
    pub(super) fn race(&self) -> Story {
        let Some(second) = self.events.len().checked_sub(1) else {
            return self.story(Vec::new());
        };
        let object = self.events[second].object;
        let thread = self.events[second].thread;
        let first = self.events[..second].iter().rposition(|event| {
            event.object == object
                && event.thread != thread
                && (event.op == Op::CellWrite || self.events[second].op == Op::CellWrite)
        });
        let Some(first) = first else {
            return self.story(vec![second]);
        };
        let other = self.events[first].thread;
        let visible = |event: &Event| !self.is_test(event) && event.object.is_some();
        let left = (first..second)
            .find(|&at| self.events[at].thread == other && visible(&self.events[at]));
        let came = (0..second)
            .rev()
            .find(|&at| self.events[at].thread == thread && visible(&self.events[at]));
        let mut marks: Vec<usize> = left.into_iter().chain(came).collect();
        marks.sort_unstable();
        marks.dedup();
        let mut story = self.story(marks);
        story.key.extend([first, second]);
        story
    }

    /// The wait that woke up by itself.
    pub(super) fn spurious(&self) -> Story {
        let woke = self.events.iter().rposition(|event| {
            event.op == Op::SpuriousWakeup || event.outcome == Some(Outcome::Spurious)
        });
        let Some(woke) = woke else {
            return self.conflict();
        };
        let thread = self.events[woke].thread;
        let waits = self.events[..woke]
            .iter()
            .rposition(|event| event.thread == thread && Self::is_wait(event));
        self.story(waits.into_iter().chain([woke]).collect())
    }

    /// The last time that another thread came between two operations of one on the same object.
    pub(super) fn conflict(&self) -> Story {
        let visible = |event: &Event| !self.is_test(event) && event.object.is_some();
        for (last, event) in self.events.iter().enumerate().rev() {
            if !visible(event) {
                continue;
            }
            let between = (0..last).rev().find(|&at| {
                let other = &self.events[at];
                other.thread != event.thread
                    && other.object == event.object
                    && visible(other)
                    && other.op != Op::Load
            });
            let first = between.and_then(|between| {
                (0..between).rev().find(|&at| {
                    let mine = &self.events[at];
                    mine.thread == event.thread
                        && mine.object == event.object
                        && visible(mine)
                        && mine.op != Op::Unlock
                })
            });
            if let (Some(first), Some(between)) = (first, between) {
                return self.story(vec![first, between, last]);
            }
        }
        self.last_of_each()
    }

    pub(super) fn is_test(&self, event: &Event) -> bool {
        is_test_code(event.location.file())
    }

    /// The story with these places marked.
    pub(super) fn story(&self, marks: Vec<usize>) -> Story {
        Story::marked(&self.events, marks, |op| {
            matches!(
                op,
                Op::Unlock | Op::Start | Op::Finish | Op::Now | Op::Yield | Op::Spin
            )
        })
    }
}

/// Whether a source file is one of the hidden tests'.
pub(super) fn is_test_code(file: &str) -> bool {
    file.ends_with("suite.rs") || file.contains("tests/") || file.contains("tests\\")
}
