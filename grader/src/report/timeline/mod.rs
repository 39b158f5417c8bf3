//! A counterexample as a table: time runs down, each thread has a column.
//!
//! With more threads than fit side by side, each thread becomes a thin lane and
//! the steps are written to the right of them all.

mod rows;

use std::collections::BTreeSet;

use super::look::{Look, Tone, columns, wrap};
use crate::messages::{steps, summary};
use crate::results::report::{Blocked, Story, TraceStep};
use rows::{Row, rows};

pub use rows::Steps;

/// Columns between two threads.
const GAP: usize = 3;

/// A thread's column is never made narrower than this; then lanes are used.
const NARROWEST: usize = 16;

/// Renders these steps (all of them when verbose), and what the threads that never finished wait
/// for. Empty if there is nothing to show.
pub fn render(story: &Story, steps: Steps, look: &Look) -> String {
    let rows = rows(&story.trace, &story.blocked, steps, look);
    if rows.is_empty() {
        return String::new();
    }
    let shown: BTreeSet<&str> = rows.iter().filter_map(Row::thread).collect();
    let threads: Vec<&str> = story
        .threads
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
        Some(widths) => table.columns(&widths),
        None => table.lanes(),
    }
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
    fn text(&self, row: &Row<'_>) -> String {
        match row {
            Row::Step(step, Some(call)) => self.marked(step, steps::in_call(step, call)),
            Row::Step(step, None) => self.marked(step, step.to_string()),
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

    /// The width of each thread's column; [`None`] if the threads do not fit side by side.
    fn fitting_widths(&self) -> Option<Vec<usize>> {
        let gaps = GAP * self.threads.len().saturating_sub(1);
        let room = self.look.width.checked_sub(self.margin() + gaps)?;
        let mut widths = self.widths();
        while widths.iter().sum::<usize>() > room {
            let widest = widths.iter_mut().max()?;
            if *widest <= NARROWEST {
                return None;
            }
            *widest -= 1;
        }
        Some(widths)
    }

    /// The width that each thread's column would like to have.
    fn widths(&self) -> Vec<usize> {
        let width = |thread: &&str| {
            let rows = self.rows.iter().filter(|row| row.thread() == Some(thread));
            let widest = rows.map(|row| columns(&self.text(row))).max();
            widest.unwrap_or(0).max(columns(thread))
        };
        self.threads.iter().map(width).collect()
    }

    fn columns(&self, widths: &[usize]) -> String {
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
            for (index, part) in wrap(&self.text(row), width).iter().enumerate() {
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
            let text = self.text(row);
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
    use crate::results::record::Again;

    fn threads(count: usize) -> Vec<String> {
        std::iter::once("main".to_owned())
            .chain((1..count).map(|number| format!("thread {number}")))
            .collect()
    }

    fn told(count: usize, trace: &[TraceStep], look: &Look) -> String {
        let story = Story {
            threads: threads(count),
            trace: trace.to_vec(),
            ..Story::default()
        };
        render(&story, Steps::Key, look)
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
            let text = told(count, &steps, &plain());
            assert!(widest(&text) <= 80, "{text}");
            let in_lanes = text.lines().next().is_some_and(|line| line.contains("m 1"));
            assert_eq!(in_lanes, count > 4, "{text}");
        }
    }

    #[test]
    fn threads_without_a_shown_step_have_no_column() {
        let steps = [step(4, "thread 1", "park", 24, 35)];
        let text = told(3, &steps, &plain());
        assert_eq!(text, "     thread 1\n  4  park\n");
    }

    #[test]
    fn nothing_to_show_is_nothing() {
        assert_eq!(told(2, &[], &plain()), "");
    }

    #[test]
    fn endless_executions_are_cut_in_the_middle() {
        let steps: Vec<TraceStep> = (1..=5_000)
            .map(|number| step(number, "thread 1", "spin", 24, 35))
            .collect();
        let text = told(2, &steps, &plain());
        assert!(text.contains("(4,960 steps left out)"), "{text}");
        assert!(text.contains("\n  5000  spin\n"), "{text}");
        let known = [&steps[..3], &steps[4_990..]].concat();
        let text = told(2, &known, &verbose());
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
            let text = told(2, &steps, &look);
            assert_eq!(
                text,
                "       thread 1\n    1  spin\n    2  spin\n    3  spin\n       \
                 (steps 2 to 3 again, 48 times)\n  100  spin\n"
            );
        }
    }

    #[test]
    fn without_key_steps_all_are_shown() {
        let mut only = step(1, "main", "yield", 0, 0);
        only.key = false;
        let steps = [only];
        assert!(told(1, &steps, &plain()).contains("yield"));
    }
}
