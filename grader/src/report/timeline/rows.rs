//! Which steps of a counterexample are shown, before they are laid out.

use std::collections::BTreeMap;

use crate::messages::steps;
use crate::report::look::{Look, Tone, columns};
use crate::results::record::Again;
use crate::results::report::TraceStep;

/// Steps shown at most, unless verbose: the beginning and the end of longer executions.
const MOST_STEPS: usize = 40;

/// Which steps of a counterexample are shown, unless all are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steps {
    /// Those that matter; all if none is said to.
    Key,
    /// Those that tell the bug.
    Marked,
}

/// How many steps come after this one that are told by it.
fn steps_again(step: &TraceStep) -> usize {
    step.again
        .map_or(0, |again| again.steps as usize * again.times as usize)
}

/// One line of the table, before it is laid out.
pub(super) enum Row<'a> {
    /// With the function that its thread has been called in meanwhile, if it is another one than
    /// in the thread's row before.
    Step(&'a TraceStep, Option<&'a str>),
    /// What a thread waits for at the end.
    Blocked(&'a TraceStep),
    /// The steps that end with this one come again.
    Again(&'a TraceStep, Again),
    /// So many steps are left out here for length.
    Gap(usize),
}

impl Row<'_> {
    pub(super) fn thread(&self) -> Option<&str> {
        match self {
            Row::Step(step, _) | Row::Blocked(step) => Some(&step.thread),
            Row::Again(..) | Row::Gap(_) => None,
        }
    }

    pub(super) fn number(&self) -> String {
        match self {
            Row::Step(step, _) => step.step.to_string(),
            Row::Blocked(_) | Row::Again(..) | Row::Gap(_) => String::new(),
        }
    }

    pub(super) fn number_width(&self) -> usize {
        columns(&self.number())
    }

    /// Steps of the hidden test itself are background.
    pub(super) fn tone(&self) -> Option<Tone> {
        match self {
            Row::Blocked(_) => Some(Tone::Bad),
            Row::Step(step, _) if step.mark.is_some() => Some(Tone::Strong),
            Row::Step(step, _) if step.file.is_empty() => Some(Tone::Faint),
            Row::Step(..) => None,
            Row::Again(..) | Row::Gap(_) => Some(Tone::Faint),
        }
    }
}

/// A step in which its thread is blocked never came to pass, so it has no number.
fn rows_of(step: &TraceStep) -> impl Iterator<Item = Row<'_>> {
    let row = match steps::is_blocked(step) {
        true => Row::Blocked(step),
        false => Row::Step(step, None),
    };
    let again = step.again.map(|again| Row::Again(step, again));
    std::iter::once(row).chain(again)
}

pub(super) fn rows<'a>(
    trace: &'a [TraceStep],
    blocked: &'a [TraceStep],
    steps: Steps,
    look: &Look,
) -> Vec<Row<'a>> {
    let mut rows = match steps {
        _ if look.verbose => all_rows(trace),
        Steps::Key => key_rows(trace),
        Steps::Marked => {
            let marked = trace.iter().filter(|step| step.mark.is_some());
            marked.flat_map(rows_of).collect()
        }
    };
    name_calls(&mut rows);
    let is_told = |step: &&TraceStep| {
        let mut ends = trace.iter().filter(|end| steps::is_blocked(end));
        ends.any(|end| end.thread == step.thread)
    };
    rows.extend(
        blocked
            .iter()
            .filter(|step| !is_told(step))
            .map(Row::Blocked),
    );
    rows
}

/// Says where a thread is in another call than before.
fn name_calls(rows: &mut [Row<'_>]) {
    let mut calls: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for row in rows {
        if let Row::Step(step, begun) = row {
            let call = step.call.as_deref();
            let before = calls.insert(&step.thread, call).flatten();
            *begun = call.filter(|_| before != call);
        }
    }
}

/// Every step that is known, and how many are not.
fn all_rows(trace: &[TraceStep]) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut end = 0;
    for step in trace {
        let unknown = step.step.saturating_sub(end + 1);
        if unknown > 0 {
            rows.push(Row::Gap(unknown));
        }
        rows.extend(rows_of(step));
        end = step.step + steps_again(step);
    }
    rows
}

/// The steps that matter, or all if none is said to.
fn key_steps(trace: &[TraceStep]) -> Vec<&TraceStep> {
    let any_key = trace.iter().any(|step| step.key);
    trace.iter().filter(|step| step.key || !any_key).collect()
}

/// The steps that matter, but for the middle where they are too many.
fn key_rows(trace: &[TraceStep]) -> Vec<Row<'_>> {
    let steps = key_steps(trace);
    let left_out = steps.len().saturating_sub(MOST_STEPS);
    if left_out == 0 {
        return steps.into_iter().flat_map(rows_of).collect();
    }
    let (head, rest) = steps.split_at(MOST_STEPS / 4);
    let mut rows: Vec<Row<'_>> = head.iter().copied().flat_map(rows_of).collect();
    rows.push(Row::Gap(left_out));
    rows.extend(rest[left_out..].iter().copied().flat_map(rows_of));
    rows
}
