//! The report for a person.

use super::look::{Look, wrap};
use super::overview::{heading, table};
use super::{answer, checklist, findings, next, pointers, refusals, story};
use crate::messages::{diagnosis, summary};
use crate::results::place::Place;
use crate::results::refusal::Refusal;
use crate::results::report::{ExerciseReport, Report};
use crate::results::verdict::{Diagnosis, Status};
use crate::support::sanitise;

/// Renders a report: a line for each exercise when there are several, the answer for the one
/// that the reader has to look at now, and what to do next. When verbose, everything about each
/// exercise.
pub fn render(report: &Report, look: &Look) -> String {
    if look.quiet {
        return table(&report.exercises, look);
    }
    let single = report.exercises.len() == 1;
    let next = next::render(report, look);
    let told = report
        .exercises
        .iter()
        .filter(|exercise| match exercise.status {
            Status::Pending => false,
            Status::Passed => single || look.verbose,
            _ => true,
        });
    let mut parts: Vec<String> = Vec::new();
    if look.verbose {
        parts.extend(told.map(|exercise| section(exercise, report.seed, look)));
        if !single || parts.is_empty() {
            parts.push(table(&report.exercises, look));
        }
    } else {
        if !single
            || report
                .exercises
                .iter()
                .all(|it| it.status == Status::Pending)
        {
            parts.push(table(&report.exercises, look));
        }
        // One thing at a time: it is also the one that the last sentence speaks of.
        let now = next::exercise(report)
            .filter(|_| !single)
            .or(told.into_iter().next());
        let now = now.filter(|it| single || !matches!(it.status, Status::Pending | Status::Passed));
        parts.extend(now.map(|exercise| {
            let after = next.lines().count() + 1;
            let rows = answer::ROWS.saturating_sub(after);
            self::answer(exercise, report.seed, rows, look)
        }));
    }
    parts.push(next);
    parts.join("\n")
}

/// The answer for an exercise that was run, in so many rows where that is possible, or why it was
/// not run.
pub fn answer(exercise: &ExerciseReport, seed: u64, rows: usize, look: &Look) -> String {
    match &exercise.refusal {
        Some(refusal) => {
            let refused = refused(exercise, refusal, look);
            format!("{}\n{refused}\n", heading(exercise, look))
        }
        None => answer::render(exercise, seed, rows, look),
    }
}

/// The bug that the answer tells, if it has a name.
pub fn diagnosis(exercise: &ExerciseReport) -> Option<Diagnosis> {
    let findings = findings::of(exercise);
    findings.first().and_then(|finding| finding[0].diagnosis)
}

/// What is known already of an exercise whose check still runs: the compiler's errors, or the
/// finding that explains most so far.
pub fn so_far(exercise: &ExerciseReport, seed: u64, rows: usize, look: &Look) -> Option<String> {
    match &exercise.refusal {
        Some(refusal) => Some(refused(exercise, refusal, look)),
        None => {
            let findings = findings::of(exercise);
            let sources = &exercise.sources;
            let finding = findings.first()?;
            Some(story::answer(finding, sources, seed, rows, look))
        }
    }
}

/// Whether a failure has been found that is worth telling: a `todo!()` is not.
pub fn has_finding(exercise: &ExerciseReport) -> bool {
    !findings::of(exercise).is_empty()
}

/// Where to look first in what was found.
pub fn place(exercise: &ExerciseReport) -> Option<Place> {
    match &exercise.refusal {
        Some(refusal) => refusals::place(refusal),
        None => {
            let told = findings::of(exercise).first().map(|finding| finding[0]);
            let unwritten = || findings::unwritten(exercise).first().copied();
            pointers::main_place(told.or_else(unwritten)?)
        }
    }
}

/// Everything that is known of an exercise.
pub fn section(exercise: &ExerciseReport, seed: u64, look: &Look) -> String {
    let mut text = heading(exercise, look);
    if let Some(refusal) = &exercise.refusal {
        text.push_str(&format!("\n{}\n", refused(exercise, refusal, look)));
        return text;
    }
    text.push('\n');
    text.push_str(&checklist::render(exercise, look));
    if !exercise.unmodelled.is_empty() {
        let notice = summary::unmodelled(&exercise.unmodelled);
        text.push_str(&format!("\n{}\n", wrap(&notice, look.width).join("\n")));
    }
    text.push_str(&failures(exercise, seed, look));
    text
}

/// rustc's words, or the forbidden items: as they are, then one sentence.
fn refused(exercise: &ExerciseReport, refusal: &Refusal, look: &Look) -> String {
    let refusal = refusals::render(refusal, look.color);
    let refusal = refusal.trim_end();
    let bug = match exercise.status {
        Status::Forbidden => Diagnosis::Forbidden,
        _ => Diagnosis::CompileError,
    };
    // rustc's own colours are kept; nothing else may steer the terminal.
    let refusal = match look.color {
        true => refusal.to_owned(),
        false => sanitise::text(&anstream::adapter::strip_str(refusal).to_string()),
    };
    if exercise.status == Status::Failed {
        return wrap(&refusal, look.width).join("\n");
    }
    let refusal = match exercise.status {
        Status::BuildFailed if !look.verbose => refusals::first_errors(&refusal, look.more),
        _ => refusal,
    };
    let paragraph = wrap(diagnosis::paragraph(bug), look.width).join("\n");
    format!("{refusal}\n\n{paragraph}")
}

/// Every failure in full, and by place what is not written yet.
fn failures(exercise: &ExerciseReport, seed: u64, look: &Look) -> String {
    let mut text = String::new();
    for test in findings::of(exercise).into_iter().flatten() {
        text.push('\n');
        text.push_str(&story::render(test, &exercise.sources, seed, look));
    }
    text.push_str(&checklist::todo_list(
        &findings::unwritten(exercise),
        exercise,
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::look::columns;
    use crate::report::looks;
    use crate::results::fixtures;
    use crate::results::message::Message;

    fn rendered(exercises: Vec<ExerciseReport>, look: &Look) -> String {
        // What rustc and the policy say is shown as it is.
        let ours = exercises.iter().all(|exercise| exercise.refusal.is_none());
        let text = render(&fixtures::report(exercises), look);
        for line in anstream::adapter::strip_str(&text).to_string().lines() {
            assert!(
                !ours || columns(line) <= 80,
                "wider than 80 columns: {line}"
            );
            assert_eq!(line, line.trim_end(), "space at the end of a line");
        }
        text
    }

    macro_rules! snapshots {
        ($($name:ident: $exercises:expr, $look:expr;)*) => {
            $(#[test]
            fn $name() {
                insta::assert_snapshot!(rendered($exercises, &$look));
            })*
        };
    }

    snapshots! {
        lost_wakeup: vec![fixtures::lost_wakeup()], looks::plain();
        lost_wakeup_in_color: vec![fixtures::lost_wakeup()], looks::colored();
        lost_wakeup_verbose: vec![fixtures::lost_wakeup()], looks::verbose();
        lost_wakeup_in_ascii: vec![fixtures::lost_wakeup()],
            Look { unicode: false, ..looks::plain() };
        data_race: vec![fixtures::data_race()], looks::plain();
        lock_cycle: vec![fixtures::lock_cycle()], looks::plain();
        deadlock: vec![fixtures::deadlock()], looks::plain();
        self_deadlock: vec![fixtures::self_deadlock()], looks::plain();
        spurious_wakeup: vec![fixtures::spurious_wakeup()], looks::plain();
        busy_wait: vec![fixtures::busy_wait()], looks::plain();
        assertion: vec![fixtures::assertion()], looks::plain();
        unfinished: vec![fixtures::unfinished()], looks::plain();
        many_threads_and_failures: vec![fixtures::crowd()], looks::plain();
        build_failed: vec![fixtures::build_failed()], looks::plain();
        forbidden: vec![fixtures::forbidden()], looks::plain();
        fault: vec![fixtures::fault()], looks::plain();
        incomplete: vec![fixtures::incomplete()], looks::plain();
        passed: vec![fixtures::passed("lock")], looks::plain();
        passed_in_color: vec![fixtures::passed("lock")], looks::colored();
        pending: vec![fixtures::pending("lock")], looks::plain();
        all_pending: ["lock", "semaphore", "condition"].map(fixtures::pending).into(),
            looks::plain();
        all_passed: ["lock", "semaphore", "condition"].map(fixtures::passed).into(),
            looks::plain();
        a_mix: vec![
            fixtures::passed("lock"),
            fixtures::build_failed(),
            fixtures::incomplete(),
            fixtures::pending("barrier"),
        ], looks::plain();
        begun: vec![fixtures::passed("lock"), fixtures::pending("semaphore")], looks::plain();
        nothing: Vec::new(), looks::plain();
        quiet: vec![fixtures::lost_wakeup(), fixtures::pending("semaphore")], looks::quiet();
    }

    #[test]
    fn suggested_commands_repeat_the_source_that_was_asked_for() {
        let look = Look {
            source: Some("my work".to_owned()),
            ..looks::plain()
        };
        let text = rendered(vec![fixtures::build_failed()], &look);
        assert!(
            text.contains("cargo grader check lock --source 'my work'"),
            "{text}"
        );
    }

    #[test]
    fn what_a_learner_prints_cannot_steer_the_terminal() {
        let mut exercise = fixtures::unfinished();
        for test in &mut exercise.tests {
            test.message = Some(Message::Said("\u{1b}[2Jgone".to_owned()));
            test.output = "\u{1b}]0;title\u{7}".to_owned();
        }
        let text = rendered(vec![exercise], &looks::plain());
        assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'));
    }
}
