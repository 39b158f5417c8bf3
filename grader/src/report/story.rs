//! One failed test told in full: the learner's source with the decisive places
//! numbered, what the bug is, and the steps that lead to it.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Group, Level, Origin, Renderer};

use super::look::{Look, Tone, columns, wrap};
use super::pointers;
use super::timeline;
use crate::grading::names;
use crate::messages::{diagnosis, summary};
use crate::results::place::Place;
use crate::results::report::{Sources, TestReport};
use crate::results::verdict::{Diagnosis, Kind, Verdict};
use crate::support::sanitise;

/// Longer words of an assertion are no headline.
const LONGEST_HEADLINE: usize = 62;

/// Lines of a test process's own output that are shown, unless verbose.
const MOST_OUTPUT: usize = 12;

/// The full story of the first of these tests, which all show the same bug at the same place.
pub fn render(tests: &[&TestReport], sources: &Sources, seed: u64, look: &Look) -> String {
    let Some(test) = tests.first() else {
        return String::new();
    };
    let pointers = pointers::of_test(test, sources, look);
    let headline = headline(test, pointers.primary(), sources);
    let mut group = title(test, &headline);
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
    let mut text = print(group, tests, seed, look);

    text.push('\n');
    for line in wrap(&explanation(test), look.width - 4) {
        text.push_str(&format!("  {line}\n"));
    }
    let table = timeline::render(&test.story, look);
    if !table.is_empty() {
        text.push_str(&format!("\n{table}"));
        let hidden = timeline::hidden_steps(&test.story.trace, look);
        let preempted = test.story.preemptions.is_some_and(|number| number > 0);
        let notes = [
            (hidden > 0).then(|| summary::more_steps(hidden)),
            preempted.then(|| diagnosis::PREEMPTION.to_owned()),
        ];
        for (index, note) in notes.into_iter().flatten().enumerate() {
            let gap = if index == 0 { "\n" } else { "" };
            text.push_str(&format!("{gap}  {}\n", look.paint(Tone::Faint, &note)));
        }
    }
    text.push_str(&printed(&test.output, look));
    text
}

/// The same in a few lines, for failures that are not the one to look at first.
pub fn brief(tests: &[&TestReport], sources: &Sources, seed: u64, look: &Look) -> String {
    let Some(test) = tests.first() else {
        return String::new();
    };
    let place = pointers::main_place(test);
    let headline = headline(test, place.as_ref(), sources);
    let mut group = title(test, &headline);
    if let Some(place) = place {
        group = group.element(origin(place));
    }
    print(group, tests, seed, look)
}

/// The word in brackets: the diagnosis, or the verdict if there is none.
pub fn word(test: &TestReport) -> &'static str {
    match test.diagnosis {
        Some(bug) => diagnosis::word(bug),
        None => diagnosis::verdict_word(test.verdict),
    }
}

fn headline(test: &TestReport, place: Option<&Place>, sources: &Sources) -> String {
    let function = place.and_then(|place| {
        let text = sources.get(&place.file)?;
        names::enclosing_function(text, place.into())
    });
    match (test.diagnosis, asserted(test)) {
        (_, Some((headline, _))) => sanitise::text(headline),
        (Some(bug), None) => diagnosis::title(bug, function.as_deref()),
        (None, None) => diagnosis::verdict_title(test.verdict).to_owned(),
    }
}

/// A failed assertion's own words, if they are fit for a headline, and the lines that follow.
fn asserted(test: &TestReport) -> Option<(&str, &str)> {
    if test.diagnosis != Some(Diagnosis::Assertion) {
        return None;
    }
    let message = test.message.as_ref()?.said()?.trim();
    let (first, rest) = message.split_once('\n').unwrap_or((message, ""));
    let words = match first.strip_prefix("assertion ") {
        Some(code) => code.split_once(" failed: ")?.1,
        None => first,
    };
    (!words.is_empty() && columns(words) <= LONGEST_HEADLINE).then_some((words, rest))
}

fn title<'a>(test: &TestReport, headline: &'a str) -> Group<'a> {
    Group::with_title(Level::ERROR.primary_title(headline).id(word(test)))
}

fn origin(place: Place) -> Origin<'static> {
    Origin::path(place.file)
        .line(place.line as usize)
        .char_column(place.column as usize)
}

/// Adds the footer and renders.
fn print(group: Group<'_>, tests: &[&TestReport], seed: u64, look: &Look) -> String {
    let mut group = group;
    let mut footer = |name: &'static str, text: &str| {
        let room = look.width.saturating_sub(columns(name) + 9).max(20);
        // Where a line breaks, another one begins, and with it perhaps a command.
        let text = sanitise::text(&wrap(&sanitise::text(text), room).join("\n"));
        let element = Level::NOTE.with_name(name).message(text);
        group = std::mem::replace(&mut group, Group::with_level(Level::NOTE)).element(element);
    };
    if let Some(test) = tests.first() {
        if let Some((name, message)) = said(test) {
            footer(name, &message);
        }
        let found = summary::found_by(test, seed);
        match test.verdict {
            Verdict::Failed => {
                footer(summary::PROMISED, &test.claim);
                footer(summary::FOUND_BY, &found);
            }
            _ => footer(summary::TEST, &found),
        }
        let others: Vec<String> = tests[1..].iter().map(|test| test.name.clone()).collect();
        if !others.is_empty() {
            footer(summary::ALSO_BY, &summary::other_tests(&others));
        }
        if let Some(bug) = test.diagnosis {
            footer(summary::READ, &diagnosis::note(bug));
        }
    }
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
fn said(test: &TestReport) -> Option<(&'static str, String)> {
    let message = match asserted(test) {
        Some((_, rest)) => rest.to_owned(),
        None => test.message.as_ref()?.to_string(),
    };
    if message.is_empty() {
        return None;
    }
    let names_threads = message
        .split(", ")
        .all(|word| test.story.threads.iter().any(|thread| thread == word));
    let marked = test.story.trace.iter().any(|step| step.mark.is_some());
    match test.diagnosis {
        Some(Diagnosis::Panic) => Some((summary::MESSAGE, message)),
        None => Some((summary::REASON, message)),
        _ if names_threads => (!marked).then_some((summary::WHO, message)),
        _ => Some((summary::THE_TEST_SAYS, message)),
    }
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
