//! The chapters of the notes, which travel inside the binary.

use crate::katas::catalog;
use crate::katas::embedded;

/// The chapter whose sections are about one diagnosis each.
const DIAGNOSES: &str = "notes/diagnoses.md";
/// The table of contents, which is no chapter.
const CONTENTS: &str = "SUMMARY.md";

/// The chapter on a topic, or of that name: `lock`, `memory_ordering`, `memory-ordering`.
pub fn chapter(name: &str) -> Option<&'static str> {
    let file = file_of(name)?;
    embedded::text(&format!("notes/{file}"))
}

/// The file of a chapter, as its repository names it: `notes/src/lock.md`.
pub fn path(name: &str) -> Option<String> {
    file_of(name).map(|file| format!("notes/src/{file}"))
}

/// The section on a diagnosis, from its word: `lost_wakeup`.
pub fn on_diagnosis(word: &str) -> Option<&'static str> {
    section(embedded::text(DIAGNOSES)?, word)
}

/// The names of all chapters: first those of the topics, in the order in which they are learned.
pub fn chapters() -> Vec<String> {
    let topics = catalog::all().unwrap_or_default();
    let topics: Vec<String> = topics.into_iter().map(|it| it.topic).collect();
    let rest = files().map(name_of).filter(|it| !topics.contains(it));
    let rest: Vec<String> = rest.collect();
    let topics = topics.iter().filter(|topic| file_of(topic).is_some());
    topics.cloned().chain(rest).collect()
}

fn files() -> impl Iterator<Item = &'static str> {
    let files = embedded::children("notes").into_iter();
    files.filter(|file| file.ends_with(".md") && *file != CONTENTS)
}

fn file_of(name: &str) -> Option<&'static str> {
    let name = name.replace('-', "_");
    files().find(|file| name_of(file) == name)
}

fn name_of(file: &str) -> String {
    file.trim_end_matches(".md").replace('-', "_")
}

/// The section under the heading that says this word, the heading included.
fn section<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let is_heading = |line: &str| {
        let title = line.strip_prefix("## ").map(str::trim);
        title.is_some_and(|title| title.trim_matches('`').replace('-', "_") == word)
    };
    let mut at = 0;
    let mut start = None;
    let mut in_code = false;
    for line in text.split_inclusive('\n') {
        in_code ^= line.starts_with("```");
        match start {
            None if is_heading(line) => start = Some(at),
            Some(start) if !in_code && (line.starts_with("## ") || line.starts_with("# ")) => {
                return Some(&text[start..at]);
            }
            _ => {}
        }
        at += line.len();
    }
    start.map(|start| &text[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_has_a_chapter() {
        for topic in catalog::names() {
            assert!(chapter(topic).is_some(), "{topic}");
        }
        assert!(chapter("memory-ordering").is_some());
        assert_eq!(chapter("memory_ordering"), chapter("memory-ordering"));
        assert_eq!(chapter("zebra"), None);
        assert_eq!(path("lock").as_deref(), Some("notes/src/lock.md"));
        assert_eq!(chapters()[0], "lock");
        assert!(!chapters().contains(&"SUMMARY".to_owned()));
    }

    #[test]
    fn a_section_ends_where_the_next_begins_and_code_has_no_headings() {
        let text = "# T\n## a-b\none\n```rust\n# hidden\n```\ntwo\n## c\nthree\n";
        let first = "## a-b\none\n```rust\n# hidden\n```\ntwo\n";
        assert_eq!(section(text, "a_b"), Some(first));
        assert_eq!(section(text, "c"), Some("## c\nthree\n"));
        assert_eq!(section(text, "d"), None);
    }
}
