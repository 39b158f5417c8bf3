//! The catch matrix of `verify`: subjects down, tests across.

use serde_json::{Value, json};

use super::look::{Look, Mark, Tone, columns, wrap};
use super::timings;
use crate::messages::authors;
use crate::results::matrix::{Cell, Matrix, Problem, Role, Row, TopicMatrix};
use crate::results::verdict::Verdict;

/// Longer names of subjects are cut.
const WIDEST_NAME: usize = 30;

/// So many subjects are named whose tests took longest.
const SLOWEST: usize = 3;

/// The roles in the order in which they are shown.
const ROLES: [Role; 4] = [
    Role::Skeleton,
    Role::Reference,
    Role::Alternate,
    Role::Mutant,
];

/// The matrix for a person: what is wrong comes last, where a long output is read first.
pub fn render(matrix: &Matrix, look: &Look) -> String {
    let mut text = String::new();
    for topic in &matrix.topics {
        if !look.quiet {
            text.push_str(&grid(topic, look));
            text.push_str(&notes(topic, look));
            text.push('\n');
        }
    }
    let problems: String = matrix
        .topics
        .iter()
        .map(|topic| problems(topic, look))
        .collect();
    if !problems.is_empty() {
        text.push_str(&format!("{}\n", problems.trim_start()));
    }
    let slowest = slowest(matrix);
    if !slowest.is_empty() && !look.quiet {
        text.push_str(&look.paint(Tone::Faint, &authors::slowest(&slowest)));
        text.push('\n');
    }
    let rows: Vec<&Row> = matrix.topics.iter().flat_map(|topic| &topic.rows).collect();
    let wrong = rows.iter().filter(|row| !row.ok()).count();
    let (tone, sentence) = match wrong {
        0 => (Tone::Good, authors::all_right(rows.len())),
        wrong => (Tone::Bad, authors::some_wrong(wrong, rows.len())),
    };
    text.push_str(&format!("{}\n", look.paint(tone, &sentence)));
    text
}

/// The matrix for programs: schema `grader/verify/v1`.
///
/// # Panics
///
/// Never: all of it can be represented.
pub fn json(matrix: &Matrix, timings: bool) -> String {
    let topics: Vec<Value> = matrix.topics.iter().map(topic_json).collect();
    let mut document = json!({ "schema": "grader/verify/v1", "ok": matrix.ok(), "topics": topics });
    if timings {
        document["timings"] = timings::json(matrix.spent.as_ref());
    }
    serde_json::to_string_pretty(&document).expect("a matrix is representable") + "\n"
}

fn topic_json(topic: &TopicMatrix) -> Value {
    let rows = topic.rows.iter().map(|row| {
        let cells = topic.columns.iter().zip(&row.cells).map(|(test, cell)| {
            json!({
                "test": test,
                "verdict": cell.verdict,
                "diagnosis": cell.diagnosis,
                "expected": cell.expected,
                "ok": cell.ok,
                "message": cell.message,
                "seconds": cell.seconds,
            })
        });
        json!({
            "role": authors::role_word(row.role),
            "name": row.name,
            "idea": row.idea,
            "ok": row.ok(),
            "problems": row.problems,
            "base": row.base,
            "difference": row.difference,
            "seconds": row.seconds(),
            "cells": cells.collect::<Vec<_>>(),
        })
    });
    let excluded = topic
        .excluded
        .iter()
        .map(|row| json!({ "bug": row.bug, "reason": row.reason }));
    json!({
        "topic": topic.topic,
        "rows": rows.collect::<Vec<_>>(),
        "excluded": excluded.collect::<Vec<_>>(),
    })
}

fn grid(topic: &TopicMatrix, look: &Look) -> String {
    let names = topic.rows.iter().map(|row| columns(&row.name));
    let name_width = names.max().unwrap_or(0).min(WIDEST_NAME);
    let margin = 4 + name_width + 2;
    let roomy = margin + 2 * topic.columns.len() <= look.width;
    let gap = if roomy { " " } else { "" };

    let heading = authors::topic_heading(&topic.topic, topic.rows.len(), topic.columns.len());
    let mut text = format!("{}\n\n", look.paint(Tone::Strong, &heading));
    text.push_str(&column_numbers(topic.columns.len(), margin, gap, look));
    for role in ROLES {
        let rows: Vec<&Row> = topic.rows.iter().filter(|row| row.role == role).collect();
        if rows.is_empty() {
            continue;
        }
        let heading = look.paint(Tone::Faint, authors::role_heading(role));
        text.push_str(&format!("  {heading}\n"));
        for row in rows {
            let name: String = row.name.chars().take(name_width).collect();
            let cells: Vec<String> = row.cells.iter().map(|cell| mark(cell, look)).collect();
            let line = format!("    {name:name_width$}  {}", cells.join(gap));
            text.push_str(&format!("{line}\n"));
            if look.verbose {
                for line in wrap(&row.idea, look.width.saturating_sub(8)) {
                    text.push_str(&format!("        {}\n", look.paint(Tone::Faint, &line)));
                }
            }
        }
    }
    text.push('\n');
    for (index, test) in topic.columns.iter().enumerate() {
        let remark = match is_aimed_at(topic, index) {
            true => String::new(),
            false => look.paint(Tone::Open, authors::AIMED_AT_BY_NOBODY),
        };
        text.push_str(format!("  {:>2}  {test}  {remark}", index + 1).trim_end());
        text.push('\n');
    }
    let legend = authors::legend(
        &look.mark(Mark::Passed),
        caught(look),
        &look.mark(Mark::Failed),
        not_asked(look),
    );
    text.push_str(&format!("\n  {legend}\n"));
    text
}

/// The subjects whose tests took longest, the slowest first.
fn slowest(matrix: &Matrix) -> Vec<(String, f64)> {
    let mut subjects: Vec<(String, f64)> = matrix
        .topics
        .iter()
        .flat_map(|topic| topic.rows.iter().map(move |row| (topic, row)))
        .map(|(topic, row)| (format!("{}/{}", topic.topic, row.name), row.seconds()))
        .filter(|(_, seconds)| *seconds > 0.0)
        .collect();
    subjects.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    subjects.truncate(SLOWEST);
    subjects
}

/// Whether a mutant says that this test catches it, or not all mutants are there to say so.
fn is_aimed_at(topic: &TopicMatrix, column: usize) -> bool {
    if topic.partial {
        return true;
    }
    let mut mutants = topic
        .rows
        .iter()
        .filter(|row| row.role == Role::Mutant)
        .peekable();
    mutants.peek().is_none() || mutants.any(|row| row.cells[column].expected.is_some())
}

/// The numbers of the columns, one digit below the other.
fn column_numbers(count: usize, margin: usize, gap: &str, look: &Look) -> String {
    let tens: Vec<String> = (1..=count)
        .map(|number| match number / 10 {
            0 => " ".to_owned(),
            tens => tens.to_string(),
        })
        .collect();
    let ones: Vec<String> = (1..=count)
        .map(|number| (number % 10).to_string())
        .collect();
    let mut text = String::new();
    for digits in [tens, ones] {
        let line = digits.join(gap);
        if !line.trim().is_empty() {
            let line = look.paint(Tone::Faint, line.trim_end());
            text.push_str(&format!("{}{line}\n", " ".repeat(margin)));
        }
    }
    text
}

fn mark(cell: &Cell, look: &Look) -> String {
    match (cell.ok, cell.verdict) {
        (false, _) => look.mark(Mark::Failed),
        (true, Verdict::Passed) => look.mark(Mark::Passed),
        (true, Verdict::NotRun) => look.paint(Tone::Faint, not_asked(look)),
        (true, _) => caught(look).to_owned(),
    }
}

fn caught(look: &Look) -> &'static str {
    look.pick("●", "*")
}

fn not_asked(look: &Look) -> &'static str {
    look.pick("·", ".")
}

/// What an author may want to know, although nothing is wrong with it.
fn notes(topic: &TopicMatrix, look: &Look) -> String {
    let mut text = String::new();
    match (topic.excluded.len(), look.verbose) {
        (0, _) => {}
        (number, false) => text.push_str(&format!("\n  {}\n", authors::excluded(number))),
        (_, true) => {
            text.push_str(&format!("\n  {}\n", authors::EXCLUDED));
            for row in &topic.excluded {
                let line = format!("{}: {}", row.bug, row.reason);
                for line in wrap(&line, look.width.saturating_sub(4)) {
                    text.push_str(&format!("    {line}\n"));
                }
            }
        }
    }
    text
}

fn problems(topic: &TopicMatrix, look: &Look) -> String {
    let mut text = String::new();
    for row in topic.rows.iter().filter(|row| !row.ok()) {
        let name = match row.role {
            Role::Skeleton | Role::Reference => authors::role_word(row.role).to_owned(),
            role => format!("{} {}", authors::role_word(role), row.name),
        };
        let name = look.paint(Tone::Strong, &format!("{} {name}", topic.topic));
        text.push_str(&format!("\n{} {name}\n", look.mark(Mark::Failed)));
        let cells = topic.columns.iter().zip(&row.cells);
        let wrong = cells
            .filter(|(_, cell)| !cell.ok)
            .map(|(test, cell)| authors::wrong_cell(test, cell));
        for problem in row.problems.iter().map(Problem::to_string).chain(wrong) {
            for line in wrap(&problem, look.width.saturating_sub(4)) {
                text.push_str(format!("    {line}").trim_end());
                text.push('\n');
            }
        }
        if let (Some(base), Some(difference)) = (&row.base, &row.difference) {
            text.push_str(&format!("    {}\n\n", authors::differs_from(base)));
            text.push_str(&indented(difference, look));
        }
    }
    text
}

/// A difference below what it explains, in the usual colours.
fn indented(difference: &str, look: &Look) -> String {
    let lines = difference.lines().map(|line| {
        let line = match line.chars().next() {
            Some('-') => look.paint(Tone::Bad, line),
            Some('+') => look.paint(Tone::Good, line),
            Some('@') => look.paint(Tone::Faint, line),
            _ => line.to_owned(),
        };
        format!("{}\n", format!("    {line}").trim_end())
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::matrix::Excluded;
    use std::time::Duration;

    use crate::report::looks;
    use crate::results::message::Message;
    use crate::results::verdict::Diagnosis;

    fn cell(verdict: Verdict, diagnosis: Option<Diagnosis>, expected: Option<Diagnosis>) -> Cell {
        Cell {
            verdict,
            diagnosis,
            expected,
            ok: true,
            message: None,
            seconds: 0.1,
        }
    }

    fn row(role: Role, name: &str, cells: Vec<Cell>) -> Row {
        Row {
            role,
            name: name.to_owned(),
            idea: "Ordering is for experts, and `Relaxed` is the fastest of them.".to_owned(),
            base: None,
            difference: None,
            cells,
            problems: Vec::new(),
        }
    }

    fn matrix() -> Matrix {
        let passed = || cell(Verdict::Passed, None, None);
        let quiet = || cell(Verdict::NotRun, None, None);
        let race = Some(Diagnosis::DataRace);
        let caught = cell(Verdict::Failed, race, race);
        let mut missed = cell(Verdict::Passed, None, Some(Diagnosis::LostWakeup));
        missed.ok = false;
        let mut hangs = cell(Verdict::TimedOut, None, None);
        hangs.ok = false;
        hangs.message = Some(Message::TookTooLong(Duration::from_secs(10)));
        let failed = || cell(Verdict::Failed, Some(Diagnosis::Panic), None);
        Matrix {
            spent: None,
            topics: vec![TopicMatrix {
                topic: "lock".to_owned(),
                partial: false,
                columns: (1..=12)
                    .map(|number| format!("model::claim_number_{number}"))
                    .collect(),
                rows: vec![
                    row(
                        Role::Skeleton,
                        "skeleton",
                        (0..12).map(|_| failed()).collect(),
                    ),
                    row(
                        Role::Reference,
                        "reference",
                        (0..12).map(|_| passed()).collect(),
                    ),
                    row(
                        Role::Alternate,
                        "ticket-lock",
                        (0..11).map(|_| passed()).chain([hangs]).collect(),
                    ),
                    row(
                        Role::Mutant,
                        "relaxed-unlock",
                        (0..11).map(|_| quiet()).chain([caught]).collect(),
                    ),
                    Row {
                        base: Some("reference".to_owned()),
                        difference: Some(
                            "@@ Lock::acquire @@\n \
                             pub fn acquire(&self) {\n\
                             -    while *locked {\n\
                             +    if *locked {\n"
                                .to_owned(),
                        ),
                        ..row(
                            Role::Mutant,
                            "looks-then-waits",
                            [missed]
                                .into_iter()
                                .chain((0..11).map(|_| quiet()))
                                .collect(),
                        )
                    },
                ],
                excluded: vec![Excluded {
                    bug: "unsound-send-sync".to_owned(),
                    reason: "`unsafe` is not allowed, so nobody can write it".to_owned(),
                }],
            }],
        }
    }

    #[test]
    fn the_matrix_names_what_is_wrong() {
        insta::assert_snapshot!(render(&matrix(), &looks::plain()));
    }

    #[test]
    fn the_matrix_in_quiet() {
        insta::assert_snapshot!(render(&matrix(), &looks::quiet()));
    }

    #[test]
    fn the_matrix_in_verbose() {
        insta::assert_snapshot!(render(&matrix(), &looks::verbose()));
    }

    #[test]
    fn the_json_has_a_schema_and_says_whether_all_is_well() {
        let value: Value = serde_json::from_str(&json(&matrix(), false)).expect("valid");
        assert_eq!(value["schema"], "grader/verify/v1");
        assert_eq!(value["ok"], false);
        assert_eq!(
            value["topics"][0]["rows"][3]["cells"][11]["expected"],
            "data_race"
        );
        let missed = &value["topics"][0]["rows"][4];
        assert_eq!(missed["base"], "reference");
        let difference = missed["difference"].as_str().expect("hunks");
        assert!(difference.contains("\n-    while *locked {\n"));
    }

    #[test]
    fn where_mutants_are_left_out_no_test_is_said_to_need_one() {
        let mut matrix = matrix();
        assert!(render(&matrix, &looks::plain()).contains(authors::AIMED_AT_BY_NOBODY));
        matrix.topics[0].partial = true;
        assert!(!render(&matrix, &looks::plain()).contains(authors::AIMED_AT_BY_NOBODY));
    }

    #[test]
    fn the_slowest_subjects_come_first() {
        let mut matrix = matrix();
        matrix.topics[0].rows[1].cells[0].seconds = 9.0;
        let slowest = slowest(&matrix);
        assert_eq!(slowest.len(), SLOWEST);
        assert_eq!(slowest[0].0, "lock/reference");
        assert!(slowest[0].1 > 9.0 && slowest[1].1 < 9.0);
    }
}
