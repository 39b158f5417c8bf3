//! `grader notes`: a chapter of the notes, or a section of them, on the terminal.

use anyhow::{Context, Result};
use clap::Args;

use super::args::Common;
use super::look::look;
use super::topics::{nearest, plain_name};
use crate::exit_code::ExitCode;
use crate::katas::{catalog, notes};
use crate::learner::course;
use crate::messages::{diagnosis, learner as say};
use crate::report::{markdown, pager};
use crate::results::options::Options;
use crate::results::usage::Usage;
use crate::results::verdict::Diagnosis;
use crate::submission::project::Project;

/// `grader notes`
#[derive(Debug, Args)]
#[command(after_help = NOTES_EXAMPLES)]
pub struct Notes {
    /// An exercise, a diagnosis such as `lost_wakeup`, or another chapter [default: the exercise
    /// that you are at]
    #[arg(value_name = "TOPIC|DIAGNOSIS")]
    pub name: Option<String>,
}

const NOTES_EXAMPLES: &str = "\
Examples:
  grader notes                        the chapter on the exercise that you are at
  grader notes semaphore              on another one
  grader notes lost_wakeup            what a diagnosis means
  grader notes memory_ordering        a chapter that belongs to no exercise

On a terminal they are shown by $PAGER, or by `less -R`.";

/// Carries it out.
///
/// # Errors
///
/// The command cannot be carried out as typed, the machine, the toolchain or the grader broke
/// down.
pub fn run(command: &Notes, common: &Common) -> Result<ExitCode> {
    let look = look(common, None, None);
    let text = match &command.name {
        Some(name) => named(name)?,
        None => current()?,
    };
    let lines = markdown::lines(text, look.width, &look);
    pager::show(&(lines.join("\n") + "\n"))?;
    Ok(ExitCode::Passed)
}

/// The chapter or section of that name.
fn named(name: &str) -> Result<&'static str> {
    let plain = plain_name(name).to_lowercase();
    let text = notes::chapter(&plain).or_else(|| {
        let is_known = Diagnosis::ALL
            .iter()
            .any(|it| diagnosis::word(*it) == plain);
        is_known.then(|| notes::on_diagnosis(&plain)).flatten()
    });
    text.ok_or_else(|| {
        let mut all = notes::chapters();
        all.extend(Diagnosis::ALL.map(|it| diagnosis::word(it).to_owned()));
        Usage::Said(say::no_notes(name, nearest(&plain, &all), &all)).into()
    })
}

/// The chapter on the first exercise that has not passed, or on how to read what the grader says.
fn current() -> Result<&'static str> {
    let project = Project::find(false)?;
    let exercises = catalog::all()?;
    let options = Options::default();
    let source = project.exercises();
    let open = course::first_unfinished(&project, &source, &exercises, &options)?;
    let name = open.map_or(AFTER_ALL, |exercise| &exercise.topic);
    notes::chapter(name).with_context(|| say::no_notes(name, None, &notes::chapters()))
}

/// The chapter for those who have passed everything.
const AFTER_ALL: &str = "model_checking";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_topic_a_diagnosis_or_a_chapter_however_it_is_written() {
        for (name, begins_with) in [
            ("lock", "# Lock\n"),
            ("exercises/lock/", "# Lock\n"),
            ("lost_wakeup", "## lost-wakeup\n"),
            ("lost-wakeup", "## lost-wakeup\n"),
            ("Memory-Ordering", "# Memory ordering\n"),
        ] {
            let text = named(name).expect(name).replace("\r\n", "\n");
            assert!(text.starts_with(begins_with), "{name}: {}", &text[..20]);
        }
        assert!(notes::chapter(AFTER_ALL).is_some());
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let error = named("lost_wakeups").expect_err("unknown");
        assert!(error.is::<Usage>());
        assert!(error.to_string().contains("did you mean `lost_wakeup`?"));
        let error = named("telepathy").expect_err("unknown").to_string();
        assert!(
            error.contains("lock") && error.contains("data_race"),
            "{error}"
        );
    }

    #[test]
    fn every_diagnosis_has_its_section() {
        for bug in Diagnosis::ALL {
            assert!(named(diagnosis::word(bug)).is_ok(), "{bug:?}");
        }
    }
}
