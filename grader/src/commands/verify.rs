//! `grader verify`: tests the tests.

use std::num::NonZeroUsize;

use anyhow::Result;
use clap::Args;

use super::args::{Common, Grading, Output};
use super::look::look;
use super::topics::known_topics;
use crate::authors::{changed, generate, repeat, verify};
use crate::exit_code::ExitCode;
use crate::katas::catalog;
use crate::messages::authors;
use crate::report::look::Look;
use crate::report::progress::Progress;
use crate::report::{Format, matrix, repetition, survivors, timings};
use crate::results::changes::{Changes, Since};
use crate::results::matrix::Matrix;
use crate::results::options::Options;
use crate::results::repetition::Repetition;
use crate::results::survey::Survey;
use crate::submission::project::Project;

/// `grader verify`
#[derive(Debug, Args)]
#[command(after_help = VERIFY_EXAMPLES)]
pub struct Verify {
    /// Topics to verify [default: all]
    #[arg(value_name = "TOPIC")]
    pub topics: Vec<String>,
    /// Make mutants of the references by small changes, and show those that no test catches
    #[arg(long)]
    pub generate: bool,
    /// Only those of these mutants whose name contains TEXT, for example a function's
    #[arg(long, value_name = "TEXT", requires = "generate")]
    pub mutants: Option<String>,
    /// Run the stress tests N times, each time with the next seed: what is right must pass, and
    /// a mutant be caught, every time
    #[arg(long, value_name = "N", conflicts_with = "generate")]
    pub repeat: Option<NonZeroUsize>,
    /// Only what has changed since this branch left REV [default: the main branch], as git says;
    /// everything if the engines or the grader have
    #[arg(
        long,
        value_name = "REV",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with_all = ["generate", "repeat"]
    )]
    pub changed: Option<Option<String>>,
    /// Show where the time went, and let cargo write its report on each crate
    #[arg(long, conflicts_with_all = ["generate", "repeat"])]
    pub timings: bool,
    #[command(flatten)]
    pub grading: Grading,
    #[command(flatten)]
    pub output: Output,
}

const VERIFY_EXAMPLES: &str = "\
Examples:
  grader verify                       every topic
  grader verify lock --effort quick   one topic, in a hurry
  grader verify --changed             what this branch has changed, committed or not
  grader verify lock --generate       wrong programs that nobody has thought of
  grader verify --repeat 200 -j 8     is anything flaky, also on a busy machine?";

/// Carries it out.
///
/// # Errors
///
/// The command cannot be carried out as typed, the machine, the toolchain or the grader broke
/// down, or the user interrupted it.
pub fn run(verify: &Verify, common: &Common) -> Result<ExitCode> {
    // Everything that is verified is in the binary, so any directory will do.
    let project = Project::find(true)?;
    let all: Vec<String> = catalog::all()?
        .into_iter()
        .map(|exercise| exercise.topic)
        .collect();
    let topics = match verify.topics.as_slice() {
        [] => all,
        asked => known_topics(asked, &all)?,
    };
    let look = look(common, verify.output.output.as_deref(), None);
    let options = Options {
        timings: verify.timings,
        ..verify.grading.options(verify.output.format, &look)
    };
    let since = match &verify.changed {
        Some(revision) => Some(changed::since(project.root(), revision.as_deref())?),
        None => None,
    };
    let progress = Progress::stderr(common.quiet, look.width);
    let format = verify.output.format;
    let (text, ok) = if verify.generate {
        let asked = verify.mutants.as_deref().unwrap_or_default();
        let survey = generate::generate(&project, &topics, asked, &options, &progress);
        progress.clear();
        survey_told(&survey?, format, &look)
    } else if let Some(rounds) = verify.repeat {
        let repetition = repeat::repeat(&project, &topics, rounds, &options, &progress);
        progress.clear();
        repetition_told(&repetition?, format, &look)
    } else {
        let all = Changes::Everything;
        let changes = since.as_ref().map_or(&all, |since| &since.changes);
        let matrix = verify::verify(&project, &topics, changes, &options, &progress);
        progress.clear();
        matrix_told(&matrix?, since.as_ref(), verify.timings, format, &look)
    };
    verify.output.deliver(&text)?;
    Ok(match ok {
        true => ExitCode::Passed,
        false => ExitCode::Failed,
    })
}

fn matrix_told(
    matrix: &Matrix,
    since: Option<&Since>,
    timings: bool,
    format: Format,
    look: &Look,
) -> (String, bool) {
    let text = match format {
        Format::Human => {
            let since = since.map(|since| format!("{}\n", authors::changed_since(since)));
            let timings = timings.then(|| timings::render(matrix.spent.as_ref(), look) + "\n");
            let told = matrix::render(matrix, look);
            [since, timings, Some(told)].into_iter().flatten().collect()
        }
        Format::Json => matrix::json(matrix, timings),
    };
    (text, matrix.ok())
}

fn survey_told(survey: &Survey, format: Format, look: &Look) -> (String, bool) {
    let text = match format {
        Format::Human => survivors::render(survey, look),
        Format::Json => survivors::json(survey),
    };
    (text, survey.ok())
}

fn repetition_told(repetition: &Repetition, format: Format, look: &Look) -> (String, bool) {
    let text = match format {
        Format::Human => repetition::render(repetition, look),
        Format::Json => repetition::json(repetition),
    };
    (text, repetition.ok())
}
