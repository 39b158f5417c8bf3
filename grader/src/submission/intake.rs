//! Takes a learner's sources in: regular `.rs` files below `src/`, and nothing else.
//!
//! Links, pipes and devices are not opened, not even to look: a pipe would hang
//! whoever reads it, and a link would show the grader's reader a file of somebody else.

use std::fs::{self, File, FileType};
use std::io::{ErrorKind, Read};
use std::path::Path;

use anyhow::{Context, Result};
use walkdir::{DirEntry, WalkDir};

use crate::katas::catalog::Files;
use crate::results::refusal::Refusal;
use crate::submission::project::Source;

/// The largest file that is taken, in bytes.
const LARGEST_FILE: u64 = 256 * 1024;
/// The most bytes that all files together may have.
const LARGEST_CRATE: u64 = 1024 * 1024;
/// The most `.rs` files of a crate.
const MOST_FILES: usize = 64;
/// The most entries of any kind that are looked at below `src/`.
const MOST_ENTRIES: usize = 4096;
/// The deepest folder below `src/`.
const DEEPEST: usize = 8;

/// What intake says to a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intake {
    Taken(Files),
    /// There is nothing that could be compiled.
    Unusable(Refusal),
    /// There is something that is not allowed.
    Forbidden(Refusal),
}

/// Reads the sources of a topic.
///
/// # Errors
///
/// The disk cannot be read.
pub fn take(source: &Source, topic: &str) -> Result<Intake> {
    let (src, display) = (source.src(topic), source.display(topic));
    let no_source = || Refusal::NoSource {
        src: display.clone(),
    };
    for folder in source.handed_in(topic) {
        match kind_of(&folder)? {
            Some(kind) if kind.is_dir() => {}
            Some(kind) if kind.is_symlink() => {
                let folder = source.shown(&folder);
                return Ok(Intake::Forbidden(Refusal::Link { folder }));
            }
            _ => return Ok(Intake::Unusable(no_source())),
        }
    }
    read_below(&src, &display)
}

fn read_below(src: &Path, display: &Path) -> Result<Intake> {
    let mut files = Files::new();
    let mut bytes = 0;
    let walk = WalkDir::new(src)
        .min_depth(1)
        .max_depth(DEEPEST)
        .sort_by_file_name();
    for (count, entry) in walk.into_iter().enumerate() {
        let entry = entry.with_context(|| format!("reading {}", display.display()))?;
        if count >= MOST_ENTRIES || files.len() >= MOST_FILES {
            return Ok(Intake::Forbidden(Refusal::TooManyFiles {
                src: display.to_owned(),
                most: MOST_FILES,
            }));
        }
        let Some(name) = module_path(src, &entry) else {
            continue;
        };
        let shown = display.join(&name);
        let kind = entry.file_type();
        if kind.is_dir() && !name.ends_with(".rs") {
            continue;
        }
        if !kind.is_file() {
            return Ok(Intake::Forbidden(Refusal::NotARegularFile { file: shown }));
        }
        let text =
            read_capped(entry.path()).with_context(|| format!("reading {}", shown.display()))?;
        bytes += text.len() as u64;
        if text.len() as u64 > LARGEST_FILE || bytes > LARGEST_CRATE {
            return Ok(Intake::Forbidden(Refusal::TooLarge {
                file: shown,
                largest: LARGEST_FILE,
            }));
        }
        match String::from_utf8(text) {
            Ok(text) => files.insert(name, text),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let line = error.as_bytes()[..valid]
                    .iter()
                    .filter(|b| **b == b'\n')
                    .count()
                    + 1;
                return Ok(Intake::Unusable(Refusal::NotUtf8 { file: shown, line }));
            }
        };
    }
    if !files.contains_key("lib.rs") {
        let src = display.to_owned();
        return Ok(Intake::Unusable(Refusal::NoSource { src }));
    }
    Ok(Intake::Taken(files))
}

/// What is there under that name, a link being a link (on Windows a junction, too).
fn kind_of(path: &Path) -> Result<Option<FileType>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata.file_type())),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// The path of an entry below `src` with `/` between the parts, if rustc could find a module
/// there: every part is an identifier, and it is a folder or ends in `.rs`. Other entries, such
/// as an editor's backups, are nobody's business.
fn module_path(src: &Path, entry: &DirEntry) -> Option<String> {
    let path = entry.path().strip_prefix(src).ok()?;
    let parts = path
        .components()
        .map(|part| part.as_os_str().to_str())
        .collect::<Option<Vec<_>>>()?;
    let (last, folders) = parts.split_last()?;
    let stem = last.strip_suffix(".rs");
    let is_identifier =
        |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
    let is_folder_or_link = !entry.file_type().is_file();
    let fits = folders.iter().all(|part| is_identifier(part))
        && match stem {
            Some(stem) => is_identifier(stem),
            None => is_folder_or_link && is_identifier(last),
        };
    fits.then(|| parts.join("/"))
}

/// Reads a file, but not much more than the largest that is taken.
fn read_capped(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?
        .take(LARGEST_FILE + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::project::Project;

    fn crate_of(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir_all(src(directory.path())).unwrap();
        for (name, content) in files {
            let path = src(directory.path()).join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        directory
    }

    fn src(directory: &Path) -> std::path::PathBuf {
        directory.join("exercises/lock/src")
    }

    fn take_from(directory: &Path) -> Intake {
        let project = Project::at(directory, false, None).unwrap();
        take(&project.exercises(), "lock").unwrap()
    }

    #[test]
    fn takes_modules_and_ignores_the_rest() {
        let src = crate_of(&[
            ("lib.rs", b"mod a;"),
            ("a/mod.rs", b""),
            ("a/b.rs", b"\xef\xbb\xbf// BOM\r\n"),
            ("lib copy.rs", b"\xff"),
            (".lib.rs.swp", b"\xff"),
            ("notes.txt", b"\xff"),
        ]);
        let Intake::Taken(files) = take_from(src.path()) else {
            panic!("refused");
        };
        let names: Vec<_> = files.keys().collect();
        assert_eq!(names, ["a/b.rs", "a/mod.rs", "lib.rs"]);
    }

    #[test]
    fn no_lib_rs_is_unusable() {
        let directory = crate_of(&[("main.rs", b"fn main() {}")]);
        assert!(matches!(take_from(directory.path()), Intake::Unusable(_)));
        fs::remove_dir_all(src(directory.path())).unwrap();
        assert!(matches!(take_from(directory.path()), Intake::Unusable(_)));
    }

    #[test]
    fn a_directory_named_lib_rs_is_refused() {
        let src = crate_of(&[("lib.rs/x.rs", b"")]);
        assert!(matches!(take_from(src.path()), Intake::Forbidden(_)));
    }

    #[test]
    fn text_that_is_not_utf8_is_located() {
        let src = crate_of(&[("lib.rs", b"\n\n\xff")]);
        let file = "exercises/lock/src/lib.rs".into();
        let refusal = Refusal::NotUtf8 { file, line: 3 };
        assert_eq!(take_from(src.path()), Intake::Unusable(refusal));
    }

    #[test]
    fn too_much_is_refused() {
        let big = vec![b' '; LARGEST_FILE as usize + 1];
        assert!(matches!(
            take_from(crate_of(&[("lib.rs", &big)]).path()),
            Intake::Forbidden(_)
        ));
        let directory = crate_of(&[("lib.rs", b"")]);
        for index in 0..MOST_FILES {
            fs::write(src(directory.path()).join(format!("m{index}.rs")), "").unwrap();
        }
        assert!(matches!(take_from(directory.path()), Intake::Forbidden(_)));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_pipes_are_not_opened() {
        use std::os::unix::fs::symlink;

        let forbidden = |directory: &Path| matches!(take_from(directory), Intake::Forbidden(_));
        let directory = crate_of(&[("lib.rs", b"")]);
        symlink("/etc/passwd", src(directory.path()).join("a.rs")).unwrap();
        assert!(forbidden(directory.path()));

        let directory = crate_of(&[("other/lib.rs", b"")]);
        let pipe = src(directory.path()).join("lib.rs");
        let made = std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap();
        assert!(made.success());
        assert!(forbidden(directory.path()));

        let directory = crate_of(&[("lib.rs", b"")]);
        symlink("/etc", src(directory.path()).join("etc")).unwrap();
        assert!(forbidden(directory.path()));
    }

    #[cfg(unix)]
    #[test]
    fn no_folder_that_was_handed_in_may_be_a_link() {
        for folder in ["exercises", "exercises/lock", "exercises/lock/src"] {
            let directory = crate_of(&[("lib.rs", b"")]);
            let other = crate_of(&[("lib.rs", b"")]);
            let link = directory.path().join(folder);
            fs::remove_dir_all(&link).unwrap();
            std::os::unix::fs::symlink(other.path().join(folder), &link).unwrap();
            let refusal = Refusal::Link {
                folder: folder.into(),
            };
            assert_eq!(take_from(directory.path()), Intake::Forbidden(refusal));
        }
    }

    /// Whoever names a directory on the command line knows where it leads.
    #[cfg(unix)]
    #[test]
    fn a_named_directory_may_be_a_link() {
        let other = crate_of(&[("lib.rs", b"")]);
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join("link");
        std::os::unix::fs::symlink(other.path().join("exercises"), &link).unwrap();
        let project = Project::at(directory.path(), true, None).unwrap();
        let taken = take(&project.source(&link).unwrap(), "lock").unwrap();
        assert!(matches!(taken, Intake::Taken(_)));
    }
}
