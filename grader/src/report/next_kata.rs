//! What `next` shows: the kata, what to do in it, and what helps.

use super::look::{Look, Tone, wrap};
use super::topics::{Entry, standing};
use crate::messages::{diagnosis, learner as say, summary};
use crate::results::verdict::Status;

/// The kata to do next. `chapter` is the file of its chapter.
pub fn render(entry: &Entry, chapter: Option<&str>, look: &Look) -> String {
    let (_, tone, word) = standing(entry);
    let heading = look.paint(Tone::Strong, &say::next(&entry.topic, &entry.title));
    let mut text = format!("{heading} ({})\n\n", look.paint(tone, word));
    for line in wrap(&entry.summary, look.width.saturating_sub(2)) {
        text.push_str(&format!("  {line}\n"));
    }
    text.push('\n');
    for line in wrap(&what_to_do(entry, look), look.width) {
        text.push_str(&format!("{line}\n"));
    }
    if look.quiet {
        return text;
    }
    text.push('\n');
    for (word, command, about) in help(entry, chapter, look) {
        let about = about.map(|it| format!("  ({it})")).unwrap_or_default();
        let about = look.paint(Tone::Faint, &about);
        text.push_str(&format!("  {word:5}  {command}{about}\n"));
    }
    text
}

fn what_to_do(entry: &Entry, look: &Look) -> String {
    let path = summary::to_open(&entry.source);
    let check = look.command(&format!("check {}", entry.topic));
    match entry.status {
        None => say::next_check(&path, &check),
        Some(Status::Pending) => say::next_begin(&path, &check),
        Some(_) => say::next_repair(&path, &check, bug(entry)),
    }
}

/// What the last check found, if that is about the code as it is.
fn bug(entry: &Entry) -> Option<&'static str> {
    let is_pending = entry.status == Some(Status::Pending);
    let known = entry
        .diagnosis
        .filter(|_| entry.status.is_some() && !is_pending);
    known.map(diagnosis::word)
}

fn help<'a>(
    entry: &Entry,
    chapter: Option<&'a str>,
    look: &Look,
) -> Vec<(&'static str, String, Option<&'a str>)> {
    let topic = &entry.topic;
    let bug = bug(entry).map(|bug| (say::TO_READ, look.command(&format!("notes {bug}")), None));
    let chapter = chapter.map(|file| {
        let command = look.command(&format!("notes {topic}"));
        (say::TO_READ, command, Some(file))
    });
    let hint = (say::TO_GET_ON, look.command(&format!("hint {topic}")), None);
    let watch = (say::TO_WATCH, look.command(&format!("watch {topic}")), None);
    bug.into_iter()
        .chain(chapter)
        .chain([hint, watch])
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::report::looks;
    use crate::results::verdict::Diagnosis;

    fn shown(status: Option<Status>, diagnosis: Option<Diagnosis>) -> String {
        let entry = Entry {
            topic: "lock".to_owned(),
            title: "Lock".to_owned(),
            summary: "Keep threads apart.".to_owned(),
            status,
            points: None,
            max_points: 10.0,
            passed_at: None,
            diagnosis,
            source: PathBuf::from("exercises/lock/src"),
        };
        render(&entry, Some("notes/src/lock.md"), &looks::plain())
    }

    #[test]
    fn an_untouched_kata_begins_with_its_file_and_its_chapter() {
        insta::assert_snapshot!(shown(Some(Status::Pending), None));
    }

    #[test]
    fn a_kata_that_failed_leads_to_the_notes_on_its_bug() {
        let text = shown(Some(Status::Failed), Some(Diagnosis::LostWakeup));
        assert!(
            text.contains("The last check found: lost_wakeup."),
            "{text}"
        );
        assert!(text.contains("cargo grader notes lost_wakeup"), "{text}");
    }

    #[test]
    fn a_bug_of_code_that_is_gone_is_not_told() {
        let text = shown(None, Some(Diagnosis::LostWakeup));
        assert!(!text.contains("lost_wakeup"), "{text}");
        assert!(text.contains("since its last check"), "{text}");
    }
}
