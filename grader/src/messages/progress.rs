//! What is going on, while it goes on.

use super::{count, listed};

/// Another grader is at work in the same directory.
pub const WAITING: &str = "Waiting for another grader in this directory";

/// The engines are compiled, which happens once.
pub const ENGINES: &str = "Compiling the engines, which is done once and takes a while";

/// A package of the engines has been compiled.
pub fn engine_built(package: &str) -> String {
    format!("Compiling the engines: {package} done")
}

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
