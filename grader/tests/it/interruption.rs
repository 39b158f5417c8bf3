//! Ctrl-C and requests to terminate, wherever the grader is at that moment.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::machine::toolchain;
use crate::processes;
use crate::project::{Project, solution};

const OLD: &str = "an older report";

/// A run that writes its report over an older one.
fn start(project: &Project, change: impl FnOnce(&mut Command)) -> Child {
    project.write("report.json", OLD);
    let mut grader = project.std_grader();
    grader.args(["check", "lock", "--no-cache", "--output", "report.json"]);
    grader.stdout(Stdio::piped()).stderr(Stdio::piped());
    change(&mut grader);
    grader.spawn().expect("a run")
}

/// Sends the signal to the grader alone, and checks that nothing of the run is left.
#[track_caller]
fn interrupt(project: &Project, mut grader: Child, signal: Signal) {
    kill_process(Pid::from_child(&grader), signal).expect("it still runs");
    let status = grader.wait().expect("an end");
    assert_eq!(status.code(), Some(130), "{status}");
    processes::assert_none_left(&project.path("tmp"), project.scratch());
    let report = fs::read_to_string(project.path("report.json")).expect("a report");
    assert_eq!(report, OLD);
    let mut names: Vec<_> = fs::read_dir(project.path("."))
        .expect("readable")
        .map(|entry| entry.expect("readable").file_name())
        .collect();
    names.retain(|name| name.to_string_lossy().starts_with(".grader"));
    assert!(names.is_empty(), "{names:?}");
}

/// Waits for what must come, however long it takes.
fn wait_until(mut has_come: impl FnMut() -> bool) {
    while !has_come() {
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn while_it_compiles() {
    for signal in [Signal::INT, Signal::TERM] {
        let project = Project::apart();
        project.write("exercises/lock/src/lib.rs", solution());
        let started = project.path("started");
        let script = format!("echo >> '{}'; exec sleep 100000", started.display());
        let bin = toolchain(&project, &script);
        let path = std::env::var("PATH").expect("a search path");
        let grader = start(&project, |grader| {
            let path = format!("{}:{path}", bin.display());
            grader.env_remove("CARGO").env("PATH", path);
        });
        wait_until(|| started.exists());
        interrupt(&project, grader, signal);
        let runs = fs::read_dir(project.scratch().join("runs")).expect("readable");
        assert_eq!(runs.count(), 0);
    }
}

#[test]
fn while_it_waits_for_another_grader() {
    let project = Project::apart();
    project.write("exercises/lock/src/lib.rs", solution());
    project.write("target/grader/lock", "");
    let lock = fs::File::open(project.scratch().join("lock")).expect("a lock file");
    lock.lock().expect("locked");
    let mut grader = start(&project, |_| ());
    let stderr: ChildStderr = grader.stderr.take().expect("a pipe");
    let first = BufReader::new(stderr).lines().next();
    let first = first.expect("a line").expect("UTF-8");
    assert_eq!(first, "Waiting for another grader in this directory");
    interrupt(&project, grader, Signal::INT);
}

/// A test process can only be seen where there is a `/proc`.
#[cfg(target_os = "linux")]
mod while_it_tests {
    use serial_test::serial;

    use super::*;

    #[test]
    #[serial]
    fn nothing_is_left_and_the_next_run_is_as_good_as_ever() {
        let spinning = solution().replace("Self::default()\n", "loop {}\n");
        assert_ne!(spinning, solution());
        let project = Project::with_lock(&spinning);
        let grader = start(&project, |_| ());
        wait_until(|| processes::is_testing(project.scratch(), grader.id()));
        interrupt(&project, grader, Signal::INT);
        let runs = fs::read_dir(project.scratch().join("runs")).expect("readable");
        assert_eq!(runs.count(), 0);
        project.write("exercises/lock/src/lib.rs", solution());
        project.check_lock(0);
    }
}
