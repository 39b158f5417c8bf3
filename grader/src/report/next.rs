//! The end of a report: the score, and the one thing to do next.

use std::path::Path;

use super::findings;
use super::look::{Look, Tone, wrap};
use crate::katas::catalog;
use crate::messages::{diagnosis, summary};
use crate::results::report::{ExerciseReport, Report};
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

/// The exercise that the last sentence speaks of.
pub(super) fn exercise(report: &Report) -> Option<&ExerciseReport> {
    let with = |statuses: &[Status]| {
        let mut exercises = report.exercises.iter();
        exercises.find(|exercise| statuses.contains(&exercise.status))
    };
    with(&[Status::BuildFailed, Status::Forbidden, Status::Failed])
        .or_else(|| with(&[Status::Fault]))
        .or_else(|| with(&[Status::Incomplete]))
        .or_else(|| with(&[Status::Pending]))
}

fn sentence(report: &Report, look: &Look) -> String {
    let Some(exercise) = exercise(report) else {
        return match report.exercises.as_slice() {
            [] => summary::NOTHING.to_owned(),
            [passed] if passed.unasked > 0 => {
                let check = look.command(&format!("check {}", passed.topic));
                summary::asked_passed(passed.tests.len(), passed.unasked, &check)
            }
            [passed] => after(passed, look),
            all => summary::all_passed(all.len()),
        };
    };
    let path = summary::to_open(&exercise.source);
    let check = look.command(&format!("check {}", exercise.topic));
    let hint = format!("{} hint {}", look.program, exercise.topic);
    let begun = report.exercises.iter().any(|e| e.status != Status::Pending);
    match exercise.status {
        Status::BuildFailed => summary::make_it_compile(&path, &check),
        Status::Forbidden => summary::make_it_allowed(&path, &check),
        Status::Failed | Status::Passed => {
            let findings = findings::of(exercise);
            let bug = findings.first().and_then(|finding| finding[0].diagnosis);
            let note = bug.map(|bug| diagnosis::note(bug, &look.program));
            summary::try_again(&path, &check, &hint, note.as_deref())
        }
        Status::Fault => summary::FAULT.to_owned(),
        Status::Incomplete => summary::explore_more(&check),
        Status::Pending if begun => summary::go_on(&exercise.topic, &path, &check),
        Status::Pending => summary::begin(&exercise.topic, &path, &check, &hint),
    }
}

/// What comes after an exercise that has passed.
fn after(passed: &ExerciseReport, look: &Look) -> String {
    let all = catalog::all().unwrap_or_default();
    let mut rest = all.iter().skip_while(|it| it.topic != passed.topic).skip(1);
    let folder = passed.source.parent().and_then(Path::parent);
    let next = rest.next().zip(folder).map(|(next, folder)| {
        let path = summary::to_open(&folder.join(&next.topic).join("src"));
        let check = look.command(&format!("check {}", next.topic));
        summary::go_on(&next.topic, &path, &check)
    });
    let solution = format!("{} solution {}", look.program, passed.topic);
    summary::passed(&solution, next.as_deref())
}
