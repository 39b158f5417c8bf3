//! Takes a learner's sources in: regular `.rs` files below `src/`, and nothing else.
//!
//! Links, pipes and devices are not opened, not even to look: a pipe would hang
//! whoever reads it, and a link would show the grader's reader a file of somebody else.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

use anyhow::{Context, Result};
use walkdir::{DirEntry, WalkDir};

use crate::katas::catalog::Files;
use crate::results::refusal::Refusal;

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

/// Reads the sources below `src`, which is shown as `display` in refusals.
///
/// # Errors
///
/// The disk cannot be read.
pub fn take(src: &Path, display: &Path) -> Result<Intake> {
    let no_source = || Refusal::NoSource {
        src: display.to_owned(),
    };
    if !is_directory(src)? {
        return Ok(Intake::Unusable(no_source()));
    }
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
        return Ok(Intake::Unusable(no_source()));
    }
    Ok(Intake::Taken(files))
}

/// Whether there is a directory of that name, and no link to one.
fn is_directory(path: &Path) -> Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(metadata.is_dir()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Ok(false)
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

    fn crate_of(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        directory
    }

    fn take_from(directory: &Path) -> Intake {
        take(directory, Path::new("exercises/lock/src")).unwrap()
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
        let src = crate_of(&[("main.rs", b"fn main() {}")]);
        assert!(matches!(take_from(src.path()), Intake::Unusable(_)));
        assert!(matches!(
            take_from(&src.path().join("none")),
            Intake::Unusable(_)
        ));
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
        let src = crate_of(&[("lib.rs", b"")]);
        for index in 0..MOST_FILES {
            fs::write(src.path().join(format!("m{index}.rs")), "").unwrap();
        }
        assert!(matches!(take_from(src.path()), Intake::Forbidden(_)));
    }

    #[cfg(unix)]
    #[test]
    fn links_and_pipes_are_not_opened() {
        let src = crate_of(&[("lib.rs", b"")]);
        std::os::unix::fs::symlink("/etc/passwd", src.path().join("a.rs")).unwrap();
        assert!(matches!(take_from(src.path()), Intake::Forbidden(_)));

        let src = crate_of(&[("other/lib.rs", b"")]);
        let pipe = src.path().join("lib.rs");
        let made = std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap();
        assert!(made.success());
        assert!(matches!(take_from(src.path()), Intake::Forbidden(_)));

        let src = crate_of(&[("lib.rs", b"")]);
        std::os::unix::fs::symlink("/etc", src.path().join("etc")).unwrap();
        assert!(matches!(take_from(src.path()), Intake::Forbidden(_)));
    }
}
