//! `grader new`: makes a new kata.

use anyhow::Result;
use clap::Args;

use super::args::Common;
use super::look::look;
use crate::authors::scaffold;
use crate::exit_code::ExitCode;
use crate::report::{new_kata, output};
use crate::submission::project::Project;

/// `grader new`
#[derive(Debug, Args)]
#[command(after_help = NEW_EXAMPLES)]
pub struct New {
    /// Name of the kata and of its crate: lower-case words joined by underscores
    #[arg(value_name = "TOPIC")]
    pub topic: String,
}

const NEW_EXAMPLES: &str = "\
Examples:
  grader new latch                    in your clone of the repository
  cargo grader verify latch           builds the grader again, with the new kata in it

CONTRIBUTING.md goes through it step by step.";

/// Carries it out.
///
/// # Errors
///
/// The command cannot be carried out as typed, the machine, the toolchain or the grader broke
/// down, or the user interrupted it.
pub fn run(new: &New, common: &Common) -> Result<ExitCode> {
    // Whether this is a clone of the repository, `scaffold` looks more closely than that.
    let project = Project::find(true)?;
    let kata = scaffold::make(project.root(), &new.topic)?;
    output::print(&new_kata::render(&kata, &look(common, None, None)))?;
    Ok(ExitCode::Passed)
}
