//! Files that are written whole or not at all, and errors that name them.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Writes a file whole: nobody ever sees half of it.
///
/// # Errors
///
/// The file or its directory cannot be written; the error names it.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    let attempt = || -> std::io::Result<()> {
        let directory = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(directory)?;
        let mut file = tempfile::Builder::new()
            .prefix(".new-")
            .tempfile_in(directory)?;
        file.write_all(content)?;
        file.persist(path)?;
        Ok(())
    };
    attempt().with_context(|| format!("writing {}", path.display()))
}

/// Like [`write()`], but leaves a file alone that has this content already, and with it the time
/// of its last change, by which cargo tells what to build.
///
/// # Errors
///
/// Like [`write()`].
pub fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    match fs::read(path) {
        Ok(present) if present == content => Ok(()),
        _ => write(path, content),
    }
}

/// Like [`write()`], for a file of the user's, which keeps its permissions.
///
/// # Errors
///
/// Like [`write()`], or there is no such file.
pub fn rewrite(path: &Path, content: &[u8]) -> Result<()> {
    let permissions = fs::metadata(path).map(|it| it.permissions());
    let permissions = permissions.with_context(|| format!("reading {}", path.display()))?;
    write(path, content)?;
    fs::set_permissions(path, permissions).with_context(|| format!("writing {}", path.display()))
}

/// Writes a file that is not there yet, as an editor would: with the usual permissions.
///
/// # Errors
///
/// It is there already, or it cannot be written; the error names it.
pub fn write_new(path: &Path, content: &[u8]) -> Result<()> {
    let attempt = || File::create_new(path)?.write_all(content);
    attempt().with_context(|| format!("writing {}", path.display()))
}

/// Creates a directory and those above it.
///
/// # Errors
///
/// It cannot be created; the error names it.
pub fn create_directory(path: &Path) -> Result<()> {
    fs::create_dir_all(path).with_context(|| format!("creating the directory {}", path.display()))
}

/// Opens a file for locking, creating it if need be.
///
/// # Errors
///
/// It cannot be opened; the error names it.
pub fn open_lock(path: &Path) -> Result<File> {
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .with_context(|| format!("opening the lock file {}", path.display()))
}

/// A path of that name in a directory where nothing is yet: `name`, or else `name-2`, `name-3`, …,
/// each with the `ending`.
pub fn free_name(directory: &Path, name: &str, ending: &str) -> PathBuf {
    let named = |number: u32| match number {
        1 => directory.join(format!("{name}{ending}")),
        _ => directory.join(format!("{name}-{number}{ending}")),
    };
    let is_free = |path: &PathBuf| fs::symlink_metadata(path).is_err();
    (1..).map(named).find(is_free).unwrap_or_else(|| named(1))
}

/// Removes a file that may or may not be there.
///
/// # Errors
///
/// It is there and cannot be removed.
pub fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Removes a directory that may or may not be there, with all that is in it.
///
/// # Errors
///
/// It is there and cannot be removed.
pub fn remove_directory(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// The bytes that are free for us where a directory is, or is to be; [`None`] where the system
/// cannot be asked.
pub fn room(directory: &Path) -> Option<u64> {
    let present = directory.ancestors().find(|it| it.exists())?;
    free_bytes(present)
}

#[cfg(unix)]
fn free_bytes(directory: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(directory).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_directory: &Path) -> Option<u64> {
    None
}

/// The root of the file system or drive that a path is on.
pub fn root_of(path: &Path) -> &Path {
    path.ancestors()
        .last()
        .filter(|root| !root.as_os_str().is_empty())
        .unwrap_or(Path::new("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unchanged_file_keeps_its_time() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("a/b");
        write_if_changed(&file, b"x").unwrap();
        let before = fs::metadata(&file).unwrap().modified().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        write_if_changed(&file, b"x").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), before);
        write_if_changed(&file, b"y").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"y");
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn an_error_names_the_file() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        let error = write(&file.join("below"), b"").unwrap_err();
        assert!(error.to_string().contains("file/below"), "{error}");
    }
}
