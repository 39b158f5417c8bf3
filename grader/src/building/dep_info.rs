//! What rustc has read while it compiled a graded crate.
//!
//! rustc writes that down before it checks any types, for cargo and make: the files, and the
//! variables of the environment that macros asked for. Whatever the policy on tokens may have
//! overlooked, a crate that has read anything but its own files is found here, before anybody
//! reads what rustc says about it, and before it runs.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::results::refusal::Elsewhere;
use crate::submission::subject::SubjectSources;

/// The files in which rustc writes down what it has read.
#[derive(Debug)]
pub struct DepInfos {
    workspace: PathBuf,
    directory: PathBuf,
    /// When those that were there at the start were written.
    before: HashMap<OsString, Option<SystemTime>>,
}

/// What a crate has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// Nothing but its own files.
    Own,
    Elsewhere(Elsewhere),
}

impl DepInfos {
    /// Remembers which there are in a target directory, before anything is built.
    pub fn before_building(workspace: &Path, target: &Path) -> DepInfos {
        let mut infos = DepInfos {
            workspace: workspace.to_owned(),
            directory: target.join("debug").join("deps"),
            before: HashMap::new(),
        };
        infos.before = infos.list("").collect();
        infos
    }

    /// What the crate has read of which these files were made.
    ///
    /// # Errors
    ///
    /// Nothing says what it was.
    pub fn of_artifact(&self, files: &[PathBuf], sources: &SubjectSources) -> Result<Read> {
        let file = files.first().context("cargo names no file of a crate")?;
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let name = stem.strip_prefix("lib").unwrap_or(&stem);
        let path = self.directory.join(format!("{name}.d"));
        let text = fs::read_to_string(&path).with_context(|| {
            format!(
                "reading {}, in which rustc says what it has read",
                path.display()
            )
        })?;
        Ok(self.judge(&text, sources))
    }

    /// What the crate has read since the start, if rustc has got so far as to write that down.
    /// `name` is what rustc calls the crate.
    pub fn since_start(&self, name: &str, sources: &SubjectSources) -> Option<Read> {
        let is_new = |(file, written): &(OsString, Option<SystemTime>)| {
            written.is_none() || self.before.get(file) != Some(written)
        };
        let root = format!("{}/lib.rs", sources.prefix);
        let mut known = None;
        for (file, _) in self.list(&format!("{name}-")).filter(is_new) {
            let Ok(text) = fs::read_to_string(self.directory.join(file)) else {
                continue;
            };
            // Others hand in crates of the same name.
            if !text.replace('\\', "/").contains(&root) {
                continue;
            }
            match self.judge(&text, sources) {
                Read::Own => known = Some(Read::Own),
                elsewhere => return Some(elsewhere),
            }
        }
        known
    }

    fn list(&self, start: &str) -> impl Iterator<Item = (OsString, Option<SystemTime>)> {
        let entries = fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten();
        entries.filter_map(move |entry| {
            let name = entry.file_name();
            let is_one = name
                .to_str()
                .is_some_and(|name| name.starts_with(start) && name.ends_with(".d"));
            let written = || entry.metadata().and_then(|it| it.modified()).ok();
            is_one.then(|| (name.clone(), written()))
        })
    }

    /// The format is that of a makefile: `output: input input`, and `input:` for each input.
    fn judge(&self, text: &str, sources: &SubjectSources) -> Read {
        for line in text.lines().filter(|line| !line.is_empty()) {
            if line.starts_with("# env-dep:") {
                return Read::Elsewhere(Elsewhere::Environment);
            }
            let mut words = words(line).into_iter();
            let first = words.next().unwrap_or_default();
            let inputs: Vec<String> = words.collect();
            let is_rule = first.ends_with(':');
            let is_output = !inputs.is_empty();
            let are_own = inputs.iter().all(|input| self.is_own(input, sources))
                && (is_output || self.is_own(first.trim_end_matches(':'), sources));
            if !is_rule || !are_own {
                return Read::Elsewhere(Elsewhere::File);
            }
        }
        Read::Own
    }

    fn is_own(&self, path: &str, sources: &SubjectSources) -> bool {
        let path = self.workspace.join(path);
        let copies = self.workspace.join(&sources.prefix);
        // cargo takes `..` out of paths, and the workspace may lie behind a link.
        let is_same = |own: PathBuf| {
            path == own
                || fs::canonicalize(&path)
                    .is_ok_and(|path| fs::canonicalize(own).is_ok_and(|own| own == path))
        };
        sources.files.keys().any(|name| is_same(copies.join(name)))
    }
}

/// Splits at blanks that no backslash stands before.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for part in line.split(' ') {
        let Some(word) = words.last_mut() else {
            continue;
        };
        match part.strip_suffix('\\') {
            Some(start) => *word += &format!("{start} "),
            None => {
                *word += part;
                words.push(String::new());
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::katas::catalog::single;

    const TARGET: &str = "/w/target/debug/deps/lock-1";

    fn judge(inputs: &str, rest: &str) -> Read {
        let infos = DepInfos {
            workspace: "/w s".into(),
            directory: "/w/target/debug/deps".into(),
            before: HashMap::new(),
        };
        let mut files = single("mod a;");
        files.insert("a/mod.rs".into(), String::new());
        let sources = SubjectSources {
            files,
            prefix: "subjects/learner/lock/src".into(),
            display: "exercises/lock/src".into(),
            unmodelled: Vec::new(),
        };
        let text = format!("{TARGET}.d: {inputs}\n\n{TARGET}.rmeta: {inputs}\n\n{rest}");
        infos.judge(&text, &sources)
    }

    #[test]
    fn its_own_files_are_all_that_a_crate_may_read() {
        let root = "subjects/learner/lock/src/lib.rs";
        let other = "subjects/learner/lock/src/a/mod.rs";
        let both = format!("{root} {other}");
        assert_eq!(judge(&both, &format!("{root}:\n{other}:\n")), Read::Own);
        let absolute = format!("/w\\ s/{root}");
        assert_eq!(judge(&absolute, &format!("{absolute}:\n")), Read::Own);
        for foreign in [
            "/etc/passwd",
            "subjects/learner/lock/src/b.rs",
            "subjects/other/lock/src/lib.rs",
            "subjects/learner/lock/src/a/../../../../../tests/suite.rs",
            "x\nsubjects/learner/lock/src/lib.rs",
        ] {
            let inputs = format!("{root} {foreign}");
            let rest = format!("{root}:\n{foreign}:\n");
            let elsewhere = Read::Elsewhere(Elsewhere::File);
            assert_eq!(judge(&inputs, &rest), elsewhere, "{foreign}");
        }
    }

    #[test]
    fn a_crate_may_not_read_the_environment() {
        let root = "subjects/learner/lock/src/lib.rs";
        let rest = format!("{root}:\n\n# env-dep:HOME=/root\n");
        assert_eq!(judge(root, &rest), Read::Elsewhere(Elsewhere::Environment));
        let rest = format!("{root}:\n\n# env-dep:NOTHING\n");
        assert_eq!(judge(root, &rest), Read::Elsewhere(Elsewhere::Environment));
    }
}
