//! Which hints have been given: one more each time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::messages::usage;
use crate::support::disk;

/// How many hints of each topic have been given.
pub struct Given {
    file: PathBuf,
    counts: BTreeMap<String, usize>,
}

impl Given {
    /// The counts that are kept in this scratch directory. A file that is missing or damaged means
    /// that none has been given.
    pub fn load(scratch: &Path) -> Given {
        let file = scratch.join("hints.json");
        let counts = std::fs::read(&file)
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        Given { file, counts }
    }

    /// Counts one more and tells how many are given now.
    pub fn one_more(&mut self, topic: &str, available: usize) -> usize {
        let count = self.counts.entry(topic.to_owned()).or_default();
        *count = (*count + 1).min(available);
        *count
    }

    /// Writes the counts down.
    ///
    /// # Errors
    ///
    /// They cannot be written.
    pub fn store(&self) -> Result<()> {
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
