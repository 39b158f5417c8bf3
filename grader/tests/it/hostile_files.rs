//! Folders that would rather not be read.

use std::fs;

use grader::results::report::ExerciseReport;
use grader::results::verdict::{Status, Verdict};

use crate::project::{Project, solution};

const LIB: &str = "exercises/lock/src/lib.rs";

#[track_caller]
fn refusal(project: &Project, status: Status) -> String {
    let exercise: ExerciseReport = project.check_lock(1);
    assert_eq!(exercise.status, status, "{exercise:#?}");
    for test in &exercise.tests {
        assert_eq!(test.verdict, Verdict::NotRun, "{}", test.name);
    }
    exercise.refusal.expect("a refusal").to_string()
}

#[test]
fn a_missing_file_is_named() {
    let project = Project::new();
    assert!(
        refusal(&project, Status::BuildFailed)
            .contains("there is no file exercises/lock/src/lib.rs")
    );
    fs::create_dir_all(project.path("exercises/lock/src")).expect("a folder");
    assert!(
        refusal(&project, Status::BuildFailed)
            .contains("there is no file exercises/lock/src/lib.rs")
    );
}

#[test]
fn a_file_in_place_of_the_folder_is_no_crate() {
    let project = Project::new();
    project.write("exercises/lock", "not a folder");
    assert!(refusal(&project, Status::BuildFailed).contains("there is no file"));
}

#[test]
fn a_folder_named_like_the_file_is_refused() {
    let project = Project::new();
    fs::create_dir_all(project.path(LIB)).expect("a folder");
    assert!(refusal(&project, Status::Forbidden).contains("lib.rs is not an ordinary file"));
}

#[test]
fn text_in_another_encoding_is_located() {
    let project = Project::with_lock(b"//! Une le\xe7on\n".as_slice());
    assert!(refusal(&project, Status::BuildFailed).contains("lib.rs:1 is not UTF-8"));
    let wide: Vec<u8> = "fn f() {}"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let project = Project::with_lock([b"\xff\xfe".as_slice(), &wide].concat());
    assert!(refusal(&project, Status::BuildFailed).contains("lib.rs:1 is not UTF-8"));
}

#[test]
fn ten_thousand_files_are_too_many() {
    let project = Project::with_lock(solution());
    for number in 0..10_000 {
        fs::write(
            project.path(&format!("exercises/lock/src/m{number}.rs")),
            "",
        )
        .expect("a file");
    }
    assert!(refusal(&project, Status::Forbidden).contains("more than 64 source files"));
}

#[test]
fn a_file_of_two_hundred_megabytes_is_not_read() {
    let project = Project::with_lock("");
    let file = fs::File::options().write(true).open(project.path(LIB));
    file.and_then(|file| file.set_len(200 << 20))
        .expect("a sparse file");
    assert!(refusal(&project, Status::Forbidden).contains("too large"));
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use serial_test::serial;

    use super::*;

    #[test]
    fn links_are_not_followed() {
        let project = Project::new();
        project.write("elsewhere/lib.rs", solution());
        fs::create_dir_all(project.path("exercises/lock")).expect("a folder");
        symlink(
            project.path("elsewhere"),
            project.path("exercises/lock/src"),
        )
        .expect("a link");
        assert!(refusal(&project, Status::Forbidden).contains("exercises/lock/src is a link"));

        let project = Project::with_lock(solution());
        symlink("/etc/passwd", project.path("exercises/lock/src/secret.rs")).expect("a link");
        assert!(refusal(&project, Status::Forbidden).contains("secret.rs is not an ordinary file"));

        let project = Project::with_lock(solution());
        symlink("/", project.path("exercises/lock/src/root")).expect("a link");
        assert!(refusal(&project, Status::Forbidden).contains("root is not an ordinary file"));

        let project = Project::with_lock("");
        fs::remove_file(project.path(LIB)).expect("removed");
        symlink("lib.rs", project.path(LIB)).expect("a link to itself");
        assert!(refusal(&project, Status::Forbidden).contains("lib.rs is not an ordinary file"));
    }

    /// The folder of another one would be graded as one's own.
    #[test]
    fn a_folder_that_is_a_link_is_refused() {
        let other = Project::with_lock(solution());
        for folder in ["exercises/lock", "exercises/lock/src"] {
            let project = Project::new();
            let link = project.path(folder);
            fs::create_dir_all(link.parent().expect("a folder around it")).expect("folders");
            symlink(other.path(folder), link).expect("a link");
            let refusal = refusal(&project, Status::Forbidden);
            assert!(
                refusal.contains(&format!("{folder} is a link")),
                "{refusal}"
            );
        }
    }

    /// Whoever opens it waits for a writer that never comes.
    #[test]
    fn a_pipe_is_not_opened() {
        let project = Project::with_lock("");
        let path = project.path(LIB);
        fs::remove_file(&path).expect("removed");
        let made = Command::new("mkfifo").arg(&path).status();
        assert!(made.expect("mkfifo").success());
        assert!(refusal(&project, Status::Forbidden).contains("lib.rs is not an ordinary file"));
    }

    /// No `mod` finds files of such names, so they are nobody's business.
    #[test]
    #[serial]
    fn odd_names_do_no_harm() {
        let project = Project::with_lock(solution());
        let src = project.path("exercises/lock/src");
        let names: [&[u8]; 7] = [
            b"two words.rs",
            b"two\nlines.rs",
            b"-C linker=x.rs",
            b"--cfg.rs",
            b"\xff.rs",
            b"$(reboot).rs",
            b"a;b.rs",
        ];
        for name in names {
            if cfg!(target_os = "macos") && str::from_utf8(name).is_err() {
                // There, file names are UTF-8.
                continue;
            }
            fs::write(src.join(OsStr::from_bytes(name)), "unsafe").expect("a file");
        }
        let exercise = project.check_lock(0);
        assert_eq!(exercise.status, Status::Passed);
    }
}

#[test]
#[serial_test::serial]
fn an_empty_file_lacks_the_whole_interface() {
    let project = Project::with_lock("");
    let refusal = refusal(&project, Status::BuildFailed);
    assert!(
        refusal.contains("public interface is not the one of the exercise"),
        "{refusal}"
    );
}

/// The name of a folder is as foreign as what is in it.
#[cfg(unix)]
#[test]
fn the_name_of_a_folder_steers_neither_terminal_nor_ci() {
    let name = "a\u{1b}[8m\u{202e}\n::error::b ##vso[x]";
    let project = Project::new();
    let is_harmless = |text: &str| {
        let starts = |line: &str| line.trim_start().starts_with("::");
        assert!(
            !text.contains(['\u{1b}', '\u{202e}']) && !text.contains("##vso"),
            "{text}"
        );
        assert!(!text.lines().any(starts), "{text}");
    };
    let answer = project.check(&["lock", "--source", name]);
    assert_eq!(answer.code, 2);
    is_harmless(&answer.stderr);
    project.write(&format!("{name}/lock/src/lib.rs"), "fn f() { unsafe {} }");
    let answer = project.check(&["lock", "--source", name]);
    assert_eq!(answer.code, 1);
    is_harmless(&answer.stdout);
    is_harmless(&answer.stderr);
}
