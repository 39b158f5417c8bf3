//! `grader replay`: steps through what the last check found.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::args::{Common, Place};
use super::hidden_tests::is_meant;
use super::look::look;
use super::topics::the_topic;
use crate::exit_code::ExitCode;
use crate::grading::last::{self, Last};
use crate::katas::catalog;
use crate::messages::replay as say;
use crate::replay;
use crate::report::look::Look;
use crate::report::output;
use crate::report::replay::{Replay as Steps, candidates, page, table};
use crate::results::report::TestReport;
use crate::results::usage::Usage;
use crate::submission::project::{Project, Source};
use crate::support::{sanitise, terminal};

/// `grader replay`
#[derive(Debug, Args)]
#[command(after_help = REPLAY_EXAMPLES)]
pub struct Replay {
    /// The exercise [default: the first whose last check found a failure that has steps]
    #[arg(value_name = "TOPIC")]
    pub topic: Option<String>,
    /// Replay the failure of this test [default: the one that the check told]
    #[arg(long, value_name = "NAME")]
    pub test: Option<String>,
    /// Write it to FILE as a page for a browser, whole or not at all
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    #[command(flatten)]
    pub place: Place,
}

const REPLAY_EXAMPLES: &str = "\
Examples:
  grader replay                       the failure that you are at
  grader replay lock                  that of another exercise
  grader replay lock --test model::two_threads_take_turns
  grader replay lock --html lock.html as a page for a browser

On a terminal, Right and Left step through it, and `q` ends it; elsewhere all steps are printed.
Nothing is run: what is replayed is what the last `grader check` found, of the code as it was then.

Exit codes: 0 replayed; 2 there is nothing that can be replayed; 130 interrupted.";

/// Carries it out.
///
/// # Errors
///
/// There is nothing to replay ([`Usage`]), the machine broke down, or the user interrupted it.
pub fn run(replay: &Replay, common: &Common) -> Result<ExitCode> {
    let (project, source) = replay.place.find()?;
    let look = look(
        common,
        replay.html.as_deref(),
        replay.place.source.as_deref(),
    );
    let last = last(replay, &project, &source, &look)?;
    let test = chosen(replay, &last, &look)?;
    let nothing = || nothing(&last.report.topic, &look);
    let steps = Steps::of(&last.report, test, last.is_edited).ok_or_else(nothing)?;
    if let Some(file) = &replay.html {
        output::write(file, &page::render(&steps, &look))?;
        if !common.quiet {
            let file = sanitise::line(&file.to_string_lossy());
            output::print(&format!("{}\n", say::written(&file)))?;
        }
    } else if terminal::is_there() {
        replay::replay(&steps, &look)?;
    } else {
        output::print(&table(&steps, &look))?;
    }
    Ok(ExitCode::Passed)
}

/// What the last check of the topic told, or of the first one that has something to replay.
fn last(replay: &Replay, project: &Project, source: &Source, look: &Look) -> Result<Last> {
    if let Some(topic) = &replay.topic {
        let topic = the_topic(topic)?;
        let last = last::recall(project, source, &topic)?;
        return Ok(last.ok_or_else(|| nothing(&topic, look))?);
    }
    for topic in catalog::names() {
        if let Some(last) = last::recall(project, source, topic)?
            && !candidates(&last.report).is_empty()
        {
            return Ok(last);
        }
    }
    Err(Usage::Said(say::nothing_at_all(&look.command("check"))).into())
}

/// The test whose failure is replayed.
fn chosen<'a>(replay: &Replay, last: &'a Last, look: &Look) -> Result<&'a TestReport> {
    let topic = &last.report.topic;
    let tests = candidates(&last.report);
    let Some(&first) = tests.first() else {
        return Err(nothing(topic, look).into());
    };
    let Some(asked) = &replay.test else {
        return Ok(first);
    };
    let is_it = |test: &&&TestReport| is_meant(&test.name, asked);
    let names: Vec<&str> = tests.iter().map(|test| test.name.as_str()).collect();
    let known = tests.iter().find(is_it).copied();
    Ok(known.ok_or_else(|| Usage::Said(say::no_such_test(asked, topic, &names)))?)
}

fn nothing(topic: &str, look: &Look) -> Usage {
    Usage::Said(say::nothing(
        topic,
        &look.command(&format!("check {topic}")),
    ))
}
