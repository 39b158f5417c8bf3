//! The screen of `watch`: rows for a terminal of a given size.

use std::path::Path;

use super::look::{Look, Tone, columns, wrap};
use super::topics::{Entry, standing};
use super::{findings, human};
use crate::katas::catalog::Exercise;
use crate::messages::{diagnosis, summary, usage, watch as say};
use crate::results::report::ExerciseReport;
use crate::results::verdict::Status;

/// Columns of the progress bar, its ends included.
const BAR: usize = 12;
/// Between two keys.
const GAP: &str = "  ";

/// How much of what is to be seen is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub columns: usize,
    pub rows: usize,
}

/// The first row while a check runs, and below it what it has found so far.
pub fn running(topic: &str, doing: &str, found: Option<&str>, look: &Look) -> String {
    let checking = say::checking(topic, look.pick("…", "..."));
    let mut text = format!(
        "{} {}\n",
        look.paint(Tone::Strong, &checking),
        look.paint(Tone::Faint, doing)
    );
    if let Some(found) = found {
        text.push_str(&format!("\n{found}"));
    }
    text
}

/// The answer to a check, in so many rows where that is possible, and what to do next. `next` is
/// the kata that comes after a pass.
pub fn answered(
    exercise: &ExerciseReport,
    seed: u64,
    next: Option<&str>,
    rows: usize,
    look: &Look,
) -> String {
    let after = wrap(&what_next(exercise, next, look), look.width);
    let room = rows.saturating_sub(after.len() + 1);
    let answer = human::answer(exercise, seed, room, look);
    let answer = answer.trim_end();
    // Whoever has a finding to read finds the keys below it.
    let is_full = answer.lines().count() + 1 + after.len() > rows;
    if is_full && exercise.status == Status::Failed {
        return answer.to_owned();
    }
    format!("{answer}\n\n{}", after.join("\n"))
}

/// An untouched kata: what it is about, and where to begin. `source` is its folder of sources.
pub fn untouched(exercise: &Exercise, source: &Path, look: &Look) -> String {
    let mut text = format!(
        "{} {}\n\n",
        look.paint(Tone::Strong, &format!("{}:", exercise.topic)),
        look.paint(Tone::Open, summary::status_word(Status::Pending)),
    );
    for line in wrap(&exercise.summary, look.width.saturating_sub(2)) {
        text.push_str(&format!("  {line}\n"));
    }
    let begin = say::begin(&summary::to_open(source));
    text.push_str(&format!("\n{}\n", wrap(&begin, look.width).join("\n")));
    text
}

/// A check that broke down: what happened, and that it was not the learner.
pub fn broken(error: &anyhow::Error, look: &Look) -> String {
    let mut text = format!("{} {error}\n", look.paint(Tone::Bad, usage::ERROR));
    for cause in error.chain().skip(1) {
        text.push_str(&format!("  {} {cause}\n", usage::BECAUSE));
    }
    text.push_str(&format!("{}\n", usage::NOT_YOUR_CODE));
    let width = look.width;
    let rows = text.lines().flat_map(|line| wrap(line, width));
    rows.collect::<Vec<_>>().join("\n")
}

fn what_next(exercise: &ExerciseReport, next: Option<&str>, look: &Look) -> String {
    let path = summary::to_open(&exercise.source);
    match exercise.status {
        Status::Passed => say::passed(next),
        Status::Pending => say::begin(&path),
        Status::BuildFailed | Status::Forbidden => say::repair(&path),
        Status::Failed => {
            let findings = findings::of(exercise);
            let bug = findings.first().and_then(|finding| finding[0].diagnosis);
            say::try_again(&path, bug.map(diagnosis::word))
        }
        Status::Fault => summary::FAULT.to_owned(),
        Status::Incomplete => {
            say::explore_more(&look.command(&format!("check {}", exercise.topic)))
        }
    }
}

/// The last rows: how far the course is done, and what the keys do.
pub fn footer(entries: &[Entry], keys: &[(&str, &str)], look: &Look) -> Vec<String> {
    let passed = |entry: &&Entry| entry.status == Some(Status::Passed);
    let (done, of) = (entries.iter().filter(passed).count(), entries.len());
    let mut rows = Vec::new();
    let mut row = String::new();
    let mut taken = 0;
    if of > 0 {
        let room = BAR - 2;
        let full = (done * room).div_ceil(of).min(room);
        let bar = format!("[{}{}]", "#".repeat(full), "-".repeat(room - full));
        let score = say::passed_of(done, of);
        taken = columns(&bar) + 1 + columns(&score);
        row = format!("{} {score}", look.paint(Tone::Good, &bar));
    }
    for (key, word) in keys {
        let width = columns(key) + 1 + columns(word);
        if taken > 0 && taken + GAP.len() + width > look.width {
            rows.push(std::mem::take(&mut row));
            taken = 0;
        }
        if taken > 0 {
            row.push_str(GAP);
            taken += GAP.len();
        }
        row.push_str(&format!(
            "{} {}",
            look.paint(Tone::Strong, key),
            look.paint(Tone::Faint, word)
        ));
        taken += width;
    }
    rows.push(row);
    rows
}

/// The list of katas: the one that is chosen is marked, and always among what is seen.
pub fn list(
    entries: &[&Entry],
    chosen: usize,
    typed: &str,
    rows: usize,
    look: &Look,
) -> Vec<String> {
    let mut text = vec![format!("{} {typed}", look.paint(Tone::Faint, say::SEARCH))];
    text.push(String::new());
    if entries.is_empty() {
        text.push(say::NO_MATCH.to_owned());
        return text;
    }
    let room = rows.saturating_sub(text.len()).max(1);
    let first = (chosen + 1).saturating_sub(room);
    let width = entries.iter().map(|entry| columns(&entry.topic)).max();
    let width = width.unwrap_or(0);
    for (index, entry) in entries.iter().enumerate().skip(first).take(room) {
        let (mark, tone, word) = standing(entry);
        let pointer = if index == chosen { ">" } else { " " };
        let tone_of_name = if index == chosen {
            Tone::Strong
        } else {
            Tone::Faint
        };
        let pad = " ".repeat(width - columns(&entry.topic));
        text.push(format!(
            "{pointer} {} {}{pad}  {}",
            look.mark(mark),
            look.paint(tone_of_name, &entry.topic),
            look.paint(tone, word),
        ));
    }
    text
}

/// A screen of exactly so many rows: what fits of the body from the row `first` on, and the last
/// rows. Where there is little room, the body comes first.
pub fn screen(body: &str, first: usize, footer: &[String], size: Size, look: &Look) -> Vec<String> {
    let lines: Vec<&str> = body.trim_end().lines().collect();
    let kept = size.rows.saturating_sub(3);
    let footer = &footer[..footer.len().min(kept)];
    let room = body_rows(footer.len(), size);
    let first = first.min(last_first(body, footer.len(), size));
    let mut rows: Vec<String> = lines
        .iter()
        .skip(first)
        .take(room)
        .map(|line| (*line).to_owned())
        .collect();
    let left = lines.len().saturating_sub(first + room);
    if left > 0
        && let Some(last) = rows.last_mut()
    {
        *last = look.paint(Tone::Faint, &say::more_rows(left + 1));
    }
    rows.resize(size.rows.saturating_sub(footer.len()), String::new());
    rows.extend(footer.iter().cloned());
    rows
}

/// How many rows are left for the body.
pub fn body_rows(footer: usize, size: Size) -> usize {
    size.rows.saturating_sub(footer)
}

/// The largest row that makes sense as the first one to be seen.
pub fn last_first(body: &str, footer: usize, size: Size) -> usize {
    let lines = body.trim_end().lines().count();
    lines.saturating_sub(body_rows(footer, size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::looks;
    use crate::results::fixtures;

    const SIZE: Size = Size {
        columns: 80,
        rows: 8,
    };

    fn body(lines: usize) -> String {
        (1..=lines).map(|line| format!("{line}\n")).collect()
    }

    #[test]
    fn a_screen_has_as_many_rows_as_the_terminal_and_ends_with_the_keys() {
        let footer = ["keys".to_owned()];
        let short = screen(&body(2), 0, &footer, SIZE, &looks::plain());
        assert_eq!(short, ["1", "2", "", "", "", "", "", "keys"]);
        let full = screen(&body(7), 0, &footer, SIZE, &looks::plain());
        assert_eq!(full, ["1", "2", "3", "4", "5", "6", "7", "keys"]);
    }

    #[test]
    fn what_does_not_fit_is_counted_and_can_be_reached() {
        let footer = ["keys".to_owned()];
        let long = |first| screen(&body(9), first, &footer, SIZE, &looks::plain());
        assert_eq!(long(0)[6], "(3 more rows below: Down)");
        assert_eq!(long(2)[..2], ["3", "4"]);
        assert_eq!(long(2)[6], "9");
        assert_eq!(long(usize::MAX), long(2));
        assert_eq!(last_first(&body(9), 1, SIZE), 2);
    }

    #[test]
    fn on_the_smallest_screen_the_headline_comes_before_the_keys() {
        let footer = ["bar".to_owned(), "keys".to_owned()];
        for rows in 1..=3 {
            let size = Size { columns: 10, rows };
            let shown = screen(&body(1), 0, &footer, size, &looks::plain());
            assert_eq!((shown.len(), &*shown[0]), (rows, "1"));
        }
    }

    #[test]
    fn keys_that_do_not_fit_into_a_row_begin_another_one() {
        let look = Look {
            width: 20,
            ..looks::plain()
        };
        let keys = [("n", "next"), ("p", "previous"), ("q", "quit")];
        assert_eq!(footer(&[], &keys, &look), ["n next  p previous", "q quit"]);
    }

    /// The finding is what matters; what to do next is told where there is room.
    #[test]
    fn what_to_do_next_makes_way_for_a_finding() {
        let exercise = fixtures::lost_wakeup();
        let answer = |rows| answered(&exercise, 7, None, rows, &looks::plain());
        assert!(answer(40).contains("Next: change"), "{}", answer(40));
        assert!(answer(40).contains("`h` gives a hint"), "{}", answer(40));
        let full = answer(23);
        assert!(!full.contains("Next: change"), "{full}");
        assert!(full.lines().count() <= 23, "{full}");
    }

    #[test]
    fn a_check_that_broke_down_says_why_and_blames_nobody() {
        let error = anyhow::anyhow!("no space left").context("writing a file");
        insta::assert_snapshot!(broken(&error, &looks::plain()));
    }

    #[test]
    fn a_running_check_says_what_it_is_at_and_what_it_has_found() {
        let look = looks::plain();
        insta::assert_snapshot!(running("lock", "compiling", Some("error: no\n"), &look));
    }
}
