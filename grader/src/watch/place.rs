//! Where in a kata there is something to do.

use std::path::PathBuf;

use crate::report::human;
use crate::results::place::Place;
use crate::results::report::ExerciseReport;
use crate::submission::intake::Intake;
use crate::submission::project::Source;

/// The file and line to look at: of the finding if there is one, of the first `todo!()`.
pub(super) fn of(
    topic: &str,
    source: &Source,
    answer: Option<&ExerciseReport>,
    handed_in: Option<&Intake>,
) -> (PathBuf, u32) {
    let (src, display) = (source.src(topic), source.display(topic));
    if let Some(Place { file, line, .. }) = answer.and_then(human::place)
        && let Some(name) = file.strip_prefix(&*display.to_string_lossy())
    {
        return (src.join(name.trim_start_matches('/')), line);
    }
    let line = match handed_in {
        Some(Intake::Taken(files)) => files.get("lib.rs").map(|text| first_todo(text)),
        _ => None,
    };
    (src.join("lib.rs"), line.unwrap_or(1))
}

/// The line of the first `todo!()`, or the first one of the file.
pub fn first_todo(text: &str) -> u32 {
    let place = text.lines().position(|line| line.contains("todo!("));
    let line = place.and_then(|place| u32::try_from(place + 1).ok());
    line.unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_something_to_do_at_the_first_todo() {
        assert_eq!(first_todo("a\nb(todo!(\"x\"))\ntodo!()\n"), 2);
        assert_eq!(first_todo(""), 1);
    }
}
