//! `grader hint`: one more hint each time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;

use super::args::Common;
use super::look::look;
use super::topics::known_topics;
use crate::exit_code::ExitCode;
use crate::katas::catalog::{self, Exercise};
use crate::messages::usage;
use crate::report::{hints, output};
use crate::submission::project::Project;
use crate::support::disk;

/// `grader hint`
#[derive(Debug, Args)]
#[command(after_help = HINT_EXAMPLES)]
pub struct Hint {
    /// The exercise [default: the first that has not passed]
    #[arg(value_name = "TOPIC")]
    pub topic: Option<String>,
}

const HINT_EXAMPLES: &str = "\
Examples:
  grader hint                         for the exercise that you are at
  grader hint semaphore               for another one";

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
        return super::list::first_unfinished(project, exercises);
    };
    let all: Vec<String> = exercises.iter().map(|e| e.topic.clone()).collect();
    let topics = known_topics(std::slice::from_ref(topic), &all)?;
    Ok(exercises
        .iter()
        .find(|exercise| topics.contains(&exercise.topic)))
}

/// How many hints of each topic have been given.
struct Given {
    file: PathBuf,
    counts: BTreeMap<String, usize>,
}

impl Given {
    /// A file that is missing or damaged means that none has been given.
    fn load(scratch: &Path) -> Given {
        let file = scratch.join("hints.json");
        let counts = std::fs::read(&file)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        Given { file, counts }
    }

    /// Counts one more and tells how many are given now.
    fn one_more(&mut self, topic: &str, available: usize) -> usize {
        let count = self.counts.entry(topic.to_owned()).or_default();
        *count = (*count + 1).min(available);
        *count
    }

    fn store(&self) -> Result<()> {
        let text = serde_json::to_vec(&self.counts).context(usage::CANNOT_REMEMBER_HINTS)?;
        disk::write(&self.file, &text).context(usage::CANNOT_REMEMBER_HINTS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_gives_one_more_until_there_is_none() {
        let scratch = tempfile::tempdir().expect("a directory");
        let mut shown = Vec::new();
        for _ in 0..4 {
            let mut given = Given::load(scratch.path());
            shown.push(given.one_more("lock", 3));
            given.store().expect("writable");
        }
        assert_eq!(shown, [1, 2, 3, 3]);
        assert_eq!(Given::load(scratch.path()).one_more("event", 3), 1);
    }

    #[test]
    fn a_damaged_memory_begins_anew() {
        let scratch = tempfile::tempdir().expect("a directory");
        std::fs::write(scratch.path().join("hints.json"), "{\"lock\":").expect("writable");
        assert_eq!(Given::load(scratch.path()).one_more("lock", 3), 1);
    }
}
