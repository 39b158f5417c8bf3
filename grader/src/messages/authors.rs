//! What `grader verify` tells the author of a suite.

use super::count;
use crate::generate::Fate;
use crate::verdict::{Diagnosis, Verdict};
use crate::verify::{Cell, Role};

use super::diagnosis::{verdict_word, word};

/// Above the subjects of one role.
pub fn role_heading(role: Role) -> &'static str {
    match role {
        Role::Skeleton => "must fail everywhere",
        Role::Reference => "must pass everywhere",
        Role::Alternate => "alternates: correct by other means, must pass everywhere",
        Role::Mutant => "mutants: one wrong idea each, must be caught",
    }
}

/// The word in front of a subject's name.
pub fn role_word(role: Role) -> &'static str {
    match role {
        Role::Skeleton => "skeleton",
        Role::Reference => "reference",
        Role::Alternate => "alternate",
        Role::Mutant => "mutant",
    }
}

/// `lock: 31 subjects, 22 tests`
pub fn topic_heading(topic: &str, subjects: usize, tests: usize) -> String {
    let subjects = count(subjects as u64, "subject");
    format!("{topic}: {subjects}, {}", count(tests as u64, "test"))
}

/// Explains the marks of the matrix.
pub fn legend(passed: &str, caught: &str, wrong: &str, not_run: &str) -> String {
    format!("{passed} passes   {caught} is caught   {wrong} wrong   {not_run} not asked")
}

/// What is wrong with a cell: `model::x should find lost_wakeup, but passes`.
pub fn wrong_cell(test: &str, cell: &Cell) -> String {
    let found = found(cell.verdict, cell.diagnosis);
    let should = match cell.expected {
        Some(expected) => format!("should find {}", word(expected)),
        None if cell.verdict == Verdict::Passed => "should not pass".to_owned(),
        None => "should pass".to_owned(),
    };
    let message = match &cell.message {
        Some(message) => format!(" ({message})"),
        None => String::new(),
    };
    format!("{test} {should}, but {found}{message}")
}

fn found(verdict: Verdict, diagnosis: Option<Diagnosis>) -> String {
    match (verdict, diagnosis) {
        (Verdict::Passed, _) => "passes".to_owned(),
        (Verdict::NotRun, _) => "was not run".to_owned(),
        (_, Some(diagnosis)) => format!("finds {}", word(diagnosis)),
        (verdict, None) => format!("ends as {}", verdict_word(verdict)),
    }
}

/// Behind a test that no mutant needs: perhaps it catches nothing.
pub const AIMED_AT_BY_NOBODY: &str = "(no mutant is aimed at it)";

/// Above the bugs of the catalogue that are no mutant.
pub const EXCLUDED: &str = "Left out of the catalogue of bugs:";

/// How many there are, unless they are listed.
pub fn excluded(number: usize) -> String {
    let bugs = count(number as u64, "bug");
    format!("{bugs} of the catalogue left out on purpose: `--verbose` gives the reasons.")
}

/// Everything is as it should be.
pub fn all_right(subjects: usize) -> String {
    format!(
        "All {} are as they should be.",
        count(subjects as u64, "subject")
    )
}

/// Something is not.
pub fn some_wrong(wrong: usize, of: usize) -> String {
    let be = if wrong == 1 { "is" } else { "are" };
    format!(
        "{wrong} of {} {be} not as they should be.",
        count(of as u64, "subject")
    )
}

/// `lock: 61 mutants generated: 50 caught, 6 unviable, 4 equivalent, 1 missed`
pub fn generated(topic: &str, of: usize, fates: &[(usize, &str)]) -> String {
    let mutants = count(of as u64, "mutant");
    let fates: Vec<String> = fates
        .iter()
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    format!("{topic}: {mutants} generated: {}", fates.join(", "))
}

/// The word for what became of a generated mutant.
pub fn fate_word(fate: &Fate) -> &'static str {
    match fate {
        Fate::Caught { .. } => "caught",
        Fate::Unviable => "unviable",
        Fate::Equivalent { .. } => "equivalent",
        Fate::Missed => "missed",
    }
}

/// What became of a generated mutant, where more than the word is known.
pub fn fate(fate: &Fate) -> String {
    let word = fate_word(fate);
    match fate {
        Fate::Caught { by, verdict } => {
            format!("{word}: {by} ends as {}", verdict_word(*verdict))
        }
        Fate::Equivalent { reason } => format!("{word}: {reason}"),
        Fate::Unviable => format!("{word}: it does not compile"),
        Fate::Missed => format!("{word}: every test passes"),
    }
}

/// Where a generated mutant is.
pub fn place(topic: &str, line: usize, column: usize) -> String {
    format!("solutions/{topic}/src/lib.rs:{line}:{column}")
}

/// Every generated mutant is accounted for.
pub fn none_missed(generated: usize) -> String {
    let mutants = count(generated as u64, "generated mutant");
    format!("Of {mutants}, none was missed.")
}

/// Some generated mutants have survived, or are listed wrongly.
pub fn some_missed(missed: usize, wrong: usize) -> String {
    let missed = count(missed as u64, "mutant");
    let mut text = format!(
        "{missed} missed: add a test that fails, or list it in equivalent.toml with the reason."
    );
    if wrong > 0 {
        let entries = match wrong {
            1 => "1 entry".to_owned(),
            wrong => format!("{wrong} entries"),
        };
        text.push_str(&format!(" {entries} of equivalent.toml to be corrected."));
    }
    text
}

/// `lock: 11 subjects, 20 stress tests`
pub fn repeated(topic: &str, subjects: usize, tests: usize) -> String {
    let subjects = count(subjects as u64, "subject");
    format!(
        "{topic}: {subjects}, {}",
        count(tests as u64, "stress test")
    )
}

/// A run of what is right that did not pass.
pub fn flake(
    subject: &str,
    test: &str,
    seed: u64,
    verdict: Verdict,
    message: Option<&str>,
) -> String {
    let message = message.map_or(String::new(), |message| format!(" ({message})"));
    let ends = verdict_word(verdict);
    format!("{subject} in {test} with seed {seed} ends as {ends}{message}")
}

/// How many of the runs of what is right did not pass.
pub fn flakes(failures: usize, runs: usize, rounds: usize) -> String {
    let rounds = count(rounds as u64, "round");
    let runs = count(runs as u64, "run");
    match failures {
        0 => format!("All of {runs} in {rounds} passed."),
        failures => format!("{failures} of {runs} in {rounds} did not pass."),
    }
}
