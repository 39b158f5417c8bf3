//! `grader verify`: tests the tests.

use anyhow::Result;

use super::{deliver, known_topics, look, options};
use crate::catalog;
use crate::cli::{Common, Verify};
use crate::exit_code::ExitCode;
use crate::project::Project;
use crate::report::Format;
use crate::report::matrix;
use crate::report::progress::Progress;
use crate::verify;

pub(super) fn run(verify: &Verify, common: &Common) -> Result<ExitCode> {
    // Everything that is verified is in the binary, so any directory will do.
    let project = Project::find(true)?;
    let all: Vec<String> = catalog::all()?
        .into_iter()
        .map(|exercise| exercise.topic)
        .collect();
    let topics = match verify.topics.as_slice() {
        [] => all,
        asked => known_topics(asked, &all)?,
    };
    let look = look(common, verify.output.output.as_deref(), None);
    let options = options(&verify.grading, verify.output.format, &look);

    let progress = Progress::stderr(common.quiet, look.width);
    let matrix = verify::verify(&project, &topics, &options, &progress);
    progress.clear();
    let matrix = matrix?;
    let text = match verify.output.format {
        Format::Human => matrix::render(&matrix, &look),
        Format::Json => matrix::json(&matrix),
    };
    deliver(&text, &verify.output)?;
    Ok(match matrix.ok() {
        true => ExitCode::Passed,
        false => ExitCode::Failed,
    })
}
