//! Makes a new kata out of the template that is embedded in the binary: a whole one, which
//! passes `verify` as it is.
//!
//! The template is `grader/templates/kata`. In its files `__topic__`, `__title__` and
//! `__order__` stand for what differs from kata to kata.

pub mod mutant;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use toml::Table;

use crate::katas::catalog;
use crate::katas::embedded;
use crate::results::usage::{NewKata, Usage};
use crate::support::disk;

pub use crate::katas::header::MARKER;

/// What was made.
#[derive(Debug, Clone)]
pub struct Kata {
    pub topic: String,
    /// Where it stands among the others: behind them.
    pub order: u32,
    /// New folders and files, and changed ones, by their path in the repository, with `/`.
    pub made: Vec<String>,
}

/// Each part of the template, and where it goes.
const PLACES: [(&str, &str); 5] = [
    ("exercise", "exercises/__topic__"),
    ("solution", "solutions/__topic__"),
    ("suite", "grader/suites/__topic__"),
    // One template for both: they are the same file.
    ("exercise/src/lib.rs", "grader/suites/__topic__/skeleton.rs"),
    ("chapter.md", "notes/src/__topic__.md"),
];

/// The folders that a clone of the repository has and that katas are put into.
const FOLDERS: [&str; 4] = ["exercises", "solutions", "grader/suites", "notes/src"];

/// The table of contents of the notes.
const SUMMARY: &str = "notes/src/SUMMARY.md";

/// Orders are apart from each other, so that a kata can be put in between.
const STEP: u32 = 10;

/// Crates that come with Rust.
const OF_RUST: [&str; 5] = ["alloc", "core", "proc_macro", "std", "test"];

/// Names of devices, which no file on Windows can have.
const DEVICES: [&str; 4] = ["aux", "con", "nul", "prn"];

/// A keyword since the edition 2024, which `syn` still takes for a name.
const YOUNGEST_KEYWORD: &str = "gen";

/// Makes a new kata in the clone of the repository at `root`: all of it, or nothing.
///
/// # Errors
///
/// The name will not do, something of that name is there already, or `root` is no clone (all of
/// them [`Usage`]); or files cannot be read or written.
pub fn make(root: &Path, topic: &str) -> Result<Kata> {
    let refuse = |problem| Err(Usage::NewKata(problem).into());
    if let Some(problem) = problem(topic) {
        return refuse(problem);
    }
    if let Some(folder) = FOLDERS.iter().find(|folder| !root.join(folder).is_dir()) {
        let (folder, root) = ((*folder).to_owned(), root.to_owned());
        return refuse(NewKata::NoClone { folder, root });
    }
    let tops = tops(topic);
    if let Some(top) = tops.iter().find(|top| is_taken(root, top)) {
        return refuse(NewKata::InTheWay { path: top.clone() });
    }
    let order = next_order(root)?;
    let summary = summary(root, topic)?;
    let files = files(topic, order);
    let attempt = write(root, &files).and_then(|()| match &summary {
        Some(text) => disk::rewrite(&root.join(SUMMARY), text.as_bytes()),
        None => Ok(()),
    });
    if let Err(error) = attempt {
        return Err(match remove(root, &tops) {
            Ok(()) => error,
            Err(top) => error.context(format!(
                "{top} is half of a kata that could not be written: remove it"
            )),
        });
    }
    let mut made = tops;
    made.extend(summary.map(|_| SUMMARY.to_owned()));
    Ok(Kata {
        topic: topic.to_owned(),
        order,
        made,
    })
}

/// Why a kata cannot have this name, if it cannot.
fn problem(topic: &str) -> Option<NewKata> {
    let name = topic.to_owned();
    if !is_name(topic) {
        let meant = topic.to_ascii_lowercase().replace(['-', ' ', '.'], "_");
        let meant = Some(meant).filter(|it| is_name(it));
        return Some(NewKata::NoName { topic: name, meant });
    }
    if topic == YOUNGEST_KEYWORD || syn::parse_str::<syn::Ident>(topic).is_err() {
        return Some(NewKata::Keyword { topic: name });
    }
    if catalog::names().contains(&topic) {
        return Some(NewKata::KataExists { topic: name });
    }
    if OF_RUST.contains(&topic) || crates().any(|name| name.replace('-', "_") == topic) {
        return Some(NewKata::CrateExists { topic: name });
    }
    let is_device = DEVICES.contains(&topic);
    is_device.then_some(NewKata::Device { topic: name })
}

/// Whether it is written as crates and modules are.
fn is_name(topic: &str) -> bool {
    let is_part = |part: &str| {
        let mut characters = part.chars();
        !part.is_empty() && characters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
    };
    topic.starts_with(|first: char| first.is_ascii_lowercase()) && topic.split('_').all(is_part)
}

/// The packages that the grader and its engines are built from.
fn crates() -> impl Iterator<Item = &'static str> {
    let lock = embedded::text("Cargo.lock").unwrap_or_default();
    lock.lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
}

/// The folders and files that belong to a kata alone.
fn tops(topic: &str) -> Vec<String> {
    let places: Vec<String> = PLACES.map(|(_, place)| fill(place, topic, 0)).into();
    let is_top = |place: &&String| {
        let is_below = |other: &String| place.starts_with(&format!("{other}/"));
        !places.iter().any(is_below)
    };
    places.iter().filter(is_top).cloned().collect()
}

/// Whether something has that name, on a file system that does not tell `A` from `a` either.
fn is_taken(root: &Path, place: &str) -> bool {
    let (folder, name) = place.rsplit_once('/').unwrap_or(("", place));
    let entries = fs::read_dir(root.join(folder)).into_iter().flatten();
    entries.flatten().any(|entry| {
        let present = entry.file_name();
        present.to_string_lossy().eq_ignore_ascii_case(name)
    })
}

/// The order of a kata that comes behind all that are there.
///
/// They are read from the disk: the binary may be older than the last kata that it has made.
fn next_order(root: &Path) -> Result<u32> {
    let mut last = 0;
    for entry in fs::read_dir(root.join("grader/suites"))? {
        let file = entry?.path().join("exercise.toml");
        if !file.is_file() {
            continue;
        }
        let read = || -> Result<Table> { Ok(fs::read_to_string(&file)?.parse()?) };
        let manifest = read().with_context(|| format!("reading {}", file.display()))?;
        let order = manifest.get("order").and_then(toml::Value::as_integer);
        last = last.max(order.and_then(|it| u32::try_from(it).ok()).unwrap_or(0));
    }
    Ok((last / STEP + 1) * STEP)
}

/// The table of contents with a line for the chapter behind those of the other katas, if it
/// lists any.
fn summary(root: &Path, topic: &str) -> Result<Option<String>> {
    let file = root.join(SUMMARY);
    if !file.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let lines: Vec<&str> = text.lines().collect();
    let is_of_a_kata = |line: &&str| {
        let chapter = line
            .split_once("](")
            .and_then(|(_, rest)| rest.split_once(".md)"));
        chapter.is_some_and(|(name, _)| root.join("exercises").join(name).is_dir())
    };
    let Some(last) = lines.iter().rposition(is_of_a_kata) else {
        return Ok(None);
    };
    let line = format!("- [{}]({topic}.md)", title(topic));
    let (before, after) = lines.split_at(last + 1);
    let lines = before.iter().copied().chain([line.as_str()]);
    let lines = lines.chain(after.iter().copied());
    Ok(Some(lines.map(|line| format!("{line}\n")).collect()))
}

/// `Thread pool` for `thread_pool`.
fn title(topic: &str) -> String {
    let mut title = topic.replace('_', " ");
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    title
}

/// All files of a new kata: their path in the repository and their text.
fn files(topic: &str, order: u32) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (part, place) in PLACES {
        let source = format!("templates/kata/{part}");
        let place = fill(place, topic, order);
        if let Some(text) = embedded::text(&source) {
            files.push((place.clone(), fill(text, topic, order)));
        }
        for (name, text) in embedded::below(&source) {
            files.push((format!("{place}/{name}"), fill(text, topic, order)));
        }
    }
    files
}

fn fill(text: &str, topic: &str, order: u32) -> String {
    text.replace("__topic__", topic)
        .replace("__title__", &title(topic))
        .replace("__order__", &order.to_string())
}

fn write(root: &Path, files: &[(String, String)]) -> Result<()> {
    for (place, text) in files {
        let path = root.join(place);
        disk::create_directory(path.parent().unwrap_or(root))?;
        disk::write_new(&path, text.as_bytes())?;
    }
    Ok(())
}

/// Removes what was made, or tells what it cannot remove.
fn remove(root: &Path, tops: &[String]) -> Result<(), String> {
    for top in tops {
        let path = root.join(top);
        let removed = match path.is_dir() {
            true => disk::remove_directory(&path),
            false => disk::remove(&path),
        };
        removed.map_err(|_| top.clone())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands for a clone: one kata and a table of contents.
    fn clone() -> tempfile::TempDir {
        let clone = tempfile::tempdir().unwrap();
        for folder in FOLDERS {
            fs::create_dir_all(clone.path().join(folder)).unwrap();
        }
        fs::create_dir(clone.path().join("exercises/lock")).unwrap();
        fs::create_dir(clone.path().join("grader/suites/lock")).unwrap();
        let manifest = clone.path().join("grader/suites/lock/exercise.toml");
        fs::write(manifest, "order = 14").unwrap();
        let summary = "# Katas\n\n- [Lock](lock.md)\n\n# More\n\n- [Sources](sources.md)\n";
        fs::write(clone.path().join(SUMMARY), summary).unwrap();
        clone
    }

    #[test]
    fn names_are_those_of_crates() {
        for topic in ["latch", "read_write_lock", "h2o", "a_1"] {
            assert_eq!(problem(topic), None, "{topic}");
        }
        for topic in [
            "", "_", "_a", "a_", "a__b", "1a", "Latch", "a-b", "é", "../a",
        ] {
            assert!(!is_name(topic), "{topic}");
            assert!(problem(topic).is_some(), "{topic}");
        }
    }

    #[test]
    fn no_keyword_is_a_name() {
        for topic in [
            "match", "async", "gen", "try", "self", "super", "crate", "yield",
        ] {
            assert_eq!(
                problem(topic),
                Some(NewKata::Keyword {
                    topic: topic.to_owned()
                })
            );
        }
    }

    #[test]
    fn nothing_of_the_template_is_left_in_a_kata() {
        for (place, text) in files("latch", 110) {
            for placeholder in ["__topic__", "__title__", "__order__"] {
                assert!(!place.contains(placeholder), "{place}");
                assert!(!text.contains(placeholder), "{place}: {placeholder}");
            }
        }
    }

    #[test]
    fn each_file_for_the_author_to_replace_says_so() {
        for (place, text) in files("latch", 110) {
            let is_manifest = place.ends_with("Cargo.toml");
            assert!(is_manifest || text.contains(MARKER), "{place}");
        }
    }

    #[test]
    fn a_kata_stands_behind_the_others() {
        let clone = clone();
        let kata = make(clone.path(), "count_down").unwrap();
        assert_eq!(kata.order, 20);
        let summary = fs::read_to_string(clone.path().join(SUMMARY)).unwrap();
        let expected = "- [Lock](lock.md)\n- [Count down](count_down.md)\n\n# More";
        assert!(summary.contains(expected), "{summary}");
        assert_eq!(make(clone.path(), "count_up").unwrap().order, 30);
    }

    #[test]
    fn a_table_of_contents_without_katas_is_left_alone() {
        let clone = clone();
        fs::write(clone.path().join(SUMMARY), "- [Sources](sources.md)\n").unwrap();
        let kata = make(clone.path(), "latch").unwrap();
        assert!(!kata.made.contains(&SUMMARY.to_owned()));
    }

    #[test]
    fn what_cannot_be_written_whole_is_removed() {
        let clone = clone();
        let tops = tops("latch");
        let mut files = files("latch", 110);
        // A file below a file.
        files.push(("notes/src/latch.md/more".to_owned(), String::new()));
        write(clone.path(), &files).unwrap_err();
        assert!(clone.path().join("grader/suites/latch/model.rs").is_file());
        remove(clone.path(), &tops).unwrap();
        assert!(!tops.iter().any(|top| is_taken(clone.path(), top)));
    }
}
