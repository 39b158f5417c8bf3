//! Where a result goes: the terminal, or a file that is written whole or not at all.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use anstream::AutoStream;
use anstyle::{AnsiColor, Effects};
use anyhow::{Context, Result};

use super::look::{Look, wrap};
use crate::messages::{learner, usage};
use crate::support::sanitise;

/// Prints to standard output. A reader that has gone away (`grader check | head`) is no error.
///
/// # Errors
///
/// Standard output cannot be written, for example because its disk is full.
pub fn print(text: &str) -> Result<()> {
    // The text holds colours only if they are wanted; the stream translates them for old consoles.
    let mut out = AutoStream::always(io::stdout().lock());
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other.context(usage::CANNOT_PRINT),
    }
}

/// Says on standard error what went wrong beside what was asked for. Where that cannot be written,
/// there is nowhere to say so.
pub fn warn(text: &str, look: &Look) {
    let said = wrap(
        &format!("{} {}", learner::WARNING, sanitise::text(text)),
        look.width,
    );
    let style = AnsiColor::Yellow.on_default().effects(Effects::BOLD);
    let warning = format!("{style}{}{style:#}", learner::WARNING);
    let said = said.join("\n").replacen(learner::WARNING, &warning, 1) + "\n";
    let _ = AutoStream::auto(io::stderr()).write_all(said.as_bytes());
}

/// Asks on the terminal, and tells whether the answer is one of these. No answer is none.
///
/// # Errors
///
/// The terminal cannot be read or written.
pub fn ask(question: &str, answers: &[&str]) -> Result<bool> {
    let mut out = AutoStream::auto(io::stderr());
    let asked = out
        .write_all(question.as_bytes())
        .and_then(|()| out.flush());
    asked.context(usage::CANNOT_PRINT)?;
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer);
    read.context(learner::CANNOT_ASK)?;
    let answer = answer.trim().to_lowercase();
    Ok(answers.contains(&answer.as_str()))
}

/// Writes to a file, which has its old content or all of the new one at any moment.
///
/// # Errors
///
/// The file or its directory cannot be written; the error names it.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let attempt = || match fs::metadata(path) {
        // A device or pipe such as /dev/stdout cannot be replaced by a file.
        Ok(metadata) if !metadata.is_file() => fs::write(path, text),
        _ => replace(path, text),
    };
    attempt().with_context(|| usage::cannot_write(path))
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    // Through a link, the file that it points to is replaced and not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let directory = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".grader-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What any new file gets; the umask takes its part.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(directory)?;
    file.write_all(text.as_bytes())?;
    file.persist(&target)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("report.json");
        write(&file, "first, and longer").expect("written");
        write(&file, "second").expect("written");
        assert_eq!(fs::read_to_string(&file).expect("readable"), "second");
        assert_eq!(fs::read_dir(directory.path()).expect("readable").count(), 1);
    }

    #[test]
    fn a_failure_names_the_file_and_says_why() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("missing/report.json");
        let error = write(&file, "x").expect_err("no such directory");
        let text = format!("{error:#}");
        assert!(text.contains("missing/report.json"), "{text}");
        assert!(text.contains("(os error 2)"), "{text}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error() {
        let error = write(Path::new("/dev/full"), "x").expect_err("full");
        assert!(format!("{error:#}").contains("No space left"), "{error:#}");
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_has_the_usual_permissions() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().expect("a directory");
        let ours = directory.path().join("ours");
        let usual = directory.path().join("usual");
        write(&ours, "x").expect("written");
        fs::write(&usual, "x").expect("written");
        let mode = |path| fs::metadata(path).expect("readable").permissions().mode();
        assert_eq!(mode(ours), mode(usual));
    }
}
