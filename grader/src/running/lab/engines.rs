//! How far the engines are, while they are built for the first time.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Result;

use crate::building::cargo::Build;
use crate::building::plan;
use crate::results::event::{Event, Observer};

/// Which of their crates are not done yet.
pub(super) struct Engines<'a> {
    observer: &'a dyn Observer,
    /// Their manifests.
    left: HashSet<PathBuf>,
    crates: usize,
    start: Instant,
}

impl<'a> Engines<'a> {
    /// Finds out which crates the engines are: everything that is built but the `graded` packages.
    ///
    /// # Errors
    ///
    /// As [`plan::plan`].
    pub(super) fn missing<T>(
        build: &Build<'_>,
        observer: &'a dyn Observer,
        graded: &HashMap<PathBuf, T>,
    ) -> Result<Engines<'a>> {
        let downloading = || observer.on(Event::Downloading);
        let mut left = plan::plan(build.toolchain, build.workspace, build.cancel, &downloading)?;
        left.retain(|manifest| !graded.contains_key(manifest));
        let engines = Engines {
            observer,
            crates: left.len(),
            left,
            start: Instant::now(),
        };
        observer.on(Event::EnginesMissing {
            crates: engines.crates,
        });
        engines.tell();
        Ok(engines)
    }

    /// The crate with this manifest is done. Whether it was the last one.
    pub(super) fn are_done_with(&mut self, manifest: &Path) -> bool {
        if self.left.remove(manifest) {
            self.tell();
        }
        self.left.is_empty()
    }

    /// Says how far they are.
    pub(super) fn tell(&self) {
        self.observer.on(Event::EnginesBuilding {
            done: self.crates - self.left.len(),
            crates: self.crates,
            elapsed: self.start.elapsed(),
        });
    }
}
