//! The tests of one exercise: what each holds the learner to, and how it went.

use std::collections::BTreeMap;

use super::look::{Look, Mark, Tone, columns, wrap};
use super::story;
use crate::grading::names;
use crate::messages::summary;
use crate::results::message::Message;
use crate::results::report::{ExerciseReport, TestReport};
use crate::results::verdict::{Diagnosis, Kind, Status, Verdict};

/// The column of test names is at most this wide.
const WIDEST_NAME: usize = 34;

/// One line for each test, by kind.
pub(super) fn render(exercise: &ExerciseReport, look: &Look) -> String {
    let name_of = |test: &TestReport| match test.name.split_once("::") {
        Some((_, name)) => name.to_owned(),
        None => test.name.clone(),
    };
    let names = exercise.tests.iter().map(name_of);
    let name_width = names.map(|name| columns(&name)).max().unwrap_or(0);
    let name_width = name_width.min(WIDEST_NAME);
    let indent = 6 + name_width + 2;
    let mut text = String::new();
    for kind in Kind::ALL {
        let tests: Vec<&TestReport> = of_kind(exercise, kind);
        if tests.is_empty() {
            continue;
        }
        let heading = format!("  {}\n", summary::kind_heading(kind));
        text.push_str(&look.paint(Tone::Faint, &heading));
        for test in tests {
            let name = name_of(test);
            let (mark, how) = outcome(test, look);
            let excess = columns(&name).saturating_sub(name_width);
            // Beside failures, what holds and what is not written yet is told in one line.
            let holds = test.verdict == Verdict::Passed && exercise.status != Status::Passed;
            let brief = (holds || is_todo(test)) && !look.verbose;
            let taken = if brief { excess } else { 0 };
            let width = look.width.saturating_sub(indent + taken).max(24);
            let mut lines = wrap(&test.claim, width);
            if brief && how.is_some() {
                lines.clear();
            } else if brief && lines.len() > 1 {
                let ellipsis = look.pick("…", "...");
                let room = width.saturating_sub(columns(ellipsis));
                lines = wrap(&test.claim, room);
                lines.truncate(1);
                lines[0].push_str(ellipsis);
            }
            if let Some((tone, how)) = how {
                match lines.last_mut() {
                    Some(line) if columns(line) + 2 + columns(&how) <= width => {
                        line.push_str(&format!("  {}", look.paint(tone, &how)));
                    }
                    _ => lines.extend(wrap(&how, width).iter().map(|how| look.paint(tone, how))),
                }
            }
            text.push_str(&format!("    {mark} {name:name_width$}"));
            // A name that is too long moves what fits beside it and leaves the line to itself otherwise.
            let is_beside = brief || columns(&name) <= name_width;
            for (index, line) in lines.iter().enumerate() {
                match index {
                    0 if is_beside => text.push_str(&format!("  {line}\n")),
                    0 => text.push_str(&format!("\n{}{line}\n", " ".repeat(indent))),
                    _ => text.push_str(&format!("{}{line}\n", " ".repeat(indent))),
                }
            }
        }
    }
    text
}

/// The tests of one kind.
pub(super) fn of_kind(exercise: &ExerciseReport, kind: Kind) -> Vec<&TestReport> {
    let tests = exercise.tests.iter();
    tests.filter(|test| test.kind == kind).collect()
}

/// A test's mark, and what is said behind its claim.
fn outcome(test: &TestReport, look: &Look) -> (String, Option<(Tone, String)>) {
    if is_todo(test) {
        return (
            look.mark(Mark::Open),
            Some((Tone::Open, summary::STILL_TODO.to_owned())),
        );
    }
    match test.verdict {
        Verdict::Passed => (
            look.mark(Mark::Passed),
            summary::exploration(test).map(|how| (Tone::Faint, how)),
        ),
        Verdict::Failed | Verdict::TimedOut | Verdict::Crashed => {
            let how = summary::failed_how(story::word(test), test);
            (look.mark(Mark::Failed), Some((Tone::Bad, how)))
        }
        Verdict::Incomplete => {
            let how = summary::exploration(test);
            let how = how.unwrap_or_else(|| story::word(test).to_owned());
            (look.mark(Mark::Unsure), Some((Tone::Open, how)))
        }
        Verdict::NotRun | Verdict::Fault => {
            let how = story::word(test).to_owned();
            (look.mark(Mark::Unsure), Some((Tone::Open, how)))
        }
    }
}

/// Ended in a `todo!()`, which is no bug to explain.
pub(super) fn is_todo(test: &TestReport) -> bool {
    test.verdict == Verdict::Failed
        && test.diagnosis == Some(Diagnosis::Panic)
        && test
            .message
            .as_ref()
            .and_then(Message::said)
            .is_some_and(|message| {
                message.starts_with("not yet implemented") || message.starts_with("not implemented")
            })
}

/// The `todo!()`s that these tests ran into, by place.
pub(super) fn todo_list(tests: &[&TestReport], exercise: &ExerciseReport) -> String {
    if tests.is_empty() {
        return String::new();
    }
    let mut places: BTreeMap<(String, u32), String> = BTreeMap::new();
    for place in tests.iter().filter_map(|test| test.location.as_ref()) {
        let text = exercise.sources.get(&place.file);
        let function = text.and_then(|text| names::enclosing_function(text, place.into()));
        let shown = format!("{}:{}", place.file, place.line);
        let line = summary::todo_place(function.as_deref(), &shown);
        places.insert((place.file.clone(), place.line), line);
    }
    let mut text = format!("\n{}\n", summary::todo_heading(tests.len()));
    for place in places.values() {
        text.push_str(&format!("  {place}\n"));
    }
    text
}
