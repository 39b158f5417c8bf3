//! `grader solution`: the reference solution beside the learner's own.

use anyhow::Result;
use clap::Args;

use super::args::Common;
use super::look::look;
use super::topics::the_topic;
use crate::exit_code::ExitCode;
use crate::katas::catalog::{self, Files};
use crate::learner::course;
use crate::messages::learner as say;
use crate::report::{comparison, output, pager};
use crate::results::options::Options;
use crate::results::verdict::Status;
use crate::submission::intake::{self, Intake};
use crate::submission::project::Project;

/// `grader solution`
#[derive(Debug, Args)]
#[command(after_help = SOLUTION_EXAMPLES)]
pub struct Solution {
    /// The exercise
    #[arg(value_name = "TOPIC")]
    pub topic: String,
    /// Also if the exercise has not passed
    #[arg(long)]
    pub anyway: bool,
}

const SOLUTION_EXAMPLES: &str = "\
Examples:
  grader solution lock                what the reference solution does otherwise than yours
  grader solution lock --anyway       the same before yours has passed

An exercise that has never passed, without --anyway, is exit code 1.";

/// Carries it out.
///
/// # Errors
///
/// The command cannot be carried out as typed, the machine, the toolchain or the grader broke
/// down.
pub fn run(solution: &Solution, common: &Common) -> Result<ExitCode> {
    let project = Project::find(false)?;
    let topic = the_topic(&solution.topic)?;
    let source = project.exercises();
    let look = look(common, None, None);
    let exercises = [catalog::exercise(&topic)?];
    let entries = course::entries(&project, &source, &exercises, &Options::default())?;
    let has_passed = entries
        .iter()
        .any(|entry| entry.status == Some(Status::Passed) || entry.passed_at.is_some());
    if !has_passed && !solution.anyway {
        let typed = look.command(&format!("solution {topic}"));
        output::warn(&say::not_passed_yet(&topic, &typed), &look);
        return Ok(ExitCode::Failed);
    }
    let own = match intake::take(&source, &topic)? {
        Intake::Taken(files) => files,
        // What cannot be graded cannot be compared either: the solution is shown whole.
        Intake::Unusable(_) | Intake::Forbidden(_) => Files::new(),
    };
    let shown = source.display(&topic).display().to_string();
    let reference = catalog::reference(&topic)?;
    let folders = (shown.as_str(), format!("solutions/{topic}/src"));
    let text = match comparison::render((folders.0, &own), (&folders.1, &reference), &look) {
        Some(text) => text,
        None => format!("{}\n", say::same_as_reference(&topic)),
    };
    pager::show(&text)?;
    Ok(ExitCode::Passed)
}
