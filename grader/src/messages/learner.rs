//! The learner's day: what is remembered of it, and the commands `next`, `reset`, `solution` and
//! `notes`.

use std::path::Path;

use super::{count, listed};

/// In front of what went wrong beside what was asked for.
pub const WARNING: &str = "warning:";

/// The file of the learner's progress cannot be written.
pub const NO_PROGRESS: &str =
    "this answer counts, but it cannot be written down in .grader/progress.json";

/// That file comes from a later version of the grader.
pub const NEWER_PROGRESS: &str = "a newer grader has written it";

/// That file does not say what it is.
pub fn no_schema(schema: &str) -> String {
    format!("it does not begin with the schema `{schema}`")
}

/// That file cannot be read.
pub fn odd_progress(why: &str) -> String {
    format!(
        "cannot read .grader/progress.json ({why}), so what you have passed on other days is not \
         shown. The next check keeps the file aside and begins a new one."
    )
}

/// That file could not be read, and another one has been begun.
pub fn kept_aside(why: &str, kept: &str) -> String {
    format!(
        "cannot read .grader/progress.json ({why}). It is kept as {kept}, and a new one is begun."
    )
}

/// Status, in a list, of an exercise that passed and was edited after that.
pub const EDITED_SINCE: &str = "passed, then edited: not checked since";

/// In a list, behind the status of an exercise that passed on an earlier day.
pub fn passed_before(when: &str) -> String {
    format!("an earlier version passed on {}", day(when))
}

fn day(when: &str) -> &str {
    when.split('T').next().unwrap_or(when)
}

/// The heading of the kata to do next.
pub fn next(topic: &str, title: &str) -> String {
    format!("{topic}: {title}")
}

/// What to do in the kata to do next, which is untouched,
pub fn next_begin(path: &str, check: &str) -> String {
    format!("Open {path}, read what it asks for, and replace its `todo!()`s. Then run `{check}`.")
}

/// does not pass yet,
pub fn next_repair(path: &str, check: &str, bug: Option<&str>) -> String {
    let bug = bug.map(|bug| format!("The last check found: {bug}. "));
    format!(
        "{}Change {path}, then run `{check}`.",
        bug.unwrap_or_default()
    )
}

/// or has not been checked.
pub fn next_check(path: &str, check: &str) -> String {
    format!("You have edited {path} since its last check: run `{check}`.")
}

/// The words in front of the commands that help,
pub const TO_READ: &str = "read";
/// with a hint,
pub const TO_GET_ON: &str = "hint";
/// and with an answer after each save.
pub const TO_WATCH: &str = "watch";

/// There is no kata left.
pub const ALL_PASSED: &str = "Every kata has passed. Well done.";

/// A topic has no skeleton.
pub fn no_skeleton(topic: &str) -> String {
    format!("nothing tells how {topic} was handed out")
}

/// Something below `src` that `reset` does not move.
pub fn not_a_plain_file(path: &Path) -> String {
    format!(
        "{} is a link, or no file with a name in UTF-8. Move it away by hand: nothing has been \
         reset.",
        path.display()
    )
}

/// `reset` has failed and put everything back.
pub fn nothing_reset(topic: &str) -> String {
    format!("cannot reset {topic}; everything is as it was")
}

/// `reset` has failed half-way.
pub fn is_in_backup(backup: &Path) -> String {
    format!("cannot reset; your files are in {}", backup.display())
}

/// There is nothing to reset.
pub fn nothing_to_reset(topic: &str) -> String {
    format!("{topic} is as it was handed out: there is nothing to reset.")
}

/// What `reset` would take back.
pub fn would_reset(path: &str, lines: usize, files: usize) -> String {
    format!(
        "{path}: {} in {} will be as they were handed out. A backup keeps what is there now.",
        count(lines as u64, "changed line"),
        count(files as u64, "file")
    )
}

/// The question whether to do so.
pub const RESET: &str = "Reset? [y/N] ";

/// The answer cannot be read.
pub const CANNOT_ASK: &str = "cannot read your answer";

/// The answers that mean yes.
pub const YES: [&str; 2] = ["y", "yes"];

/// The answer was no.
pub const NOT_RESET: &str = "Nothing has been changed.";

/// Nobody can be asked.
pub fn nobody_to_ask(command: &str) -> String {
    format!(
        "`reset` asks before it changes something, and there is no terminal to ask on: `{command} --yes` does it"
    )
}

/// A kata has been reset.
pub fn has_reset(topic: &str) -> String {
    format!("{topic} is as it was handed out.")
}

/// Where what was there is, and how to get it back.
pub fn backup(backup: &Path, src: &Path) -> String {
    let (backup, src) = (backup.display(), src.display());
    let copy = match cfg!(windows) {
        true => format!("Copy-Item -Recurse -Force '{backup}/*' '{src}'"),
        false => format!("cp -R '{backup}/.' '{src}'"),
    };
    format!("Your files are in {backup}. To get them back:\n  {copy}")
}

/// The reference solution is not shown yet.
pub fn not_passed_yet(topic: &str, command: &str) -> String {
    format!(
        "{topic} has not passed yet. Its solution is worth more after that: `{command} --anyway` \
         shows it all the same."
    )
}

/// Above the difference between the learner's code and the reference solution.
pub fn compared(own: &str, reference: &str) -> String {
    format!("What sets {reference} (+) apart from {own} (-):")
}

/// There is no such difference.
pub fn same_as_reference(topic: &str) -> String {
    format!("Your {topic} is the reference solution, word for word.")
}

/// `notes` does not know a name.
pub fn no_notes(asked: &str, nearest: Option<&str>, all: &[String]) -> String {
    let there_are = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("there are {}", listed(all)),
    };
    format!("there are no notes on `{asked}`; {there_are}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_counted_in_lines_and_files() {
        let said = would_reset("exercises/lock/src", 1, 1);
        assert!(said.contains("1 changed line in 1 file "), "{said}");
        let said = would_reset("exercises/lock/src", 1200, 2);
        assert!(said.contains("1,200 changed lines in 2 files "), "{said}");
    }
}
