//! What is known of each kata without compiling anything.

use anyhow::Result;

use crate::grading::grade;
use crate::katas::catalog::{Exercise, POINTS};
use crate::learner::progress::{Kata, Progress};
use crate::report::topics::Entry;
use crate::results::options::Options;
use crate::results::report::ExerciseReport;
use crate::results::verdict::Status;
use crate::submission::intake::{self, Intake};
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
    let progress = remembered(project, source);
    for exercise in exercises {
        let entry = entry(project, source, exercise, &progress, options)?;
        if entry.status != Some(Status::Passed) {
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
    let progress = remembered(project, source);
    let entry = |exercise| entry(project, source, exercise, &progress, options);
    exercises.iter().map(entry).collect()
}

/// What is remembered of the learner's own exercises; of other sources, nothing is.
pub fn remembered(project: &Project, source: &Source) -> Progress {
    match source.is_handed_in() {
        true => Progress::load(project.root()),
        false => Progress::default(),
    }
}

fn entry(
    project: &Project,
    source: &Source,
    exercise: &Exercise,
    progress: &Progress,
    options: &Options,
) -> Result<Entry> {
    let known = grade::known(project, source, &exercise.topic, options)?;
    let kata = progress.of(&exercise.topic);
    let is_missing = !source.src(&exercise.topic).exists();
    let (status, points) = match (is_missing, known) {
        (true, _) => (Some(Status::Pending), None),
        (false, Some(report)) => (Some(report.status), score(&report)),
        (false, None) => recalled(source, exercise, kata)?,
    };
    Ok(Entry {
        topic: exercise.topic.clone(),
        title: exercise.title.clone(),
        summary: exercise.summary.clone(),
        status,
        points,
        max_points: POINTS,
        passed_at: kata.and_then(|kata| Some(kata.passed.as_ref()?.when.clone())),
        diagnosis: kata.and_then(|kata| kata.last.as_ref()?.diagnosis),
        source: source.display(&exercise.topic),
    })
}

fn score(report: &ExerciseReport) -> Option<f64> {
    (report.status != Status::Pending).then_some(report.points)
}

/// What an earlier check of the same sources said, where the cache has forgotten it.
fn recalled(
    source: &Source,
    exercise: &Exercise,
    kata: Option<&Kata>,
) -> Result<(Option<Status>, Option<f64>)> {
    let Some(kata) = kata else {
        return Ok((None, None));
    };
    let Intake::Taken(files) = intake::take(source, &exercise.topic)? else {
        return Ok((None, None));
    };
    Ok(match kata.recall(&files) {
        Some((Status::Passed, _)) => (Some(Status::Passed), Some(POINTS)),
        // The file may have been edited by hand.
        Some((status, points)) => (Some(status), points.map(|it| it.clamp(0.0, POINTS))),
        None => (None, None),
    })
}
