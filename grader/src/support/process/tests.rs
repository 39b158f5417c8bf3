use std::fs;

use super::*;

const LIMITS: Limits = Limits {
    wall_clock: Duration::from_secs(20),
    memory: 256 << 20,
    threads: 64,
    output: 1 << 20,
};

fn shell(script: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script]);
    command
}

fn run_here(script: &str, limits: &Limits) -> (Ended, String) {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let ended = run(shell(script), b"hello\n", &log, limits, &Cancel::never()).unwrap();
    (ended, fs::read_to_string(log).unwrap())
}

#[test]
fn input_goes_in_and_output_into_the_log() {
    let (ended, log) = run_here("read x; echo got $x; echo bad >&2; exit 3", &LIMITS);
    assert_eq!(ended.code, Some(3));
    assert_eq!(ended.stopped, None);
    assert_eq!(log, "got hello\nbad\n");
}

#[test]
fn a_process_that_closes_its_input_is_not_waited_for() {
    let (ended, _) = run_here("exec <&-; exit 0", &LIMITS);
    assert_eq!(ended.code, Some(0));
}

#[test]
fn sleeping_for_ever_ends_at_the_wall_clock_even_against_its_will() {
    let limits = Limits {
        wall_clock: Duration::from_millis(200),
        ..LIMITS
    };
    let (ended, _) = run_here("trap '' TERM; sleep 1000 & sleep 1000", &limits);
    assert_eq!(ended.stopped, Some(Stopped::WallClock));
    assert!(ended.seconds < 5.0);
}

#[test]
fn children_do_not_outlive_the_process() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    run(
        shell("sleep 1000 & echo $!"),
        b"",
        &log,
        &LIMITS,
        &Cancel::never(),
    )
    .unwrap();
    let child = fs::read_to_string(&log).unwrap();
    let is_gone = || {
        let status = fs::read_to_string(format!("/proc/{}/status", child.trim()));
        status.map_or(true, |status| status.contains("State:\tZ"))
    };
    // It has been killed; the system takes a moment to carry that out.
    let patience = Instant::now() + Duration::from_secs(5);
    while !is_gone() {
        assert!(Instant::now() < patience, "process {child} still runs");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_spinning_printer_does_not_fill_the_disk() {
    let (ended, log) = run_here("while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyy; done", &LIMITS);
    assert_eq!(ended.stopped, Some(Stopped::Output));
    assert!(log.len() as u64 <= LIMITS.output);
}

#[cfg(target_os = "linux")]
#[test]
fn a_process_cannot_take_all_memory() {
    let script = "head -c 1000000000 /dev/zero | tail";
    let (ended, log) = run_here(script, &LIMITS);
    assert_ne!((ended.code, log.is_empty()), (Some(0), true), "{log}");
}
