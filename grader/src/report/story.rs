//! One failed test told in full: the learner's source with the decisive places
//! numbered, what the bug is, and the steps that lead to it.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Group, Level, Origin, Renderer};

use super::look::{Look, Tone, columns, wrap};
use super::pointers;
use super::timeline;
use crate::grading::names;
use crate::messages::{diagnosis, steps, summary};
use crate::results::place::Place;
use crate::results::report::{Sources, TestReport};
use crate::results::verdict::{Diagnosis, Kind, Verdict};
use crate::support::sanitise;

/// Words of an assertion that take more rows are no headline.
const LONGEST_HEADLINE: usize = 3;

/// Lines of a test process's own output that are shown, unless verbose.
const MOST_OUTPUT: usize = 12;

/// The whole story of a test that did not pass.
pub fn render(test: &TestReport, sources: &Sources, seed: u64, look: &Look) -> String {
    let mut footers: Vec<(&str, String)> = said(test, look).into_iter().collect();
    let found = summary::found_by(test, seed);
    match test.verdict {
        Verdict::Failed => {
            footers.push((summary::PROMISED, test.claim.clone()));
            footers.push((summary::FOUND_BY, found));
        }
        _ => footers.push((summary::TEST, found)),
    }
    if let Some(bug) = test.diagnosis {
        footers.push((summary::READ, diagnosis::note(bug, &look.program)));
    }
    let mut text = annotated(test, sources, footers, look);
    text.push('\n');
    push_paragraph(&mut text, &explanation(test), look);
    let table = timeline::render(&test.story, timeline::Steps::Key, look);
    if !table.is_empty() {
        text.push_str(&format!("\n{table}"));
        if test.story.preemptions.is_some_and(|number| number > 0) {
            let note = look.paint(Tone::Faint, diagnosis::PREEMPTION);
            text.push_str(&format!("\n  {note}\n"));
        }
    }
    text.push_str(&printed(&test.output, look));
    text
}

/// What a finding says, in so many rows where that is possible: the places first, then what the
/// bug is, then as much of the steps as there is room for.
pub fn answer(
    finding: &[&TestReport],
    sources: &Sources,
    seed: u64,
    rows: usize,
    look: &Look,
) -> String {
    let Some(test) = finding.first() else {
        return String::new();
    };
    let places = |promise: bool| {
        let mut footers: Vec<(&str, String)> = said(test, look).into_iter().collect();
        if promise {
            footers.push((summary::PROMISED, test.claim.clone()));
        }
        let origin = match test.verdict {
            Verdict::Failed => summary::FOUND_BY,
            _ => summary::TEST,
        };
        footers.push((origin, summary::found_by(test, seed)));
        annotated(test, sources, footers, look) + "\n"
    };
    let advice = advice(test, look);
    let advised = wrap(&advice, look.width.saturating_sub(4)).len();
    // What was found is clearer than what was promised, if it has a name of its own.
    let mut text = places(test.diagnosis == Some(Diagnosis::Assertion));
    if text.lines().count() + advised > rows {
        text = places(false);
    }
    let taken = text.lines().count() + advised + 1;
    let tables = [timeline::Steps::Key, timeline::Steps::Marked]
        .map(|steps| timeline::render(&test.story, steps, look));
    let fits = |table: &&String| table.lines().count() + taken <= rows;
    let table = tables.iter().filter(|table| !table.is_empty()).find(fits);
    push_paragraph(&mut text, &advice, look);
    if let Some(table) = table {
        text.push_str(&format!("\n{table}"));
    }
    text.push_str(&printed(&test.output, look));
    text
}

/// Headline, places and facts.
fn annotated(
    test: &TestReport,
    sources: &Sources,
    footers: Vec<(&'static str, String)>,
    look: &Look,
) -> String {
    let pointers = pointers::of_test(test, sources, look);
    let headline = headline(test, pointers.primary(), sources, look).join("\n");
    let mut group = Group::with_title(Level::ERROR.primary_title(&headline).id(word(test)));
    for snippet in pointers.snippets(sources) {
        group = group.element(snippet);
    }
    if let (true, Some(place)) = (pointers.0.is_empty(), pointers::main_place(test)) {
        group = group.element(origin(place));
    }
    for aside in pointers.0.iter().filter(|pointer| pointer.aside) {
        let text = format!("{} {}", aside.number, aside.label);
        group = group.element(Level::NOTE.no_name().message(text));
    }
    for (name, text) in footers {
        let room = look.width.saturating_sub(columns(name) + 9).max(20);
        // Where a line breaks, another one begins, and with it perhaps a command.
        let text = sanitise::text(&wrap(&sanitise::text(&text), room).join("\n"));
        group = group.element(Level::NOTE.with_name(name).message(text));
    }
    print(group, look)
}

fn push_paragraph(text: &mut String, paragraph: &str, look: &Look) {
    for line in wrap(paragraph, look.width.saturating_sub(4)) {
        text.push_str(&format!("  {line}\n"));
    }
}

/// The word in brackets: the diagnosis, or the verdict if there is none.
pub fn word(test: &TestReport) -> &'static str {
    match test.diagnosis {
        Some(bug) => diagnosis::word(bug),
        None => diagnosis::verdict_word(test.verdict),
    }
}

/// The rows of the headline.
fn headline(
    test: &TestReport,
    place: Option<&Place>,
    sources: &Sources,
    look: &Look,
) -> Vec<String> {
    let function = place.and_then(|place| {
        let called = pointers::call_at(test, place).map(str::to_owned);
        let text = sources.get(&place.file)?;
        called.or_else(|| names::enclosing_function(text, place.into()))
    });
    let headline = match (test.diagnosis, asserted(test, look)) {
        (_, Some((headline, _))) => sanitise::text(headline),
        (Some(bug), None) => diagnosis::title(bug, function.as_deref()),
        (None, None) => diagnosis::verdict_title(test.verdict).to_owned(),
    };
    wrap(&headline, headline_width(test, look))
}

/// The room that the renderer leaves for a headline beside `error[lost_wakeup]: `.
fn headline_width(test: &TestReport, look: &Look) -> usize {
    let before = "error[]: ".len() + word(test).len();
    look.width.saturating_sub(before).max(20)
}

/// A failed assertion's own words, if they are fit for a headline, and the lines that follow.
fn asserted<'a>(test: &'a TestReport, look: &Look) -> Option<(&'a str, &'a str)> {
    if test.diagnosis != Some(Diagnosis::Assertion) {
        return None;
    }
    let message = test.message.as_ref()?.said()?.trim();
    let (first, rest) = message.split_once('\n').unwrap_or((message, ""));
    let words = match first.strip_prefix("assertion ") {
        Some(code) => code.split_once(" failed: ")?.1,
        None => first,
    };
    let rows = wrap(&sanitise::text(words), headline_width(test, look)).len();
    (1..=LONGEST_HEADLINE)
        .contains(&rows)
        .then_some((words, rest))
}

fn origin(place: Place) -> Origin<'static> {
    Origin::path(place.file)
        .line(place.line as usize)
        .char_column(place.column as usize)
}

/// Draws a group.
fn print(group: Group<'_>, look: &Look) -> String {
    let renderer = match look.color {
        true => Renderer::styled(),
        false => Renderer::plain(),
    };
    // The ASCII gutter is the one that learners know from rustc.
    let rendered = renderer
        .term_width(look.width)
        .decor_style(DecorStyle::Ascii)
        .render(&[group]);
    // Without a place, the renderer draws a gutter that leads nowhere.
    let is_gutter = |line: &str| anstream::adapter::strip_str(line).to_string().trim() == "|";
    rendered
        .lines()
        .enumerate()
        .filter(|(index, line)| *index != 1 || !is_gutter(line))
        .fold(String::new(), |text, (_, line)| {
            text + line.trim_end() + "\n"
        })
}

/// What the panic, the assertion or the engine said, and who is speaking.
fn said(test: &TestReport, look: &Look) -> Option<(&'static str, String)> {
    let message = match asserted(test, look) {
        Some((_, rest)) => rest.to_owned(),
        None => test.message.as_ref()?.to_string(),
    };
    if message.is_empty() {
        return None;
    }
    let names_threads = message
        .split(", ")
        .all(|word| test.story.threads.iter().any(|thread| thread == word));
    let marked = test.story.marked().next().is_some();
    match test.diagnosis {
        Some(Diagnosis::Panic) => Some((summary::MESSAGE, message)),
        None => Some((summary::REASON, message)),
        _ if names_threads => (!marked).then_some((summary::WHO, message)),
        _ => Some((summary::THE_TEST_SAYS, message)),
    }
}

/// The first thing to do about it.
fn advice(test: &TestReport, look: &Look) -> String {
    match test.diagnosis {
        Some(Diagnosis::Assertion) if !test.story.trace.is_empty() => {
            return diagnosis::step_by_step(look.more);
        }
        Some(Diagnosis::LostWakeup) => {
            let notification = test
                .story
                .marked()
                .find(|step| steps::is_notification(step));
            diagnosis::advice_on_lost_wakeup(notification.map(|step| step.target.is_some()))
        }
        Some(Diagnosis::WrongWakeup) if test.story.marked().any(steps::gives_up) => {
            diagnosis::WOKE_A_QUITTER
        }
        Some(bug) => diagnosis::advice(bug),
        None => diagnosis::verdict_advice(test.verdict),
    }
    .to_owned()
}

fn explanation(test: &TestReport) -> String {
    let paragraph = match test.diagnosis {
        Some(bug) => diagnosis::paragraph(bug),
        None => diagnosis::verdict_paragraph(test.verdict),
    };
    let ending = match test.diagnosis {
        Some(Diagnosis::Assertion) if !test.story.trace.is_empty() => diagnosis::FOLLOW_THE_STEPS,
        Some(_) if test.kind == Kind::Stress => diagnosis::REAL_THREADS,
        _ => "",
    };
    format!("{paragraph} {ending}")
}

fn printed(output: &str, look: &Look) -> String {
    if output.trim().is_empty() {
        return String::new();
    }
    let lines: Vec<&str> = output.lines().collect();
    let most = if look.verbose {
        lines.len()
    } else {
        MOST_OUTPUT
    };
    let mut text = format!("\n  {}\n", summary::PRINTED);
    for line in lines.iter().take(most) {
        text.push_str(format!("  | {}", sanitise::text(line)).trim_end());
        text.push('\n');
    }
    if lines.len() > most {
        text.push_str(&format!("  | {}\n", look.pick("…", "...")));
    }
    text
}
