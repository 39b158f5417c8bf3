//! Notices when a file of a kata is saved.
//!
//! What the system tells of changes is only a nudge to look at the files again, and what is in
//! them decides. So it does not matter how an editor saves (writing over the file, or renaming a
//! new one), in how many steps, or which files of its own it leaves there. And where the system
//! tells nothing, as of network drives and of Windows' drives inside of WSL, looking now and then
//! finds the same.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::submission::intake::{self, Intake};
use crate::submission::project::Source;

/// How often the files are looked at although the system tells of changes.
const SLOWLY: Duration = Duration::from_secs(1);
/// How often where it does not.
const OFTEN: Duration = Duration::from_millis(200);

/// Watches the files of one kata at a time.
pub(super) struct Changes {
    watcher: Option<RecommendedWatcher>,
    watched: Option<PathBuf>,
    source: Source,
    topic: String,
    seen: Option<Intake>,
    looked: Instant,
}

impl Changes {
    /// Watches nothing yet. `nudge` is called whenever it may be worth to [look](Changes::look).
    /// With `poll`, or where the system cannot tell, that is left to the caller.
    pub(super) fn new(source: Source, poll: bool, nudge: impl Fn() + Send + 'static) -> Changes {
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // Reading a file is no change, and the grader reads them itself.
            if !event.is_ok_and(|event| matches!(event.kind, EventKind::Access(_))) {
                nudge();
            }
        });
        Changes {
            watcher: watcher.ok().filter(|_| !poll),
            watched: None,
            source,
            topic: String::new(),
            seen: None,
            looked: Instant::now(),
        }
    }

    /// Turns to a kata, as it is now.
    pub(super) fn turn_to(&mut self, topic: &str) {
        topic.clone_into(&mut self.topic);
        self.seen = self.read();
        self.watch();
    }

    /// Whether the files are others than before.
    pub(super) fn look(&mut self) -> bool {
        let now = self.read();
        self.looked = Instant::now();
        // What cannot be read at the moment is in the middle of a change.
        let has_changed = now.is_some() && now != self.seen;
        if has_changed {
            self.seen = now;
        }
        has_changed
    }

    /// What the files were when they were last looked at.
    pub(super) fn seen(&self) -> Option<&Intake> {
        self.seen.as_ref()
    }

    /// Whether to look without being nudged.
    pub(super) fn is_time(&self) -> bool {
        let interval = match self.watched {
            Some(_) => SLOWLY,
            None => OFTEN,
        };
        self.looked.elapsed() >= interval
    }

    /// Watches the folder of the kata. It may have been removed and made again since the last
    /// time, and the system watches what was there and not the name.
    pub(super) fn watch(&mut self) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        if let Some(before) = self.watched.take() {
            let _ = watcher.unwatch(&before);
        }
        let src = self.source.src(&self.topic);
        let folder = src.parent().unwrap_or(Path::new(".")).to_owned();
        if watcher.watch(&folder, RecursiveMode::Recursive).is_ok() {
            self.watched = Some(folder);
        }
    }

    fn read(&self) -> Option<Intake> {
        intake::take(&self.source, &self.topic).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc;

    use super::*;
    use crate::submission::project::Project;

    const PATIENCE: Duration = Duration::from_secs(60);

    struct Place {
        root: tempfile::TempDir,
        changes: Changes,
        nudges: mpsc::Receiver<()>,
    }

    fn watched(poll: bool) -> Place {
        let root = tempfile::tempdir().unwrap();
        let src = root.path().join("exercises/lock/src");
        fs::create_dir_all(&src).unwrap();
        fs::write(src.join("lib.rs"), "before").unwrap();
        let source = Project::at(root.path(), false, None).unwrap().exercises();
        let (sender, nudges) = mpsc::channel();
        let mut changes = Changes::new(source, poll, move || {
            let _ = sender.send(());
        });
        changes.turn_to("lock");
        Place {
            root,
            changes,
            nudges,
        }
    }

    impl Place {
        fn file(&self) -> PathBuf {
            self.root.path().join("exercises/lock/src/lib.rs")
        }

        /// Waits as the session does: for a nudge, or until it is time to look.
        fn notices(&mut self) -> bool {
            let started = Instant::now();
            while started.elapsed() < PATIENCE {
                let nudge = self.nudges.recv_timeout(Duration::from_millis(100));
                if (nudge.is_ok() || self.changes.is_time()) && self.changes.look() {
                    return true;
                }
            }
            false
        }
    }

    #[test]
    fn a_save_is_noticed_however_the_editor_does_it() {
        for poll in [false, true] {
            let mut place = watched(poll);
            fs::write(place.file(), "written over").unwrap();
            assert!(place.notices());
            let new = place.file().with_extension("new");
            fs::write(&new, "renamed").unwrap();
            fs::rename(&new, place.file()).unwrap();
            assert!(place.notices());
            let folder = place.root.path().join("exercises/lock");
            fs::remove_dir_all(&folder).unwrap();
            assert!(place.notices());
            fs::create_dir_all(folder.join("src")).unwrap();
            fs::write(place.file(), "made again").unwrap();
            assert!(place.notices());
            place.changes.watch();
            fs::write(place.file(), "and again").unwrap();
            assert!(place.notices());
        }
    }

    #[test]
    fn files_of_an_editor_and_a_save_without_a_change_are_no_change() {
        let mut place = watched(false);
        fs::write(place.file().with_file_name(".lib.rs.swp"), "x").unwrap();
        fs::write(place.file(), "before").unwrap();
        assert!(!place.changes.look());
    }
}
