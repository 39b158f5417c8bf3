//! `grader list`: the exercises and how far the learner is, without compiling anything.

use anyhow::Result;
use clap::Args;

use super::args::{Common, Output, Place};
use super::look::look;
use crate::exit_code::ExitCode;
use crate::grading::grade;
use crate::katas::catalog::{self, Exercise, POINTS};
use crate::report::Format;
use crate::report::topics::{self, Entry};
use crate::results::options::Options;
use crate::results::verdict::Status;
use crate::submission::project::{Project, Source};

/// `grader list`
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub output: Output,
}

/// Carries it out.
///
/// # Errors
///
/// The command cannot be carried out as typed, the machine, the toolchain or the grader broke
/// down, or the user interrupted it.
pub fn run(list: &List, common: &Common) -> Result<ExitCode> {
    let (project, source) = list.place.find()?;
    let file = list.output.output.as_deref();
    let look = look(common, file, list.place.source.as_deref());
    let entries = catalog::all()?
        .iter()
        .map(|exercise| entry(&project, &source, exercise))
        .collect::<Result<Vec<_>>>()?;
    let text = match list.output.format {
        Format::Human => topics::render(&entries, &look),
        Format::Json => topics::json(&entries),
    };
    list.output.deliver(&text)?;
    Ok(ExitCode::Passed)
}

/// The first exercise that is not known to have passed.
pub(super) fn first_unfinished<'a>(
    project: &Project,
    exercises: &'a [Exercise],
) -> Result<Option<&'a Exercise>> {
    let source = project.exercises();
    for exercise in exercises {
        let known = grade::known(project, &source, &exercise.topic, &Options::default())?;
        if known.is_none_or(|report| report.status != Status::Passed) {
            return Ok(Some(exercise));
        }
    }
    Ok(None)
}

fn entry(project: &Project, source: &Source, exercise: &Exercise) -> Result<Entry> {
    let known = grade::known(project, source, &exercise.topic, &Options::default())?;
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
