//! What is going on, while it goes on.

use std::time::Duration;

use super::{count, listed};

/// Another grader is at work in the same directory.
pub const WAITING: &str = "Waiting for another grader in this directory";

/// Crates are fetched from the network, which happens once.
pub const DOWNLOADING: &str = "Downloading what the hidden tests are built with";

/// The engines are going to be built, which happens once.
pub fn engines_missing(crates: usize) -> String {
    format!(
        "Building the engines that run the hidden tests, of {}.\n\
         This is done once; later checks take about a second.",
        count(crates as u64, "crate")
    )
}

/// How far the engines are, with a bar and the seconds since they were begun.
pub fn engines_building(done: usize, crates: usize, elapsed: Duration) -> String {
    let filled = done * BAR / crates.max(1);
    let bar = format!("{:=<filled$}>", "");
    let seconds = elapsed.as_secs();
    format!("Building the engines [{bar:<BAR$.BAR$}] {done} of {crates} crates, {seconds} s")
}

/// How far they are, in a line that stays.
pub fn engines_at(done: usize, crates: usize) -> String {
    format!("Built {done} of {crates} crates")
}

/// The width of a bar, in columns.
const BAR: usize = 24;

/// The learner's crates are compiled.
pub fn building(topics: &[String]) -> String {
    match topics.len() {
        0..=3 => format!("Compiling {}", listed(topics)),
        number => format!("Compiling {}", count(number as u64, "exercise")),
    }
}

/// An exercise has turned out not to compile.
pub fn does_not_compile(topic: &str) -> String {
    format!("{topic} does not compile")
}

/// A test runs.
pub fn testing(done: usize, planned: usize, topic: &str, test: &str) -> String {
    format!("Testing {done}/{planned}: {topic} {test}")
}

/// The reference solution runs, to tell whether this machine can be trusted.
pub fn control(topic: &str) -> String {
    format!("Trying the reference solution of {topic} on this machine")
}

/// An exercise is done.
pub fn exercise_ended(topic: &str, status: &str) -> String {
    format!("{topic}: {status}")
}
