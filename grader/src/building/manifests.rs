//! The manifests of the scratch workspace.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::katas::catalog::Test;
use crate::katas::embedded;
use crate::results::verdict::Kind;
use crate::submission::subject::Subject;
use crate::support::fingerprint::fingerprint;

/// Where the workspace has its engines, and the crates that keep them quiet.
pub(super) const ENGINES: &str = "engine";

/// From the folder of a unit or of its tests up to the workspace.
const UP: &str = "../../../..";

/// How things are built, after `incremental`. The graded crates change at every keystroke, so
/// they are built quickly. The engines are built once and run a million times, so they are
/// optimised. kata-model is in two units: incremental builds would cut it into many, which makes
/// it slower, and with one unit a learner waits for the first verdict while all cores but one
/// have nothing to do. What only stands around the engines is built quickly.
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
codegen-units = 2
debug-assertions = false
incremental = false

[profile.dev.build-override]
opt-level = 0
"#;

/// What the packages in these folders depend on is part of the workspace too, but not built for
/// its own sake.
///
/// The engines are built in the same way, be it incremental or not, so that those who check and
/// those who verify share them.
pub(super) fn root(
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
    text.push_str("\n[patch.crates-io]\n");
    for name in quiet() {
        writeln!(text, "{name} = {{ path = \"{ENGINES}/{name}\" }}").expect("a string takes it");
    }
    text
}

/// The crates of the registry in whose place the workspace has one of its own: a folder of
/// `grader/quiet` each, which says why.
pub(super) fn quiet() -> Vec<&'static str> {
    embedded::children("quiet")
}

/// The embedded manifest of an engine crate, standing on its own: nothing inherited, no tests.
fn engine_manifest(folder: &str) -> Result<Table> {
    let file = format!("{folder}/Cargo.toml");
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
    let own = |key: &str| manifest.get("package")?.get(key)?.as_str();
    let name = own("name").with_context(|| format!("grader/{file} has no name"))?;
    // One that is inherited is the grader's, and would make it all be built again at each release.
    let version = own("version").unwrap_or("0.0.0");
    let package = Table::from_iter([
        ("name".to_owned(), Value::from(name)),
        ("version".to_owned(), Value::from(version)),
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

/// A crate of the engines, by its folder below `grader`.
pub(super) fn engine(folder: &str) -> Result<String> {
    Ok(engine_manifest(folder)?.to_string())
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

/// The package of kata-std with these features.
pub(super) fn std_package(set: &str, kind: Kind) -> String {
    format!("kata-std-{set}-{}", kind.engine())
}

/// The hidden tests of one kind; the fingerprint is that of their sources.
pub(super) fn tests(subject: &Subject<'_>, kind: Kind, fingerprint: &str) -> String {
    let package = subject.tests_package(kind);
    let topic = &subject.exercise.topic;
    let unit = subject.unit_package(kind);
    let unit_folder = subject.unit_folder(kind);
    format!(
        "[package]\nname = {package:?}\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [features]\n{feature} = []\n\n\
         [[bin]]\nname = {package:?}\npath = \"src/main.rs\"\ntest = false\n\n\
         [dependencies]\n{topic} = {{ package = {unit:?}, path = \"{UP}/{unit_folder}\" }}\n\
         kata-model = {{ path = \"{UP}/{ENGINES}/kata-model\" }}\n",
        feature = sources_feature(fingerprint),
    )
}

/// The main file of the tests. What only others used is no reason to warn.
pub(super) fn tests_main(wanted: &[&Test], kind: Kind) -> String {
    let mut text = String::from(
        "#[allow(unused)]\nmod suite;\n\n\
         fn main() -> std::process::ExitCode {\n    kata_model::harness::main(&[\n",
    );
    for function in wanted.iter().filter_map(|test| test.function(kind)) {
        writeln!(text, "        ({function:?}, suite::{function}),").expect("a string takes it");
    }
    text.push_str("    ])\n}\n");
    text
}

/// A path below the workspace as a manifest names it. Being absolute it is one that cargo
/// shortens again, to what rustc's messages and the records of tests then show.
fn path(root: &Path, name: &str) -> Value {
    Value::from(root.join(name).to_string_lossy().into_owned())
}

/// kata-std with the features of one kind of exercise built in. Each is a package of its own,
/// because cargo would give one package the features of all.
pub(super) fn standard(root: &Path, set: &str, allow: &[String], kind: Kind) -> Result<String> {
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
        path(root, &format!("{ENGINES}/kata-std/src/lib.rs")),
    );
    let features = allow.iter().map(String::as_str).chain([kind.engine()]);
    let features = features.map(Value::from).collect();
    set_value(&mut manifest, "features", "default", Value::Array(features));
    let model = Table::from_iter([
        (
            "path".to_owned(),
            Value::from(format!("../../{ENGINES}/kata-model")),
        ),
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
pub(super) fn unit(
    root: &Path,
    subject: &Subject<'_>,
    kind: Kind,
    standard: &str,
    set: &str,
) -> String {
    let package = subject.unit_package(kind);
    let topic = &subject.exercise.topic;
    let source = path(root, &format!("{}/lib.rs", subject.sources.prefix));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::katas::catalog::{Exercise, single};

    #[test]
    fn the_engines_stand_on_their_own() {
        let model: Table = engine("model").unwrap().parse().unwrap();
        assert_eq!(model["package"]["name"].as_str(), Some("kata-model"));
        assert!(!model.contains_key("dev-dependencies") && !model.contains_key("lints"));
    }

    #[test]
    fn what_keeps_loom_quiet_stands_under_the_name_and_version_of_what_it_replaces() {
        let root: Table = root(&BTreeSet::new(), &BTreeSet::new(), true)
            .parse()
            .unwrap();
        let lock: Table = embedded::text("Cargo.lock").unwrap().parse().unwrap();
        let locked = lock["package"].as_array().unwrap();
        assert!(!quiet().is_empty());
        for name in quiet() {
            let path = root["patch"]["crates-io"][name]["path"].as_str();
            assert_eq!(path, Some(format!("engine/{name}").as_str()));
            let manifest: Table = engine(&format!("quiet/{name}")).unwrap().parse().unwrap();
            let package = &manifest["package"];
            assert_eq!(package["name"].as_str(), Some(name));
            let of_that_name = |it: &&Value| it["name"].as_str() == Some(name);
            // Of another version it would stand beside the other, and not in its place.
            let mut entries = locked.iter().filter(of_that_name);
            assert!(entries.all(|entry| entry["version"] == package["version"]));
        }
    }

    #[test]
    fn a_graded_crate_gets_the_std_that_its_exercise_allows() {
        let allow = ["mutex".to_owned(), "park".to_owned()];
        let manifest = standard("/scratch".as_ref(), "mutex-park", &allow, Kind::Model).unwrap();
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
        let exercise = Exercise::named("lock");
        let subject = Subject::learner(&exercise, single(""), "exercises/lock/src".into());
        let manifest: Table = unit(
            "/scratch".as_ref(),
            &subject,
            Kind::Stress,
            "std/mutex-real",
            "mutex",
        )
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
}
