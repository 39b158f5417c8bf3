//! Whether a grader has left a process behind.

use std::path::Path;

/// Waits until nothing runs any more of what a grader has started, and panics if that never comes.
///
/// Test processes are known by their working directory, which the grader removes when it ends;
/// compilers by `temporary`, the `TMPDIR` that they inherit.
#[cfg(target_os = "linux")]
#[track_caller]
pub(crate) fn assert_none_left(temporary: &Path, scratch: &Path) {
    use std::time::{Duration, Instant};
    // A killed process takes a moment to be gone.
    let end_of_patience = Instant::now() + Duration::from_secs(30);
    loop {
        let left = running(temporary, scratch);
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < end_of_patience, "still running: {left:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Only Linux tells so much about the processes of others.
#[cfg(not(target_os = "linux"))]
pub(crate) fn assert_none_left(_temporary: &Path, _scratch: &Path) {}

/// The command lines of what still runs.
#[cfg(target_os = "linux")]
fn running(temporary: &Path, scratch: &Path) -> Vec<String> {
    use std::fs;
    let marker = format!("TMPDIR={}", temporary.display());
    let runs = scratch.join("runs");
    let mut left = Vec::new();
    for entry in fs::read_dir("/proc").expect("readable").flatten() {
        let process = entry.path();
        let is_compiler = fs::read(process.join("environ")).is_ok_and(|environment| {
            environment
                .split(|byte| *byte == 0)
                .any(|variable| variable == marker.as_bytes())
        });
        let is_test = fs::read_link(process.join("cwd")).is_ok_and(|directory| {
            directory.starts_with(&runs) && directory.to_string_lossy().ends_with(" (deleted)")
        });
        if is_compiler || is_test {
            let command = fs::read(process.join("cmdline")).unwrap_or_default();
            left.push(String::from_utf8_lossy(&command).replace('\0', " "));
        }
    }
    left
}

/// Whether the grader with that process number is running a hidden test.
#[cfg(target_os = "linux")]
pub(crate) fn is_testing(scratch: &Path, grader: u32) -> bool {
    use std::fs;
    let build = scratch.join("build");
    let parent = format!("PPid:\t{grader}");
    fs::read_dir("/proc")
        .expect("readable")
        .flatten()
        .any(|entry| {
            let process = entry.path();
            let status = fs::read_to_string(process.join("status")).unwrap_or_default();
            let executable = fs::read_link(process.join("exe"));
            status.lines().any(|line| line == parent)
                && executable.is_ok_and(|executable| executable.starts_with(&build))
        })
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_that_is_left_is_seen() {
    use std::fs;
    use std::process::Command;
    let directory = tempfile::tempdir().expect("a directory");
    let (temporary, scratch) = (
        directory.path().join("tmp"),
        directory.path().join("grader"),
    );
    let run = scratch.join("runs/run-1");
    fs::create_dir_all(&run).expect("folders");
    let mut compiler = Command::new("sleep");
    compiler.arg("1000").env("TMPDIR", &temporary);
    let mut test = Command::new("sleep");
    test.arg("1000").current_dir(&run);
    for mut command in [compiler, test] {
        assert_eq!(running(&temporary, &scratch), [""; 0]);
        let mut child = command.spawn().expect("a process");
        let _ = fs::remove_dir(&run);
        // Until it has become `sleep`, it is a copy of this process.
        while running(&temporary, &scratch).is_empty() {
            std::thread::yield_now();
        }
        child.kill().and_then(|()| child.wait()).expect("an end");
        assert_none_left(&temporary, &scratch);
        fs::create_dir_all(&run).expect("folders");
    }
}
