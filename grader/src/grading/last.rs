//! What the last check of an exercise told, also when the exercise has been edited since.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::katas::embedded;
use crate::results::report::{ExerciseReport, Sources};
use crate::submission::intake::{self, Intake};
use crate::submission::project::{Project, Source};
use crate::support::cache::{Cache, Key};

/// The answer of a check, with the sources that it is about.
#[derive(Debug, Clone)]
pub struct Last {
    pub report: ExerciseReport,
    /// The files are not those any more that were checked.
    pub is_edited: bool,
}

/// What is written down. A report leaves its sources out.
#[derive(Serialize, Deserialize)]
struct Remembered<R> {
    report: R,
    sources: Sources,
}

/// Remembers an answer as the last one of its exercise.
pub(super) fn remember(cache: &Cache, source: &Source, report: &ExerciseReport) {
    let remembered = Remembered {
        report,
        sources: report.sources.clone(),
    };
    cache.store(&key(source, &report.topic), &remembered);
}

/// The answer of the last check of an exercise, if it was this grader's.
///
/// # Errors
///
/// The disk cannot be read.
pub fn recall(project: &Project, source: &Source, topic: &str) -> Result<Option<Last>> {
    let cache = Cache::at(project.scratch().join("cache"));
    let remembered: Option<Remembered<ExerciseReport>> = cache.load(&key(source, topic));
    let Some(Remembered {
        mut report,
        sources,
    }) = remembered
    else {
        return Ok(None);
    };
    let files = match intake::take(source, topic)? {
        Intake::Taken(files) => files,
        _ => BTreeMap::new(),
    };
    let display = source.display(topic);
    // What nothing but the learner's own tests uses is no part of what was graded.
    let is_edited = sources.iter().any(|(shown, text)| {
        let name = shown.strip_prefix(&*display.to_string_lossy());
        let name = name.map(|name| name.trim_start_matches('/'));
        name.and_then(|name| files.get(name)) != Some(text)
    });
    report.sources = sources;
    Ok(Some(Last { report, is_edited }))
}

fn key(source: &Source, topic: &str) -> Key {
    let display = source.display(topic).display().to_string();
    Key::new(["last", embedded::grader(), topic, &display])
}
