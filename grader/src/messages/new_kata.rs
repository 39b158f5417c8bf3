//! What `grader new` tells the author of a kata.

use std::path::Path;

use crate::results::usage::NewKata;

/// Why a kata cannot be made.
pub fn problem(problem: &NewKata) -> String {
    match problem {
        NewKata::NoName { topic, meant } => no_name(topic, meant.as_deref()),
        NewKata::Keyword { topic } => keyword(topic),
        NewKata::CrateExists { topic } => crate_exists(topic),
        NewKata::Device { topic } => device(topic),
        NewKata::KataExists { topic } => kata_exists(topic),
        NewKata::InTheWay { path } => in_the_way(path),
        NewKata::NoClone { folder, root } => no_clone_here(folder, root),
    }
}

/// The name is no name of a crate as this house writes them.
fn no_name(topic: &str, meant: Option<&str>) -> String {
    let rule = format!(
        "`{topic}` is no name for a kata: it begins with a lower-case letter, and goes on with \
         lower-case letters, digits and single underscores between them"
    );
    match meant {
        Some(meant) => format!("{rule}; did you mean `{meant}`?"),
        None => format!("{rule}, like `thread_pool`"),
    }
}

/// The name cannot stand in Rust code.
fn keyword(topic: &str) -> String {
    format!(
        "`{topic}` is a keyword of Rust, and a kata is a crate, whose name stands in code: \
         choose another name"
    )
}

/// The name is that of a crate that the grader builds or builds on.
fn crate_exists(topic: &str) -> String {
    format!(
        "there is a crate `{topic}` already, and a kata is a crate of its own: choose another name"
    )
}

/// Windows keeps the name for a device.
fn device(topic: &str) -> String {
    format!("on Windows no folder can be called `{topic}`: choose another name")
}

/// There is a kata of that name.
fn kata_exists(topic: &str) -> String {
    format!("there is a kata `{topic}` already: choose another name")
}

/// Something is in the way; it stays as it is.
fn in_the_way(path: &str) -> String {
    format!("{path} is there already: remove it or choose another name. Nothing was written.")
}

/// There is no clone of the repository around the current directory.
fn no_clone_here(folder: &str, root: &Path) -> String {
    format!(
        "there is no folder `{folder}` in {}: katas and their mutants are made in a clone of the \
         repository, so change into yours",
        root.display()
    )
}

/// Above the list of what was made.
pub fn heading(topic: &str, order: u32) -> String {
    format!("Made the kata `{topic}`, the last one so far (order {order}):")
}

/// What one of the things is that were made.
pub fn explained(place: &str) -> &'static str {
    match place.split_once('/').map_or(place, |(folder, _)| folder) {
        "exercises" => "what learners are given",
        "solutions" => "the reference solution",
        "grader" => "hidden tests, claims, hints, a mutant, an alternate",
        _ if place.ends_with("SUMMARY.md") => "a line for the chapter",
        _ => "its chapter in the notes",
    }
}

/// What to do with it.
pub fn what_next(marker: &str, verify: &str) -> String {
    format!(
        "It is a small latch that works: `{verify}` passes as it is. Now make it yours, one \
         piece after the other. Each file says at `{marker}` what belongs there, and \
         CONTRIBUTING.md goes through it step by step. Verify again after each piece."
    )
}
