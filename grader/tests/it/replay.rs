//! `grader replay`: the failure that the last check told, step by step, on a terminal, without one,
//! and as a page in a real browser.

use std::fs;
use std::process::Command;

use grader::report::replay::{Disturbance, Frame, Standing, frames};
use grader::results::report::TestReport;
use grader::results::verdict::Kind;
use serial_test::serial;

use crate::project::{Answer, Project, mutant, not_passed, skeleton, solution};

const LOCK: &str = "exercises/lock/src/lib.rs";

/// A project whose lock has been checked and found wrong.
fn checked() -> (Project, Answer) {
    let project = Project::with_lock(mutant("look-drop-wait"));
    let answer = project.check(&["lock", "--format", "json"]);
    assert_eq!(answer.code, 1, "{answer:#?}");
    (project, answer)
}

#[test]
fn what_was_never_checked_cannot_be_replayed() {
    let project = Project::apart();
    project.write(LOCK, skeleton("lock"));
    let named = project.run(&["replay", "lock"]);
    assert_eq!(named.code, 2, "{named:#?}");
    let sentence = "`lock` has no failure that can be replayed: run `grader check lock` first";
    assert!(named.stderr.contains(sentence), "{named:#?}");
    let any = project.run(&["replay"]);
    assert_eq!(any.code, 2, "{any:#?}");
    assert!(any.stderr.contains("run `grader check` first"), "{any:#?}");
}

#[test]
#[serial]
fn the_last_check_is_replayed_until_the_next_one() {
    let (project, _) = checked();
    let answer = project.run(&["replay"]);
    assert_eq!(answer.code, 0, "{answer:#?}");
    assert!(answer.stdout.contains("[lost_wakeup]"), "{answer:#?}");
    assert!(
        answer.stdout.contains("waits on `freed` for ever"),
        "{answer:#?}"
    );
    assert!(!answer.stdout.contains("You have edited"), "{answer:#?}");

    let other = project.run(&["replay", "lock", "--test", "no_wakeup_is_lost"]);
    assert!(
        other.stdout.contains("model::no_wakeup_is_lost"),
        "{other:#?}"
    );
    let unknown = project.run(&["replay", "lock", "--test", "nonsense"]);
    assert_eq!(unknown.code, 2, "{unknown:#?}");
    assert!(
        unknown.stderr.contains("model::no_wakeup_is_lost"),
        "{unknown:#?}"
    );

    // What is replayed is what was checked, whatever the file says now.
    project.write(LOCK, solution());
    let edited = project.run(&["replay", "lock"]);
    assert_eq!(edited.code, 0, "{edited:#?}");
    assert!(
        edited.stdout.contains("You have edited the code since."),
        "{edited:#?}"
    );

    assert_eq!(project.check(&["lock"]).code, 0);
    assert_eq!(project.run(&["replay", "lock"]).code, 2);
}

/// What the replay believes of threads and objects is measured against what the engines did: no
/// thread does a step while it is told to be kept from it, and the disturbances are those that the
/// engine has counted.
#[test]
#[serial]
fn what_is_told_of_each_moment_is_what_the_engine_did() {
    let (_, answer) = checked();
    let exercise = answer.exercise();
    let told = not_passed(&exercise).into_iter();
    let told: Vec<&TestReport> = told.filter(|test| !test.story.trace.is_empty()).collect();
    assert!(told.len() > 5, "{}", told.len());
    for test in told {
        let frames = frames(&test.story);
        for pair in frames.windows(2) {
            assert_may_go_on(&test.name, &pair[0], &pair[1]);
        }
        // loom does not count in this way.
        if test.kind == Kind::Model {
            assert_disturbed(test, &frames);
        }
    }
}

#[track_caller]
fn assert_may_go_on(test: &str, before: &Frame<'_>, now: &Frame<'_>) {
    let Some(step) = now.step.filter(|_| !now.is_stuck) else {
        return;
    };
    let mut threads = before.threads.iter();
    let thread = threads.find(|thread| thread.name == step.thread);
    let standing = &thread.expect("a thread of the story").standing;
    // A sleep may end without anybody's doing.
    let wakes = ["timeout", "spurious_wakeup", "sleep"].contains(&step.op.as_str())
        || matches!(step.outcome.as_deref(), Some("timed_out" | "spurious"));
    let sleeps = matches!(
        standing,
        Standing::AsleepOn(_) | Standing::Parked | Standing::Sleeping
    );
    let may = !standing.is_blocked() || (sleeps && wakes);
    assert!(may, "{test}, step {}: {step}, but it {standing}", step.step);
    let has_ended = matches!(standing, Standing::Ended | Standing::Panicked);
    assert!(!has_ended, "{test}, step {}: {standing}", step.step);
}

#[track_caller]
fn assert_disturbed(test: &TestReport, frames: &[Frame<'_>]) {
    let number = |wanted: fn(Disturbance<'_>) -> bool| {
        let found = frames.iter().flat_map(|frame| &frame.disturbances);
        found.filter(|it| wanted(**it)).count() as u32
    };
    let story = &test.story;
    let spurious = number(|it| it == Disturbance::Spurious);
    assert_eq!(Some(spurious), story.spurious, "{}", test.name);
    let timeouts = number(|it| it == Disturbance::Timeout);
    assert_eq!(Some(timeouts), story.timeouts, "{}", test.name);
    // To the engine, a sleep that ends by itself has ended at once, so that leaving its thread
    // counts. To a reader, that thread sleeps.
    let switches = number(|it| matches!(it, Disturbance::Switch(_)));
    let counted = story.preemptions.unwrap_or(0);
    let unseen = counted.checked_sub(switches);
    assert!(
        unseen.is_some_and(|unseen| unseen <= spurious + timeouts),
        "{}: {switches} of {counted}",
        test.name
    );
}

/// Steps backwards and forwards as a learner does, on a terminal that changes its size.
#[cfg(unix)]
#[test]
#[serial]
fn keys_step_through_it_on_a_terminal() {
    use crate::terminal::Terminal;

    let (project, _) = checked();
    let mut command = project.std_grader();
    command.args(["replay", "lock"]);
    let mut terminal = Terminal::start(&command, 24, 80);
    let begin = terminal.wait_for("The test begins.");
    assert!(begin.contains("step 0 of"), "{begin}");
    terminal.press("\x1b[C");
    terminal.wait_for("step 1 of");
    terminal.press(" ");
    terminal.wait_for("step 2 of");
    terminal.press("\x1b[D");
    terminal.wait_for("step 1 of");
    terminal.press("n");
    let marked = terminal.wait_for("① thread 1: ");
    assert!(marked.contains(">1"), "{marked}");
    terminal.press("n");
    terminal.wait_for("② main: notify one on `freed`: nobody is waiting");
    terminal.press("p");
    terminal.wait_for("① thread 1: ");
    terminal.press("\x1b[F");
    terminal.wait_for("thread 1 waits on `freed` for ever");
    terminal.resize(5, 20);
    terminal.wait_for("The replay needs");
    terminal.resize(30, 120);
    terminal.wait_for("thread 1 waits on `freed` for ever");
    terminal.press("\x1b[H");
    terminal.wait_for("step 0 of");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    terminal.wait_until(|_| terminal.is_given_back());

    let mut interrupted = Terminal::start(&command, 24, 80);
    interrupted.wait_for("The test begins.");
    interrupted.press("\x03");
    assert_eq!(interrupted.end(), 130);
    interrupted.wait_until(|_| interrupted.is_given_back());
}

#[cfg(unix)]
#[test]
#[serial]
fn without_colours_the_terminal_shows_the_same() {
    use crate::terminal::Terminal;

    let (project, _) = checked();
    let mut command = project.std_grader();
    command.args(["replay", "lock"]).env("NO_COLOR", "1");
    let mut terminal = Terminal::start(&command, 24, 80);
    terminal.wait_for("The test begins.");
    terminal.press("n");
    terminal.wait_for("① thread 1: ");
    terminal.press("q");
    assert_eq!(terminal.end(), 0);
    let written = terminal.written();
    assert!(
        !written.contains("\x1b[32m") && !written.contains("\x1b[1m"),
        "{written}"
    );
}

/// What the page does is tried in a browser: its keys, its buttons, its slider, and that nothing
/// which a learner wrote is anything but text.
#[test]
#[serial]
#[ignore = "needs Chromium: Debian calls its package `chromium-headless-shell`"]
fn the_page_works_in_a_browser() {
    let hostile =
        "// </script><script>document.title = 'gone'</script><img src=x onerror=gone()>\n";
    let project = Project::with_lock(hostile.to_owned() + &mutant("look-drop-wait"));
    assert_eq!(project.check(&["lock"]).code, 1);
    let page = project.path("tmp/replay.html");
    let written = project.run(&["replay", "lock", "--html", "tmp/replay.html"]);
    assert_eq!(written.code, 0, "{written:#?}");
    let text = fs::read_to_string(&page).expect("a page");

    let probe = format!("{text}<script>{PROBE}</script>");
    fs::write(&page, probe).expect("a page with a probe");
    let seen = in_browser(&page);
    let expected = [
        "begin: step 0 of 18: The test begins.",
        "title: Replay: lock, model::two_threads_take_turns",
        "images: 0, scripts: 3",
        "right: step 1 of 18: main: begin",
        "n: step 12 of 18: ① thread 1: lock `locked`",
        "here: ▶1",
        "in sight: true",
        "row: 12",
        "n n: step 18 of 18: ③ thread 1: wait on `freed`",
        "p: step 15 of 18: ② main: notify one on `freed`: nobody is waiting",
        "End: the end: thread 1 waits on `freed` for ever",
        "right at the end: the end: thread 1 waits on `freed` for ever",
        "Home: step 0 of 18: The test begins.",
        "button: step 1 of 18: main: begin",
        "slider: step 14 of 18: main: lock `locked`",
        "hidden: 0",
    ];
    for line in expected {
        assert!(seen.contains(line), "`{line}` is not in {seen}");
    }
}

/// Presses keys, and writes down what is to be seen then.
const PROBE: &str = r##"
const seen = [];
const what = () => document.querySelector("#sentence .what").textContent;
const press = (...keys) => keys.forEach((key) =>
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })));
seen.push("begin: " + what(), "title: " + document.title);
seen.push(`images: ${document.images.length}, scripts: ${document.scripts.length}`);
press("ArrowRight");
seen.push("right: " + what());
press("n");
seen.push("n: " + what());
seen.push("here: " + [...document.querySelectorAll("li.here .marks")].map((it) => it.textContent));
const box = (it) => it.getBoundingClientRect();
const here = document.querySelector("li.here");
const list = here.parentElement;
const isSeen = box(here).top >= box(list).top && box(here).bottom <= box(list).bottom;
seen.push("in sight: " + isSeen);
seen.push("row: " + document.querySelector("tr[aria-current]").cells[0].textContent);
press("n", "n");
seen.push("n n: " + what());
press("p");
seen.push("p: " + what());
press("End");
seen.push("End: " + what());
press("ArrowRight");
seen.push("right at the end: " + what());
press("Home");
seen.push("Home: " + what());
document.getElementById("forth").click();
seen.push("button: " + what());
const slider = document.getElementById("slider");
slider.value = 14;
slider.dispatchEvent(new Event("input"));
seen.push("slider: " + what());
seen.push("hidden: " + document.querySelectorAll("[hidden]").length);
const answer = document.createElement("pre");
answer.textContent = seen.join("\n");
document.body.replaceChildren(answer);
"##;

/// What the page's body has become when its scripts have run.
#[track_caller]
fn in_browser(page: &std::path::Path) -> String {
    let names = [
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
    ];
    let arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"];
    let mut runs = names.into_iter().filter_map(|name| {
        let mut browser = Command::new(name);
        // It keeps its profile beside the page, and so below what is removed in the end.
        let profile = page.with_extension("profile");
        browser.arg(format!("--user-data-dir={}", profile.display()));
        browser
            .args(arguments)
            .arg(format!("file://{}", page.display()));
        browser.output().ok()
    });
    let output = runs.next().unwrap_or_else(|| {
        panic!("none of {names:?} is in PATH; Debian's package is chromium-headless-shell")
    });
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}
