//! What `replay` says: how threads and objects stand between two steps, and what its keys do.

use crate::results::report::{Blocked, TraceStep};

/// There is no counterexample to step through. `check` is the command that finds one.
pub fn nothing(topic: &str, check: &str) -> String {
    format!("`{topic}` has no failure that can be replayed: run `{check}` first")
}

/// The tests whose failure can be replayed, where another one was asked for.
pub fn no_such_test(asked: &str, topic: &str, tests: &[&str]) -> String {
    format!(
        "the last check of `{topic}` told no steps for a test `{asked}`; it did for {}",
        tests.join(", ")
    )
}

/// No topic was named, and nothing was found by the last checks.
pub fn nothing_at_all(check: &str) -> String {
    format!("no exercise has a failure that can be replayed: run `{check}` first")
}

/// The sources are not what they were.
pub const EDITED: &str = "You have edited the code since. This is the code as it was checked.";

/// Before the first step.
pub const BEGINNING: &str = "The test begins.";

/// What a thread has just done.
pub fn thread_does(step: &TraceStep) -> String {
    format!("{}: {step}", step.thread)
}

/// What a thread is blocked in when nothing goes on any more.
pub fn thread_is_stuck(step: &TraceStep) -> String {
    format!("{} {}", step.thread, Blocked(step))
}

/// In front of the sentence of a step, `step 4 of 17`.
pub fn position(step: usize, last: usize) -> String {
    format!("step {step} of {last}")
}

/// The position of what comes after the last step.
pub const THE_END: &str = "the end";

/// Before a step: so many steps are not known.
pub fn left_out(steps: usize) -> String {
    let verb = if steps == 1 { "is" } else { "are" };
    format!(
        "{} before this {verb} left out.",
        super::count(steps as u64, "step")
    )
}

/// A disturbance: another thread could have gone on.
pub fn switch(from: &str) -> String {
    format!("Switch: {from} could have gone on.")
}

/// A disturbance: nobody woke the thread.
pub const SPURIOUS: &str = "Spurious wake-up: nobody has notified it.";

/// A disturbance: its time was over.
pub const TIMEOUT: &str = "Timeout: its time is over.";

/// How a thread stands.
pub const NOT_STARTED: &str = "not started";
pub const RUNNING: &str = "running";
pub const READY: &str = "ready";
pub const ENDED: &str = "ended";
pub const PANICKED: &str = "panicked";
pub const UNKNOWN: &str = "not known";
pub const PARKED: &str = "asleep, parked";
pub const SLEEPING: &str = "asleep until its time is over";

/// It waits on a condition variable.
pub fn asleep_on(object: &str) -> String {
    format!("asleep on `{object}`")
}

/// It cannot have a lock.
pub fn waits_for_lock(object: &str, holder: &str, is_own: bool) -> String {
    match is_own {
        true => format!("waits for `{object}`, which it holds itself"),
        false => format!("waits for `{object}`, which {holder} holds"),
    }
}

/// It joins another thread.
pub fn waits_for_end(thread: &str) -> String {
    format!("waits for {thread} to finish")
}

/// The hidden test lets another thread go on until that one blocks.
pub fn waits_for_block(thread: &str) -> String {
    format!("waits for {thread} to block")
}

/// Its channel is empty.
pub fn waits_for_message(object: &str) -> String {
    format!("waits for a message on `{object}`")
}

/// What an object is to the reader.
pub const MUTEX: &str = "mutex";
pub const RW_LOCK: &str = "rwlock";
pub const CONDVAR: &str = "condvar";
pub const ATOMIC: &str = "atomic";
pub const CHANNEL: &str = "channel";
pub const DATA: &str = "data";
pub const OTHER: &str = "object";

/// How an object stands.
pub const FREE: &str = "free";
pub const NOBODY_SLEEPS: &str = "nobody sleeps on it";
pub const UNUSED: &str = "not used yet";

/// A lock is taken.
pub fn held_by(thread: &str) -> String {
    format!("held by {thread}")
}

/// A lock is taken for reading.
pub fn read_by(threads: &[String]) -> String {
    format!("read by {}", super::listed(threads))
}

/// Who sleeps on a condition variable.
pub fn sleepers(threads: &[String]) -> String {
    let verb = if threads.len() == 1 {
        "sleeps"
    } else {
        "sleep"
    };
    format!("{} {verb} on it", super::listed(threads))
}

/// Who did something with an object last.
pub fn last_used(thread: &str) -> String {
    format!("last used by {thread}")
}

/// The call that a thread is in.
pub fn inside(call: &str) -> String {
    format!("in `{call}`")
}

/// What the hidden test does itself is not shown.
pub const IN_THE_TEST: &str = "in the hidden test";

/// What a key does.
pub const FORWARDS: &str = "forwards";
pub const BACKWARDS: &str = "back";
pub const ENDS: &str = "first, last";
pub const MARKED: &str = "numbered step";
pub const QUIT: &str = "quit";

/// The terminal has less room than this needs.
pub fn too_small(columns: usize, rows: usize) -> String {
    format!("The replay needs {columns} columns and {rows} rows.")
}

/// The page: what its parts and its buttons are called.
pub const STEPS: &str = "Steps";
pub const CODE: &str = "Your code";
pub const THREADS: &str = "Threads";
pub const OBJECTS: &str = "Objects";
pub const ALL_STEPS: &str = "All steps";
pub const FIRST: &str = "First step";
pub const BACK: &str = "One step back";
pub const FORTH: &str = "One step forwards";
pub const LAST: &str = "Last step";
pub const PREVIOUS_MARKED: &str = "Numbered step before";
pub const NEXT_MARKED: &str = "Next numbered step";
pub const SLIDER: &str = "Step";
pub const HOW_TO: &str = "Arrow keys step forwards and backwards; Home and End jump to the first and \
                          the last step; n and p to the next and the previous numbered step.";

/// The heads of the table of all steps.
pub const HEADS: [&str; 5] = ["Step", "Thread", "What it does", "Where", "Note"];

/// The title of the page.
pub fn title(topic: &str, test: &str) -> String {
    format!("Replay: {topic}, {test}")
}

/// A page was written.
pub fn written(file: &str) -> String {
    format!("Wrote the replay to {file}.")
}

/// The line that a thread is in.
pub fn at_line(line: u32) -> String {
    format!("line {line}")
}

/// The part of the page with threads and objects.
pub const STANDINGS: &str = "How threads and objects stand";
