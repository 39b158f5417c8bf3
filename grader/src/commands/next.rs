//! `grader next`: what to do now.

use anyhow::{Result, anyhow};
use clap::Args;

use super::args::Common;
use super::look::look;
use crate::exit_code::ExitCode;
use crate::katas::{catalog, notes};
use crate::learner::course;
use crate::messages::{learner as say, watch as say_watch};
use crate::report::{next_kata, output};
use crate::results::options::Options;
use crate::results::verdict::Status;
use crate::submission::project::{Project, Source};
use crate::support::terminal;
use crate::watch::{Editor, first_todo};

/// `grader next`
#[derive(Debug, Args)]
#[command(after_help = NEXT_EXAMPLES)]
pub struct Next {
    /// Open no editor
    #[arg(long, conflicts_with = "edit_cmd")]
    pub no_editor: bool,
    /// Open its file with CMD, as `watch` does
    #[arg(long, value_name = "CMD")]
    pub edit_cmd: Option<String>,
}

const NEXT_EXAMPLES: &str = "\
Examples:
  grader next                         the first exercise that has not passed, and what to do there

On a terminal its file is opened where `grader watch` would open it.";

/// Carries it out.
///
/// # Errors
///
/// The command cannot be carried out as typed, the machine, the toolchain or the grader broke
/// down.
pub fn run(next: &Next, common: &Common) -> Result<ExitCode> {
    let project = Project::find(false)?;
    let source = project.exercises();
    let look = look(common, None, None);
    if let Some(odd) = course::remembered(&project, &source).odd() {
        output::warn(&odd, &look);
    }
    let entries = course::entries(&project, &source, &catalog::all()?, &Options::default())?;
    let open = |status: Option<Status>| status != Some(Status::Passed);
    let Some(entry) = entries.iter().find(|entry| open(entry.status)) else {
        output::print(&format!("{}\n", say::ALL_PASSED))?;
        return Ok(ExitCode::Passed);
    };
    let chapter = notes::path(&entry.topic);
    output::print(&next_kata::render(entry, chapter.as_deref(), &look))?;
    if !next.no_editor && (terminal::is_there() || next.edit_cmd.is_some()) {
        open_in_editor(next, &source, &entry.topic).unwrap_or_else(|error| {
            output::warn(&format!("{error:#}"), &look);
        });
    }
    Ok(ExitCode::Passed)
}

/// Opens the file at its first `todo!()`, if there is an editor that can.
fn open_in_editor(next: &Next, source: &Source, topic: &str) -> Result<()> {
    let variable = |name: &str| std::env::var(name).ok();
    let Some(editor) = Editor::choose(next.edit_cmd.as_deref(), &variable) else {
        return Ok(());
    };
    let file = source.src(topic).join("lib.rs");
    let text = std::fs::read_to_string(&file).unwrap_or_default();
    let opened = editor.open(&file, first_todo(&text));
    opened.map_err(|error| anyhow!(say_watch::no_editor(editor.program(), &error.to_string())))
}
