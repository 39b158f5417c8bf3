//! Looks at the machine: is there everything that a learner needs?

use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use notify::{RecursiveMode, Watcher};

use super::progress::Progress;
use crate::building::plan;
use crate::building::toolchain::Toolchain;
use crate::building::workspace::Workspace;
use crate::katas::catalog;
use crate::results::examination::{Check, Crates, Terminal};
use crate::submission::project::Project;
use crate::submission::subject::Subject;
use crate::support::disk;
use crate::support::interrupt::Cancel;

/// How long to wait for the system to tell of a saved file. It takes a few milliseconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// Looks at everything, one after the other.
pub fn examine(project: &Project, terminal: Option<Terminal>) -> Vec<Check> {
    let toolchain = Toolchain::find(&project.scratch().join("cache"));
    let crates = toolchain.as_ref().map(crates);
    let mut checks = vec![Check::Toolchain {
        found: match &toolchain {
            Ok(toolchain) => Ok(toolchain.release().to_owned()),
            Err(error) => Err(format!("{error:#}")),
        },
        least: env!("CARGO_PKG_RUST_VERSION"),
    }];
    // Without cargo, there is nobody to ask.
    checks.extend(crates.ok().map(Check::Crates));
    let cores = thread::available_parallelism();
    checks.extend([
        Check::Cores(cores.ok().map(usize::from)),
        Check::Scratch(said(writable(project.scratch()))),
        Check::Room(disk::room(project.scratch())),
        Check::FileEvents(said(tells_of_saves(project.root()))),
        Check::Terminal(terminal),
        Check::Progress(Progress::load(project.root()).odd()),
    ]);
    checks
}

fn said<T>(result: anyhow::Result<T>) -> Result<T, String> {
    result.map_err(|error| format!("{error:#}"))
}

/// Has cargo look for the crates that the engines stand on, and get what is missing.
fn crates(toolchain: &Toolchain) -> Result<Crates, String> {
    let look = || {
        let directory = tempfile::tempdir()?;
        // What every kata is built with, one is.
        let all = catalog::all()?;
        let exercise = all.first().context("there are no katas")?;
        let (reference, tests) = (Subject::reference(exercise)?, exercise.tests.iter());
        let wanted = [(&reference, &*tests.collect::<Vec<_>>())];
        Workspace::at(directory.path().to_owned()).write(&wanted, false)?;
        let (cancel, has_downloaded) = (Cancel::never(), std::cell::Cell::new(false));
        let note = || has_downloaded.set(true);
        let crates = plan::plan(toolchain, directory.path(), &cancel, &note)?.len();
        Ok(match has_downloaded.get() {
            true => Crates::Downloaded(crates),
            false => Crates::Here(crates),
        })
    };
    said(look())
}

fn writable(scratch: &Path) -> anyhow::Result<()> {
    disk::create_directory(scratch)?;
    tempfile::tempfile_in(scratch)?;
    Ok(())
}

/// Saves a file beside the exercises, and waits for the system to tell of it.
fn tells_of_saves(root: &Path) -> anyhow::Result<bool> {
    let folder = tempfile::Builder::new()
        .prefix(".grader-doctor-")
        .tempdir_in(root)?;
    let (sender, told) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let _ = sender.send(event.is_ok());
    })?;
    watcher.watch(folder.path(), RecursiveMode::NonRecursive)?;
    disk::write(&folder.path().join("saved"), b"saved")?;
    Ok(told.recv_timeout(PATIENCE).unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saves_are_told_where_this_is_tested_or_it_is_said_why_not() {
        let root = tempfile::tempdir().expect("a directory");
        let _ = tells_of_saves(root.path());
        let left = std::fs::read_dir(root.path()).expect("readable").count();
        assert_eq!(left, 0, "nothing is left beside the exercises");
        let missing = root.path().join("missing");
        assert!(tells_of_saves(&missing).is_err());
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_not_writable() {
        let root = tempfile::tempdir().expect("a directory");
        assert!(writable(&root.path().join("a/b")).is_ok());
        std::fs::write(root.path().join("file"), "").expect("written");
        assert!(writable(&root.path().join("file/below")).is_err());
    }
}
