//! `grader new`: makes a new kata, or a mutant of one.

use anyhow::Result;

use super::{known_topics, look};
use crate::catalog;
use crate::cli::{Common, New};
use crate::exit_code::ExitCode;
use crate::project::Project;
use crate::report::{new_kata, new_mutant, output};
use crate::scaffold::{self, mutant};

pub(super) fn run(new: &New, common: &Common) -> Result<ExitCode> {
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
