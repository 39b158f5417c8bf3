//! A counterexample as a table: time runs down, each thread has a column.
//!
//! With more threads than fit side by side, each thread becomes a thin lane and
//! the steps are written to the right of them all.

use std::collections::BTreeSet;

use super::look::{Look, Tone, columns, wrap};
use crate::messages::{steps, summary};
use crate::results::record::Again;
use crate::results::report::{Blocked, TraceStep};

/// Columns between two threads.
const GAP: usize = 3;

/// A thread's column is never made narrower than this; then lanes are used.
const NARROWEST: usize = 16;

/// Steps shown at most, unless verbose: the beginning and the end of longer executions.
const MOST_STEPS: usize = 40;

/// Renders the steps that matter (all of them when verbose), and what the threads that never
/// finished wait for. Empty if there is nothing to show.
pub fn render(
    threads: &[String],
    trace: &[TraceStep],
    blocked: &[TraceStep],
    look: &Look,
) -> String {
    let rows = rows(trace, blocked, look);
    if rows.is_empty() {
        return String::new();
    }
    let shown: BTreeSet<&str> = rows.iter().filter_map(Row::thread).collect();
    let threads: Vec<&str> = threads
        .iter()
        .map(String::as_str)
        .filter(|thread| shown.contains(thread))
        .collect();
    let table = Table {
        number_width: rows.iter().map(Row::number_width).max().unwrap_or(1),
        rows,
        threads,
        look,
    };
    match table.fitting_widths() {
        Some((widths, short)) => table.columns(&widths, short),
        None => table.lanes(),
    }
}

/// How many steps [`render`] leaves out because they do not matter.
pub fn hidden_steps(trace: &[TraceStep], look: &Look) -> usize {
    if look.verbose {
        return 0;
    }
    let all = trace.last().map_or(0, |last| last.step);
    let told = key_steps(trace)
        .into_iter()
        .map(|step| 1 + steps_again(step));
    told.fold(all, usize::saturating_sub)
}

/// How many steps come after this one that are told by it.
fn steps_again(step: &TraceStep) -> usize {
    step.again
        .map_or(0, |again| again.steps as usize * again.times as usize)
}

/// One line of the table, before it is laid out.
enum Row<'a> {
    Step(&'a TraceStep),
    /// What a thread waits for at the end.
    Blocked(&'a TraceStep),
    /// The steps that end with this one come again.
    Again(&'a TraceStep, Again),
    /// So many steps are left out here for length.
    Gap(usize),
}

impl Row<'_> {
    fn thread(&self) -> Option<&str> {
        match self {
            Row::Step(step) | Row::Blocked(step) => Some(&step.thread),
            Row::Again(..) | Row::Gap(_) => None,
        }
    }

    fn number(&self) -> String {
        match self {
            Row::Step(step) => step.step.to_string(),
            Row::Blocked(_) | Row::Again(..) | Row::Gap(_) => String::new(),
        }
    }

    fn number_width(&self) -> usize {
        columns(&self.number())
    }

    /// Steps of the hidden test itself are background.
    fn tone(&self) -> Option<Tone> {
        match self {
            Row::Blocked(_) => Some(Tone::Bad),
            Row::Step(step) if step.mark.is_some() => Some(Tone::Strong),
            Row::Step(step) if step.file.is_empty() => Some(Tone::Faint),
            Row::Step(_) => None,
            Row::Again(..) | Row::Gap(_) => Some(Tone::Faint),
        }
    }
}

/// A step in which its thread is blocked never came to pass, so it has no number.
fn rows_of(step: &TraceStep) -> impl Iterator<Item = Row<'_>> {
    let row = match steps::is_blocked(step) {
        true => Row::Blocked(step),
        false => Row::Step(step),
    };
    let again = step.again.map(|again| Row::Again(step, again));
    std::iter::once(row).chain(again)
}

fn rows<'a>(trace: &'a [TraceStep], blocked: &'a [TraceStep], look: &Look) -> Vec<Row<'a>> {
    let mut rows = if look.verbose {
        all_rows(trace)
    } else {
        key_rows(trace)
    };
    let is_told = |step: &&TraceStep| {
        let mut ends = trace.iter().filter(|end| steps::is_blocked(end));
        ends.any(|end| end.thread == step.thread)
    };
    rows.extend(
        blocked
            .iter()
            .filter(|step| !is_told(step))
            .map(Row::Blocked),
    );
    rows
}

/// Every step that is known, and how many are not.
fn all_rows(trace: &[TraceStep]) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    let mut end = 0;
    for step in trace {
        let unknown = step.step.saturating_sub(end + 1);
        if unknown > 0 {
            rows.push(Row::Gap(unknown));
        }
        rows.extend(rows_of(step));
        end = step.step + steps_again(step);
    }
    rows
}

/// The steps that matter, or all if none is said to.
fn key_steps(trace: &[TraceStep]) -> Vec<&TraceStep> {
    let any_key = trace.iter().any(|step| step.key);
    trace.iter().filter(|step| step.key || !any_key).collect()
}

/// The steps that matter, but for the middle where they are too many.
fn key_rows(trace: &[TraceStep]) -> Vec<Row<'_>> {
    let steps = key_steps(trace);
    let left_out = steps.len().saturating_sub(MOST_STEPS);
    if left_out == 0 {
        return steps.into_iter().flat_map(rows_of).collect();
    }
    let (head, rest) = steps.split_at(MOST_STEPS / 4);
    let mut rows: Vec<Row<'_>> = head.iter().copied().flat_map(rows_of).collect();
    rows.push(Row::Gap(left_out));
    rows.extend(rest[left_out..].iter().copied().flat_map(rows_of));
    rows
}

struct Table<'a> {
    rows: Vec<Row<'a>>,
    /// The threads that have a row, in the order of their creation.
    threads: Vec<&'a str>,
    number_width: usize,
    look: &'a Look,
}

impl Table<'_> {
    /// The columns before the first thread.
    fn margin(&self) -> usize {
        2 + self.number_width + 2
    }

    /// What a row says.
    fn text(&self, row: &Row<'_>, short: bool) -> String {
        match row {
            Row::Step(step) if short => self.marked(step, steps::cell(step)),
            Row::Step(step) => self.marked(step, step.to_string()),
            Row::Blocked(step) if short => self.marked(step, steps::blocked_cell(step)),
            Row::Blocked(step) => self.marked(step, Blocked(step).to_string()),
            Row::Again(last, again) => summary::steps_again(last.step, *again),
            Row::Gap(steps) => summary::steps_left_out(*steps),
        }
    }

    fn marked(&self, step: &TraceStep, text: String) -> String {
        match step.mark {
            Some(mark) => format!("{} {text}", self.look.number(mark)),
            None => text,
        }
    }

    /// The width of each thread's column, and whether the steps are to be told shortly;
    /// [`None`] if the threads do not fit side by side.
    fn fitting_widths(&self) -> Option<(Vec<usize>, bool)> {
        let gaps = GAP * self.threads.len().saturating_sub(1);
        let room = self.look.width.checked_sub(self.margin() + gaps)?;
        let long = self.widths(false);
        if long.iter().sum::<usize>() <= room {
            return Some((long, false));
        }
        let mut widths = self.widths(true);
        while widths.iter().sum::<usize>() > room {
            let widest = widths.iter_mut().max()?;
            if *widest <= NARROWEST {
                return None;
            }
            *widest -= 1;
        }
        Some((widths, true))
    }

    /// The width that each thread's column would like to have.
    fn widths(&self, short: bool) -> Vec<usize> {
        let width = |thread: &&str| {
            let rows = self.rows.iter().filter(|row| row.thread() == Some(thread));
            let widest = rows.map(|row| columns(&self.text(row, short))).max();
            widest.unwrap_or(0).max(columns(thread))
        };
        self.threads.iter().map(width).collect()
    }

    fn columns(&self, widths: &[usize], short: bool) -> String {
        let mut text = " ".repeat(self.margin());
        for (thread, width) in self.threads.iter().zip(widths) {
            text.push_str(&self.look.paint(Tone::Strong, thread));
            text.push_str(&" ".repeat(width + GAP - columns(thread)));
        }
        let mut lines = vec![text];
        for row in &self.rows {
            let at = self
                .threads
                .iter()
                .position(|thread| row.thread() == Some(thread));
            let indent: usize = widths.iter().take(at.unwrap_or(0)).map(|w| w + GAP).sum();
            let width = match at {
                Some(at) => widths[at],
                None => self.look.width - self.margin(),
            };
            for (index, part) in wrap(&self.text(row, short), width).iter().enumerate() {
                let number = if index == 0 {
                    row.number()
                } else {
                    String::new()
                };
                lines.push(format!(
                    "{}{}{}",
                    self.numbered(&number),
                    " ".repeat(indent),
                    self.toned(row, part),
                ));
            }
        }
        joined(lines)
    }

    fn lanes(&self) -> String {
        let ids: Vec<&str> = self
            .threads
            .iter()
            .map(|thread| match steps::abbreviated(thread) {
                number if number != *thread => number,
                name => name
                    .char_indices()
                    .nth(1)
                    .map_or(name, |(end, _)| &name[..end]),
            })
            .collect();
        let lane = ids.iter().map(|id| columns(id)).max().unwrap_or(1) + 1;
        let longest = self.threads.iter().map(|thread| columns(thread)).max();
        let name_width = longest.unwrap_or(0).min(12);
        let indent = self.margin() + lane * ids.len() + 1;
        let room = self
            .look
            .width
            .saturating_sub(indent + name_width + 2)
            .max(20);

        let header: String = ids.iter().map(|id| padded(id, lane)).collect();
        let mut lines = vec![format!(
            "{}{}",
            " ".repeat(self.margin()),
            self.look.paint(Tone::Strong, header.trim_end())
        )];
        for (index, row) in self.rows.iter().enumerate() {
            let text = self.text(row, false);
            let name: String = row.thread().unwrap_or("").chars().take(12).collect();
            for (line, part) in wrap(&text, room).iter().enumerate() {
                let (number, name) = match line {
                    0 => (row.number(), name.as_str()),
                    _ => (String::new(), ""),
                };
                let lanes: String = self
                    .threads
                    .iter()
                    .map(|thread| padded(self.lane(thread, index, line == 0), lane))
                    .collect();
                lines.push(format!(
                    "{}{lanes} {}  {}",
                    self.numbered(&number),
                    padded(name, name_width),
                    self.toned(row, part),
                ));
            }
        }
        joined(lines)
    }

    /// What a thread's lane shows beside this row: its step, its life, or nothing.
    fn lane(&self, thread: &str, at: usize, first_line: bool) -> &str {
        if first_line && self.rows[at].thread() == Some(thread) {
            return match self.rows[at] {
                Row::Blocked(_) => self.look.pick("✗", "x"),
                _ => self.look.pick("●", "*"),
            };
        }
        let of_thread = |row: &Row<'_>| row.thread() == Some(thread);
        let begun = self.rows[..=at].iter().any(of_thread);
        let goes_on = self.rows[at + 1..].iter().any(of_thread);
        match begun && goes_on {
            true => self.look.pick("│", "|"),
            false => "",
        }
    }

    fn numbered(&self, number: &str) -> String {
        let number = format!("{number:>width$}", width = self.number_width);
        format!("  {}  ", self.look.paint(Tone::Faint, &number))
    }

    fn toned(&self, row: &Row<'_>, text: &str) -> String {
        match row.tone() {
            Some(tone) => self.look.paint(tone, text),
            None => text.to_owned(),
        }
    }
}

fn padded(text: &str, width: usize) -> String {
    format!("{text:width$}")
}

fn joined(lines: Vec<String>) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::looks::{plain, verbose};
    use crate::results::fixtures::step;

    fn threads(count: usize) -> Vec<String> {
        std::iter::once("main".to_owned())
            .chain((1..count).map(|number| format!("thread {number}")))
            .collect()
    }

    fn widest(text: &str) -> usize {
        text.lines().map(columns).max().unwrap_or(0)
    }

    #[test]
    fn two_to_four_threads_stand_side_by_side_and_more_in_lanes() {
        for count in 2..=7 {
            let threads = threads(count);
            let steps: Vec<TraceStep> = threads
                .iter()
                .enumerate()
                .map(|(index, thread)| {
                    let mut step = step(index + 1, thread, "notify_one", 24, 35);
                    step.object = Some("somebody_may_go_on".to_owned());
                    step.outcome = Some("nobody".to_owned());
                    step
                })
                .collect();
            let text = render(&threads, &steps, &[], &plain());
            assert!(widest(&text) <= 80, "{text}");
            let in_lanes = text.lines().next().is_some_and(|line| line.contains("m 1"));
            assert_eq!(in_lanes, count > 4, "{text}");
        }
    }

    #[test]
    fn threads_without_a_shown_step_have_no_column() {
        let steps = [step(4, "thread 1", "park", 24, 35)];
        let text = render(&threads(3), &steps, &[], &plain());
        assert_eq!(text, "     thread 1\n  4  park\n");
    }

    #[test]
    fn nothing_to_show_is_nothing() {
        assert_eq!(render(&threads(2), &[], &[], &plain()), "");
    }

    #[test]
    fn endless_executions_are_cut_in_the_middle() {
        let steps: Vec<TraceStep> = (1..=5_000)
            .map(|number| step(number, "thread 1", "spin", 24, 35))
            .collect();
        let text = render(&threads(2), &steps, &[], &plain());
        assert!(text.contains("(4,960 steps left out)"), "{text}");
        assert!(text.contains("\n  5000  spin\n"), "{text}");
        let known = [&steps[..3], &steps[4_990..]].concat();
        let text = render(&threads(2), &known, &[], &verbose());
        assert!(text.contains("(4,987 steps left out)"), "{text}");
    }

    #[test]
    fn steps_that_come_again_are_told_once() {
        let mut steps: Vec<TraceStep> = [1, 2, 3, 100]
            .map(|number| step(number, "thread 1", "spin", 24, 35))
            .into();
        steps[2].again = Some(Again {
            steps: 2,
            times: 48,
        });
        for look in [plain(), verbose()] {
            let text = render(&threads(2), &steps, &[], &look);
            assert_eq!(
                text,
                "       thread 1\n    1  spin\n    2  spin\n    3  spin\n       \
                 (steps 2 to 3 again, 48 times)\n  100  spin\n"
            );
            assert_eq!(hidden_steps(&steps, &look), 0);
        }
    }

    #[test]
    fn without_key_steps_all_are_shown() {
        let mut only = step(1, "main", "yield", 0, 0);
        only.key = false;
        let steps = [only];
        assert!(render(&threads(1), &steps, &[], &plain()).contains("yield"));
        assert_eq!(hidden_steps(&steps, &plain()), 0);
    }
}
