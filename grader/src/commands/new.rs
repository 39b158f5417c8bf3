//! `grader new`: makes a new kata.

use anyhow::Result;

use super::look;
use crate::authors::scaffold;
use crate::cli::{Common, New};
use crate::exit_code::ExitCode;
use crate::report::{new_kata, output};
use crate::submission::project::Project;

pub(super) fn run(new: &New, common: &Common) -> Result<ExitCode> {
    // Whether this is a clone of the repository, `scaffold` looks more closely than that.
    let project = Project::find(true)?;
    let kata = scaffold::make(project.root(), &new.topic)?;
    output::print(&new_kata::render(&kata, &look(common, None, None)))?;
    Ok(ExitCode::Passed)
}
