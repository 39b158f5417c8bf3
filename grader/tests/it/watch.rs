//! `grader watch` on a real terminal: what a learner sees in a day, and that the terminal and the
//! machine are as before when it is over.
#![cfg(unix)]

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use grader::support::terminal::Screen;
use insta::{assert_snapshot, with_settings};
use rustix::process::{Pid, Signal, kill_process};
use serial_test::serial;

use crate::processes;
use crate::project::{Project, mutant, skeleton, solution};
use crate::terminal::Terminal;

const LOCK: &str = "exercises/lock/src/lib.rs";

/// `grader watch` with these arguments.
fn command(project: &Project, arguments: &[&str]) -> Command {
    let mut grader = project.std_grader();
    grader.args(["watch", "--effort", "quick"]).args(arguments);
    grader
}

fn watch(project: &Project, arguments: &[&str]) -> Terminal {
    Terminal::start(&command(project, arguments), 24, 80)
}

/// A project with two untouched katas and a scratch directory of its own, for what builds nothing.
fn untouched() -> Project {
    let project = Project::apart();
    for topic in ["lock", "rlock"] {
        project.write(&format!("exercises/{topic}/src/lib.rs"), skeleton(topic));
    }
    project
}

/// Ends a session, and looks at what must hold then.
#[track_caller]
fn quit(project: &Project, mut terminal: Terminal) {
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    assert_given_back(&terminal);
    processes::assert_none_left(&project.path("tmp"), project.scratch());
}

/// The program has ended, but perhaps not everything that it wrote has been read yet.
#[track_caller]
fn assert_given_back(terminal: &Terminal) {
    terminal.wait_until(|_| terminal.is_given_back());
}

/// A screen without what differs from run to run.
macro_rules! assert_screen {
    ($screen:expr) => {
        with_settings!({filters => vec![
            (r"\(\d+(\.\d+)? s\)", "(# s)"),
            // What real threads run into is a matter of luck.
            (r"failed, [\d.]+ of", "failed, # of"),
            (r"stress \d+ of", "stress # of"),
            (r"\d+ more tests? fails?[^.]*tells all\.", "# more tests fail."),
        ]}, {
            assert_snapshot!($screen);
        });
    };
}

#[test]
#[serial]
fn from_the_first_look_to_the_pass() {
    let project = untouched();
    let mut terminal = watch_with_engines(&project);
    assert_screen!(terminal.wait_for("0/10"));

    project.write(
        LOCK,
        solution().replace(
            "pub fn release(&self) -> Result<(), NotAcquired>",
            "pub fn release(&self) -> u8",
        ),
    );
    assert_screen!(terminal.wait_for("lock: does not compile"));

    project.write(LOCK, mutant("look-drop-wait"));
    assert_screen!(terminal.wait_for("lock: failed"));
    terminal.press("a");
    terminal.wait_for("stress: real threads, many rounds");
    terminal.press("a");
    terminal.press("t");
    terminal.wait_for("The test begins.");
    terminal.press("n");
    terminal.wait_for("① thread 1: ");
    terminal.press("q");
    terminal.wait_for("lock: failed");

    project.write(LOCK, solution());
    assert_screen!(terminal.wait_for("lock: passed"));

    terminal.press("n");
    terminal.wait_for("rlock: untouched");
    terminal.press("p");
    terminal.wait_for("lock: passed");
    quit_with_answer(&project, terminal);
}

/// Like [`watch`], with the engines that all tests share.
fn watch_with_engines(project: &Project) -> Terminal {
    let mut command = command(project, &["--no-cache"]);
    command.env("GRADER_TARGET_DIR", Project::new().scratch());
    Terminal::start(&command, 24, 80)
}

/// The last answer stays where a shell shows what a command printed.
#[track_caller]
fn quit_with_answer(project: &Project, mut terminal: Terminal) {
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    assert_given_back(&terminal);
    terminal.wait_for("Well done.");
    assert!(terminal.screen().contains("lock: passed, 10 of 10 points"));
    processes::assert_none_left(&project.path("tmp"), Project::new().scratch());
}

#[test]
fn the_list_is_searched_by_typing() {
    let project = untouched();
    let mut terminal = watch(&project, &["lock"]);
    terminal.wait_for("0/10");
    terminal.press("l");
    assert_screen!(terminal.wait_for("dining_philosophers"));
    terminal.press("rl");
    terminal.wait_until(|screen| !screen.contains("dining_philosophers"));
    terminal.press("\r");
    terminal.wait_for("rlock: untouched");
    terminal.press("l");
    terminal.wait_for("> ○ rlock");
    terminal.press("\x1b");
    terminal.wait_for("Open exercises/rlock/src/lib.rs");
    quit(&project, terminal);
}

#[test]
fn each_press_gives_one_more_hint() {
    let project = untouched();
    let mut terminal = watch(&project, &["lock"]);
    terminal.wait_for("lock: untouched");
    terminal.press("h");
    terminal.wait_for("lock: hint 1 of");
    terminal.press("h");
    terminal.wait_for("lock: hint 2 of");
    terminal.press("\x1b");
    terminal.wait_for("lock: untouched");
    quit(&project, terminal);
}

#[test]
fn the_notes_can_be_read_and_the_solution_waits_for_a_pass() {
    let project = untouched();
    let mut terminal = watch(&project, &["lock"]);
    terminal.wait_for("lock: untouched");
    terminal.press("r");
    terminal.wait_for("A lock has two states");
    terminal.press("s");
    terminal.wait_for("The solution is for those who have passed.");
    terminal.press("\u{1b}");
    terminal.wait_for("lock: untouched");
    quit(&project, terminal);
}

#[test]
fn ctrl_c_and_requests_to_terminate_give_the_terminal_back() {
    let project = untouched();
    let signals = [None, Some(Signal::TERM), Some(Signal::HUP)];
    for signal in signals {
        let mut terminal = watch(&project, &["lock"]);
        terminal.wait_for("lock: untouched");
        assert!(!terminal.is_given_back());
        match signal {
            None => terminal.press("\x03"),
            Some(signal) => kill_process(pid(&terminal), signal).expect("it runs"),
        }
        assert_eq!(terminal.end(), 130, "{signal:?}");
        assert_given_back(&terminal);
    }
    processes::assert_none_left(&project.path("tmp"), project.scratch());
}

/// With the shell that leads its session, the terminal goes away as with a closed window.
#[test]
fn a_terminal_that_goes_away_ends_it() {
    let project = untouched();
    let mut shell = with_program(project.std_grader(), "sh");
    let line = command_line(&command(&project, &["lock"]));
    shell.args(["-c", &format!("{line}; true")]);
    let terminal = Terminal::start(&shell, 24, 80);
    terminal.wait_for("lock: untouched");
    kill_process(pid(&terminal), Signal::KILL).expect("it runs");
    processes::assert_none_left(&project.path("tmp"), project.scratch());
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_until_it_is_called_back() {
    let project = untouched();
    let line = command_line(&command(&project, &["lock"]));
    let mut shell = with_program(project.std_grader(), "sh");
    shell.arg("-i").env("PS1", "shell> ").env_remove("ENV");
    let mut terminal = Terminal::start(&shell, 24, 80);
    terminal.wait_for("shell>");
    terminal.press(&format!("{line}\n"));
    terminal.wait_for("lock: untouched");
    terminal.press("\x1a");
    terminal.wait_for("Stopped");
    assert_given_back(&terminal);
    // The shell reads whole lines again, and shows what is typed.
    terminal.press("echo back: $((6 * 7))\n");
    terminal.wait_for("back: 42");
    terminal.press("fg\n");
    terminal.wait_for("lock: untouched");
    terminal.press("h");
    terminal.wait_for("lock: hint 1 of");
    terminal.press("q");
    terminal.wait_until(|_| terminal.is_given_back());
    terminal.press("echo code: $?; exit\n");
    terminal.wait_for("code: 0");
    terminal.end();
}

/// A command as it is typed into a shell.
fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let quoted = words.map(|word| format!("'{}'", word.to_string_lossy()));
    quoted.collect::<Vec<_>>().join(" ")
}

/// The same environment and directory for another program.
fn with_program(command: Command, program: &str) -> Command {
    let mut other = Command::new(program);
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => other.env(name, value),
            None => other.env_remove(name),
        };
    }
    other.current_dir(command.get_current_dir().expect("a directory"));
    other
}

#[test]
fn every_size_shows_the_headline() {
    let project = untouched();
    let terminal = Terminal::start(&command(&project, &["lock"]), 10, 40);
    assert_screen!(terminal.wait_for("0/10"));
    terminal.resize(3, 12);
    terminal.wait_for("lock: untouc");
    terminal.resize(24, 80);
    let screen = terminal.wait_for("q quit");
    assert!(screen.starts_with("lock: untouched\n"), "{screen}");
    quit(&project, terminal);
}

#[test]
fn without_colours_nothing_is_coloured() {
    let project = untouched();
    let colours = |terminal: &Terminal| {
        let written = terminal.written();
        let parameters = written.split("\x1b[").skip(1);
        let sequences = parameters.filter_map(|it| it.split_once('m'));
        let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b';');
        let colours = sequences.filter(|(it, _)| number(it) && !it.is_empty() && *it != "0");
        colours.count()
    };
    let terminal = watch(&project, &["lock"]);
    terminal.wait_for("0/10");
    assert!(colours(&terminal) > 0);
    quit(&project, terminal);
    let mut grader = command(&project, &["lock"]);
    grader.env("NO_COLOR", "1");
    let terminal = Terminal::start(&grader, 24, 80);
    terminal.wait_for("0/10");
    assert_eq!(colours(&terminal), 0);
    quit(&project, terminal);
}

#[test]
fn nothing_typed_on_a_terminal_is_watch() {
    let project = untouched();
    let terminal = Terminal::start(&project.std_grader(), 24, 80);
    terminal.wait_for("lock: untouched");
    quit(&project, terminal);
}

#[test]
fn without_a_terminal_answers_are_printed_one_below_the_other() {
    let project = untouched();
    let mut grader = command(&project, &["lock"]);
    grader.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut grader = grader.spawn().expect("a run");
    let mut stdout = grader.stdout.take().expect("a pipe");
    let mut text = String::new();
    let mut wait_for = |wanted: &str| {
        let mut buffer = [0; 1024];
        while !text.contains(wanted) {
            let read = stdout.read(&mut buffer).expect("readable");
            assert!(read > 0, "{text}");
            text.push_str(&String::from_utf8_lossy(&buffer[..read]));
        }
    };
    wait_for("Begin with lock");
    project.write(LOCK, "pub struct Lock;\nunsafe fn f() {}\n");
    wait_for("error[forbidden]");
    kill_process(Pid::from_child(&grader), Signal::INT).expect("it runs");
    assert_eq!(grader.wait().expect("an end").code(), Some(130));
}

#[test]
fn the_editor_opens_the_file_at_the_start_and_where_one_goes_next() {
    let project = untouched();
    let log = project.path("opened");
    let script = format!("#!/bin/sh\necho \"$@\" >> '{}'\n", log.display());
    project.write("editor", script);
    make_executable(&project.path("editor"));
    let edit = format!("{} {{file}}:{{line}}", project.path("editor").display());
    let mut terminal = watch(&project, &["lock", "--edit-cmd", &edit]);
    let opened = |topic: &str| {
        let file = project.path(&format!("exercises/{topic}/src/lib.rs"));
        let line = skeleton(topic).lines().position(|it| it.contains("todo!("));
        let wanted = format!("{}:{}", file.display(), line.expect("a todo") + 1);
        // Who started it sees on the screen only that it could not.
        terminal_waits(|| fs::read_to_string(&log).is_ok_and(|it| it.contains(&wanted)));
    };
    terminal.wait_for("e edit");
    opened("lock");
    terminal.press("n");
    terminal.wait_for("rlock: untouched");
    opened("rlock");
    quit(&project, terminal);

    let terminal = watch(&project, &["lock", "--edit-cmd", "/no/such/editor"]);
    terminal.wait_for("cannot start /no/such/editor");
    quit(&project, terminal);
}

fn terminal_waits(mut has_come: impl FnMut() -> bool) {
    while !has_come() {
        thread::sleep(Duration::from_millis(10));
    }
}

fn make_executable(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(file, executable).expect("a script");
}

/// In a process of its own, which the test below starts on a terminal.
#[test]
#[ignore = "it breaks down on purpose"]
#[should_panic(expected = "on purpose")]
fn breaks_down_on_a_screen() {
    let mut screen = Screen::open().unwrap_or_else(|_| panic!("no terminal, on purpose"));
    screen.draw(&["before".to_owned()]).expect("drawn");
    panic!("on purpose");
}

#[test]
fn a_panic_gives_the_terminal_back_and_is_seen() {
    let mut command = Command::new(std::env::current_exe().expect("a test binary"));
    command.args([
        "--exact",
        "watch::breaks_down_on_a_screen",
        "--ignored",
        "--nocapture",
    ]);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let mut terminal = Terminal::start(&command, 24, 80);
    assert_eq!(terminal.end(), 0);
    assert_given_back(&terminal);
    let written = terminal.written();
    let (screen, after) = written.split_once("before").expect("a screen");
    assert!(!screen.contains("panicked"), "{written}");
    let (_, after) = after
        .split_once("\x1b[?1049l")
        .expect("the shell's own screen");
    assert!(after.contains("on purpose"), "{written}");
}

fn pid(terminal: &Terminal) -> Pid {
    let id = i32::try_from(terminal.process_id()).expect("a process number");
    Pid::from_raw(id).expect("a process")
}

/// A lock whose tests come to no end before their time is up.
fn spinning() -> String {
    let spinning = solution().replace("Self::default()\n", "loop {}\n");
    assert_ne!(spinning, solution());
    spinning
}

/// Whether a hidden test runs can only be seen where there is a `/proc`.
#[cfg(target_os = "linux")]
mod while_it_tests {
    use super::*;

    #[track_caller]
    fn wait_for_tests(terminal: &Terminal) {
        let scratch = Project::new();
        terminal_waits(|| processes::is_testing(scratch.scratch(), terminal.process_id()));
    }

    #[test]
    #[serial]
    #[ignore = "it builds many crates"]
    fn a_save_cancels_the_check_and_the_next_one_counts() {
        let project = Project::with_lock(spinning());
        let terminal = watch(&project, &["lock"]);
        wait_for_tests(&terminal);
        project.write(LOCK, solution());
        let screen = terminal.wait_until(|screen| !screen.starts_with("Checking"));
        assert!(screen.starts_with("lock: passed"), "{screen}");
        quit(&project, terminal);
    }

    #[test]
    #[serial]
    #[ignore = "it builds many crates"]
    fn quitting_leaves_nothing_behind() {
        let project = Project::with_lock(spinning());
        let terminal = watch(&project, &["lock"]);
        wait_for_tests(&terminal);
        quit(&project, terminal);
        let runs = fs::read_dir(project.scratch().join("runs")).expect("readable");
        assert_eq!(runs.count(), 0);
    }

    #[test]
    #[serial]
    #[ignore = "it builds many crates"]
    fn being_killed_leaves_nothing_running_and_the_next_start_works() {
        let project = Project::with_lock(spinning());
        let mut terminal = watch(&project, &["lock"]);
        wait_for_tests(&terminal);
        kill_process(pid(&terminal), Signal::KILL).expect("it runs");
        terminal.end();
        processes::assert_none_left(&project.path("tmp"), project.scratch());
        project.write(LOCK, solution());
        let terminal = watch(&project, &["lock"]);
        terminal.wait_for("lock: passed");
        quit(&project, terminal);
    }
}

#[test]
#[serial]
#[ignore = "it builds many crates"]
fn of_a_storm_of_saves_the_last_one_counts() {
    for (last, verdict) in [
        (solution(), "lock: passed"),
        (mutant("check-then-set"), "lock: failed"),
    ] {
        let project = Project::with_lock(skeleton("lock"));
        let terminal = watch(&project, &["lock"]);
        terminal.wait_for("lock: untouched");
        for number in 0..30 {
            let text = match number % 3 {
                0 => "pub struct Lock(u8, u8".to_owned(),
                1 => mutant("look-drop-wait"),
                _ => solution(),
            };
            project.write(LOCK, format!("{text}\n// {number}\n"));
            thread::sleep(Duration::from_millis(33));
        }
        project.write(LOCK, &last);
        // What is on the screen when nothing is checked any more is about the last save.
        terminal.wait_for(verdict);
        thread::sleep(Duration::from_secs(2));
        let screen = terminal.wait_until(|screen| !screen.starts_with("Checking"));
        assert!(screen.starts_with(verdict), "{screen}");
        quit(&project, terminal);
    }
}
