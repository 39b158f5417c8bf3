//! The scratch workspace: generated manifests, copies of the graded sources, the hidden tests
//! and the embedded engines. A file that has its content already is left alone, so that cargo
//! builds only what has changed.
//!
//! Two things keep the executable that is run the one of the sources that were written:
//!
//! * cargo tells what has changed by the times of files, and a clock can be set back. So each
//!   manifest declares a feature that is named after a fingerprint of its package's sources and
//!   enabled nowhere: a package whose features have changed is built again, with all that
//!   depend on it.
//! * What cargo is asked to build it also links to the top of the target directory, where all
//!   graded crates of a topic have the same name. Of two that come there at once, one can be
//!   written over the other ([rust-lang/cargo#5444]). So cargo is asked only for the tests,
//!   whose names differ, and builds the graded crates as what those depend on.
//!
//! [rust-lang/cargo#5444]: https://github.com/rust-lang/cargo/issues/5444

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use walkdir::WalkDir;

use super::manifests;
use crate::katas::catalog::{self, Test};
use crate::katas::embedded;
use crate::katas::excerpt::Suite;
use crate::submission::subject::Subject;
use crate::support::disk;
use crate::support::fingerprint::fingerprint;

/// The directory of the generated workspace.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// A workspace in that directory, which need not exist yet.
    pub fn at(root: PathBuf) -> Workspace {
        Workspace { root }
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Writes everything that is needed to build these subjects with these tests in their
    /// executables. The tests of a suite cost more than all the rest of it: what is not to be run
    /// is left out.
    ///
    /// With `incremental`, what makes the next build of a changed crate quicker is kept: a changed
    /// line then costs half of what it costs otherwise, and the first build costs time and room.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn write(&self, wanted: &[(&Subject<'_>, &[&Test])], incremental: bool) -> Result<()> {
        self.write_engines()?;
        let mut suites = HashMap::new();
        let mut members = BTreeSet::new();
        let mut standards = BTreeSet::new();
        for (subject, wanted) in wanted {
            self.write_sources(subject)?;
            for kind in catalog::kinds(wanted) {
                let set = subject.exercise.allow.join("-");
                let standard = format!("std/{set}-{}", kind.engine());
                let manifest =
                    manifests::standard(&self.root, &set, &subject.exercise.allow, kind)?;
                self.write_file(&format!("{standard}/Cargo.toml"), &manifest)?;
                let unit = subject.unit_folder(kind);
                self.write_file(
                    &format!("{unit}/Cargo.toml"),
                    &manifests::unit(&self.root, subject, kind, &standard, &set),
                )?;
                let tests = subject.tests_folder(kind);
                let main = manifests::tests_main(wanted, kind);
                let topic = &subject.exercise.topic;
                let suite = match suites.entry((topic, kind)) {
                    Entry::Occupied(entry) => entry.into_mut(),
                    Entry::Vacant(entry) => {
                        let text = catalog::suite(topic, kind).context("a suite vanished")?;
                        entry.insert(Suite::read(text)?)
                    }
                };
                let functions: Vec<&str> = wanted
                    .iter()
                    .filter_map(|test| test.function(kind))
                    .collect();
                let suite = suite.excerpt(&functions);
                self.write_file(
                    &format!("{tests}/Cargo.toml"),
                    &manifests::tests(subject, kind, &fingerprint([main.as_str(), &suite])),
                )?;
                self.write_file(&format!("{tests}/src/main.rs"), &main)?;
                self.write_file(&format!("{tests}/src/suite.rs"), &suite)?;
                members.insert(tests);
                standards.insert(manifests::std_package(&set, kind));
            }
        }
        let manifest = manifests::root(&members, &standards, incremental);
        self.write_file("Cargo.toml", &manifest)?;
        self.seed_lock()
    }

    fn write_engines(&self) -> Result<()> {
        let quiet = manifests::quiet();
        let quiet = quiet.iter().map(|name| (format!("quiet/{name}"), *name));
        let engines = [("model", "kata-model"), ("std", "kata-std")];
        let engines = engines.map(|(folder, name)| (folder.to_owned(), name));
        for (folder, name) in engines.into_iter().chain(quiet) {
            let crate_folder = format!("{}/{name}", manifests::ENGINES);
            let files = embedded::below(&format!("{folder}/src")).collect();
            self.write_folder(&format!("{crate_folder}/src"), &files)?;
            // kata-std has a manifest for each kind of exercise.
            if name != "kata-std" {
                let manifest = manifests::engine(&folder)?;
                self.write_file(&format!("{crate_folder}/Cargo.toml"), &manifest)?;
            }
        }
        Ok(())
    }

    /// Copies the graded sources.
    fn write_sources(&self, subject: &Subject<'_>) -> Result<()> {
        let files = subject.sources.files.iter();
        let files = files.map(|(name, text)| (name.as_str(), text.as_str()));
        self.write_folder(&subject.sources.prefix, &files.collect())
    }

    /// Writes these files, and removes what is left of an earlier state of their folder.
    fn write_folder(&self, folder: &str, files: &BTreeMap<&str, &str>) -> Result<()> {
        for (name, text) in files {
            self.write_file(&format!("{folder}/{name}"), text)?;
        }
        let directory = self.root.join(folder);
        for entry in WalkDir::new(&directory).min_depth(1) {
            let entry = entry.with_context(|| format!("reading {}", directory.display()))?;
            let name = entry
                .path()
                .strip_prefix(&directory)
                .unwrap_or(entry.path());
            let name = name.to_string_lossy().replace('\\', "/");
            if !entry.file_type().is_dir() && !files.contains_key(name.as_str()) {
                disk::remove(entry.path())?;
            }
        }
        Ok(())
    }

    /// Starts from the dependencies' versions that this grader was tested with.
    fn seed_lock(&self) -> Result<()> {
        let Some(seed) = embedded::text("Cargo.lock") else {
            return Ok(());
        };
        let stamp = self.root.join(".lock-seed");
        let fingerprint = fingerprint([seed]);
        let lock = self.root.join("Cargo.lock");
        let is_seeded = std::fs::read(&stamp).is_ok_and(|it| it == fingerprint.as_bytes());
        if !is_seeded || !lock.is_file() {
            disk::write(&lock, seed.as_bytes())?;
            disk::write(&stamp, fingerprint.as_bytes())?;
        }
        Ok(())
    }

    fn write_file(&self, name: &str, text: &str) -> Result<()> {
        disk::write_if_changed(&self.root.join(name), text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::katas::catalog::single;
    use crate::results::verdict::Kind;

    #[test]
    fn an_executable_holds_the_wanted_tests_and_another_choice_is_another_package() {
        let directory = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(directory.path().to_path_buf());
        let exercise = catalog::exercise("lock").unwrap();
        let subject = Subject::learner(&exercise, single(""), "exercises/lock/src".into());
        let stress: Vec<&Test> = exercise
            .tests
            .iter()
            .filter(|test| test.kind == Kind::Stress)
            .collect();
        let tests = directory.path().join(subject.tests_folder(Kind::Stress));
        let written = |wanted: &[&Test]| {
            workspace.write(&[(&subject, wanted)], true).unwrap();
            let read = |name| std::fs::read_to_string(tests.join(name)).unwrap();
            (read("src/main.rs"), read("Cargo.toml"))
        };
        let function = |test: &Test| format!("suite::{}", test.name.replace("stress::", ""));
        let (first, second) = (function(stress[0]), function(stress[1]));
        let (main, manifest) = written(&stress[..1]);
        assert!(main.contains(&first) && !main.contains(&second), "{main}");
        let (all, another) = written(&stress);
        assert!(all.contains(&first) && all.contains(&second), "{all}");
        assert_ne!(manifest, another, "the fingerprint is that of both files");
        let model = directory.path().join(subject.tests_folder(Kind::Model));
        assert!(!model.exists(), "no test of that kind is wanted");
    }

    #[test]
    fn files_of_an_earlier_state_go() {
        let directory = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(directory.path().to_path_buf());
        let exercise = catalog::Exercise::named("lock");
        let mut files = single("mod a;");
        files.insert("a.rs".into(), String::new());
        let display = PathBuf::from("exercises/lock/src");
        let subject = Subject::learner(&exercise, files, display.clone());
        workspace.write_sources(&subject).unwrap();
        let old = directory.path().join("subjects/learner/lock/src/a.rs");
        assert!(old.is_file());
        let subject = Subject::learner(&exercise, single(""), display);
        workspace.write_sources(&subject).unwrap();
        assert!(!old.exists());
    }

    #[test]
    fn engine_files_of_an_earlier_grader_go() {
        let directory = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(directory.path().to_path_buf());
        workspace.write_engines().unwrap();
        let engine = directory.path().join("engine/kata-model/src");
        let old = engine.join("of_an_earlier_grader.rs");
        std::fs::write(&old, "").unwrap();
        workspace.write_engines().unwrap();
        assert!(!old.exists() && engine.join("lib.rs").is_file());
    }
}
