//! A failing execution as the record's JSON.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value as Json, json};

use super::event::{Event, ObjectIndex, ObjectInfo, Op, Outcome};
use super::rounds::{self, Rounds};

/// What a finished trace says beside the events themselves.
#[derive(Debug, Clone, Default)]
pub struct Story {
    /// Indices of the events that belong in the short timeline.
    pub key: Vec<usize>,
    /// Indices of the events that are annotated in the source, in the order of their marks.
    pub marks: Vec<usize>,
}

impl Story {
    /// The story with these places marked. The short timeline has what several threads
    /// have to do with, and where threads begin, but nothing quiet.
    pub fn marked(events: &[Event], marks: Vec<usize>, is_quiet: fn(Op) -> bool) -> Story {
        let mut users: HashMap<ObjectIndex, u16> = HashMap::new();
        for event in events {
            if let Some(object) = event.object {
                *users.entry(object).or_default() |= 1 << event.thread;
            }
        }
        let is_shared = |object: ObjectIndex| users[&object].count_ones() > 1;
        let is_key = |event: &Event| match event.op {
            op if is_quiet(op) => false,
            Op::Spawn | Op::Panic => true,
            _ if event.object.is_some_and(is_shared) => true,
            _ => event.outcome.is_some_and(|it| it != Outcome::Changed),
        };
        let key = (0..events.len())
            .filter(|&at| is_key(&events[at]))
            .collect();
        Story { key, marks }
    }
}

/// A failing execution, ready to be written down.
#[derive(Debug, Clone)]
pub struct Counterexample<'a> {
    /// Which execution of the search it was, counted from 1.
    pub execution: u64,
    /// Preemptions in it.
    pub preemptions: u32,
    /// Injected spurious wake-ups in it.
    pub spurious: u32,
    /// Timed waits in it that gave up.
    pub timeouts: u32,
    /// Names of the threads.
    pub threads: Vec<String>,
    /// The objects, by index.
    pub objects: Vec<ObjectInfo>,
    /// Everything that happened.
    pub events: &'a [Event],
    /// What matters of it.
    pub story: Story,
    /// What each unfinished thread was about to do when nothing could go on.
    pub blocked: Vec<Event>,
}

/// The most events that are told of the beginning of an execution, and of its end.
const LONGEST_END: usize = 500;

/// A round that has no more events than this is told as a whole if any of it matters.
const SHORT_ROUND: usize = 12;

impl Counterexample<'_> {
    /// The record's format.
    ///
    /// Of events that come again and again only the first round is told, and how often it
    /// comes again. What is still too long is told from its beginning and its end.
    pub fn to_json(&self) -> Json {
        let mut steps = self.steps();
        if steps.len() > 2 * LONGEST_END {
            let middle = LONGEST_END..steps.len() - LONGEST_END;
            let mut indices = 0..;
            steps.retain(|step| {
                let is_middle = indices.next().is_some_and(|index| middle.contains(&index));
                !is_middle || !step["mark"].is_null()
            });
        }
        json!({
            "execution": self.execution,
            "preemptions": self.preemptions,
            "spurious": self.spurious,
            "timeouts": self.timeouts,
            "threads": self.threads,
            "objects": self.objects.iter().map(|object| json!({
                "kind": object.kind.word(),
                "file": object.created.file(),
                "line": object.created.line(),
                "column": object.created.column(),
            })).collect::<Vec<_>>(),
            "steps": steps,
            "blocked": self.blocked.iter().map(event_to_json).collect::<Vec<_>>(),
        })
    }

    fn steps(&self) -> Vec<Json> {
        let Story { key, marks } = &self.story;
        let key: BTreeSet<usize> = key.iter().chain(marks).copied().collect();
        let one_by_one = |from: usize, to: usize| {
            let key = &key;
            (from..to).map(move |index| self.step(index, key.contains(&index)))
        };
        let mut steps = Vec::new();
        let mut at = 0;
        for rounds in rounds::find(self.events, marks) {
            steps.extend(one_by_one(at, rounds.start));
            steps.extend(self.first_of(&rounds, &key));
            at = rounds.end();
        }
        steps.extend(one_by_one(at, self.events.len()));
        steps
    }

    /// The first of these rounds, with what matters of any of them.
    fn first_of(&self, rounds: &Rounds, key: &BTreeSet<usize>) -> Vec<Json> {
        let matters: BTreeSet<usize> = key
            .range(rounds.start..rounds.end())
            .map(|index| (index - rounds.start) % rounds.length)
            .collect();
        // The last event says how often all of them come again.
        let is_key = |at: usize| match matters.is_empty() {
            true => false,
            false if rounds.length <= SHORT_ROUND || at + 1 == rounds.length => true,
            false => matters.contains(&at),
        };
        let mut steps: Vec<Json> = (0..rounds.length)
            .map(|at| self.step(rounds.start + at, is_key(at)))
            .collect();
        if let Some(last) = steps.last_mut() {
            last["again"] = json!({ "steps": rounds.length, "times": rounds.count - 1 });
        }
        steps
    }

    fn step(&self, index: usize, is_key: bool) -> Json {
        let mark = self.story.marks.iter().position(|&at| at == index);
        let mut step = event_to_json(&self.events[index]);
        step["step"] = json!(index + 1);
        step["key"] = json!(is_key);
        step["mark"] = json!(mark.map(|at| at + 1));
        step
    }
}

fn event_to_json(event: &Event) -> Json {
    json!({
        "thread": event.thread,
        "op": event.op.word(),
        "object": event.object,
        "outcome": event.outcome.map(Outcome::word),
        "target": event.target,
        "value": event.value.map(|value| value.to_string()),
        "after": event.after.map(|value| value.to_string()),
        "file": event.location.file(),
        "line": event.location.line(),
        "column": event.location.column(),
    })
}
