//! `grader reset`: a kata as it was handed out, with a backup.

use std::io::IsTerminal;

use anyhow::Result;
use clap::Args;

use super::args::Common;
use super::look::look;
use super::topics::the_topic;
use crate::exit_code::ExitCode;
use crate::learner::reset;
use crate::messages::learner as say;
use crate::report::look::{Look, wrap};
use crate::report::output;
use crate::results::usage::Usage;
use crate::submission::project::Project;

/// `grader reset`
#[derive(Debug, Args)]
#[command(after_help = RESET_EXAMPLES)]
pub struct Reset {
    /// The exercise
    #[arg(value_name = "TOPIC")]
    pub topic: String,
    /// Do not ask
    #[arg(short, long)]
    pub yes: bool,
}

const RESET_EXAMPLES: &str = "\
Examples:
  grader reset lock                   says what would be lost, asks, and keeps a backup
  grader reset lock --yes             the same without asking

What was there is moved to exercises/TOPIC/backup-DATE-TIME, and never over another backup.";

/// Carries it out.
///
/// # Errors
///
/// The command cannot be carried out as typed, or the machine broke down.
pub fn run(command: &Reset, common: &Common) -> Result<ExitCode> {
    let project = Project::find(false)?;
    let topic = the_topic(&command.topic)?;
    let source = project.exercises();
    let look = look(common, None, None);
    let Some(changed) = reset::changed(&source, &topic)? else {
        tell(&say::nothing_to_reset(&topic), &look)?;
        return Ok(ExitCode::Passed);
    };
    let shown = source.display(&topic);
    if !command.yes {
        if !std::io::stdin().is_terminal() {
            let typed = look.command(&format!("reset {topic}"));
            return Err(Usage::Said(say::nobody_to_ask(&typed)).into());
        }
        let path = shown.display().to_string();
        let loss = say::would_reset(&path, changed.lines, changed.files);
        let question = format!("{}\n{}", wrap(&loss, look.width).join("\n"), say::RESET);
        if !output::ask(&question, &say::YES)? {
            tell(say::NOT_RESET, &look)?;
            return Ok(ExitCode::Passed);
        }
    }
    let backup = reset::reset(&source, &topic, &changed)?;
    tell(&say::has_reset(&topic), &look)?;
    if let Some(backup) = backup.filter(|_| !look.quiet) {
        // A command is no sentence: it has to stay on one line.
        output::print(&format!(
            "{}\n",
            say::backup(&source.shown(&backup), &shown)
        ))?;
    }
    Ok(ExitCode::Passed)
}

fn tell(text: &str, look: &Look) -> Result<()> {
    output::print(&format!("{}\n", wrap(text, look.width).join("\n")))
}
