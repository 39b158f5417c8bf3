//! What each operation does to threads and objects.

use std::collections::{BTreeMap, BTreeSet};

use super::standing::{ObjectState, Standing};
use crate::messages::{replay as say, steps};
use crate::results::report::{Story, TraceStep};

/// Who has a lock.
#[derive(Debug, Clone, Default)]
struct Lock<'a> {
    writer: Option<&'a str>,
    readers: Vec<&'a str>,
}

#[derive(Debug, Clone, Default)]
struct Thread<'a> {
    is_born: bool,
    end: Option<Standing<'a>>,
    /// What it sleeps on, or [`Standing::Parked`].
    asleep: Option<Standing<'a>>,
    /// The locks that it holds, the newest last.
    held: Vec<&'a str>,
    is_unknown: bool,
}

/// Threads and objects in the midst of an execution.
#[derive(Debug, Clone)]
pub(super) struct World<'a> {
    threads: BTreeMap<&'a str, Thread<'a>>,
    locks: BTreeMap<&'a str, Lock<'a>>,
    values: BTreeMap<&'a str, &'a str>,
    /// What was sent on a channel and not received.
    messages: BTreeMap<&'a str, usize>,
    /// From a step that finds the other side of its channel gone to the step from which on it is.
    closings: BTreeMap<usize, usize>,
    /// The last step that came to pass.
    now: usize,
    /// Who has used an object last.
    last: BTreeMap<&'a str, &'a str>,
    kinds: BTreeMap<&'a str, Kind>,
    /// The objects that have been seen since steps were left out; all if none were.
    known: Option<BTreeSet<&'a str>>,
}

/// What kind of thing an object is, as far as the steps tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Mutex,
    RwLock,
    Condvar,
    Atomic,
    /// Nothing is known of its state. The word says what it is.
    Used(&'static str),
}

impl Kind {
    fn of(op: &str) -> Option<Kind> {
        Some(match op {
            "lock" | "try_lock" | "relock" => Kind::Mutex,
            "read" | "try_read" | "write" | "try_write" => Kind::RwLock,
            "wait" | "wait_timeout" | "notify_one" | "notify_all" => Kind::Condvar,
            "load" | "store" | "swap" | "fetch" | "compare_exchange" => Kind::Atomic,
            "send" | "try_send" | "recv" | "try_recv" | "recv_timeout" | "disconnect" => {
                Kind::Used(say::CHANNEL)
            }
            "cell_read" | "cell_write" => Kind::Used(say::DATA),
            _ => return None,
        })
    }
}

impl<'a> World<'a> {
    /// Before the first step. The first thread runs the test.
    pub(super) fn before(story: &'a Story) -> World<'a> {
        let steps = || story.trace.iter().chain(&story.blocked);
        let mut threads: BTreeMap<&str, Thread<'_>> = BTreeMap::new();
        for (index, name) in story.threads.iter().enumerate() {
            threads.entry(name).or_default().is_born = index == 0;
        }
        let mut kinds = BTreeMap::new();
        let mut values = BTreeMap::new();
        let mut stored = BTreeSet::new();
        for step in steps() {
            let Some(object) = step.object.as_deref() else {
                continue;
            };
            match Kind::of(&step.op) {
                Some(kind) => {
                    kinds.insert(object, kind);
                }
                None => {
                    kinds.entry(object).or_insert(Kind::Used(say::OTHER));
                }
            }
            // What the first one to look at it sees was in it from the beginning.
            let is_look = step.op != "store" && !stored.contains(object);
            if let (true, Some(Kind::Atomic), Some(value)) =
                (is_look, Kind::of(&step.op), step.value.as_deref())
            {
                values.entry(object).or_insert(value);
            }
            stored.insert(object);
        }
        World {
            threads,
            locks: BTreeMap::new(),
            values,
            messages: BTreeMap::new(),
            closings: closings(&story.trace),
            now: 0,
            last: BTreeMap::new(),
            kinds,
            known: None,
        }
    }

    /// Nothing is known any more, because steps are left out here.
    pub(super) fn forget(&mut self) {
        for thread in self.threads.values_mut() {
            if thread.end.is_none() {
                thread.is_born = true;
                thread.asleep = None;
                thread.held.clear();
                thread.is_unknown = true;
            }
        }
        self.locks.clear();
        self.values.clear();
        self.messages.clear();
        self.last.clear();
        self.known = Some(BTreeSet::new());
    }

    /// What a step does. `rest` are the steps after it.
    pub(super) fn take(&mut self, step: &'a TraceStep, rest: &'a [TraceStep]) {
        let me = step.thread.as_str();
        let thread = self.threads.entry(me).or_default();
        thread.is_born = true;
        if steps::is_blocked(step) {
            return;
        }
        thread.is_unknown = false;
        self.now = step.step;
        if let Some(object) = step.object.as_deref() {
            self.last.insert(object, me);
            if let Some(known) = &mut self.known {
                known.insert(object);
            }
        }
        let failed = matches!(
            step.outcome.as_deref(),
            Some("busy" | "empty" | "full" | "disconnected")
        );
        match step.op.as_str() {
            "spawn" => {
                if let Some(target) = step.target.as_deref() {
                    self.threads.entry(target).or_default().is_born = true;
                }
            }
            "finish" => {
                thread.end.get_or_insert(Standing::Ended);
            }
            "panic" => thread.end = Some(Standing::Panicked),
            "lock" | "try_lock" | "relock" | "write" | "try_write" | "timeout"
            | "spurious_wakeup"
                if !failed =>
            {
                self.wake(me);
                self.acquire(me, step.object.as_deref());
            }
            "read" | "try_read" if !failed => self.share(me, step.object.as_deref()),
            "unlock" => self.release(me, step.object.as_deref()),
            "wait" | "wait_timeout" => self.wait(step, rest),
            "park" | "park_timeout" => {
                let sleeps = thread.asleep.is_none() && step.outcome.is_none();
                thread.asleep = sleeps.then_some(Standing::Parked);
            }
            "notify_one" | "notify_all" => self.notify(step),
            "unpark" if step.outcome.as_deref() == Some("woke") => {
                if let Some(target) = step.target.as_deref() {
                    self.wake(target);
                }
            }
            "send" | "try_send" if !failed => {
                if let Some(object) = step.object.as_deref() {
                    *self.messages.entry(object).or_default() += 1;
                }
            }
            "recv" | "try_recv" | "recv_timeout" if !failed => {
                if let Some(object) = step.object.as_deref() {
                    let left = self.messages.entry(object).or_default();
                    *left = left.saturating_sub(1);
                }
            }
            "load" | "store" | "swap" | "fetch" | "compare_exchange" => self.value(step, failed),
            _ => {}
        }
    }

    fn value(&mut self, step: &'a TraceStep, failed: bool) {
        let (Some(object), Some(value)) = (step.object.as_deref(), step.value.as_deref()) else {
            return;
        };
        match (step.op.as_str(), step.after.as_deref()) {
            // In the orderings' engine, an old value may be seen.
            ("load", _) => {
                self.values.entry(object).or_insert(value);
            }
            ("store", _) => {
                self.values.insert(object, value);
            }
            (_, Some(after)) if !failed => {
                self.values.insert(object, after);
            }
            (_, None) if !failed => {
                // It was changed, and nobody says to what.
                self.values.remove(object);
            }
            _ => {
                self.values.entry(object).or_insert(value);
            }
        }
    }

    fn wait(&mut self, step: &'a TraceStep, rest: &'a [TraceStep]) {
        let me = step.thread.as_str();
        let thread = self.threads.entry(me).or_default();
        if step.outcome.is_some() {
            // A sleep has ended, or one without any time was none.
            self.wake(me);
            return;
        }
        if let Some(mutex) = thread.held.pop()
            && let Some(lock) = self.locks.get_mut(mutex)
        {
            lock.writer = None;
        }
        if !ends_at_once(step, rest) {
            let object = step.object.as_deref();
            thread.asleep = Some(object.map_or(Standing::Parked, Standing::AsleepOn));
        }
    }

    fn notify(&mut self, step: &'a TraceStep) {
        if step.outcome.as_deref() != Some("woke") {
            return;
        }
        match (step.target.as_deref(), step.object.as_deref()) {
            (Some(target), _) if step.op == "notify_one" => self.wake(target),
            (target, Some(object)) => {
                for (name, thread) in &mut self.threads {
                    if thread.asleep == Some(Standing::AsleepOn(object)) || target == Some(name) {
                        thread.asleep = None;
                    }
                }
            }
            (target, None) => target.into_iter().for_each(|target| self.wake(target)),
        }
    }

    fn wake(&mut self, thread: &'a str) {
        self.threads.entry(thread).or_default().asleep = None;
    }

    fn acquire(&mut self, thread: &'a str, object: Option<&'a str>) {
        let Some(object) = object.filter(|it| self.is_lock(it)) else {
            return;
        };
        self.locks.entry(object).or_default().writer = Some(thread);
        self.threads.entry(thread).or_default().held.push(object);
    }

    fn share(&mut self, thread: &'a str, object: Option<&'a str>) {
        let Some(object) = object else { return };
        let lock = self.locks.entry(object).or_default();
        // A writer that goes on as a reader has it as a lock that it holds already.
        let was_writer = lock.writer.take_if(|writer| *writer == thread).is_some();
        lock.readers.push(thread);
        if !was_writer {
            self.threads.entry(thread).or_default().held.push(object);
        }
    }

    fn release(&mut self, thread: &'a str, object: Option<&'a str>) {
        let Some(object) = object else { return };
        let lock = self.locks.entry(object).or_default();
        match lock.readers.iter().position(|reader| *reader == thread) {
            Some(reader) => drop(lock.readers.remove(reader)),
            None => lock.writer = None,
        }
        let held = &mut self.threads.entry(thread).or_default().held;
        if let Some(at) = held.iter().rposition(|it| *it == object) {
            held.remove(at);
        }
    }

    fn is_lock(&self, object: &str) -> bool {
        matches!(self.kinds.get(object), Some(Kind::Mutex | Kind::RwLock))
    }

    /// How a thread stands if the next thing that it does, or is blocked in, is `next`.
    pub(super) fn standing(&self, name: &str, next: Option<&'a TraceStep>) -> Standing<'a> {
        let Some(thread) = self.threads.get(name) else {
            return Standing::NotStarted;
        };
        if let Some(end) = &thread.end {
            return end.clone();
        }
        if thread.is_unknown {
            return Standing::Unknown;
        }
        if !thread.is_born {
            return Standing::NotStarted;
        }
        if let Some(asleep) = &thread.asleep {
            return asleep.clone();
        }
        let waiting = next.and_then(|next| self.waiting(next));
        waiting.unwrap_or(Standing::Ready)
    }

    /// What keeps a thread from a step.
    fn waiting(&self, next: &'a TraceStep) -> Option<Standing<'a>> {
        let (object, target) = (next.object.as_deref(), next.target.as_deref());
        match next.op.as_str() {
            "lock" | "relock" | "write" | "read" | "timeout" | "spurious_wakeup" => {
                let object = object?;
                let lock = self.locks.get(object)?;
                let reader = lock.readers.first().filter(|_| next.op != "read");
                let holder = lock.writer.or(reader.copied())?;
                Some(Standing::WaitsForLock {
                    object,
                    holder,
                    is_own: holder == next.thread,
                })
            }
            "join" => {
                let target = target?;
                let has_ended = self.threads.get(target)?.end.is_some();
                (!has_ended).then_some(Standing::WaitsForEnd(target))
            }
            "await_blocked" => Some(Standing::WaitsForBlock(target?)),
            "recv" | "recv_timeout" => {
                let object = object?;
                let left = self.messages.get(object).copied().unwrap_or(0);
                let closing = self.closings.get(&next.step);
                let waits = left == 0 && closing.is_none_or(|closing| self.now < *closing);
                waits.then_some(Standing::WaitsForMessage(object))
            }
            "sleep" => Some(Standing::Sleeping),
            _ => None,
        }
    }

    /// How an object stands.
    pub(super) fn object(&self, name: &'a str) -> ObjectState<'a> {
        let kind = self
            .kinds
            .get(name)
            .copied()
            .unwrap_or(Kind::Used(say::OTHER));
        let lock = || self.locks.get(name).cloned().unwrap_or_default();
        let state = match kind {
            Kind::Mutex => ObjectState::Mutex(lock().writer),
            Kind::RwLock => ObjectState::RwLock {
                writer: lock().writer,
                readers: lock().readers,
            },
            Kind::Condvar => {
                let asleep = Some(Standing::AsleepOn(name));
                let sleepers = self.threads.iter().filter(|(_, it)| it.asleep == asleep);
                ObjectState::Condvar(sleepers.map(|(thread, _)| *thread).collect())
            }
            Kind::Atomic => ObjectState::Atomic(self.values.get(name).copied()),
            Kind::Used(kind) => ObjectState::Used {
                kind,
                by: self.last.get(name).copied(),
            },
        };
        let is_known = self.known.as_ref().is_none_or(|known| known.contains(name));
        match is_known {
            true => state,
            false => ObjectState::Unknown(state.kind()),
        }
    }
}

/// Whether a wait ends by itself before anybody could notify it: somebody does, and does not
/// reach it.
fn ends_at_once(step: &TraceStep, rest: &[TraceStep]) -> bool {
    let Some(end) = rest.iter().position(|later| later.thread == step.thread) else {
        return false;
    };
    let by_itself = ["timeout", "spurious_wakeup"].contains(&rest[end].op.as_str());
    let missed = |later: &TraceStep| steps::is_notification(later) && later.object == step.object;
    by_itself && rest[..end].iter().any(missed)
}

/// The step before each failing receive that has closed its channel: of several senders, the last
/// one that goes.
fn closings(trace: &[TraceStep]) -> BTreeMap<usize, usize> {
    let mut last: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    let mut closings = BTreeMap::new();
    for step in trace {
        let object = step.object.as_deref();
        if step.op == "disconnect" {
            last.insert(object, step.step);
        } else if step.outcome.as_deref() == Some("disconnected")
            && let Some(closing) = last.get(&object)
        {
            closings.insert(step.step, *closing);
        }
    }
    closings
}
