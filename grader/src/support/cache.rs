//! Remembered results: an unchanged question is answered without building or running anything.
//!
//! An entry holds its whole question, the learner's source included, and counts only if that is
//! equal to what is asked. So neither a collision of names nor a foreign or damaged file can
//! give a wrong answer.

use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::support::disk;
use crate::support::fingerprint::fingerprint;

/// The most entries that are kept; the oldest go first.
const MOST_ENTRIES: usize = 5_000;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    parts: Vec<String>,
}

impl Key {
    /// A question made of these parts.
    pub fn new<T: Into<String>>(parts: impl IntoIterator<Item = T>) -> Key {
        Key {
            parts: parts.into_iter().map(Into::into).collect(),
        }
    }

    /// Its parts.
    pub fn parts(&self) -> &[String] {
        &self.parts
    }
}

/// The directory of the entries.
#[derive(Debug, Clone)]
pub struct Cache {
    directory: PathBuf,
}

#[derive(Serialize)]
struct Writing<'a, T> {
    key: &'a Key,
    value: &'a T,
}

#[derive(Deserialize)]
struct Reading<T> {
    key: Key,
    value: T,
}

impl Cache {
    /// The cache in that directory, which need not exist.
    pub fn at(directory: PathBuf) -> Cache {
        Cache { directory }
    }

    /// The directory.
    pub fn directory(&self) -> &std::path::Path {
        &self.directory
    }

    /// The remembered answer.
    pub fn load<T: DeserializeOwned>(&self, key: &Key) -> Option<T> {
        let text = fs::read(self.file(key)).ok()?;
        let entry: Reading<T> = serde_json::from_slice(&text).ok()?;
        (entry.key == *key).then_some(entry.value)
    }

    /// Remembers an answer. If that fails, nothing is lost but time.
    pub fn store<T: Serialize>(&self, key: &Key, value: &T) {
        if let Ok(text) = serde_json::to_vec(&Writing { key, value }) {
            let _ = disk::write(&self.file(key), &text);
        }
    }

    /// Forgets the oldest entries when there are too many.
    pub fn prune(&self) {
        let Ok(entries) = fs::read_dir(&self.directory) else {
            return;
        };
        let mut files: Vec<(SystemTime, PathBuf)> = entries
            .flatten()
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        if files.len() <= MOST_ENTRIES {
            return;
        }
        files.sort();
        for (_, file) in &files[..files.len() - MOST_ENTRIES] {
            let _ = fs::remove_file(file);
        }
    }

    fn file(&self, key: &Key) -> PathBuf {
        let name = fingerprint(key.parts.iter().map(String::as_str));
        self.directory.join(format!("{name}.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_what_it_was_told() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::at(directory.path().join("cache"));
        let key = Key::new(["a", "b"]);
        assert_eq!(cache.load::<u8>(&key), None);
        cache.store(&key, &7);
        assert_eq!(cache.load::<u8>(&key), Some(7));
        assert_eq!(cache.load::<u8>(&Key::new(["ab"])), None);
    }

    #[test]
    fn damaged_and_foreign_entries_are_ignored() {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache::at(directory.path().to_path_buf());
        let (key, other) = (Key::new(["a"]), Key::new(["b"]));
        cache.store(&other, &7);
        fs::copy(cache.file(&other), cache.file(&key)).unwrap();
        assert_eq!(cache.load::<u8>(&key), None);
        fs::write(cache.file(&key), "{\"key\":").unwrap();
        assert_eq!(cache.load::<u8>(&key), None);
    }

    #[test]
    fn a_cache_that_cannot_be_written_is_no_error() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        Cache::at(file.join("cache")).store(&Key::new(["a"]), &7);
    }
}
