//! `grader hint`: one more hint each time.

use anyhow::{Result, ensure};
use clap::Args;

use super::args::Common;
use super::look::look;
use super::topics::known_topics;
use crate::exit_code::ExitCode;
use crate::katas::catalog::{self, Exercise};
use crate::learner::course;
use crate::learner::given::Given;
use crate::messages::usage;
use crate::report::hints::{self, Shown};
use crate::report::output;
use crate::results::options::Options;
use crate::submission::project::Project;

/// `grader hint`
#[derive(Debug, Args)]
#[command(after_help = HINT_EXAMPLES)]
pub struct Hint {
    /// The exercise [default: the first that has not passed]
    #[arg(value_name = "TOPIC")]
    pub topic: Option<String>,
    /// Show those that were given before, too
    #[arg(long)]
    pub all: bool,
}

const HINT_EXAMPLES: &str = "\
Examples:
  grader hint                         for the exercise that you are at
  grader hint semaphore               for another one
  grader hint --all                   with those that you have had before";

/// Carries it out.
///
/// # Errors
///
/// The command cannot be carried out as typed, the machine, the toolchain or the grader broke
/// down, or the user interrupted it.
pub fn run(hint: &Hint, common: &Common) -> Result<ExitCode> {
    // Hints are in the binary: where there is no project, the current directory remembers them.
    let project = Project::find(hint.topic.is_some())?;
    let look = look(common, None, None);
    let exercises = catalog::all()?;
    let Some(exercise) = chosen(hint, &project, &exercises)? else {
        output::print(&format!("{}\n", usage::NO_HINT_NEEDED))?;
        return Ok(ExitCode::Passed);
    };
    let available = exercise.hints.len();
    ensure!(available > 0, usage::no_hints(&exercise.topic));

    let mut given = Given::load(project.scratch());
    let shown = given.one_more(&exercise.topic, available);
    let command = look.command(&format!("hint {}", exercise.topic));
    output::print(&hints::render(
        &exercise.topic,
        &exercise.hints[..shown],
        available,
        if hint.all { Shown::All } else { Shown::Newest },
        &command,
        &look,
    ))?;
    // A hint that was shown but not counted is shown again, which is better than no hint.
    given.store()?;
    Ok(ExitCode::Passed)
}

/// The exercise that was named, or the first that has not passed.
fn chosen<'a>(
    hint: &Hint,
    project: &Project,
    exercises: &'a [Exercise],
) -> Result<Option<&'a Exercise>> {
    let Some(topic) = &hint.topic else {
        let (source, options) = (project.exercises(), Options::default());
        return course::first_unfinished(project, &source, exercises, &options);
    };
    let all: Vec<String> = exercises.iter().map(|e| e.topic.clone()).collect();
    let topics = known_topics(std::slice::from_ref(topic), &all)?;
    Ok(exercises
        .iter()
        .find(|exercise| topics.contains(&exercise.topic)))
}
