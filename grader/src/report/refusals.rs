//! Why a crate was not run, in the style of rustc.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::messages::refusals as say;
use crate::results::place::Place;
use crate::results::refusal::{CompileError, Forbidden, InterfaceError, Refusal};
use crate::support::sanitise;

/// The most forbidden things that are drawn.
const MOST_FORBIDDEN: usize = 12;
/// The most errors of the compiler that a person reads at once.
const MOST_ERRORS: usize = 3;
/// The most lines of each.
const LONGEST_ERROR: usize = 24;
/// The most bytes of errors that are shown.
const LONGEST: usize = 24_000;
/// The most errors of the hidden tests that are listed.
const MOST_INTERFACE_ERRORS: usize = 8;

/// The whole text; rustc's own has the colours with which it was made.
pub fn render(refusal: &Refusal, color: bool) -> String {
    match refusal {
        Refusal::NoSource { src } => say::no_source(src),
        Refusal::Link { folder } => say::folder_is_a_link(folder),
        Refusal::NotUtf8 { file, line } => say::not_utf8(file, *line),
        Refusal::NotARegularFile { file } => say::not_a_regular_file(file),
        Refusal::TooManyFiles { src, most } => say::too_many_files(src, *most),
        Refusal::TooLarge { file, largest } => say::too_large(file, *largest),
        Refusal::Unwritten { function, place } => say::unwritten(function, place),
        Refusal::Forbidden(items) => forbidden(items, color),
        Refusal::ReadsElsewhere { src, what } => say::reads_elsewhere(src, *what),
        Refusal::DoesNotCompile(errors) => compile_errors(errors),
        Refusal::InterfaceDiffers { topic, errors } => interface_differs(topic, errors),
        Refusal::CompilerBrokeDown { src, ended } => {
            say::compiler_broke_down(src, ended.as_deref())
        }
        Refusal::CompilerTookTooLong { src, limit } => say::compiler_took_too_long(src, *limit),
        Refusal::Said(text) => text.clone(),
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render(self, false))
    }
}

fn forbidden(items: &[Forbidden], color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = String::new();
    for forbidden in items.iter().take(MOST_FORBIDDEN) {
        let title = say::forbidden(&forbidden.item);
        let annotation = AnnotationKind::Primary
            .span(forbidden.range.clone())
            .label(say::why_forbidden(forbidden.reason));
        let snippet = Snippet::source(&forbidden.excerpt)
            .path(&forbidden.place.file)
            .line_start(forbidden.place.line as usize)
            .annotation(annotation);
        let group = Level::ERROR
            .primary_title(&title)
            .id("forbidden")
            .element(snippet)
            .element(Level::HELP.message(say::instead_of_forbidden(forbidden.reason)));
        text.push_str(&renderer.render(&[group]));
        text.push_str("\n\n");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    if color {
        sanitise::colored(&text)
    } else {
        sanitise::text(&text)
    }
}

fn compile_errors(errors: &[CompileError]) -> String {
    let told = errors.iter().map(|error| {
        let missing = error.missing_from_std.as_deref().map(say::not_in_this_std);
        error.rendered.clone() + &missing.unwrap_or_default()
    });
    sanitise::cap(&told.collect::<Vec<_>>().join("\n"), LONGEST)
}

/// The first place that a refusal speaks of, if it is known.
pub fn place(refusal: &Refusal) -> Option<Place> {
    match refusal {
        Refusal::Unwritten { place, .. } => Some(place.clone()),
        Refusal::Forbidden(items) => items.first().map(|item| item.place.clone()),
        Refusal::InterfaceDiffers { errors, .. } => errors
            .iter()
            .flat_map(|error| &error.places)
            .next()
            .cloned(),
        Refusal::DoesNotCompile(errors) => errors.iter().find_map(|it| arrow(&it.rendered)),
        Refusal::Said(text) => arrow(text),
        _ => None,
    }
}

/// The place behind the first arrow of rustc's: `  --> exercises/lock/src/lib.rs:49:41`.
fn arrow(rendered: &str) -> Option<Place> {
    let plain = anstream::adapter::strip_str(rendered).to_string();
    let line = plain
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("--> "))?;
    let mut parts = line.rsplitn(3, ':');
    let column = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    let file = parts.next()?.to_owned();
    Some(Place { file, line, column })
}

/// The first of the compiler's errors, each cut where it is long, and how many there are: `more` shows
/// all.
pub fn first_errors(text: &str, more: &str) -> String {
    let mut errors: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        let plain = anstream::adapter::strip_str(line).to_string();
        match errors.last_mut() {
            Some(error) if !plain.starts_with("error") => error.push(line),
            _ => errors.push(vec![line]),
        }
    }
    let mut lines = Vec::new();
    for error in errors.iter().take(MOST_ERRORS) {
        lines.extend(
            error
                .iter()
                .take(LONGEST_ERROR)
                .map(|line| (*line).to_owned()),
        );
        if error.len() > LONGEST_ERROR {
            lines.push(say::more_lines(error.len() - LONGEST_ERROR));
            lines.push(String::new());
        }
    }
    if errors.len() > MOST_ERRORS {
        lines.push(say::more_errors(errors.len() - MOST_ERRORS, more));
    }
    lines.join("\n").trim_end().to_owned()
}

fn interface_differs(topic: &str, errors: &[InterfaceError]) -> String {
    let mut text = say::interface_differs(topic);
    for error in errors.iter().take(MOST_INTERFACE_ERRORS) {
        text.push_str(&say::interface_error(error));
    }
    text.push_str(say::restore_interface());
    sanitise::cap(&text, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::katas::catalog::single;
    use crate::submission::policy::{self, Examined};

    #[test]
    fn what_is_forbidden_is_told_with_where_why_and_what_to_do() {
        let files = single("fn f() {\n    unsafe { g() }\n}\n");
        let display = "exercises/lock/src".as_ref();
        let Examined::Forbidden(items) = policy::examine(&files, display).unwrap() else {
            panic!("not refused");
        };
        let text = Refusal::Forbidden(items).to_string();
        assert!(
            text.contains("error[forbidden]: `unsafe` is not allowed"),
            "{text}"
        );
        assert!(text.contains("exercises/lock/src/lib.rs:2:5"), "{text}");
        assert!(text.contains("2 |     unsafe { g() }"), "{text}");
        assert!(text.contains("vouch"), "{text}");
        assert!(text.contains("help: "), "{text}");
    }

    #[test]
    fn the_place_of_a_compile_error_is_where_its_arrow_points() {
        let rendered = "\u{1b}[1merror\u{1b}[0m: no\n \u{1b}[34m--> \u{1b}[0ma/src/lib.rs:49:41\n";
        let error = CompileError {
            rendered: rendered.to_owned(),
            missing_from_std: None,
        };
        let place = place(&Refusal::DoesNotCompile(vec![error])).expect("a place");
        assert_eq!(
            (&*place.file, place.line, place.column),
            ("a/src/lib.rs", 49, 41)
        );
        assert_eq!(super::place(&Refusal::Said("error: no\n".to_owned())), None);
    }

    #[test]
    fn of_many_errors_the_first_are_shown() {
        let long = "error: two\n".to_owned() + &"  |\n".repeat(40);
        let text = format!(
            "error[E0001]: one\n  --> a\n\n{long}\nerror: three\n\nerror: four\nerror: five"
        );
        let brief = first_errors(&text, "-v");
        assert!(brief.starts_with("error[E0001]: one\n  --> a\n"), "{brief}");
        assert!(
            brief.contains("error: three") && !brief.contains("error: four"),
            "{brief}"
        );
        assert!(brief.contains("18 more lines"), "{brief}");
        assert!(brief.ends_with("2 more errors: `-v` shows all."), "{brief}");
        assert_eq!(
            first_errors("error: one\n  --> a", "-v"),
            "error: one\n  --> a"
        );
    }

    #[test]
    fn a_name_that_this_std_lacks_is_explained() {
        let error = CompileError {
            rendered: "error: no `Barrier`\n".to_owned(),
            missing_from_std: Some("std::sync::Barrier".to_owned()),
        };
        let text = Refusal::DoesNotCompile(vec![error]).to_string();
        assert!(
            text.contains("there is no `std::sync::Barrier` in the `std`"),
            "{text}"
        );
    }
}
