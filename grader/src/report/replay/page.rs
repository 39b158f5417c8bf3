//! All frames as one page for a browser, which needs nothing beside itself.
//!
//! Without its script it is a table of all steps, with the code below. The markup escapes
//! whatever is put into it; the script gets its data as JSON that can end no script.

use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde::Serialize;

use super::{Frame, Replay, Standing, ThreadView, frames};
use crate::messages::{replay as say, steps};
use crate::report::look::Look;
use crate::results::place::Place;
use crate::support::sanitise;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Nothing is loaded from anywhere, whatever a learner's code says.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      base-uri 'none'; form-action 'none'";

/// The whole page.
pub fn render(replay: &Replay<'_>, look: &Look) -> String {
    let title = say::title(replay.topic, &replay.test.name);
    let files = Files::of(replay);
    let data = Data {
        words: Words { title: &title },
        frames: replay
            .frames
            .iter()
            .map(|frame| told(frame, replay, &files, look))
            .collect(),
    };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (title) " [" (replay.word()) "]" }
                    p.about { (replay.test.claim) }
                    p.about hidden data-needs-script { (say::HOW_TO) }
                    @if replay.is_edited {
                        p.edited { (say::EDITED) }
                    }
                }
                main {
                    (control())
                    div.stage {
                        section aria-label=(say::CODE) { (sources(replay, &files)) }
                        section.standings aria-label=(say::STANDINGS) hidden data-needs-script {
                            h2 { (say::THREADS) }
                            ul #threads {}
                            h2 { (say::OBJECTS) }
                            ul #objects {}
                        }
                    }
                    section aria-labelledby="all" {
                        h2 #all { (say::ALL_STEPS) }
                        div.scroll tabindex="0" role="region" aria-labelledby="all" {
                            (table(replay, look))
                        }
                    }
                }
                script type="application/json" #frames { (PreEscaped(script_safe(&data))) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// Buttons, slider and the sentence.
fn control() -> Markup {
    let button = |id: &str, sign: &str, label: &str| {
        html! { button type="button" id=(id) aria-label=(label) title=(label) { (sign) } }
    };
    html! {
        section.control aria-label=(say::STEPS) hidden data-needs-script {
            div.buttons {
                (button("first", "|◀", say::FIRST))
                (button("back", "◀", say::BACK))
                (button("forth", "▶", say::FORTH))
                (button("last", "▶|", say::LAST))
                (button("previous", "◀ ①", say::PREVIOUS_MARKED))
                (button("next", "① ▶", say::NEXT_MARKED))
                label {
                    (say::SLIDER)
                    input #slider type="range" min="0" value="0";
                }
            }
            div.sentence #sentence aria-live="polite" {}
        }
    }
}

/// The files, each line with the name by which the script finds it.
fn sources(replay: &Replay<'_>, files: &Files<'_>) -> Markup {
    html! {
        h2 { (say::CODE) }
        @for (file, number) in &files.0 {
            div.source {
                h3.code { (sanitise::text(file)) }
                ol.lines.code tabindex="0" aria-label=(file) {
                    @for (index, line) in replay.sources[*file].lines().enumerate() {
                        li id=(line_id(*number, index + 1)) {
                            span.marks {}
                            span.number { (index + 1) }
                            span { (sanitise::text(line)) }
                        }
                    }
                }
            }
        }
    }
}

/// Every step, readable without the script.
fn table(replay: &Replay<'_>, look: &Look) -> Markup {
    html! {
        table {
            thead {
                tr { @for head in say::HEADS { th scope="col" { (head) } } }
            }
            tbody {
                @for (index, frame) in replay.frames.iter().enumerate() {
                    @if let Some(step) = frame.step {
                        tr #{ "step-" (index) } {
                            td { (number(frame, look)) }
                            th scope="row" { (sanitise::text(&step.thread)) }
                            td.stuck[frame.is_stuck] { (sanitise::text(&action(frame))) }
                            td { (whereabouts(step.call.as_deref(), frames::place(step).as_ref())) }
                            td { (frame.notes().join(" ")) }
                        }
                    }
                }
            }
        }
    }
}

/// What the script gets.
#[derive(Serialize)]
struct Data<'a> {
    words: Words<'a>,
    frames: Vec<Told>,
}

#[derive(Serialize)]
struct Words<'a> {
    title: &'a str,
}

/// A frame in words.
#[derive(Serialize)]
struct Told {
    position: String,
    /// Its number in the answer of the check, with a space behind it, or nothing.
    mark: String,
    sentence: String,
    notes: Vec<String>,
    /// The name of the line to look at.
    focus: Option<String>,
    threads: Vec<ToldThread>,
    objects: Vec<ToldObject>,
}

#[derive(Serialize)]
struct ToldThread {
    name: String,
    mark: String,
    state: String,
    class: &'static str,
    /// The frame is about it.
    runs: bool,
    line: Option<String>,
    #[serde(rename = "where")]
    whereabouts: String,
}

#[derive(Serialize)]
struct ToldObject {
    name: String,
    kind: &'static str,
    state: String,
}

fn told(frame: &Frame<'_>, replay: &Replay<'_>, files: &Files<'_>, look: &Look) -> Told {
    let mark = frame.mark().map(|mark| look.number(mark) + " ");
    let objects = frame.objects.iter().map(|(name, state)| ToldObject {
        name: sanitise::text(name),
        kind: state.kind(),
        state: sanitise::text(&state.to_string()),
    });
    let threads = frame.threads.iter();
    Told {
        position: frame.position(replay.last),
        mark: mark.unwrap_or_default(),
        sentence: sanitise::text(&frame.sentence()),
        notes: frame
            .notes()
            .iter()
            .map(|note| sanitise::text(note))
            .collect(),
        focus: frame.focus.as_ref().and_then(|place| files.line(place)),
        threads: threads
            .map(|thread| told_thread(thread, frame, files))
            .collect(),
        objects: objects.collect(),
    }
}

fn told_thread(thread: &ThreadView<'_>, frame: &Frame<'_>, files: &Files<'_>) -> ToldThread {
    let runs = frame.thread() == Some(thread.name);
    let has_gone = matches!(
        thread.standing,
        Standing::NotStarted | Standing::Ended | Standing::Panicked
    );
    let place = thread.place.as_ref().filter(|_| runs || !has_gone);
    ToldThread {
        name: sanitise::text(thread.name),
        mark: sanitise::text(steps::abbreviated(thread.name)),
        state: sanitise::text(&thread.standing.to_string()),
        class: match thread.standing {
            Standing::Stuck(_) | Standing::Panicked => "bad",
            _ if runs => "runs",
            _ => "",
        },
        runs,
        line: place.and_then(|place| files.line(place)),
        whereabouts: match has_gone {
            true => String::new(),
            false => whereabouts(thread.call, place),
        },
    }
}

/// The step's number, with the one that the answer of the check gives it.
fn number(frame: &Frame<'_>, look: &Look) -> String {
    let step = frame.step.filter(|_| !frame.is_stuck);
    let number = step.map(|step| step.step.to_string());
    let mark = frame.mark().map(|mark| look.number(mark));
    number.into_iter().chain(mark).collect::<Vec<_>>().join(" ")
}

/// What the thread does or is blocked in, without its name.
fn action(frame: &Frame<'_>) -> String {
    let sentence = frame.sentence();
    let name = frame.thread().unwrap_or_default();
    let rest = sentence.strip_prefix(name).unwrap_or(&sentence);
    rest.trim_start_matches([':', ' ']).to_owned()
}

/// `in `acquire`, line 27`
fn whereabouts(call: Option<&str>, place: Option<&Place>) -> String {
    let call = call.map(say::inside);
    let line = place.map(|place| say::at_line(place.line));
    let parts: Vec<String> = call.into_iter().chain(line).collect();
    match parts.is_empty() {
        true => say::IN_THE_TEST.to_owned(),
        false => sanitise::text(&parts.join(", ")),
    }
}

/// The files that steps point into, each with a number.
struct Files<'a>(BTreeMap<&'a str, usize>);

impl<'a> Files<'a> {
    fn of(replay: &'a Replay<'_>) -> Files<'a> {
        let files = replay.sources.keys().enumerate();
        Files(
            files
                .map(|(number, file)| (file.as_str(), number))
                .collect(),
        )
    }

    fn line(&self, place: &Place) -> Option<String> {
        let number = self.0.get(place.file.as_str())?;
        Some(line_id(*number, place.line as usize))
    }
}

fn line_id(file: usize, line: usize) -> String {
    format!("line-{file}-{line}")
}

/// As JSON in which no tag can begin and no script can end.
fn script_safe(data: &impl Serialize) -> String {
    // It is made of texts and numbers alone, which can all be written.
    let json = serde_json::to_string(data).unwrap_or_default();
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::looks;
    use crate::report::replay::candidates;
    use crate::results::fixtures;
    use crate::results::report::ExerciseReport;

    fn page_of(exercise: &ExerciseReport) -> String {
        let replay = Replay::of(exercise, candidates(exercise)[0], false).expect("steps");
        render(&replay, &looks::plain())
    }

    /// What the page's script reads.
    fn data_in(page: &str) -> serde_json::Value {
        let (_, rest) = page.split_once("type=\"application/json\">").expect("data");
        let (json, _) = rest.split_once("</script>").expect("an end");
        serde_json::from_str(json).expect("JSON")
    }

    #[test]
    fn what_a_learner_writes_is_text_and_never_markup_or_script() {
        let hostile = "</script><script>gone()</script><img src=x onerror='gone()'>&\"\u{2028}";
        let mut exercise = fixtures::lost_wakeup();
        for text in exercise.sources.values_mut() {
            *text = text.replace("/// A released lock.", hostile);
        }
        exercise.topic = hostile.to_owned();
        for test in &mut exercise.tests {
            test.name = hostile.to_owned();
            test.claim = hostile.to_owned();
            test.story.threads[..]
                .iter_mut()
                .skip(1)
                .for_each(|name| name.push_str(hostile));
            for step in test.story.trace.iter_mut().chain(&mut test.story.blocked) {
                if step.thread != "main" {
                    step.thread.push_str(hostile);
                }
                step.object = step.object.take().map(|it| it + hostile);
                step.call = Some(hostile.to_owned());
            }
        }
        let page = page_of(&exercise);
        // The data and the program.
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script").count(), 2);
        assert!(!page.contains("<img"), "{page}");
        let data = data_in(&page);
        let sentence = data["frames"][8]["sentence"].as_str().expect("a sentence");
        assert!(sentence.contains("</script><script>gone()"), "{sentence}");
    }

    #[test]
    fn what_a_learner_writes_cannot_turn_the_text_around() {
        let mut exercise = fixtures::lost_wakeup();
        for text in exercise.sources.values_mut() {
            *text = text.replace("locked", "\u{202e}locked");
        }
        assert!(!page_of(&exercise).contains('\u{202e}'));
    }

    #[test]
    fn the_page_needs_nothing_beside_itself() {
        let page = page_of(&fixtures::lost_wakeup());
        for outside in [
            "http:", "https:", "src=", "href=", "url(", "@import", "fetch(",
        ] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert!(page.contains("default-src 'none'"));
    }

    #[test]
    fn without_its_script_the_page_has_every_step_and_the_code() {
        let exercise = fixtures::lost_wakeup();
        let page = page_of(&exercise);
        let (body, _) = page.split_once("<script").expect("a script");
        let replay = Replay::of(&exercise, candidates(&exercise)[0], false).expect("steps");
        for (index, frame) in replay.frames.iter().enumerate().skip(1) {
            let row = format!("<tr id=\"step-{index}\">");
            let (_, row) = body.split_once(&row).expect("a row for each step");
            let (row, _) = row.split_once("</tr>").expect("an end");
            let action = maud::html! { (action(frame)) }.into_string();
            assert!(row.contains(&action), "{row} lacks {action}");
        }
        for source in exercise.sources.values() {
            for line in source.lines() {
                let line = maud::html! { span { (line) } }.into_string();
                assert!(body.contains(&line), "{line}");
            }
        }
    }

    #[test]
    fn no_name_in_the_page_is_given_twice() {
        let page = page_of(&fixtures::crowd());
        let names = page.split(" id=\"").skip(1);
        let mut names: Vec<&str> = names.filter_map(|rest| rest.split('"').next()).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
