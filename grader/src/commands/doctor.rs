//! `grader doctor`: is this machine fit for it?

use anyhow::Result;
use clap::Args;

use super::args::Common;
use super::look::look;
use crate::exit_code::ExitCode;
use crate::learner;
use crate::report::{doctor, output};
use crate::results::examination::{Health, Terminal};
use crate::submission::project::Project;

/// `grader doctor`
#[derive(Debug, Args)]
#[command(after_help = DOCTOR_HELP)]
pub struct Doctor {}

const DOCTOR_HELP: &str = "\
Each line says what was found, and below it what to do. What is missing of the crates that hidden
tests are built with is downloaded. If something would keep a check from working, the exit code
is 3.";

/// Carries it out.
///
/// # Errors
///
/// The current directory cannot be told, or standard output cannot be written.
pub fn run(_doctor: &Doctor, common: &Common) -> Result<ExitCode> {
    // Whoever has no clone yet may ask, too.
    let project = Project::find(true)?;
    let look = look(common, None, None);
    let size = terminal_size::terminal_size();
    let terminal = size.map(|(columns, rows)| Terminal {
        columns: columns.0.into(),
        rows: rows.0.into(),
        unicode: look.unicode,
    });
    let checks = learner::doctor::examine(&project, terminal);
    output::print(&doctor::render(&checks, &look))?;
    Ok(match doctor::worst(&checks) {
        Health::Broken => ExitCode::Fault,
        Health::Fine | Health::Poor => ExitCode::Passed,
    })
}
