//! `grader watch`: checks a kata whenever it is saved.

use anyhow::Result;
use clap::Args;

use super::args::{Common, Grading, Place};
use super::look::look;
use super::topics::known_topics;
use crate::exit_code::ExitCode;
use crate::katas::catalog;
use crate::messages::watch as say;
use crate::report::Format;
use crate::results::options::Options;
use crate::results::usage::Usage;
use crate::watch::{self, Ended, Wish};

/// `grader watch`
#[derive(Debug, Args)]
#[command(after_help = WATCH_EXAMPLES)]
pub struct Watch {
    /// Exercise to begin with [default: the first that has not passed]
    #[arg(value_name = "TOPIC")]
    pub topic: Option<String>,
    /// Look at the files five times a second, where the system does not tell of changes: on
    /// network drives, below /mnt in WSL
    #[arg(long)]
    pub poll: bool,
    /// Open no editor
    #[arg(long, conflicts_with = "edit_cmd")]
    pub no_editor: bool,
    /// Open the current exercise with CMD; `{file}` and `{line}` in it are filled in [default: in
    /// the terminal of Visual Studio Code, in Zellij and tmux, what they offer]
    #[arg(long, value_name = "CMD")]
    pub edit_cmd: Option<String>,
    #[command(flatten)]
    pub grading: Grading,
    #[command(flatten)]
    pub place: Place,
}

const WATCH_EXAMPLES: &str = "\
Examples:
  grader watch                        the exercise that you are at
  grader watch semaphore              another one
  grader watch --edit-cmd 'code --goto {file}:{line}'

The last row of the screen names the keys. Enter checks again. `q` ends it, with exit code 0.";

/// Carries it out.
///
/// # Errors
///
/// The command cannot be carried out as typed, or the machine, the toolchain or the grader broke
/// down.
pub fn run(watch: &Watch, common: &Common) -> Result<ExitCode> {
    let (project, source) = watch.place.find()?;
    let topic = match &watch.topic {
        None => None,
        Some(topic) => {
            let all: Vec<String> = catalog::names().into_iter().map(str::to_owned).collect();
            known_topics(std::slice::from_ref(topic), &all)?.pop()
        }
    };
    if watch
        .edit_cmd
        .as_deref()
        .is_some_and(|it| it.trim().is_empty())
    {
        return Err(Usage::Said(say::NO_EDIT_COMMAND.to_owned()).into());
    }
    let look = look(common, None, watch.place.source.as_deref());
    let ended = watch::watch(Wish {
        project,
        source,
        options: Options {
            first_bug: true,
            ..watch.grading.options(Format::Human, &look)
        },
        look,
        topic,
        poll: watch.poll,
        edit: !watch.no_editor,
        edit_command: watch.edit_cmd.clone(),
    })?;
    Ok(match ended {
        Ended::Quit => ExitCode::Passed,
        Ended::Interrupted => ExitCode::Interrupted,
    })
}
