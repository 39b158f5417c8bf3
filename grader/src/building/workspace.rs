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

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml::{Table, Value};
use walkdir::WalkDir;

use crate::katas::catalog::{self, Test};
use crate::katas::embedded;
use crate::results::verdict::Kind;
use crate::submission::subject::Subject;
use crate::support::disk;
use crate::support::fingerprint::fingerprint;

/// From the folder of a unit or of its tests up to the workspace.
const UP: &str = "../../../..";

/// How things are built, after `incremental`. The graded crates change at every keystroke, so
/// they are built quickly. The engines are built once and run a million times; in one unit,
/// because incremental builds cut crates to pieces. What only stands around them (loom logs
/// through a large family of crates) is built quickly: with full optimisation the first build
/// takes four times as long, and no test gets faster.
const PROFILE: &str = r#"
opt-level = 0
debug = false
overflow-checks = true
debug-assertions = true

[profile.dev.package."*"]
opt-level = 0
debug-assertions = false
overflow-checks = false

[profile.dev.package.corosensei]
opt-level = 3
debug-assertions = false
overflow-checks = false

[profile.dev.package.generator]
opt-level = 3
debug-assertions = false
overflow-checks = false

[profile.dev.package.loom]
opt-level = 3
debug-assertions = false
overflow-checks = false

[profile.dev.package.scoped-tls]
opt-level = 3
debug-assertions = false
overflow-checks = false

[profile.dev.package.kata-model]
opt-level = 3
codegen-units = 1
debug-assertions = false
incremental = false

[profile.dev.build-override]
opt-level = 0
"#;

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
    /// executables. Code is generated only for what an executable can call, and the tests of a
    /// suite cost more than all the rest of it: what is not to be run is better left out.
    ///
    /// With `incremental`, what makes the next build of a changed crate quicker is kept: a changed
    /// line then costs half of what it costs otherwise, and the first build costs time and room.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn write(&self, wanted: &[(&Subject<'_>, &[&Test])], incremental: bool) -> Result<()> {
        self.write_engines()?;
        let mut members = BTreeSet::new();
        let mut standards = BTreeSet::new();
        for (subject, wanted) in wanted {
            self.write_sources(subject)?;
            for kind in catalog::kinds(wanted) {
                let set = subject.exercise.allow.join("-");
                let standard = format!("std/{set}-{}", kind.engine());
                let manifest = self.std_manifest(&set, &subject.exercise.allow, kind)?;
                self.write_file(&format!("{standard}/Cargo.toml"), &manifest)?;
                let unit = subject.unit_folder(kind);
                self.write_file(
                    &format!("{unit}/Cargo.toml"),
                    &self.unit_manifest(subject, kind, &standard, &set),
                )?;
                let tests = subject.tests_folder(kind);
                let main = tests_main(wanted, kind);
                let suite =
                    catalog::suite(&subject.exercise.topic, kind).context("a suite vanished")?;
                self.write_file(
                    &format!("{tests}/Cargo.toml"),
                    &tests_manifest(subject, kind, &fingerprint([&main, suite])),
                )?;
                self.write_file(&format!("{tests}/src/main.rs"), &main)?;
                self.write_file(&format!("{tests}/src/suite.rs"), suite)?;
                members.insert(tests);
                standards.insert(std_package(&set, kind));
            }
        }
        let manifest = root_manifest(&members, &standards, incremental);
        self.write_file("Cargo.toml", &manifest)?;
        self.seed_lock()
    }

    fn write_engines(&self) -> Result<()> {
        for engine in ["model", "std"] {
            let files = embedded::below(&format!("{engine}/src")).collect();
            self.write_folder(&format!("engine/kata-{engine}/src"), &files)?;
        }
        self.write_file("engine/kata-model/Cargo.toml", &model_manifest()?)
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

    /// A path below the workspace as a manifest names it. Being absolute it is one that cargo
    /// shortens again, to what rustc's messages and the records of tests then show.
    fn path(&self, name: &str) -> Value {
        Value::from(self.root.join(name).to_string_lossy().into_owned())
    }

    /// kata-std with the features of one kind of exercise built in. Each is a package of its own,
    /// because cargo would give one package the features of all.
    fn std_manifest(&self, set: &str, allow: &[String], kind: Kind) -> Result<String> {
        let mut manifest = engine_manifest("std")?;
        set_value(
            &mut manifest,
            "package",
            "name",
            Value::from(std_package(set, kind)),
        );
        set_value(&mut manifest, "lib", "name", Value::from("kata_std"));
        set_value(
            &mut manifest,
            "lib",
            "path",
            self.path("engine/kata-std/src/lib.rs"),
        );
        let features = allow.iter().map(String::as_str).chain([kind.engine()]);
        let features = features.map(Value::from).collect();
        set_value(&mut manifest, "features", "default", Value::Array(features));
        let model = Table::from_iter([
            ("path".to_owned(), Value::from("../../engine/kata-model")),
            ("default-features".to_owned(), Value::from(false)),
        ]);
        set_value(
            &mut manifest,
            "dependencies",
            "kata-model",
            Value::Table(model),
        );
        Ok(manifest.to_string())
    }

    /// The graded crate. Its `std` is kata-std, and what rustc cannot vouch for is forbidden in a
    /// way that nothing in the crate can undo.
    fn unit_manifest(
        &self,
        subject: &Subject<'_>,
        kind: Kind,
        standard: &str,
        set: &str,
    ) -> String {
        let package = subject.unit_package(kind);
        let topic = &subject.exercise.topic;
        let source = self.path(&format!("{}/lib.rs", subject.sources.prefix));
        let std_package = std_package(set, kind);
        let texts = subject.sources.files.iter();
        let fingerprint = fingerprint(texts.flat_map(|(name, text)| [&**name, text]));
        format!(
            "[package]\nname = {package:?}\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [features]\n{feature} = []\n\n\
         [lib]\nname = {topic:?}\npath = {source}\ntest = false\ndoctest = false\n\n\
         [dependencies]\nstd = {{ package = {std_package:?}, path = \"{UP}/{standard}\" }}\n\n\
         [lints.rust]\nunsafe_code = \"forbid\"\nlong_running_const_eval = \"forbid\"\n",
            feature = sources_feature(&fingerprint),
        )
    }

    fn write_file(&self, name: &str, text: &str) -> Result<()> {
        disk::write_if_changed(&self.root.join(name), text.as_bytes())
    }
}

/// What the packages in these folders depend on is part of the workspace too, but not built for
/// its own sake.
///
/// The engines are built in the same way, be it incremental or not, so that those who check and
/// those who verify share them.
fn root_manifest(
    members: &BTreeSet<String>,
    standards: &BTreeSet<String>,
    incremental: bool,
) -> String {
    let mut list = String::from("[\n");
    for member in members {
        writeln!(list, "    {member:?},").expect("a string takes it");
    }
    list.push(']');
    let mut text = format!(
        "[workspace]\nresolver = \"3\"\nmembers = {list}\ndefault-members = {list}\n\n\
         [profile.dev]\nincremental = {incremental}{PROFILE}"
    );
    for package in standards {
        write!(
            text,
            "\n[profile.dev.package.{package}]\nincremental = false\n"
        )
        .expect("a string takes it");
    }
    text
}

/// The embedded manifest of an engine crate, standing on its own: nothing inherited, no tests.
fn engine_manifest(name: &str) -> Result<Table> {
    let file = format!("{name}/Cargo.toml");
    let text = embedded::text(&file).with_context(|| format!("grader/{file} is not embedded"))?;
    let mut manifest: Table = text
        .parse()
        .with_context(|| format!("reading grader/{file}"))?;
    for section in [
        "lints",
        "dev-dependencies",
        "test",
        "bench",
        "example",
        "bin",
    ] {
        manifest.remove(section);
    }
    let package = Table::from_iter([
        ("name".to_owned(), Value::from(format!("kata-{name}"))),
        ("version".to_owned(), Value::from("0.0.0")),
        ("edition".to_owned(), Value::from("2024")),
        ("publish".to_owned(), Value::from(false)),
    ]);
    manifest.insert("package".to_owned(), Value::Table(package));
    set_value(
        &mut manifest,
        "features",
        &sources_feature(embedded::engines()),
        Value::Array(Vec::new()),
    );
    Ok(manifest)
}

fn model_manifest() -> Result<String> {
    Ok(engine_manifest("model")?.to_string())
}

fn set_value(manifest: &mut Table, section: &str, key: &str, value: Value) {
    let section = manifest
        .entry(section)
        .or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(section) = section {
        section.insert(key.to_owned(), value);
    }
}

/// The feature that stands for sources with this fingerprint.
fn sources_feature(fingerprint: &str) -> String {
    format!("sources-{fingerprint}")
}

fn std_package(set: &str, kind: Kind) -> String {
    format!("kata-std-{set}-{}", kind.engine())
}

fn tests_manifest(subject: &Subject<'_>, kind: Kind, fingerprint: &str) -> String {
    let package = subject.tests_package(kind);
    let topic = &subject.exercise.topic;
    let unit = subject.unit_package(kind);
    let unit_folder = subject.unit_folder(kind);
    format!(
        "[package]\nname = {package:?}\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [features]\n{feature} = []\n\n\
         [[bin]]\nname = {package:?}\npath = \"src/main.rs\"\ntest = false\n\n\
         [dependencies]\n{topic} = {{ package = {unit:?}, path = \"{UP}/{unit_folder}\" }}\n\
         kata-model = {{ path = \"{UP}/engine/kata-model\" }}\n",
        feature = sources_feature(fingerprint),
    )
}

/// The tests that are left out are dead code, which is no reason to warn.
fn tests_main(wanted: &[&Test], kind: Kind) -> String {
    let mut text = String::from(
        "#[allow(dead_code)]\nmod suite;\n\n\
         fn main() -> std::process::ExitCode {\n    kata_model::harness::main(&[\n",
    );
    let prefix = format!("{}::", kind.name());
    for test in wanted {
        if let Some(function) = test.name.strip_prefix(&prefix) {
            writeln!(text, "        ({function:?}, suite::{function}),")
                .expect("a string takes it");
        }
    }
    text.push_str("    ])\n}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::katas::catalog::single;

    #[test]
    fn the_engines_stand_on_their_own() {
        let model: Table = model_manifest().unwrap().parse().unwrap();
        assert_eq!(model["package"]["name"].as_str(), Some("kata-model"));
        assert!(!model.contains_key("dev-dependencies") && !model.contains_key("lints"));
    }

    #[test]
    fn a_graded_crate_gets_the_std_that_its_exercise_allows() {
        let workspace = Workspace::at("/scratch".into());
        let allow = ["mutex".to_owned(), "park".to_owned()];
        let manifest = workspace
            .std_manifest("mutex-park", &allow, Kind::Model)
            .unwrap();
        let manifest: Table = manifest.parse().unwrap();
        assert_eq!(
            manifest["package"]["name"].as_str(),
            Some("kata-std-mutex-park-interleavings")
        );
        let features = manifest["features"]["default"].as_array().unwrap();
        let features: Vec<_> = features.iter().filter_map(Value::as_str).collect();
        assert_eq!(features, ["mutex", "park", "interleavings"]);
    }

    #[test]
    fn nothing_can_undo_what_is_forbidden() {
        let exercise = catalog::Exercise::named("lock");
        let subject = Subject::learner(&exercise, single(""), "exercises/lock/src".into());
        let workspace = Workspace::at("/scratch".into());
        let manifest: Table = workspace
            .unit_manifest(&subject, Kind::Stress, "std/mutex-real", "mutex")
            .parse()
            .unwrap();
        assert_eq!(
            manifest["lints"]["rust"]["unsafe_code"].as_str(),
            Some("forbid")
        );
        assert_eq!(
            manifest["dependencies"]["std"]["package"].as_str(),
            Some("kata-std-mutex-real")
        );
    }

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
