//! The places in the learner's source that a story points to, as annotations for the renderer.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Snippet};

use super::look::{Look, columns};
use crate::messages::steps;
use crate::results::place::{Place, Spot};
use crate::results::report::{Sources, TestReport, TraceStep};
use crate::results::verdict::Diagnosis;

/// A place of the learner's that a story points to.
pub(super) struct Pointer {
    place: Place,
    /// The number of the step, or empty.
    pub(super) number: String,
    pub(super) label: String,
    /// The one that the headline is about.
    primary: bool,
    /// There is no room for the label beside the code: it stands below, behind its number.
    pub(super) aside: bool,
}

/// The places of one story, in the order in which they are told.
pub(super) struct Pointers(pub(super) Vec<Pointer>);

/// The places of a test that did not pass.
pub(super) fn of_test(test: &TestReport, sources: &Sources, look: &Look) -> Pointers {
    let steps = marked(test).into_iter();
    let lines = steps.chain(&test.story.blocked).map(|step| step.line);
    let lines = lines.chain(test.location.iter().map(|place| place.line));
    let gutter = lines.max().unwrap_or(0).to_string().len() + 3;
    let mut pointers: Vec<Pointer> = Vec::new();
    let mut point = |place: Place, number: String, label: String| {
        let Some(text) = sources.get(&place.file) else {
            return;
        };
        if number.is_empty()
            && pointers
                .iter()
                .any(|other| other.place == place && other.label == label)
        {
            return;
        }
        let word = columns(&text[word_at(text, (&place).into())]);
        let needed = columns(&number) + 1 + columns(&label);
        let end = gutter + place.column as usize + word + needed;
        pointers.push(Pointer {
            aside: !number.is_empty() && end > look.width,
            place,
            number,
            label,
            primary: false,
        });
    };

    let marked = marked(test);
    let sleeper = marked.iter().find(|step| steps::is_wait(step));
    let sleeper = sleeper.map(|step| step.thread.as_str());
    for step in &marked {
        let number = look.number(step.mark.unwrap_or_default());
        point(
            step_place(step),
            number,
            steps::annotation(step, test.diagnosis, sleeper),
        );
    }
    for step in &test.story.blocked {
        let is_told = marked
            .iter()
            .any(|mark| mark.thread == step.thread && step_place(mark) == step_place(step));
        if !is_told {
            point(
                step_place(step),
                String::new(),
                steps::blocked_annotation(step),
            );
        }
    }
    if let Some(place) = &test.location {
        point(place.clone(), String::new(), steps::PANICKED.to_owned());
    }
    let main = main_place(test);
    let is_main = |pointer: &Pointer| main.as_ref() == Some(&pointer.place);
    let primary = pointers
        .iter()
        .rposition(|pointer| is_main(pointer) && !pointer.number.is_empty())
        .or_else(|| pointers.iter().position(is_main))
        .or_else(|| {
            pointers
                .iter()
                .rposition(|pointer| !pointer.number.is_empty())
        })
        .or(Some(0));
    if let Some(primary) = primary.and_then(|index| pointers.get_mut(index)) {
        primary.primary = true;
    }
    Pointers(pointers)
}

/// The steps that tell the bug, in the order in which they are told.
fn marked(test: &TestReport) -> Vec<&TraceStep> {
    let mut marked: Vec<&TraceStep> = test.story.marked().collect();
    // Where a panic was raised says more than what the threads had to do with each other.
    if test.diagnosis == Some(Diagnosis::Panic) && test.location.is_some() {
        marked.clear();
    }
    marked.sort_by_key(|step| step.mark);
    marked
}

impl Pointers {
    /// The one that the headline is about.
    pub(super) fn primary(&self) -> Option<&Place> {
        let primary = self.0.iter().find(|pointer| pointer.primary);
        primary.map(|pointer| &pointer.place)
    }

    /// One snippet for each file, that of the primary place first.
    pub(super) fn snippets<'a>(&'a self, sources: &'a Sources) -> Vec<Snippet<'a, Annotation<'a>>> {
        let mut files: Vec<&str> = Vec::new();
        let primary = self.primary().map(|place| place.file.as_str());
        let others = self.0.iter().map(|pointer| pointer.place.file.as_str());
        for file in primary.into_iter().chain(others) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        files
            .into_iter()
            .filter_map(|file| {
                let text = sources.get(file)?;
                let here = self.0.iter().filter(|pointer| pointer.place.file == file);
                let annotations = here.map(|pointer| {
                    let kind = match pointer.primary {
                        true => AnnotationKind::Primary,
                        false => AnnotationKind::Context,
                    };
                    let label = match (pointer.number.as_str(), pointer.aside) {
                        (number, true) => number.to_owned(),
                        ("", false) => pointer.label.clone(),
                        (number, false) => format!("{number} {}", pointer.label),
                    };
                    kind.span(word_at(text, (&pointer.place).into()))
                        .label(label)
                });
                Some(
                    Snippet::source(text.as_str())
                        .path(file)
                        .annotations(annotations),
                )
            })
            .collect()
    }
}

/// The one place of the learner's that a failure is about: where a thread waits in vain, where
/// one panicked, or the last numbered one.
pub(super) fn main_place(test: &TestReport) -> Option<Place> {
    let shown = |step: &&TraceStep| !step.file.is_empty();
    let last_mark = test
        .story
        .marked()
        .filter(shown)
        .max_by_key(|step| step.mark);
    let last_mark = last_mark.map(step_place);
    let panicked = test.location.clone();
    let stuck: Vec<&TraceStep> = test.story.blocked.iter().filter(shown).collect();
    match test.diagnosis {
        Some(Diagnosis::Panic) => panicked.or_else(|| before_the_panic(test)),
        Some(
            Diagnosis::Deadlock
            | Diagnosis::SelfDeadlock
            | Diagnosis::LostWakeup
            | Diagnosis::WrongWakeup,
        ) => {
            let is_marked = |step: &&&TraceStep| {
                test.story
                    .marked()
                    .any(|mark| mark.thread == step.thread && step_place(mark) == step_place(step))
            };
            let told = stuck.iter().find(is_marked).or(stuck.first());
            told.map(|step| step_place(step)).or(last_mark).or(panicked)
        }
        _ => last_mark.or(panicked),
    }
    .or_else(|| stuck.first().map(|step| step_place(step)))
}

/// The function that had been called when a thread was at a place, if its stack is known.
pub(super) fn call_at<'a>(test: &'a TestReport, place: &Place) -> Option<&'a str> {
    let stuck = test.story.blocked.iter();
    let steps = stuck.chain(test.story.trace.iter().rev());
    let mut here = steps.filter(|step| step_place(step) == *place);
    here.find_map(|step| step.call.as_deref())
}

/// The last thing in the learner's code that a thread did before it ended with a panic.
fn before_the_panic(test: &TestReport) -> Option<Place> {
    let steps = &test.story.trace;
    let end = steps.iter().rposition(|step| step.op == "panic")?;
    let mut before = steps[..end].iter().rev();
    let last = before.find(|step| step.thread == steps[end].thread && !step.file.is_empty());
    last.map(step_place)
}

fn step_place(step: &TraceStep) -> Place {
    Place {
        file: step.file.clone(),
        line: step.line,
        column: step.column,
    }
}

/// The bytes of the path or identifier that begins at a place: `wait`, `Mutex::new`, `panic!`.
fn word_at(text: &str, spot: Spot) -> Range<usize> {
    let line_start: usize = text
        .split_inclusive('\n')
        .take(spot.line.saturating_sub(1))
        .map(str::len)
        .sum();
    let line = text[line_start..].lines().next().unwrap_or_default();
    let start = line
        .char_indices()
        .nth(spot.column.saturating_sub(1))
        .map_or(line.len(), |(at, _)| at);
    let rest = &line[start..];
    let word = rest
        .find(|character: char| !(character.is_alphanumeric() || "_:!".contains(character)))
        .unwrap_or(rest.len());
    let word = rest[..word].trim_end_matches(':').len();
    let first = rest.chars().next().map_or(0, char::len_utf8);
    let start = line_start + start;
    start..start + word.max(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_at_a_place_is_a_whole_path_or_macro() {
        let word = |text: &str, line, column| {
            let range = word_at(text, Spot { line, column });
            text[range].to_owned()
        };
        assert_eq!(word("fn f() {\n    é.wait(guard);\n}", 2, 7), "wait");
        assert_eq!(word("Mutex::new(0)", 1, 1), "Mutex::new");
        assert_eq!(word("v.collect::<Vec<_>>()", 1, 3), "collect");
        assert_eq!(word("*guard", 1, 1), "*");
        assert_eq!(word("panic!(\"no\")", 1, 1), "panic!");
        assert_eq!(word("short", 9, 9), "");
    }
}
