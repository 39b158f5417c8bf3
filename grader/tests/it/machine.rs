//! Machines that are not as they should be: never the learner's fault.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use grader::results::report::Report;
use grader::results::verdict::Status;
use serial_test::serial;

use crate::project::{Answer, Project, mutant, not_passed, skeleton, solution};

/// The command that may answer from the cache.
const CHECK: [&str; 6] = ["check", "lock", "--effort", "quick", "--format", "json"];

#[test]
#[serial]
fn graders_in_one_clone_take_turns_and_keep_their_answers_apart() {
    let right = Project::with_lock(solution());
    let wrong = Project::with_lock(mutant("guard-never-releases"));
    let runs = [&right, &wrong, &right, &wrong].map(|project| {
        let mut grader = project.std_grader();
        grader.args(CHECK).arg("--no-cache");
        grader.stdout(Stdio::piped()).stderr(Stdio::piped());
        grader.spawn().expect("a run")
    });
    let answers = runs.map(|run| Answer::from(run.wait_with_output().expect("an end")));
    let codes = answers.each_ref().map(|answer| answer.code);
    assert_eq!(codes, [0, 1, 0, 1], "{answers:#?}");
    assert_eq!(answers[2].exercise().status, Status::Passed);
    let failed = [1, 3].map(|index| {
        let exercise = answers[index].exercise();
        let failed = not_passed(&exercise).into_iter();
        failed
            .map(|it| (it.name.clone(), it.diagnosis))
            .collect::<Vec<_>>()
    });
    assert_eq!(failed[0], failed[1]);
}

#[test]
#[serial]
fn no_network_is_needed_once_the_engines_are_there() {
    let project = Project::with_lock(solution());
    project.check_lock(0);
    let nowhere = "http://127.0.0.1:9";
    let mut grader = project.grader();
    for name in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "CARGO_HTTP_PROXY"] {
        grader.env(name, nowhere);
    }
    grader.args(CHECK).arg("--no-cache").assert().code(0);
    grader.env("CARGO_NET_OFFLINE", "true").assert().code(0);
}

#[test]
#[serial]
fn an_unchanged_question_is_answered_from_memory() {
    for (text, code) in [
        (solution(), 0),
        (mutant("look-drop-wait"), 1),
        ("pub struct Lock(u8, u8".to_owned(), 1),
    ] {
        let project = Project::with_lock(unique(&text));
        let first = ask(&project, &[], code);
        let second = ask(&project, &[], code);
        assert!(!first.exercises[0].cached);
        assert!(second.exercises[0].cached);
        assert_eq!(essence(first), essence(second));

        let human = project.run(&["check", "lock", "--effort", "quick"]);
        let says_so = human.stdout.contains("unchanged since the last check");
        assert!(says_so || code == 1, "{}", human.stdout);
        assert_eq!(human.stderr.lines().count(), 1, "{}", human.stderr);

        assert!(!ask(&project, &["--no-cache"], code).exercises[0].cached);
    }
}

/// By their times all builds are newer than what is written after them.
#[test]
#[serial]
fn a_clock_that_was_set_back_changes_no_verdict() {
    let project = Project::with_lock(unique(&solution()));
    ask(&project, &[], 0);
    let builds = project.scratch().join("build/debug/.fingerprint");
    let tomorrow = SystemTime::now() + Duration::from_secs(24 * 3600);
    for build in fs::read_dir(builds).expect("builds") {
        let build = build.expect("readable");
        if build
            .file_name()
            .to_string_lossy()
            .starts_with("learner-lock-")
        {
            for file in fs::read_dir(build.path()).expect("a build") {
                let file = fs::File::open(file.expect("readable").path()).expect("a file");
                file.set_modified(tomorrow).expect("a time");
            }
        }
    }
    project.write(
        "exercises/lock/src/lib.rs",
        unique(&mutant("check-then-set")),
    );
    ask(&project, &[], 1);
    project.write("exercises/lock/src/lib.rs", unique(&solution()));
    ask(&project, &[], 0);
}

/// Where two crates have the same file name, one can be written over the other.
#[test]
#[serial]
fn graded_crates_stay_where_no_two_have_the_same_name() {
    let project = Project::with_lock(unique(&solution()));
    let crates = || {
        let top = fs::read_dir(project.scratch().join("build/debug"));
        let files = top
            .into_iter()
            .flatten()
            .map(|file| file.expect("readable").path());
        files.filter(|file| file.extension().is_some_and(|it| it == "rlib"))
    };
    crates().for_each(|old| fs::remove_file(old).expect("a file of ours"));
    ask(&project, &[], 0);
    assert_eq!(crates().collect::<Vec<_>>(), Vec::<PathBuf>::new());
}

#[test]
#[serial]
fn another_question_is_not_answered_from_memory() {
    let text = unique(&solution());
    let project = Project::with_lock(&text);
    ask(&project, &[], 0);
    assert!(!ask(&project, &["--seed", "8"], 0).exercises[0].cached);
    project.write("exercises/lock/src/lib.rs", text.clone() + "\n");
    assert!(!ask(&project, &[], 0).exercises[0].cached);
    project.write("exercises/lock/src/lib.rs", &text);
    assert!(ask(&project, &[], 0).exercises[0].cached);
}

#[test]
#[serial]
fn a_damaged_memory_is_no_memory() {
    let project = Project::with_lock(unique(&solution()));
    let before = entries(&project);
    let first = ask(&project, &[], 0);
    let ours: Vec<PathBuf> = entries(&project).difference(&before).cloned().collect();
    assert!(!ours.is_empty());
    let first = essence(first);
    for damage in [
        &b""[..],
        b"{\"key\":",
        b"\xff\xfe",
        b"null",
        b"{\"key\":{\"parts\":[]},\"value\":[]}",
    ] {
        for file in &ours {
            fs::write(file, damage).expect("written");
        }
        let again = ask(&project, &[], 0);
        assert!(!again.exercises[0].cached);
        assert_eq!(essence(again), first);
    }
    assert!(ask(&project, &[], 0).exercises[0].cached);
}

#[test]
fn a_scratch_directory_that_cannot_be_made_is_a_fault_that_names_it() {
    let mut project = Project::apart();
    project.write("file", "");
    project.use_scratch(project.path("file/grader"));
    project.write("exercises/lock/src/lib.rs", solution());
    assert_is_fault(&project, &["check", "lock"], "file/grader");
}

#[test]
fn what_needs_no_building_needs_no_scratch_directory() {
    let mut project = Project::apart();
    project.write("file", "");
    project.use_scratch(project.path("file/grader"));
    project.write("exercises/lock/src/lib.rs", skeleton("lock"));
    assert_eq!(project.run(&["check", "lock"]).code, 1);
    assert_eq!(project.run(&["list"]).code, 0);
    let hint = project.run(&["hint", "lock"]);
    assert!(hint.stdout.contains("lock: hint 1 of"), "{hint:#?}");
    assert_eq!(hint.code, 3);
    assert!(
        hint.stderr
            .contains("cannot remember which hints have been given")
    );
}

/// Checks that the command ends as a fault whose message has this text, and judges nobody.
#[track_caller]
fn assert_is_fault(project: &Project, arguments: &[&str], text: &str) {
    let answer = project.run(arguments);
    assert_eq!(answer.code, 3, "{answer:#?}");
    assert_eq!(answer.stdout, "", "{answer:#?}");
    assert!(answer.stderr.contains(text), "{}", answer.stderr);
    assert!(
        answer.stderr.contains("This is no verdict on your code"),
        "{}",
        answer.stderr
    );
}

/// Asks what may be answered from the cache.
#[track_caller]
fn ask(project: &Project, arguments: &[&str], code: i32) -> Report {
    let answer = project.run(&[&CHECK, arguments].concat());
    assert_eq!(answer.code, code, "{answer:#?}");
    answer.report()
}

/// A report without what may differ between the first and the second answer.
fn essence(mut report: Report) -> String {
    for exercise in &mut report.exercises {
        exercise.cached = false;
        exercise.seconds = 0.0;
        for test in &mut exercise.tests {
            test.seconds = 0.0;
        }
    }
    serde_json::to_string(&report).expect("a report")
}

/// The same program in a text that nobody has seen before.
fn unique(text: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    format!(
        "{text}\n// {} {:?}\n",
        std::process::id(),
        now.expect("a date")
    )
}

fn entries(project: &Project) -> BTreeSet<PathBuf> {
    let Ok(directory) = fs::read_dir(project.scratch().join("cache")) else {
        return BTreeSet::new();
    };
    directory
        .map(|entry| entry.expect("readable").path())
        .collect()
}

/// A toolchain whose compiler does this where it should compile: a directory for the `PATH`.
#[cfg(unix)]
pub(crate) fn toolchain(project: &Project, instead_of_compiling: &str) -> PathBuf {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let cargo = Path::new(env!("CARGO"));
    let rustc = cargo.with_file_name("rustc");
    let root = project.path("toolchain");
    let script = format!(
        "#!/bin/sh\n\
         [ \"$1 $2\" = '--print sysroot' ] && echo '{root}' && exit\n\
         case \" $* \" in *' -vV '*|*' --print='*) exec '{rustc}' \"$@\" ;; esac\n\
         {instead_of_compiling}\n",
        root = root.display(),
        rustc = rustc.display(),
    );
    project.write("toolchain/bin/rustc", script);
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(root.join("bin/rustc"), executable).expect("a script");
    symlink(cargo, root.join("bin/cargo")).expect("a link");
    root.join("bin")
}

#[cfg(unix)]
mod toolchains {
    use super::*;

    #[test]
    fn no_toolchain_is_a_fault_that_says_where_to_get_one() {
        let project = Project::apart();
        project.write("exercises/lock/src/lib.rs", solution());
        let answer = with_path(&project, &project.path("tmp"));
        assert_eq!(answer.code, 3, "{answer:#?}");
        assert!(answer.stderr.contains("there is no `rustc` on the PATH"));
        assert!(answer.stderr.contains("https://rustup.rs"));
        assert!(answer.stderr.contains("This is no verdict on your code"));
    }

    #[test]
    fn a_compiler_that_does_not_even_know_its_version_is_a_fault() {
        let project = Project::apart();
        project.write("exercises/lock/src/lib.rs", solution());
        let bin = toolchain(&project, "exit 1");
        project.write(
            "toolchain/bin/rustc",
            "#!/bin/sh\necho 'no such toolchain' >&2; exit 1\n",
        );
        let answer = with_path(&project, &bin);
        assert_eq!(answer.code, 3, "{answer:#?}");
        assert!(
            answer.stderr.contains("no such toolchain"),
            "{}",
            answer.stderr
        );
        assert!(answer.stderr.contains("This is no verdict on your code"));
    }

    #[test]
    fn a_compiler_that_breaks_down_is_a_fault() {
        for instead in [
            "exit 101",
            "kill -SEGV $$",
            "echo 'error: internal error' >&2; exit 1",
        ] {
            let project = Project::apart();
            project.write("exercises/lock/src/lib.rs", solution());
            let answer = with_path(&project, &toolchain(&project, instead));
            assert_eq!(answer.code, 3, "{instead}: {answer:#?}");
            assert_eq!(answer.stdout, "", "{instead}");
            assert!(answer.stderr.contains("This is no verdict on your code"));
        }
    }

    /// An installed grader, which knows of no cargo that runs it.
    fn with_path(project: &Project, path: &Path) -> Answer {
        let mut grader = project.grader();
        grader.env_remove("CARGO").env("PATH", path).args(CHECK);
        Answer::from(grader.output().expect("a run"))
    }
}

/// File systems that are full or cannot be written. They can only be made where the tests may
/// mount; elsewhere the tests say that they have not looked.
#[cfg(target_os = "linux")]
mod file_systems {
    use std::process::Command;

    use super::*;

    /// A small file system, for as long as it lives.
    struct Mount(PathBuf);

    impl Mount {
        fn new(project: &Project, options: &str) -> Option<Mount> {
            let path = project.path("mount");
            fs::create_dir(&path).expect("a folder");
            let mut mount = Command::new("mount");
            mount
                .args(["-t", "tmpfs", "-o", options, "none"])
                .arg(&path);
            let mounted = mount.stderr(Stdio::null()).status();
            if mounted.is_ok_and(|status| status.success()) {
                return Some(Mount(path));
            }
            eprintln!("not tested: mounting needs privileges that this run does not have");
            None
        }
    }

    impl Drop for Mount {
        fn drop(&mut self) {
            // Lazily: it goes as soon as nobody uses it.
            let _ = Command::new("umount").arg("-l").arg(&self.0).status();
        }
    }

    #[test]
    fn a_file_system_that_cannot_be_written_is_a_fault() {
        let mut project = Project::apart();
        let Some(mount) = Mount::new(&project, "ro") else {
            return;
        };
        project.use_scratch(mount.0.join("grader"));
        project.write("exercises/lock/src/lib.rs", solution());
        assert_is_fault(&project, &["check", "lock"], "Read-only file system");
    }

    #[test]
    fn a_full_file_system_is_a_fault_whenever_it_fills_up() {
        // While the lock is made, while the workspace is written, while cargo builds.
        for size in ["nr_inodes=2", "size=128k", "size=3m"] {
            let mut project = Project::apart();
            let Some(mount) = Mount::new(&project, size) else {
                return;
            };
            project.use_scratch(mount.0.join("grader"));
            project.write("exercises/lock/src/lib.rs", solution());
            assert_is_fault(&project, &["check", "lock"], "No space left on device");
        }
    }

    /// No privilege is needed to forbid oneself large files.
    #[test]
    fn a_limit_on_the_size_of_files_is_a_fault() {
        let project = Project::apart();
        project.write("exercises/lock/src/lib.rs", solution());
        let script = "trap '' XFSZ; ulimit -f 4; exec \"$0\" check lock";
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", script, env!("CARGO_BIN_EXE_grader")]);
        shell.current_dir(project.path("."));
        shell.env("GRADER_TARGET_DIR", project.scratch());
        let answer = Answer::from(shell.output().expect("a run"));
        assert_eq!(answer.code, 3, "{answer:#?}");
        assert_eq!(answer.stdout, "");
        assert!(
            answer.stderr.contains("File too large"),
            "{}",
            answer.stderr
        );
    }
}
