//! What `watch` says: what it is doing, what to do next, and what its keys are for.

use super::count;

/// A run has begun, or goes on.
pub fn checking(topic: &str, ellipsis: &str) -> String {
    format!("Checking {topic} {ellipsis}")
}

/// What the run is at.
pub const COMPILING: &str = "compiling";

/// So many of its tests have ended.
pub fn tested(done: usize, of: usize) -> String {
    format!("{done} of {} done", count(of as u64, "test"))
}

/// The kata has not been touched yet.
pub fn begin(path: &str) -> String {
    format!("Open {path}, read what it asks for, replace its `todo!()`s, and save.")
}

/// It has passed, and this one is next.
pub fn passed(next: Option<&str>) -> String {
    let compare =
        format!("Well done. `{SOLUTION_KEY}` compares yours with the reference solution.");
    match next {
        Some(next) => format!("{compare} `n` goes on to {next}."),
        None => format!("{compare} {ALL_PASSED}"),
    }
}

/// There is no kata left.
pub const ALL_PASSED: &str = "Every kata has passed.";

/// It failed; the notes explain the bug, if it has a name.
pub fn try_again(path: &str, bug: Option<&str>) -> String {
    let read = bug.map(|bug| format!(", and `{READ_KEY}` explains `{bug}`"));
    format!(
        "Next: change {path} and save it. Stuck? `{HINT_KEY}` gives a hint{}.",
        read.unwrap_or_default()
    )
}

/// It did not compile, or says something that is not allowed.
pub fn repair(path: &str) -> String {
    format!("Next: change {path} and save it.")
}

/// Nothing failed, but something is incomplete.
pub fn explore_more(command: &str) -> String {
    format!(
        "Nothing failed, but some tests could not look at all that they must. \
         `{command} --effort thorough` gives them more time."
    )
}

/// The keys that sentences name: for the next hint,
pub const HINT_KEY: &str = "h";
/// for the notes,
pub const READ_KEY: &str = "r";
/// and for the reference solution.
pub const SOLUTION_KEY: &str = "s";

/// The solution is asked for too early.
pub const NO_SOLUTION_YET: &str = "The solution is for those who have passed.";

/// What a key does.
pub const NEXT: &str = "next";
pub const PREVIOUS: &str = "previous";
pub const LIST: &str = "list";
pub const HINT: &str = "hint";
pub const REPLAY: &str = "replay";
pub const READ: &str = "read";
pub const SOLUTION: &str = "solution";
pub const ALL: &str = "all";
pub const EDIT: &str = "edit";
pub const QUIT: &str = "quit";

/// There is no failure that could be stepped through.
pub const NOTHING_TO_REPLAY: &str = "There is no failure to step through.";

/// The keys of the list.
pub const KEYS_OF_THE_LIST: [(&str, &str); 4] = [
    ("Up/Down", "choose"),
    ("Enter", "go there"),
    ("Esc", "back"),
    ("a word", "search"),
];

/// In front of what was typed to search the list.
pub const SEARCH: &str = "Search:";

/// Nothing in the list has what was typed.
pub const NO_MATCH: &str = "No kata has that in its name or title.";

/// How far the course is done.
pub fn passed_of(passed: usize, of: usize) -> String {
    format!("{passed}/{of}")
}

/// Rows that the screen has no room for.
pub fn more_rows(rows: usize) -> String {
    format!("({} below: Down)", count(rows as u64, "more row"))
}

/// The editor cannot be started.
pub fn no_editor(program: &str, why: &str) -> String {
    format!("cannot start {program}: {why}")
}

/// `--edit-cmd ''`
pub const NO_EDIT_COMMAND: &str =
    "the command of an editor is needed, for example `code -g {file}:{line}`";

/// There is no terminal: answers are printed one after the other.
pub fn plain(topic: &str) -> String {
    format!("Watching {topic}. Ctrl-C ends it.")
}

/// A check has ended without an answer, which is never the learner's doing.
pub const BROKE_DOWN: &str = "the check broke down";

/// The terminal cannot be used.
pub const NO_TERMINAL: &str = "cannot use the terminal";
