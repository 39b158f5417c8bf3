//! The coverage tables: what holds each sentence of a contract, and what tries each test.
//!
//! A table that names what is no longer there is worse than none, so all that a machine can
//! check of `grader/suites/<topic>/coverage.md` is checked here.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use grader::katas::catalog::{self, Exercise};

/// The headings of the tables, in their order, each with the names of its columns.
const TABLES: [(&str, &[&str]); 4] = [
    ("Contract", &["sentence", "held by"]),
    ("CPython's tests", &["test", "asks", "held by"]),
    ("Wrong ideas", &["idea", "caught by"]),
    ("Right ideas", &["idea", "shown by"]),
];

/// How many of CPython's tests can be carried over to a topic; to a younger one, none need be.
const CPYTHON: [(&str, usize); 9] = [
    ("lock", 16),
    ("rlock", 6),
    ("event", 5),
    ("condition", 7),
    ("semaphore", 15),
    ("barrier", 13),
    ("timer", 1),
    ("daemon_threads", 48),
    ("thread_pool", 63),
];

#[test]
fn every_topic_has_the_four_tables() {
    let faults: Vec<String> = exercises()
        .iter()
        .filter_map(|exercise| Some(format!("{}: {}", exercise.topic, read(exercise).err()?)))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// A sentence that nothing holds needs a reason, and no reason is an empty one.
#[test]
fn every_row_names_what_holds_it_or_says_why_nothing_does() {
    check(|_, coverage, faults| {
        for (table, reasons) in [
            (
                &coverage.contract,
                &["policy:", "types:", "not tested:"][..],
            ),
            (
                &coverage.cpython,
                &["policy:", "types:", "not carried over:"],
            ),
        ] {
            faults.extend(unanswered(table, reasons, is_test));
        }
        for (table, reason) in [
            (&coverage.wrong, "excluded:"),
            (&coverage.right, "no alternate:"),
        ] {
            faults.extend(unanswered(table, &[reason], is_crate));
        }
    });
}

/// Two rows for one thing soon say different things.
#[test]
fn no_row_is_there_twice() {
    check(|_, coverage, faults| {
        for table in coverage.tables() {
            let mut seen = BTreeSet::new();
            let again = table.iter().map(|row| row.subject());
            faults.extend(again.filter(|it| !seen.insert(*it)).map(str::to_owned));
        }
    });
}

#[test]
fn every_hidden_test_that_is_named_exists() {
    check(|exercise, coverage, faults| {
        let tests = tests_of(exercise);
        let rows = coverage.tables().into_iter().flatten();
        let named = rows.flat_map(|row| quoted(row.answer()));
        faults.extend(
            named
                .filter(|it| is_test(it) && !tests.contains(it))
                .map(str::to_owned),
        );
    });
}

/// A hidden test that holds no sentence asks for something that learners were never told.
#[test]
fn every_hidden_test_holds_a_sentence_of_the_contract() {
    check(|exercise, coverage, faults| {
        let rows = coverage.contract.iter();
        let named: BTreeSet<&str> = rows.flat_map(|row| quoted(row.answer())).collect();
        let tests = tests_of(exercise);
        faults.extend(tests.difference(&named).map(|it| (*it).to_owned()));
    });
}

#[test]
fn every_mutant_and_every_alternate_that_is_named_exists() {
    check(|exercise, coverage, faults| {
        let crates = crates_of(exercise);
        let rows = coverage.tables().into_iter().flatten();
        let named = rows.flat_map(|row| quoted(row.answer()));
        faults.extend(
            named
                .filter(|it| is_crate(it) && !crates.contains(*it))
                .map(str::to_owned),
        );
    });
}

/// What the suite says that it leaves out, and what the table says, is the same.
#[test]
fn every_excluded_bug_is_among_the_wrong_ideas() {
    check(|exercise, coverage, faults| {
        let excluded: BTreeSet<&str> = coverage
            .wrong
            .iter()
            .filter(|row| row.answer().starts_with("excluded:"))
            .flat_map(|row| quoted(row.subject()))
            .collect();
        let bugs = exercise.excluded.iter().map(|it| it.bug.as_str());
        faults.extend(
            bugs.filter(|bug| !excluded.contains(bug))
                .map(str::to_owned),
        );
    });
}

#[test]
fn no_test_of_cpython_is_forgotten() {
    check(|exercise, coverage, faults| {
        let known = CPYTHON.iter().find(|(topic, _)| *topic == exercise.topic);
        let least = known.map_or(0, |(_, least)| *least);
        let rows = coverage.cpython.len();
        if rows < least {
            faults.push(format!("{rows} rows, expected {least}"));
        }
    });
}

/// Runs a check on every topic whose tables can be read; the others fail a test of their own.
fn check(rule: impl Fn(&Exercise, &Coverage, &mut Vec<String>)) {
    let mut all = Vec::new();
    for exercise in exercises() {
        let Ok(coverage) = read(&exercise) else {
            continue;
        };
        let mut faults = Vec::new();
        rule(&exercise, &coverage, &mut faults);
        all.extend(faults.iter().map(|it| format!("{}: {it}", exercise.topic)));
    }
    assert!(all.is_empty(), "{all:#?}");
}

fn exercises() -> Vec<Exercise> {
    catalog::all().expect("topics")
}

/// The four tables of a topic.
struct Coverage {
    contract: Vec<Row>,
    cpython: Vec<Row>,
    wrong: Vec<Row>,
    right: Vec<Row>,
}

impl Coverage {
    fn tables(&self) -> [&[Row]; 4] {
        [&self.contract, &self.cpython, &self.wrong, &self.right]
    }
}

/// The cells of a row; a table has at least two columns.
struct Row(Vec<String>);

impl Row {
    fn subject(&self) -> &str {
        &self.0[0]
    }

    fn answer(&self) -> &str {
        self.0.last().expect("a cell")
    }
}

fn read(exercise: &Exercise) -> Result<Coverage, String> {
    let file = format!("suites/{}/coverage.md", exercise.topic);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut parts = text.split("\n## ");
    let title = parts.next().unwrap_or_default().trim();
    if title != format!("# Coverage: {}", exercise.title) {
        return Err(format!("begins with {title:?}"));
    }
    let mut tables = TABLES.into_iter().map(|(heading, columns)| {
        let part = parts.next().unwrap_or_default();
        let (found, body) = part.split_once('\n').unwrap_or((part, ""));
        if found.trim() != heading {
            return Err(format!("`## {found}` instead of `## {heading}`"));
        }
        table(body, columns).map_err(|error| format!("{heading}: {error}"))
    });
    let mut next = || tables.next().expect("four tables");
    let coverage = Coverage {
        contract: next()?,
        cpython: next()?,
        wrong: next()?,
        right: next()?,
    };
    drop(tables);
    match parts.next() {
        Some(more) => Err(format!("one heading too many: {more:?}")),
        None => Ok(coverage),
    }
}

/// The rows of a table that an introduction comes before, and nothing after.
fn table(body: &str, columns: &[&str]) -> Result<Vec<Row>, String> {
    let (introduction, lines): (Vec<&str>, Vec<&str>) = body
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .partition(|line| !line.starts_with('|'));
    if !introduction.last().is_some_and(|line| line.ends_with('.')) {
        return Err("has no sentence of introduction".to_owned());
    }
    let mut rows = lines.into_iter().map(cells);
    let head = rows.next().unwrap_or_default();
    if head != columns {
        return Err(format!("the columns are {head:?} instead of {columns:?}"));
    }
    let rule = rows.next().unwrap_or_default();
    if rule.len() != columns.len() || !rule.iter().all(|cell| is_rule(cell)) {
        return Err(format!("{rule:?} between the columns' names and the rows"));
    }
    rows.map(
        |row| match row.len() == columns.len() && row.iter().all(|it| !it.is_empty()) {
            true => Ok(Row(row)),
            false => Err(format!("a cell is missing, or one too many: {row:?}")),
        },
    )
    .collect()
}

fn is_rule(cell: &str) -> bool {
    cell.contains('-') && cell.chars().all(|it| it == '-' || it == ':')
}

/// The cells of a line; a bar that belongs to a cell has a backslash before it.
fn cells(line: &str) -> Vec<String> {
    const BAR: &str = "\u{0}";
    let line = line.replace("\\|", BAR);
    let inner = line.trim_matches('|');
    let cells = inner.split('|').map(|cell| cell.trim().replace(BAR, "|"));
    cells.collect()
}

/// The rows whose last cell neither names anything nor gives one of the reasons.
fn unanswered(table: &[Row], reasons: &[&str], names: fn(&str) -> bool) -> Vec<String> {
    let answers = |row: &Row| {
        let answer = row.answer();
        let reason = reasons.iter().find_map(|it| answer.strip_prefix(it));
        match reason {
            Some(reason) => reason.trim().len() > 10,
            None => quoted(answer).any(names),
        }
    };
    let open = table.iter().filter(|row| !answers(row));
    open.map(|row| format!("{}: {}", row.subject(), row.answer()))
        .collect()
}

/// What stands between backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn is_test(name: &str) -> bool {
    ["stress::", "model::", "loom::"]
        .iter()
        .any(|it| name.starts_with(it))
}

fn is_crate(name: &str) -> bool {
    name == "reference" || name.starts_with("mutant ") || name.starts_with("alternate ")
}

fn tests_of(exercise: &Exercise) -> BTreeSet<&str> {
    exercise
        .tests
        .iter()
        .map(|test| test.name.as_str())
        .collect()
}

/// The crates of a topic as the tables name them; an alternate by its file or by its title.
fn crates_of(exercise: &Exercise) -> BTreeSet<String> {
    let mutants = catalog::mutants(exercise).expect("mutants");
    let mutants = mutants.into_iter().map(|it| format!("mutant {}", it.name));
    let alternates = catalog::alternates(&exercise.topic).expect("alternates");
    let alternates = alternates.into_iter().flat_map(|it| {
        let file = it.name.replace('-', "_");
        [file, it.name, it.title].map(|name| format!("alternate {name}"))
    });
    mutants
        .chain(alternates)
        .chain(["reference".to_owned()])
        .collect()
}
