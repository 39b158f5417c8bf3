//! The end of a report: the score, and the one thing to do next.

use super::look::{Look, Tone, wrap};
use crate::messages::summary;
use crate::results::report::Report;
use crate::results::verdict::Status;

/// The score, and the one thing to do next.
pub(super) fn render(report: &Report, look: &Look) -> String {
    let exercises = &report.exercises;
    let mut text = String::new();
    if exercises.len() > 1 && exercises.iter().any(|e| e.status != Status::Pending) {
        let points = exercises.iter().map(|exercise| exercise.points).sum();
        let of = exercises.iter().map(|exercise| exercise.max_points).sum();
        let total = summary::total(points, of);
        text.push_str(&format!("{}\n", look.paint(Tone::Strong, &total)));
    }
    for line in wrap(&sentence(report, look), look.width) {
        text.push_str(&format!("{line}\n"));
    }
    text
}

fn sentence(report: &Report, look: &Look) -> String {
    let exercises = &report.exercises;
    let first = |status: Status| exercises.iter().find(|exercise| exercise.status == status);
    let begun = exercises.iter().any(|e| e.status != Status::Pending);
    let unfinished = exercises.iter().find(|exercise| {
        matches!(
            exercise.status,
            Status::BuildFailed | Status::Forbidden | Status::Failed
        )
    });
    if let Some(exercise) = unfinished {
        let path = summary::to_open(&exercise.source);
        let check = look.command(&format!("check {}", exercise.topic));
        let hint = format!("{} hint {}", look.program, exercise.topic);
        return match exercise.status {
            Status::BuildFailed => summary::make_it_compile(&path, &check),
            Status::Forbidden => summary::make_it_allowed(&path, &check),
            _ => summary::try_again(&path, &check, &hint),
        };
    }
    if first(Status::Fault).is_some() {
        return summary::FAULT.to_owned();
    }
    if let Some(exercise) = first(Status::Incomplete) {
        return summary::explore_more(&look.command(&format!("check {}", exercise.topic)));
    }
    if let Some(exercise) = first(Status::Pending) {
        let path = summary::to_open(&exercise.source);
        let check = look.command(&format!("check {}", exercise.topic));
        let hint = format!("{} hint {}", look.program, exercise.topic);
        return match begun {
            true => summary::go_on(&exercise.topic, &path, &check),
            false => summary::begin(&exercise.topic, &path, &check, &hint),
        };
    }
    match exercises.len() {
        0 => summary::NOTHING.to_owned(),
        number => summary::all_passed(number),
    }
}
