//! `grader new`: makes a new kata, or a mutant of one.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::args::Common;
use super::look::look;
use super::topics::known_topics;
use crate::authors::scaffold::{self, mutant};
use crate::exit_code::ExitCode;
use crate::katas::catalog;
use crate::report::{new_kata, new_mutant, output};
use crate::submission::project::Project;

/// `grader new`
#[derive(Debug, Args)]
#[command(after_help = NEW_EXAMPLES)]
pub struct New {
    /// Name of the kata and of its crate: lower-case words joined by underscores
    #[arg(value_name = "TOPIC")]
    pub topic: String,
    /// Make a mutant of this name instead, from an edited copy of what is right
    #[arg(long, value_name = "NAME", requires = "copy")]
    pub mutant: Option<String>,
    /// The edited copy: the reference solution, or an alternate, with one wrong idea in it
    #[arg(long, value_name = "FILE", group = "copy", requires = "mutant")]
    pub from: Option<PathBuf>,
    /// Write the whole crate of a mutant that there is to FILE, to try or to change it
    #[arg(long, value_name = "FILE", group = "copy", requires = "mutant")]
    pub to: Option<PathBuf>,
    /// What it is a difference to: `reference`, `alternate NAME`, `mutant NAME`, or `none` for a
    /// whole file [default: the nearest]
    #[arg(long, value_name = "BASE", requires = "from")]
    pub base: Option<String>,
    /// The wrong idea, as somebody who believes in it would say it
    #[arg(long, value_name = "TEXT", requires = "from")]
    pub idea: Option<String>,
    /// A test that must catch it, and what it must find, for example
    /// `model::no_lost_wakeup = lost_wakeup`; may be given several times
    #[arg(long, value_name = "TEST = DIAGNOSIS", requires = "from")]
    pub caught_by: Vec<String>,
}

const NEW_EXAMPLES: &str = "\
Examples:
  grader new latch                    in your clone of the repository
  cargo grader verify latch           builds the grader again, with the new kata in it
  grader new latch --mutant waits-once --from edited.rs
  grader new latch --mutant waits-once --to whole.rs

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
    let look = look(common, None, None);
    let text = match &new.mutant {
        None => new_kata::render(&scaffold::make(project.root(), &new.topic)?, &look),
        Some(name) => {
            let all: Vec<String> = catalog::names().into_iter().map(str::to_owned).collect();
            let topic = &known_topics(std::slice::from_ref(&new.topic), &all)?[0];
            match (&new.from, &new.to) {
                (Some(from), _) => {
                    let wish = mutant::Wish {
                        topic,
                        name,
                        from,
                        base: new.base.as_deref(),
                        idea: new.idea.as_deref().filter(|it| !it.trim().is_empty()),
                        caught_by: &new.caught_by,
                    };
                    new_mutant::render(&mutant::make(project.root(), &wish)?, &look)
                }
                (None, Some(to)) => {
                    mutant::write_out(topic, name, to)?;
                    new_mutant::written_out(to, &look)
                }
                // The command line has one of them.
                (None, None) => String::new(),
            }
        }
    };
    output::print(&text)?;
    Ok(ExitCode::Passed)
}
