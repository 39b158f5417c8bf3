//! A kata as it was handed out. What was there is moved to a backup, never deleted and never over
//! another backup.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, anyhow};
use similar::{Algorithm, DiffOp, capture_diff_slices};
use walkdir::WalkDir;

use crate::katas::catalog::{self, Files};
use crate::messages::learner as say;
use crate::results::usage::Usage;
use crate::submission::project::Source;
use crate::support::{clock, disk};

/// The deepest folder below `src/` that is looked into.
const DEEPEST: usize = 8;

/// What sets a kata apart from how it was handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    skeleton: Files,
    /// The learner's `.rs` files, by their path below `src` (with `/`).
    own: Vec<String>,
    pub lines: usize,
    pub files: usize,
}

/// Compares a kata with how it was handed out; [`None`] if there is no difference at all, not even
/// in a comment.
///
/// # Errors
///
/// The topic has no skeleton, the disk cannot be read, or something there is no file or folder of
/// the learner's ([`Usage`]).
pub fn changed(source: &Source, topic: &str) -> Result<Option<Changed>> {
    let skeleton = catalog::skeleton(topic).with_context(|| say::no_skeleton(topic))?;
    let own = own_files(source, topic)?;
    let mut changed = Changed {
        skeleton,
        own: Vec::new(),
        lines: 0,
        files: 0,
    };
    for (name, text) in &own {
        let handed_out = changed.skeleton.get(name).map_or("", String::as_str);
        let lines = lines_apart(handed_out, text);
        changed.lines += lines;
        changed.files += usize::from(lines > 0 || !changed.skeleton.contains_key(name));
        changed.own.push(name.clone());
    }
    for (name, text) in &changed.skeleton {
        if !own.contains_key(name) {
            changed.lines += text.lines().count();
            changed.files += 1;
        }
    }
    Ok((changed.files > 0).then_some(changed))
}

/// Moves what is there into a backup beside `src`, and puts what was handed out in its place. The
/// result is the backup's folder; [`None`] if there was nothing to keep.
///
/// # Errors
///
/// The disk cannot be written. Whatever was there is then where it was, or in the backup that the
/// error names.
pub fn reset(source: &Source, topic: &str, changed: &Changed) -> Result<Option<PathBuf>> {
    let src = source.src(topic);
    let backup = match changed.own.as_slice() {
        [] => None,
        _ => Some(new_backup(&src)?),
    };
    let mut moved: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut replace = || -> Result<()> {
        for name in changed.own.iter().filter(|_| backup.is_some()) {
            let (from, to) = (
                src.join(name),
                backup.iter().collect::<PathBuf>().join(name),
            );
            disk::create_directory(to.parent().unwrap_or(&src))?;
            fs::rename(&from, &to).with_context(|| format!("moving {}", from.display()))?;
            moved.push((from, to));
        }
        disk::create_directory(&src)?;
        for (name, text) in &changed.skeleton {
            disk::write_new(&src.join(name), text.as_bytes())?;
        }
        Ok(())
    };
    let Err(error) = replace() else {
        return Ok(backup);
    };
    // What cannot be put back is in the backup.
    let is_back = moved.iter().all(|(from, to)| fs::rename(to, from).is_ok());
    match backup {
        Some(backup) if is_back => {
            let _ = disk::remove_directory(&backup);
            Err(error.context(say::nothing_reset(topic)))
        }
        Some(backup) => Err(error.context(say::is_in_backup(&source.shown(&backup)))),
        None => Err(error.context(say::nothing_reset(topic))),
    }
}

/// A new folder beside `src`, named after this moment.
fn new_backup(src: &Path) -> Result<PathBuf> {
    let folder = src.parent().unwrap_or(src);
    let name = format!("backup-{}", clock::for_name(SystemTime::now()));
    loop {
        let backup = disk::free_name(folder, &name, "");
        match fs::create_dir(&backup) {
            Ok(()) => return Ok(backup),
            // Another reset was quicker.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                let creating = format!("creating the directory {}", backup.display());
                return Err(anyhow!(error).context(creating));
            }
        }
    }
}

/// The learner's `.rs` files and their text, as far as it is any.
fn own_files(source: &Source, topic: &str) -> Result<Files> {
    let src = source.src(topic);
    for folder in source.handed_in(topic) {
        if fs::symlink_metadata(&folder).is_ok_and(|it| !it.is_dir()) {
            return Err(no_file_of_yours(source, &folder));
        }
    }
    let mut files = Files::new();
    if !src.exists() {
        return Ok(files);
    }
    let entries = WalkDir::new(&src).min_depth(1).max_depth(DEEPEST);
    for entry in entries.sort_by_file_name() {
        let entry = entry.with_context(|| format!("reading {}", src.display()))?;
        let path = entry.path();
        if path.extension().is_none_or(|ending| ending != "rs") {
            continue;
        }
        if !entry.file_type().is_file() {
            return Err(no_file_of_yours(source, path));
        }
        let text = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        let name = path.strip_prefix(&src).unwrap_or(path).to_str();
        let name = name.ok_or_else(|| no_file_of_yours(source, path))?;
        let text = String::from_utf8_lossy(&text).into_owned();
        files.insert(name.replace('\\', "/"), text);
    }
    Ok(files)
}

fn no_file_of_yours(source: &Source, path: &Path) -> anyhow::Error {
    Usage::Said(say::not_a_plain_file(&source.shown(path))).into()
}

/// How many lines one would have to touch to get from one text to the other.
fn lines_apart(before: &str, after: &str) -> usize {
    let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
    let operations = capture_diff_slices(Algorithm::Myers, &lines(before), &lines(after));
    let touched = operations.iter().map(|operation| match operation {
        DiffOp::Equal { .. } => 0,
        _ => operation.old_range().len().max(operation.new_range().len()),
    });
    touched.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::project::Project;

    fn clone(text: &str) -> (tempfile::TempDir, Source) {
        let root = tempfile::tempdir().expect("a directory");
        let src = root.path().join("exercises/lock/src");
        fs::create_dir_all(&src).expect("folders");
        fs::write(src.join("lib.rs"), text).expect("a file");
        let project = Project::at(root.path(), false, None).expect("a project");
        (root, project.exercises())
    }

    fn skeleton() -> String {
        catalog::skeleton("lock").expect("a skeleton")["lib.rs"].clone()
    }

    fn backups(source: &Source) -> Vec<PathBuf> {
        let folder = source.src("lock").join("..");
        let entries = fs::read_dir(folder).expect("readable");
        let paths = entries.map(|entry| entry.expect("readable").path());
        let is_backup = |path: &PathBuf| path.to_string_lossy().contains("/backup-");
        let mut backups: Vec<PathBuf> = paths.filter(is_backup).collect();
        backups.sort();
        backups
    }

    #[test]
    fn an_untouched_kata_has_nothing_to_reset_whatever_its_line_ends() {
        let (_root, source) = clone(&skeleton().replace('\n', "\r\n"));
        assert_eq!(changed(&source, "lock").expect("readable"), None);
    }

    #[test]
    fn a_comment_is_a_change() {
        let (_root, source) = clone(&format!("// Mine.\n{}", skeleton()));
        let changed = changed(&source, "lock")
            .expect("readable")
            .expect("changed");
        assert_eq!((changed.lines, changed.files), (1, 1));
    }

    #[test]
    fn every_reset_keeps_all_that_was_there_in_a_backup_of_its_own() {
        let (_root, source) = clone("first\n");
        let src = source.src("lock");
        fs::create_dir(src.join("inner")).expect("a folder");
        fs::write(src.join("inner/mod.rs"), b"\xff\n").expect("a file");
        fs::write(src.join("notes.txt"), "mine").expect("a file");
        for text in ["first\n", "second\n", "third\n"] {
            fs::write(src.join("lib.rs"), text).expect("a file");
            let changed = changed(&source, "lock")
                .expect("readable")
                .expect("changed");
            let backup = reset(&source, "lock", &changed)
                .expect("written")
                .expect("kept");
            let kept = fs::read_to_string(backup.join("lib.rs")).expect("readable");
            assert_eq!(kept, text);
            let now = fs::read_to_string(src.join("lib.rs")).expect("readable");
            assert_eq!(now, skeleton());
        }
        let backups = backups(&source);
        assert_eq!(backups.len(), 3, "{backups:?}");
        let inner = fs::read(backups[0].join("inner/mod.rs")).expect("readable");
        assert_eq!(inner, b"\xff\n");
        assert_eq!(
            fs::read_to_string(src.join("notes.txt")).expect("left"),
            "mine"
        );
        assert_eq!(changed(&source, "lock").expect("readable"), None);
    }

    #[test]
    fn a_kata_that_is_not_there_is_handed_out_anew() {
        let (root, source) = clone("");
        fs::remove_dir_all(root.path().join("exercises/lock")).expect("removed");
        let changed = changed(&source, "lock")
            .expect("readable")
            .expect("missing");
        assert_eq!(reset(&source, "lock", &changed).expect("written"), None);
        let now = fs::read_to_string(source.src("lock").join("lib.rs")).expect("readable");
        assert_eq!(now, skeleton());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() {
        let (root, source) = clone("mine\n");
        let src = source.src("lock");
        std::os::unix::fs::symlink(root.path(), src.join("a.rs")).expect("a link");
        let error = changed(&source, "lock").expect_err("a link");
        assert!(
            error.is::<Usage>() && error.to_string().contains("a.rs"),
            "{error}"
        );
        fs::remove_file(src.join("a.rs")).expect("removed");
        fs::rename(&src, root.path().join("elsewhere")).expect("moved");
        std::os::unix::fs::symlink(root.path().join("elsewhere"), &src).expect("a link");
        assert!(changed(&source, "lock").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn where_nothing_can_be_written_everything_stays() {
        let (_root, source) = clone("mine\n");
        let src = source.src("lock");
        let changed = changed(&source, "lock")
            .expect("readable")
            .expect("changed");
        // In the way of the skeleton, and nothing that is moved to a backup.
        let blocked = Changed {
            own: vec!["lib.rs".to_owned()],
            skeleton: Files::from([
                ("lib.rs".to_owned(), String::new()),
                ("missing/folder.rs".to_owned(), String::new()),
            ]),
            ..changed
        };
        assert!(reset(&source, "lock", &blocked).is_err());
        let now = fs::read_to_string(src.join("lib.rs")).expect("still there");
        assert_eq!(now, "mine\n");
        assert_eq!(backups(&source), Vec::<PathBuf>::new());
    }
}
