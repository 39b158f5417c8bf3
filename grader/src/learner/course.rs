//! What is known of each kata without compiling anything.

use anyhow::Result;

use crate::grading::grade;
use crate::katas::catalog::{Exercise, POINTS};
use crate::report::topics::Entry;
use crate::results::options::Options;
use crate::results::verdict::Status;
use crate::submission::project::{Project, Source};

/// The first exercise that is not known to have passed.
///
/// # Errors
///
/// Like [`grade::known`].
pub fn first_unfinished<'a>(
    project: &Project,
    source: &Source,
    exercises: &'a [Exercise],
    options: &Options,
) -> Result<Option<&'a Exercise>> {
    for exercise in exercises {
        let known = grade::known(project, source, &exercise.topic, options)?;
        if known.is_none_or(|report| report.status != Status::Passed) {
            return Ok(Some(exercise));
        }
    }
    Ok(None)
}

/// How each exercise stands.
///
/// # Errors
///
/// Like [`grade::known`].
pub fn entries(
    project: &Project,
    source: &Source,
    exercises: &[Exercise],
    options: &Options,
) -> Result<Vec<Entry>> {
    let entry = |exercise| entry(project, source, exercise, options);
    exercises.iter().map(entry).collect()
}

fn entry(
    project: &Project,
    source: &Source,
    exercise: &Exercise,
    options: &Options,
) -> Result<Entry> {
    let known = grade::known(project, source, &exercise.topic, options)?;
    let is_missing = !source.src(&exercise.topic).exists();
    let status = match &known {
        _ if is_missing => Some(Status::Pending),
        Some(report) => Some(report.status),
        None => None,
    };
    let points = known.filter(|report| report.status != Status::Pending);
    Ok(Entry {
        topic: exercise.topic.clone(),
        title: exercise.title.clone(),
        summary: exercise.summary.clone(),
        status,
        points: points.filter(|_| !is_missing).map(|report| report.points),
        max_points: POINTS,
        source: source.display(&exercise.topic),
    })
}
