//! What `grader verify` tells the author of a suite.

use std::path::Path;

use std::fmt;

use super::count;
use crate::results::changes::{Changes, Share, Since};
use crate::results::matrix::{Cell, Problem, Role};
use crate::results::refusal::{Forbidden, Refusal};
use crate::results::repetition::{Failure, TopicRepetition};
use crate::results::survey::Fate;
use crate::results::verdict::{Diagnosis, Verdict};

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
    match subjects {
        0 => "There is nothing to verify.".to_owned(),
        some => format!(
            "All {} are as they should be.",
            count(some as u64, "subject")
        ),
    }
}

/// Something is not.
pub fn some_wrong(wrong: usize, of: usize) -> String {
    let be = if wrong == 1 { "is" } else { "are" };
    format!(
        "{wrong} of {} {be} not as they should be.",
        count(of as u64, "subject")
    )
}

/// Which subjects' tests took longest: `slowest: lock/ticket-lock 3.1 s, lock/barging 2.0 s`
pub fn slowest(subjects: &[(String, f64)]) -> String {
    let subjects: Vec<String> = subjects
        .iter()
        .map(|(name, seconds)| format!("{name} {seconds:.1} s"))
        .collect();
    format!("slowest: {}", subjects.join(", "))
}

/// Above the table of `--timings`.
pub const TIMINGS: [&str; 4] = ["where the time went", "number", "wall", "CPU"];

/// What one line of it is about.
pub const COMPILING: &str = "compiling, crates";
/// And the next.
pub const TESTING: &str = "tests, while compiling and after";
/// And the next.
pub const TESTING_ALONE: &str = "tests that measure time, one by one";
/// And the last.
pub const IN_ALL: &str = "in all";

/// Nothing had to be built or run.
pub const NOTHING_RUN: &str = "Everything was remembered: nothing was compiled or run.";

/// Where cargo tells more.
pub fn cargo_timings(report: &Path) -> String {
    format!("cargo on each crate: {}", report.display())
}

/// What the matrix is limited to.
pub fn changed_since(since: &Since) -> String {
    let what = match &since.changes {
        Changes::Everything => "engines, grader or dependencies, so all topics".to_owned(),
        Changes::Topics(topics) if topics.is_empty() => "nothing that `verify` looks at".to_owned(),
        Changes::Topics(topics) => {
            let topics = topics.iter().map(|(topic, share)| match share {
                Share::Whole => topic.clone(),
                Share::Subjects(subjects) => {
                    format!("{topic} ({})", count(subjects.len() as u64, "subject"))
                }
            });
            topics.collect::<Vec<_>>().join(", ")
        }
    };
    let commit: String = since.commit.chars().take(7).collect();
    format!("Changed since {commit} ({}): {what}.", since.revision)
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

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Problem::SkeletonDiffers { topic } => skeleton_differs(topic),
            Problem::SkeletonWarns { warning } => skeleton_warns(warning),
            Problem::DoesNotBuild(refusal) => subject_does_not_build(refusal),
            Problem::Forbidden(forbidden) => subject_is_forbidden(forbidden),
            Problem::NoSuchEquivalent { mutant, line } => equivalent_is_not_there(mutant, line),
            Problem::NotEquivalent { mutant, line } => equivalent_is_caught(mutant, line),
        })
    }
}

/// The skeleton in `exercises/` is not the one that the grader knows.
fn skeleton_differs(topic: &str) -> String {
    format!(
        "exercises/{topic}/src/lib.rs and grader/suites/{topic}/skeleton.rs differ; copy the one that is right over the other"
    )
}

/// rustc warns about the skeleton.
fn skeleton_warns(warning: &str) -> String {
    format!("the skeleton compiles with a warning:\n{warning}")
}

/// A mutant, an alternate or the reference solution does not compile.
fn subject_does_not_build(refusal: &Refusal) -> String {
    format!("it does not build:\n{refusal}")
}

/// A mutant, an alternate or the reference solution breaks the token policy.
fn subject_is_forbidden(forbidden: &Forbidden) -> String {
    let Forbidden { item, place, .. } = forbidden;
    format!(
        "it says `{item}` in line {}, which is not allowed",
        place.line
    )
}

/// An entry of a list of equivalent mutants fits none of them.
fn equivalent_is_not_there(mutant: &str, line: &str) -> String {
    format!("equivalent.toml lists a mutant that is not generated: {mutant} (in `{line}`)")
}

/// A mutant that is listed as equivalent is not.
fn equivalent_is_caught(mutant: &str, line: &str) -> String {
    format!("equivalent.toml lists a mutant that does not survive: {mutant} (in `{line}`)")
}
