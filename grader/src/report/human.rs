//! The report for a person.

use std::collections::BTreeMap;

use super::look::{Look, Mark, Tone, columns, wrap};
use super::{checklist, next, pointers, refusals, story};
use crate::grading::names;
use crate::messages::{diagnosis, summary};
use crate::results::refusal::Refusal;
use crate::results::report::{ExerciseReport, Report, TestReport};
use crate::results::verdict::{Diagnosis, Status, Verdict};
use crate::support::sanitise;

/// Failures beside the first that get a block of their own.
const MOST_BLOCKS: usize = 4;

/// Renders a report: a section for each exercise that has something to tell, a line
/// for each when there are several, and what to do next.
pub fn render(report: &Report, look: &Look) -> String {
    if look.quiet {
        return table(&report.exercises, look);
    }
    let single = report.exercises.len() == 1;
    let mut parts: Vec<String> = report
        .exercises
        .iter()
        .filter(|exercise| match exercise.status {
            Status::Pending => false,
            Status::Passed => single || look.verbose,
            _ => true,
        })
        .map(|exercise| section(exercise, report.seed, look))
        .collect();
    if !single || parts.is_empty() {
        parts.push(table(&report.exercises, look));
    }
    parts.push(next::render(report, look));
    parts.join("\n")
}

fn section(exercise: &ExerciseReport, seed: u64, look: &Look) -> String {
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

/// `lock: failed, 6 of 10 points (0.84 s)`
fn heading(exercise: &ExerciseReport, look: &Look) -> String {
    let (_, tone) = status_look(exercise.status);
    let took = match exercise.cached {
        true => summary::UNCHANGED.to_owned(),
        false => summary::seconds(exercise.seconds),
    };
    format!(
        "{} {}, {} {}\n",
        look.paint(Tone::Strong, &format!("{}:", exercise.topic)),
        look.paint(tone, summary::status_word(exercise.status)),
        summary::points(exercise.points, exercise.max_points),
        look.paint(Tone::Faint, &format!("({took})")),
    )
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
    let paragraph = wrap(diagnosis::paragraph(bug), look.width).join("\n");
    format!("{refusal}\n\n{paragraph}")
}

/// The failure to look at first in full, the others in short, what is not written yet by place.
fn failures(exercise: &ExerciseReport, seed: u64, look: &Look) -> String {
    let failed = exercise
        .tests
        .iter()
        .filter(|test| !matches!(test.verdict, Verdict::Passed | Verdict::NotRun));
    let (unwritten, mut failed): (Vec<&TestReport>, Vec<&TestReport>) =
        failed.partition(|test| checklist::is_todo(test));
    failed.sort_by_key(|test| tells_little(test));

    let mut text = String::new();
    let groups = match look.verbose {
        true => failed.iter().map(|test| vec![*test]).collect(),
        false => alike(&failed),
    };
    let full = if look.verbose { groups.len() } else { 1 };
    for group in groups.iter().take(full) {
        text.push('\n');
        text.push_str(&story::render(group, &exercise.sources, seed, look));
    }
    let groups = groups.get(full..).unwrap_or_default();
    if !groups.is_empty() {
        text.push_str(&format!("\n{}\n", summary::ALSO));
        for group in groups.iter().take(MOST_BLOCKS) {
            text.push('\n');
            text.push_str(&story::brief(group, &exercise.sources, seed, look));
        }
        let rest: usize = groups.iter().skip(MOST_BLOCKS).map(Vec::len).sum();
        let ending = match rest {
            0 => summary::SHORTENED.to_owned(),
            rest => summary::more_failures(rest),
        };
        text.push_str(&format!("\n{}\n", look.paint(Tone::Faint, &ending)));
    }
    text.push_str(&todo_list(&unwritten, exercise));
    text
}

/// Small for the failure that explains most: one that has a story, and a short one.
fn tells_little(test: &TestReport) -> (bool, bool, bool, u8, usize) {
    let marked = test.story.trace.iter().any(|step| step.mark.is_some());
    let key_steps = test.story.trace.iter().filter(|step| step.key).count();
    let vague = match test.diagnosis {
        Some(Diagnosis::Assertion) => 2,
        Some(Diagnosis::Panic) => 1,
        Some(Diagnosis::Deadlock | Diagnosis::Livelock) => 1,
        Some(_) => 0,
        None => 3,
    };
    (
        test.diagnosis.is_none(),
        !marked && pointers::main_place(test).is_none(),
        test.story.trace.is_empty(),
        vague,
        key_steps,
    )
}

/// Failures that show the same bug at the same place, together.
fn alike<'a>(tests: &[&'a TestReport]) -> Vec<Vec<&'a TestReport>> {
    let mut groups: Vec<Vec<&TestReport>> = Vec::new();
    for test in tests {
        let place = pointers::main_place(test);
        let same = |other: &TestReport| {
            story::word(other) == story::word(test)
                && pointers::main_place(other) == place
                && (place.is_some() || other.message == test.message)
        };
        match groups.iter_mut().find(|group| same(group[0])) {
            Some(group) => group.push(test),
            None => groups.push(vec![test]),
        }
    }
    groups
}

fn todo_list(tests: &[&TestReport], exercise: &ExerciseReport) -> String {
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

/// One line for each exercise.
fn table(exercises: &[ExerciseReport], look: &Look) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
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
