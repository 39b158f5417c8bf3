//! One line for an exercise: how it stands.

use super::look::{Look, Mark, Tone, columns};
use crate::messages::summary;
use crate::results::report::ExerciseReport;
use crate::results::verdict::{Status, Verdict};

/// `lock: failed, 6 of 10 points (0.84 s)`
pub(super) fn heading(exercise: &ExerciseReport, look: &Look) -> String {
    let (_, tone) = status_look(exercise.status);
    let took = match exercise.cached {
        true => summary::UNCHANGED.to_owned(),
        false => summary::seconds(exercise.seconds),
    };
    // Points that are not complete would be taken for the result.
    let points = match exercise.tests.iter().any(summary::is_left_out) {
        true => String::new(),
        false => format!(
            ", {}",
            summary::points(exercise.points, exercise.max_points)
        ),
    };
    format!(
        "{} {}{points} {}\n",
        look.paint(Tone::Strong, &format!("{}:", exercise.topic)),
        look.paint(tone, summary::status_word(exercise.status)),
        look.paint(Tone::Faint, &format!("({took})")),
    )
}

/// One line for each exercise.
pub(super) fn table(exercises: &[ExerciseReport], look: &Look) -> String {
    let topics = exercises.iter().map(|exercise| columns(&exercise.topic));
    let width = topics.max().unwrap_or(0);
    let score = |exercise: &ExerciseReport| match exercise.status {
        Status::Pending => String::new(),
        _ => summary::score(exercise.points, exercise.max_points) + "  ",
    };
    let scores = exercises.iter().map(|exercise| columns(&score(exercise)));
    let score_width = scores.max().unwrap_or(0);
    let mut text = String::new();
    for exercise in exercises {
        let (mark, tone) = status_look(exercise.status);
        let failed = exercise
            .tests
            .iter()
            .filter(|test| test.verdict != Verdict::Passed);
        let detail = match exercise.status {
            Status::Passed => summary::passed_line(exercise),
            Status::Failed => summary::failed_line(failed.count(), exercise.tests.len()),
            _ => String::new(),
        };
        let line = format!(
            "{} {:width$}  {:>score_width$}{}",
            look.mark(mark),
            exercise.topic,
            score(exercise),
            look.paint(tone, summary::status_word(exercise.status)),
        );
        let detail = match detail.is_empty() {
            true => detail,
            false => look.paint(Tone::Faint, &format!("  {detail}")),
        };
        text.push_str(&format!("{line}{detail}\n"));
    }
    text
}

/// The mark and the colour of a status.
pub(super) fn status_look(status: Status) -> (Mark, Tone) {
    match status {
        Status::Passed => (Mark::Passed, Tone::Good),
        Status::Failed | Status::BuildFailed | Status::Forbidden => (Mark::Failed, Tone::Bad),
        Status::Pending => (Mark::Open, Tone::Open),
        Status::Fault | Status::Incomplete => (Mark::Unsure, Tone::Open),
    }
}
