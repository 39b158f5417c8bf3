//! Turns rustc's diagnostics into what the learner reads.
//!
//! Errors of the learner's crate are shown as rustc renders them, with the learner's paths.
//! Errors of the hidden tests are told by their message alone: the tests stay hidden.

use crate::building::cargo::{Diagnostic, Span};
use crate::results::place::Place;
use crate::results::refusal::{CompileError, InterfaceError, Refusal};
use crate::submission::subject::{Subject, SubjectSources};
use crate::support::sanitise;

/// Why a crate did not build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Errors {
    /// Of the learner's crate, each once.
    own: Vec<CompileError>,
    /// Of the hidden tests, each once.
    interface: Vec<InterfaceError>,
    /// rustc had something to say that points at no place in the source.
    placeless: Vec<String>,
}

impl Errors {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.own.is_empty() && self.interface.is_empty()
    }

    /// Whether rustc has shown places for all of them.
    pub fn are_explained(&self) -> bool {
        !self.is_empty() && self.placeless.is_empty()
    }

    /// Whether the learner's source explains them for certain. Otherwise the machine may be at
    /// fault, and the reference solution has to be tried.
    pub fn are_the_learners(&self) -> bool {
        !self.own.is_empty() && self.placeless.is_empty()
    }

    /// The errors that point at no place in the source, which a learner has no hand in.
    pub fn placeless(&self) -> String {
        self.placeless.join("\n")
    }

    /// Takes an error of the learner's crate and returns it, unless it is known already: each
    /// crate is compiled once per kind of test.
    pub fn add_own(
        &mut self,
        diagnostic: &Diagnostic,
        subject: &Subject<'_>,
        color: bool,
    ) -> Option<&CompileError> {
        if !is_error(diagnostic) {
            return None;
        }
        self.note_placeless(diagnostic);
        let error = CompileError {
            rendered: render(diagnostic, subject, color),
            missing_from_std: missing_from_std(diagnostic),
        };
        if self.own.contains(&error) {
            return None;
        }
        self.own.push(error);
        self.own.last()
    }

    /// Takes an error of the hidden tests.
    pub fn add_interface(&mut self, diagnostic: &Diagnostic, subject: &Subject<'_>) {
        if !is_error(diagnostic) {
            return;
        }
        self.note_placeless(diagnostic);
        let places = all_spans(diagnostic).into_iter().filter_map(|span| {
            Some(Place {
                file: subject.sources.shown(&span.file_name)?,
                line: span.line_start,
                column: span.column_start,
            })
        });
        let error = InterfaceError {
            code: diagnostic.code.as_ref().map(|code| code.code.clone()),
            message: sanitise::text(&stds_own_names(&diagnostic.message)),
            places: places.collect(),
        };
        if !self.interface.contains(&error) {
            self.interface.push(error);
        }
    }

    fn note_placeless(&mut self, diagnostic: &Diagnostic) {
        if diagnostic.spans.is_empty() {
            self.placeless.push(diagnostic.message.clone());
        }
    }

    /// Why the crate is not run; `ended` is how rustc did.
    pub fn to_refusal(&self, subject: &Subject<'_>, ended: Option<&str>) -> Refusal {
        if !self.own.is_empty() {
            return Refusal::DoesNotCompile(self.own.clone());
        }
        if !self.interface.is_empty() {
            return Refusal::InterfaceDiffers {
                topic: subject.exercise.topic.clone(),
                errors: self.interface.clone(),
            };
        }
        Refusal::CompilerBrokeDown {
            src: subject.sources.display.clone(),
            ended: ended.map(str::to_owned),
        }
    }
}

/// What a diagnostic can have its words from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From the crate's own files alone.
    OwnFiles,
    /// From a macro, which may have read anything.
    Macro,
    /// From files that are not the crate's.
    OtherFiles,
}

/// What a diagnostic of the learner's crate can have its words from, if it is not known what the
/// crate has read.
pub fn origin(diagnostic: &Diagnostic, sources: &SubjectSources) -> Origin {
    let mut spans = all_spans(diagnostic);
    spans.retain(|span| !is_of_std(&span.file_name));
    if spans
        .iter()
        .any(|span| sources.find(&span.file_name).is_none())
    {
        return Origin::OtherFiles;
    }
    let is_of_macro = |span: &&Span| span.expansion.is_some() || begins_with_a_macro(span, sources);
    if spans.iter().any(is_of_macro) {
        return Origin::Macro;
    }
    Origin::OwnFiles
}

/// Whether rustc shows a place in std, or in the one that it was swapped for. Anybody may read
/// both.
fn is_of_std(path: &str) -> bool {
    path.starts_with("/rustc/") || path.starts_with("engine/kata-")
}

/// Whether a macro is called at the place: `compile_error!(…)`.
fn begins_with_a_macro(span: &Span, sources: &SubjectSources) -> bool {
    let file = sources.find(&span.file_name);
    let line = file.and_then(|file| {
        file.text
            .lines()
            .nth(span.line_start.saturating_sub(1) as usize)
    });
    let rest = line.map(|line| {
        line.chars()
            .skip(span.column_start.saturating_sub(1) as usize)
    });
    let is_of_name = |c: &char| c.is_alphanumeric() || "_:#$ ".contains(*c);
    rest.is_some_and(|rest| {
        let mut rest = rest.skip_while(is_of_name);
        rest.next() == Some('!')
    })
}

/// A warning of a crate, rendered.
pub fn warning(diagnostic: &Diagnostic, subject: &Subject<'_>) -> Option<String> {
    let is_warning = diagnostic.level == "warning" && !diagnostic.spans.is_empty();
    is_warning.then(|| render(diagnostic, subject, false))
}

fn is_error(diagnostic: &Diagnostic) -> bool {
    diagnostic.level.starts_with("error") && !diagnostic.message.starts_with("aborting due to")
}

fn render(diagnostic: &Diagnostic, subject: &Subject<'_>, color: bool) -> String {
    let rendered = diagnostic
        .rendered
        .as_deref()
        .unwrap_or(&diagnostic.message);
    let mut text = without_files_of_types(&stds_own_names(&subject.sources.show_paths(rendered)));
    text.truncate(text.trim_end().len());
    text.push('\n');
    if missing_from_std(diagnostic).is_some() {
        text = without_inner_life(&text);
    }
    if color {
        sanitise::colored(&text)
    } else {
        sanitise::text(&text)
    }
}

/// Leaves out where rustc has written the full name of a long type: the file is the grader's own,
/// and its name is another one in each of the builds of a crate.
fn without_files_of_types(text: &str) -> String {
    let is_about_the_file = |line: &&str| {
        line.contains("the full name for the type has been written to")
            || line.contains("to print the full type name to the console")
    };
    text.lines()
        .filter(|line| !is_about_the_file(line))
        .flat_map(|line| [line, "\n"])
        .collect()
}

/// Leaves out rustc's note that the name is there, but hidden by a feature: it shows the inner
/// life of the swapped `std`, where the learner can change nothing.
fn without_inner_life(text: &str) -> String {
    let mut kept = String::new();
    let mut skipping = false;
    for line in text.lines() {
        let plain = sanitise::text(line);
        if plain.starts_with("note: found an item that was configured out") {
            skipping = true;
        } else if plain.is_empty() || ["note:", "help:"].iter().any(|it| plain.starts_with(it)) {
            skipping = false;
        }
        if !skipping {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Types of the swapped `std` under the names by which the learner knows them.
fn stds_own_names(text: &str) -> String {
    let mut text = text.to_owned();
    for name in [
        "kata_model::real::",
        "kata_model::interleavings::",
        "kata_model::orderings::",
        "kata_std::",
    ] {
        text = text.replace(name, "std::");
    }
    text.replace("`modules::", "`std::")
}

/// The path below `std` that an error says is not there.
fn missing_from_std(diagnostic: &Diagnostic) -> Option<String> {
    let code = diagnostic.code.as_ref()?.code.as_str();
    if ![
        "E0405", "E0412", "E0423", "E0425", "E0432", "E0433", "E0463", "E0531",
    ]
    .contains(&code)
    {
        return None;
    }
    let labels = diagnostic
        .spans
        .iter()
        .filter_map(|span| span.label.as_deref());
    let texts: Vec<&str> = [diagnostic.message.as_str()]
        .into_iter()
        .chain(labels)
        .collect();
    // "unresolved import `std::fs`"
    let direct = texts
        .iter()
        .find_map(|text| quoted(text).find(|it| it.starts_with("std::")));
    // "cannot find `Barrier` in `sync`", "could not find `fs` in `std`", "no `Barrier` in `sync`"
    let inside = texts.iter().find_map(|text| {
        let mut names = quoted(text);
        let (name, module) = (names.next()?, names.next()?);
        let module = module.trim_start_matches("std::");
        let is_module = module == "std" || MODULES.contains(&module);
        (text.contains(" in ") && is_module).then(|| match module {
            "std" => format!("std::{name}"),
            _ => format!("std::{module}::{name}"),
        })
    });
    // The most precise wins: "cannot find function `spawn` in module `std::thread`".
    inside.or_else(|| direct.map(str::to_owned))
}

/// Modules of std in which a learner may miss something.
const MODULES: [&str; 5] = ["sync", "thread", "time", "panic", "any"];

/// The parts of a text between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn all_spans(diagnostic: &Diagnostic) -> Vec<&Span> {
    let children = diagnostic.children.iter().flat_map(|child| &child.spans);
    diagnostic.spans.iter().chain(children).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::building::cargo::Code;

    fn diagnostic(code: &str, message: &str, label: &str) -> Diagnostic {
        Diagnostic {
            message: message.to_owned(),
            code: Some(Code {
                code: code.to_owned(),
            }),
            level: "error".to_owned(),
            spans: vec![Span {
                file_name: "subjects/learner/lock/src/lib.rs".to_owned(),
                line_start: 1,
                column_start: 1,
                label: Some(label.to_owned()),
                expansion: None,
            }],
            children: Vec::new(),
            rendered: None,
        }
    }

    fn missing(code: &str, message: &str, label: &str) -> Option<String> {
        missing_from_std(&diagnostic(code, message, label))
    }

    #[test]
    fn names_that_the_swapped_std_lacks_are_told_from_others() {
        let path = Some("std::sync::Barrier".to_owned());
        assert_eq!(
            missing(
                "E0432",
                "unresolved import `std::sync::Barrier`",
                "no `Barrier` in `sync`"
            ),
            path
        );
        assert_eq!(
            missing("E0433", "cannot find `Barrier` in `sync`", ""),
            path
        );
        let path = Some("std::process".to_owned());
        assert_eq!(
            missing(
                "E0433",
                "cannot find `process` in `std`",
                "could not find `process` in `std`"
            ),
            path
        );
        assert_eq!(
            missing(
                "E0425",
                "cannot find value `x` in this scope",
                "not found in this scope"
            ),
            None
        );
        assert_eq!(
            missing("E0308", "mismatched types: `std::fs::File`", ""),
            None
        );
    }

    #[test]
    fn the_inner_life_of_the_swapped_std_is_not_shown() {
        let text = "error: no `Barrier`\n\u{1b}[1mnote\u{1b}[0m: found an item that was configured out\n  --> std/x.rs\n   |\nhelp: kept\n";
        assert_eq!(
            without_inner_life(text),
            "error: no `Barrier`\nhelp: kept\n"
        );
    }

    #[test]
    fn where_a_diagnostic_can_have_its_words_from() {
        let sources = SubjectSources {
            files: crate::katas::catalog::single("fn f( {\ncompile_error!(x);\n    a::b! {}\n"),
            prefix: "subjects/learner/lock/src".into(),
            display: "exercises/lock/src".into(),
            unmodelled: Vec::new(),
        };
        let at = |file: &str, line, column| {
            let mut diagnostic = diagnostic("", "", "");
            diagnostic.spans[0].file_name = file.to_owned();
            diagnostic.spans[0].line_start = line;
            diagnostic.spans[0].column_start = column;
            let mut parent = diagnostic.clone();
            parent.children = vec![diagnostic];
            parent.spans.clear();
            origin(&parent, &sources)
        };
        let own = "subjects/learner/lock/src/lib.rs";
        assert_eq!(at(own, 1, 5), Origin::OwnFiles);
        assert_eq!(at(own, 2, 1), Origin::Macro);
        assert_eq!(at(own, 3, 5), Origin::Macro);
        assert_eq!(at("/etc/passwd", 1, 1), Origin::OtherFiles);
        assert_eq!(
            at("subjects/other/lock/src/lib.rs", 1, 1),
            Origin::OtherFiles
        );
        assert_eq!(
            at("/rustc/1/library/core/src/lib.rs", 1, 1),
            Origin::OwnFiles
        );
    }

    #[test]
    fn the_hidden_tests_are_told_by_their_message_alone() {
        let exercise = crate::katas::catalog::Exercise::named("lock");
        let subject = Subject::learner(
            &exercise,
            crate::katas::catalog::single(""),
            "exercises/lock/src".into(),
        );
        let mut errors = Errors::default();
        let mut hidden = diagnostic(
            "E0599",
            "no method named `release` found",
            "method not found",
        );
        hidden.rendered = Some("secret.release()".to_owned());
        errors.add_interface(&hidden, &subject);
        errors.add_interface(&hidden, &subject);
        assert!(errors.are_explained() && !errors.are_the_learners());
        let place = Place {
            file: "exercises/lock/src/lib.rs".to_owned(),
            line: 1,
            column: 1,
        };
        let error = InterfaceError {
            code: Some("E0599".to_owned()),
            message: "no method named `release` found".to_owned(),
            places: vec![place],
        };
        let refusal = Refusal::InterfaceDiffers {
            topic: "lock".to_owned(),
            errors: vec![error],
        };
        assert_eq!(errors.to_refusal(&subject, None), refusal);
    }
}
