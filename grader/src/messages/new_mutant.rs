//! What `grader new --mutant` tells the author of a mutant.

use std::path::Path;

use super::count;
use crate::results::usage::NewMutant;

/// Why a mutant cannot be made, or written out.
pub fn problem(problem: &NewMutant) -> String {
    match problem {
        NewMutant::NoName { name } => no_name(name),
        NewMutant::NotReadable { file, why } => not_taken(file, why),
        NewMutant::NoRust {
            file,
            line,
            column,
            why,
        } => not_taken(file, &no_rust(*line, *column, why)),
        NewMutant::NoDifference { file, base } => no_difference(file, base),
        NewMutant::NoSuchBase { base, bases } => no_such_base(base, bases),
        NewMutant::NoSuchTest { topic, test, tests } => no_such_test(topic, test, tests),
        NewMutant::NoSuchMutant { topic, name } => no_such_mutant(topic, name),
    }
}

/// The name is no name of a mutant as this house writes them.
fn no_name(name: &str) -> String {
    format!(
        "`{name}` is no name for a mutant: it is lower-case letters and digits, in words that \
         hyphens join, like `looks-then-waits`"
    )
}

/// The edited copy cannot be used.
fn not_taken(file: &Path, why: &str) -> String {
    format!(
        "{} cannot be made a mutant of: {why}. Give an edited copy of the reference solution or \
         of an alternate with `--from`.",
        file.display()
    )
}

/// The edited copy does not parse.
fn no_rust(line: usize, column: usize, error: &str) -> String {
    format!("it is no Rust at line {line}, column {column} ({error})")
}

/// The edited copy was not edited.
fn no_difference(file: &Path, base: &str) -> String {
    format!(
        "{} is the same as {base}, so it has no wrong idea in it: change the copy first",
        file.display()
    )
}

/// The topic has no such base.
fn no_such_base(word: &str, present: &[String]) -> String {
    let names: Vec<String> = present.iter().map(|it| format!("`{it}`")).collect();
    format!(
        "`{word}` is nothing that a mutant can be a difference to: take {}, or `none` for a \
         whole file",
        names.join(", ")
    )
}

/// The topic has no such test.
fn no_such_test(topic: &str, test: &str, names: &[String]) -> String {
    format!(
        "{topic} has no test `{test}` that could catch a mutant; there are {}",
        names.join(", ")
    )
}

/// The topic has no such mutant.
fn no_such_mutant(topic: &str, name: &str) -> String {
    format!(
        "{topic} has no mutant `{name}`: the names of all are those of the files in \
         grader/suites/{topic}/mutants"
    )
}

/// What was made. `base` is written as in its header.
pub fn made(file: &str, base: &str, size: usize) -> String {
    let lines = count(size as u64, "line");
    match base {
        "none" => format!("Made {file}: a whole crate, as a difference to nothing."),
        "reference" => format!("Made {file}: {lines} changed in the reference solution."),
        base => format!("Made {file}: {lines} changed in the {base}."),
    }
}

/// What is still missing in its header.
pub fn to_fill_in(fields: &[&str], marker: &str, verify: &str, check: &str) -> String {
    let fields: Vec<String> = fields.iter().map(|it| format!("`{it}:`")).collect();
    format!(
        "Its header says `{marker}` at {}: fill that in, then run `{verify}`. Which tests fail, \
         and with which diagnosis, tells `{check}`, where DIR/TOPIC/src/lib.rs is the edited copy.",
        fields.join(" and ")
    )
}

/// Nothing is missing in its header.
pub fn to_verify(verify: &str) -> String {
    format!("`{verify}` tells whether it is caught as its header says.")
}

/// The whole crate of a mutant is in the file.
pub fn written_out(file: &Path) -> String {
    format!("Wrote the whole crate to {}.", file.display())
}
