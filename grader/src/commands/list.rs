//! `grader list`: the exercises and how far the learner is, without compiling anything.

use anyhow::Result;
use clap::Args;

use super::args::{Common, Output, Place};
use super::look::look;
use crate::exit_code::ExitCode;
use crate::katas::catalog;
use crate::learner::course;
use crate::report::{Format, output, topics};
use crate::results::options::Options;

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
    if let Some(odd) = course::remembered(&project, &source).odd() {
        output::warn(&odd, &look);
    }
    let entries = course::entries(&project, &source, &catalog::all()?, &Options::default())?;
    let text = match list.output.format {
        Format::Human => topics::render(&entries, &look),
        Format::Json => topics::json(&entries),
    };
    list.output.deliver(&text)?;
    Ok(ExitCode::Passed)
}
