//! What there is to read beside the answer: the notes, and the reference solution.

use crate::katas::{catalog, notes};
use crate::messages::{diagnosis, learner as say};
use crate::report::look::Look;
use crate::report::{comparison, human, markdown};
use crate::results::report::ExerciseReport;
use crate::submission::intake::Intake;
use crate::submission::project::Source;

/// The section on the bug that the answer tells, or the chapter on the kata.
pub(super) fn notes(topic: &str, answer: Option<&ExerciseReport>, look: &Look) -> String {
    let bug = answer.and_then(human::diagnosis).map(diagnosis::word);
    let section = bug.and_then(notes::on_diagnosis);
    let text = section.or_else(|| notes::chapter(topic));
    match text {
        Some(text) => markdown::lines(text, look.width, look).join("\n"),
        None => say::no_notes(topic, None, &notes::chapters()),
    }
}

/// What sets the reference solution apart from what was handed in.
pub(super) fn solution(
    topic: &str,
    source: &Source,
    handed_in: Option<&Intake>,
    look: &Look,
) -> String {
    let own = match handed_in {
        Some(Intake::Taken(files)) => files.clone(),
        _ => Default::default(),
    };
    let reference = match catalog::reference(topic) {
        Ok(reference) => reference,
        Err(error) => return format!("{error:#}"),
    };
    let folder = source.display(topic).display().to_string();
    let of_reference = format!("solutions/{topic}/src");
    let text = comparison::render((&folder, &own), (&of_reference, &reference), look);
    text.unwrap_or_else(|| say::same_as_reference(topic))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::looks;
    use crate::results::fixtures;
    use crate::submission::project::Project;

    #[test]
    fn the_notes_are_on_the_bug_if_one_is_told() {
        let look = looks::plain();
        let lost = fixtures::lost_wakeup();
        assert!(notes("lock", Some(&lost), &look).starts_with("lost-wakeup\n"));
        let passed = fixtures::passed("lock");
        assert!(notes("lock", Some(&passed), &look).starts_with("Lock\n"));
        assert!(notes("lock", None, &look).starts_with("Lock\n"));
    }

    #[test]
    fn the_solution_stands_beside_what_was_handed_in() {
        let root = tempfile::tempdir().expect("a directory");
        let project = Project::at(root.path(), true, None).expect("a project");
        let taken = Intake::Taken(catalog::single("mine\n"));
        let source = project.exercises();
        let text = solution("lock", &source, Some(&taken), &looks::plain());
        assert!(text.contains("\n-mine\n"), "{text}");
        let same = Intake::Taken(catalog::reference("lock").expect("a solution"));
        let text = solution("lock", &source, Some(&same), &looks::plain());
        assert!(text.contains("word for word"), "{text}");
    }
}
