//! The list of exercises.

use std::path::PathBuf;

use serde::Serialize;

use super::look::{Look, Mark, Tone, columns, wrap};
use super::overview::status_look;
use crate::messages::{learner, summary};
use crate::results::verdict::{Diagnosis, Status};

/// One exercise, as far as it is known without compiling anything.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    pub topic: String,
    pub title: String,
    pub summary: String,
    /// [`None`] if it was edited after its last check.
    pub status: Option<Status>,
    /// Of the last check of the same source; [`None`] if there was none.
    pub points: Option<f64>,
    pub max_points: f64,
    /// When sources of it were last seen to pass: UTC, RFC 3339. They may have been edited since.
    pub passed_at: Option<String>,
    /// Of the last check; it may be of other sources.
    pub diagnosis: Option<Diagnosis>,
    /// The learner's `src` directory.
    pub source: PathBuf,
}

/// The list for a person.
pub fn render(entries: &[Entry], look: &Look) -> String {
    let width = entries.iter().map(|entry| columns(&entry.topic)).max();
    let width = width.unwrap_or(0);
    let score = |entry: &Entry| match entry.points {
        Some(points) => summary::score(points, entry.max_points) + "  ",
        None => String::new(),
    };
    let score_width = entries.iter().map(|entry| columns(&score(entry))).max();
    let score_width = score_width.unwrap_or(0);
    let mut text = String::new();
    for entry in entries {
        let (mark, tone, word) = standing(entry);
        let topic = look.paint(Tone::Strong, &entry.topic);
        let pad = " ".repeat(width - columns(&entry.topic));
        let word = look.paint(tone, word) + &look.paint(Tone::Faint, &before(entry));
        text.push_str(&format!(
            "{} {topic}{pad}  {:>score_width$}{word}\n",
            look.mark(mark),
            score(entry),
        ));
        if !look.quiet {
            for line in wrap(&entry.summary, look.width.saturating_sub(4)) {
                text.push_str(&format!("    {}\n", look.paint(Tone::Faint, &line)));
            }
        }
    }
    let points = entries.iter().filter_map(|entry| entry.points).sum();
    let of = entries.iter().map(|entry| entry.max_points).sum();
    let total = summary::total(points, of);
    text.push_str(&format!("\n{}\n", look.paint(Tone::Strong, &total)));
    text
}

/// The mark, the colour and the words for how an exercise stands.
pub(super) fn standing(entry: &Entry) -> (Mark, Tone, &'static str) {
    match entry.status {
        Some(status) => {
            let (mark, tone) = status_look(status);
            (mark, tone, summary::status_word(status))
        }
        None if entry.passed_at.is_some() => (Mark::Unsure, Tone::Open, learner::EDITED_SINCE),
        None => (Mark::Unsure, Tone::Open, summary::UNCHECKED),
    }
}

/// What is left of a pass that does not count any more.
fn before(entry: &Entry) -> String {
    let passes = matches!(entry.status, None | Some(Status::Passed));
    let when = entry.passed_at.as_deref().filter(|_| !passes);
    when.map(|when| format!(" ({})", learner::passed_before(when)))
        .unwrap_or_default()
}

/// The list for programs: schema `grader/list/v1`.
///
/// # Panics
///
/// Never: an [`Entry`] holds nothing that JSON cannot.
pub fn json(entries: &[Entry]) -> String {
    let document = serde_json::json!({ "schema": "grader/list/v1", "exercises": entries });
    let text = serde_json::to_string_pretty(&document).expect("a list is representable");
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::looks;

    fn entry(topic: &str, status: Option<Status>, points: Option<f64>) -> Entry {
        Entry {
            topic: topic.to_owned(),
            title: topic.to_owned(),
            summary: "One thread at a time, and the others sleep until it is their turn to go \
                      on with what they do."
                .to_owned(),
            status,
            points,
            max_points: 10.0,
            passed_at: None,
            diagnosis: None,
            source: PathBuf::from(format!("exercises/{topic}/src")),
        }
    }

    #[test]
    fn shows_status_points_and_summary() {
        let entries = [
            entry("lock", Some(Status::Passed), Some(10.0)),
            entry("semaphore", Some(Status::Failed), Some(6.5)),
            entry("condition", None, None),
            entry("event", Some(Status::Pending), None),
        ];
        insta::assert_snapshot!(render(&entries, &looks::plain()));
    }

    #[test]
    fn a_pass_that_does_not_count_any_more_is_not_forgotten() {
        let passed_at = Some("2026-11-28T07:45:01Z".to_owned());
        let with = |status| Entry {
            passed_at: passed_at.clone(),
            ..entry("lock", status, None)
        };
        let shown = |status| render(&[with(status)], &looks::plain());
        let edited = shown(None);
        assert!(edited.contains("passed, then edited"), "{edited}");
        let failed = shown(Some(Status::Failed));
        let before = "failed (an earlier version passed on 2026-11-28)";
        assert!(failed.contains(before), "{failed}");
        let passed = shown(Some(Status::Passed));
        assert!(!passed.contains("earlier"), "{passed}");
    }

    #[test]
    fn the_json_has_a_schema() {
        let text = json(&[entry("lock", None, None)]);
        let value: serde_json::Value = serde_json::from_str(&text).expect("valid");
        assert_eq!(value["schema"], "grader/list/v1");
        assert!(value["exercises"][0]["status"].is_null());
    }
}
