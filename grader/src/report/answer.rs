//! The answer: what a person needs to know of one exercise now, on one screen.
//!
//! How much is right, the one finding that explains most, and what to do. All the rest is counted,
//! and `--verbose` tells it.

use super::findings::{self, Finding};
use super::look::{Look, Tone, wrap};
use super::{checklist, overview, story};
use crate::messages::summary;
use crate::results::report::ExerciseReport;
use crate::results::verdict::{Kind, Status};

/// Rows of a screen.
pub(super) const ROWS: usize = 24;

/// Renders a section of so many rows where that is possible.
pub(super) fn render(exercise: &ExerciseReport, seed: u64, rows: usize, look: &Look) -> String {
    let mut text = overview::heading(exercise, look);
    let counts = match exercise.status {
        Status::Passed => proved(exercise),
        _ => vec![summary::counts(exercise)],
    };
    for line in counts {
        push_wrapped(&mut text, &line, look);
    }
    if !exercise.unmodelled.is_empty() {
        push_wrapped(&mut text, &summary::unmodelled(&exercise.unmodelled), look);
    }
    let findings = findings::of(exercise);
    let ending = ending(exercise, &findings, look);
    if let Some(finding) = findings.first() {
        let taken = text.lines().count() + ending.lines().count() + 1;
        let room = rows.saturating_sub(taken);
        text.push('\n');
        text.push_str(&story::answer(finding, &exercise.sources, seed, room, look));
    }
    text + &ending
}

/// What is known of a right crate, a line for each kind of test.
fn proved(exercise: &ExerciseReport) -> Vec<String> {
    Kind::ALL
        .into_iter()
        .map(|kind| checklist::of_kind(exercise, kind))
        .filter(|tests| !tests.is_empty())
        .map(|tests| summary::proved(&tests))
        .collect()
}

/// What else failed, counted; and what is not written yet, by place.
fn ending(exercise: &ExerciseReport, findings: &[Finding<'_>], look: &Look) -> String {
    let mut text = String::new();
    let rest: usize = findings.iter().skip(1).map(Vec::len).sum();
    if let Some(told) = findings.first()
        && told.len() + rest > 1
    {
        text.push('\n');
        let also = summary::also_failed(told.len() - 1, rest, look.more);
        for line in wrap(&also, look.width) {
            text.push_str(&format!("{line}\n"));
        }
    }
    let unwritten = findings::unwritten(exercise);
    if !unwritten.is_empty() {
        text.push_str(&checklist::todo_list(&unwritten, exercise));
    }
    text
}

fn push_wrapped(text: &mut String, line: &str, look: &Look) {
    for line in wrap(line, look.width.saturating_sub(2)) {
        text.push_str(&format!("  {}\n", look.paint(Tone::Faint, &line)));
    }
}
