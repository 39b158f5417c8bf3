//! What `grader verify` tells the author of a suite.

use super::count;
use crate::generate::Fate;
use crate::repeat::{Failure, TopicRepetition};
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

/// Above what sets a mutant apart that is not caught as it should be.
pub fn differs_from(base: &str) -> String {
    format!("What it changes in the {base}:")
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

/// What was repeated of a topic.
pub fn repeated(topic: &TopicRepetition) -> String {
    let mut text = format!(
        "{}: {}, {}",
        topic.topic,
        count(topic.subjects as u64, "subject"),
        count(topic.tests as u64, "stress test")
    );
    if topic.mutants > 0 {
        let mutants = count(topic.mutants as u64, "mutant");
        let catches = count(topic.catches as u64, "time");
        text.push_str(&format!("; {mutants}, to be caught {catches}"));
    }
    text
}

/// A run that did not end as it should.
pub fn flake(failure: &Failure) -> String {
    let Failure {
        subject,
        test,
        seed,
        ..
    } = failure;
    let mut text = format!(
        "{subject} in {test} with seed {seed} ends as {}",
        verdict_word(failure.verdict)
    );
    if let Some(diagnosis) = failure.diagnosis {
        text.push_str(&format!(": {}", word(diagnosis)));
    }
    if let Some(message) = &failure.message {
        text.push_str(&format!(" ({message})"));
    }
    text
}

/// How many of the runs did not end as they should.
pub fn flakes(failures: usize, runs: usize, rounds: usize) -> String {
    let rounds = count(rounds as u64, "round");
    let runs = count(runs as u64, "run");
    match failures {
        0 => format!("All of {runs} in {rounds} ended as they should."),
        failures => format!("{failures} of {runs} in {rounds} did not end as they should."),
    }
}
