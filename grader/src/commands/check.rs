//! `grader check`: grades exercises and reports.

use anyhow::Result;
use clap::Args;

use super::args::{Common, Grading, Output, Place};
use super::hidden_tests::known_tests;
use super::look::look;
use super::topics::known_topics;
use crate::exit_code::ExitCode;
use crate::grading::grade;
use crate::katas::catalog;
use crate::learner::progress;
use crate::messages::usage;
use crate::report::progress::Progress;
use crate::report::{Format, output};
use crate::results::options::Options;
use crate::results::usage::Usage;
use crate::submission::project::Source;
use crate::support::interrupt::Cancel;

/// `grader check`
#[derive(Debug, Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub struct Check {
    /// Exercises to check [default: those in the directory]
    #[arg(value_name = "TOPIC")]
    pub topics: Vec<String>,
    /// Check every exercise that there is, also those missing in the directory
    #[arg(long, conflicts_with = "topics")]
    pub all: bool,
    /// Run the hidden test NAME and no other; may be given several times
    #[arg(long = "test", value_name = "NAME")]
    pub tests: Vec<String>,
    #[command(flatten)]
    pub grading: Grading,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub output: Output,
}

const CHECK_EXAMPLES: &str = "\
Examples:
  grader check                        every exercise in the directory
  grader check lock                   one of them
  grader check lock --test model::two_threads_take_turns
  grader check lock --verbose         with every step of every failure
  grader check lock --effort thorough search longer
  grader check --source solutions     the reference solutions
  grader check --format json --output report.json

Exit codes are listed by `grader --help`.";

/// Carries it out.
///
/// # Errors
///
/// The command cannot be carried out as typed, the machine, the toolchain or the grader broke
/// down, or the user interrupted it.
pub fn run(check: &Check, common: &Common) -> Result<ExitCode> {
    let (project, source) = check.place.find()?;
    let topics = topics(check, &source)?;
    let (topics, tests) = match check.tests.as_slice() {
        [] => (topics, Vec::new()),
        asked => known_tests(asked, &topics)?,
    };
    let file = check.output.output.as_deref();
    let look = look(common, file, check.place.source.as_deref());
    let options = Options {
        first_bug: topics.len() == 1 && check.leaves_out(),
        tests,
        ..check.grading.options(check.output.format, &look)
    };

    let progress = Progress::stderr(common.quiet, look.width);
    let report = grade::check(
        &project,
        &source,
        &topics,
        &options,
        &progress,
        &Cancel::never(),
    );
    progress.clear();
    let report = report?;
    if let Some(said) = progress::remember(&project, &source, &report.exercises) {
        output::warn(&said, &look);
    }
    check
        .output
        .deliver(&check.output.format.render(&report, &look))?;
    Ok(ExitCode::from(&report))
}

impl Check {
    /// Whether somebody reads the answer who will come again, and not a program that counts points.
    fn leaves_out(&self) -> bool {
        let is_whole = !self.all && self.tests.is_empty();
        self.output.format == Format::Human && is_whole && self.output.output.is_none()
    }
}

/// The topics to grade, in the order of the catalogue unless they were named.
fn topics(check: &Check, source: &Source) -> Result<Vec<String>> {
    let all: Vec<String> = catalog::all()?
        .into_iter()
        .map(|exercise| exercise.topic)
        .collect();
    if check.all {
        return Ok(all);
    }
    if !check.topics.is_empty() {
        return known_topics(&check.topics, &all);
    }
    let present: Vec<String> = all
        .into_iter()
        .filter(|topic| {
            source
                .src(topic)
                .parent()
                .is_some_and(|folder| folder.exists())
        })
        .collect();
    if present.is_empty() {
        return Err(Usage::Said(usage::NOTHING_TO_CHECK.to_owned()).into());
    }
    Ok(present)
}
