//! `grader check`: grades exercises and reports.

use anyhow::Result;

use super::{deliver, known_topics, look, options};
use crate::cli::{Check, Common};
use crate::exit_code::ExitCode;
use crate::grading::grade;
use crate::katas::catalog;
use crate::messages::usage;
use crate::report::progress::Progress;
use crate::results::usage::Usage;
use crate::submission::project::{Project, Source};

pub(super) fn run(check: &Check, common: &Common) -> Result<ExitCode> {
    let project = Project::find(check.place.source.is_some())?;
    let source = match &check.place.source {
        Some(directory) => project.source(directory)?,
        None => project.exercises(),
    };
    let topics = topics(check, &source)?;
    let file = check.output.output.as_deref();
    let look = look(common, file, check.place.source.as_deref());
    let options = options(&check.grading, check.output.format, &look);

    let progress = Progress::stderr(common.quiet, look.width);
    let report = grade::check(&project, &source, &topics, &options, &progress);
    progress.clear();
    let report = report?;
    deliver(&check.output.format.render(&report, &look), &check.output)?;
    Ok(ExitCode::from(&report))
}

/// The topics to grade, in the order of the catalogue unless they were named.
fn topics(check: &Check, source: &Source) -> Result<Vec<String>> {
    let all: Vec<String> = catalog::all()?
        .into_iter()
        .map(|exercise| exercise.topic)
        .collect();
    if check.all {
        return Ok(all);
    }
    if !check.topics.is_empty() {
        return known_topics(&check.topics, &all);
    }
    let present: Vec<String> = all
        .into_iter()
        .filter(|topic| {
            source
                .src(topic)
                .parent()
                .is_some_and(|folder| folder.exists())
        })
        .collect();
    if present.is_empty() {
        return Err(Usage::Said(usage::NOTHING_TO_CHECK.to_owned()).into());
    }
    Ok(present)
}
