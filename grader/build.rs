//! Lists what the binary embeds: the suites, the template of a new kata, the two engine
//! crates and those that keep loom quiet, the reference solutions, the notes and the lock file, so
//! that an installed grader needs no repository.
//!
//! `exercises/` is not among them: a learner edits it, and every edit would then
//! rebuild the grader. The pristine skeletons are `suites/<topic>/skeleton.rs`.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

/// What is embedded: a directory or file, and the name that it gets in the binary.
const EMBEDDED: [(&str, &str); 10] = [
    ("suites", "suites"),
    ("templates", "templates"),
    ("model/src", "model/src"),
    ("model/Cargo.toml", "model/Cargo.toml"),
    ("std/src", "std/src"),
    ("std/Cargo.toml", "std/Cargo.toml"),
    ("quiet", "quiet"),
    ("../solutions", "solutions"),
    ("../notes/src", "notes"),
    ("../Cargo.lock", "Cargo.lock"),
];

fn main() {
    let home = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut list = String::from("[\n");
    for (path, name) in EMBEDDED {
        println!("cargo:rerun-if-changed={path}");
        for (file, name) in files(&home.join(path), name) {
            writeln!(list, "    ({name:?}, include_str!({file:?})),").expect("a string takes it");
        }
    }
    list.push_str("]\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("embedded.rs"), list).expect("OUT_DIR can be written");

    println!("cargo:rerun-if-changed=src");
    let mut hasher = DefaultHasher::new();
    for (file, name) in files(&home.join("src"), "src") {
        hasher.write(name.as_bytes());
        hasher.write(&fs::read(file).expect("a source file can be read"));
    }
    println!("cargo:rustc-env=GRADER_SOURCES={:016x}", hasher.finish());
}

/// All text files at or below `path`, sorted, with their embedded names.
fn files(path: &Path, name: &str) -> Vec<(PathBuf, String)> {
    if path.is_file() {
        return vec![(path.to_path_buf(), name.to_owned())];
    }
    let Ok(entries) = fs::read_dir(path) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("a directory can be read").path();
        let Some(file_name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let name = format!("{name}/{file_name}");
        if path.is_dir() {
            if file_name != "target" {
                found.extend(files(&path, &name));
            }
        } else if ["rs", "diff", "toml", "md", "lock"]
            .iter()
            .any(|ending| path.extension().is_some_and(|it| it == *ending))
        {
            found.push((path, name));
        }
    }
    found.sort();
    found
}
