//! Every sentence that a user sees, and nothing else.
//!
//! The rest of the grader passes codes around (an op, an outcome, a diagnosis);
//! here they become English. The reader is somebody who meets concurrency for the
//! first time: short sentences, and no term of art without a word on what it means.
//!
//! * [`diagnosis`]: what each bug is called, what it means, where the notes explain it;
//! * [`steps`]: the operations of a counterexample;
//! * [`summary`]: results, scores and what to do next;
//! * [`doctor`]: the machine; [`usage`]: the command line;
//! * [`learner`]: what is remembered of the learner's day, and the words of its commands;
//! * [`progress`]: what is going on;
//! * [`watch`]: the screen of `watch`; [`replay`]: that of `replay`;
//! * [`refusals`]: why a crate was not run; [`endings`]: why a test did not pass;
//! * [`authors`]: what `verify` tells the author of a suite;
//! * [`new_kata`]: what `new` tells the author of a kata.

pub mod authors;
pub mod diagnosis;
pub mod doctor;
pub mod endings;
pub mod learner;
pub mod new_kata;
pub mod new_mutant;
pub mod progress;
pub mod refusals;
pub mod replay;
pub mod steps;
pub mod summary;
pub mod usage;
pub mod watch;

/// `1 test`, `2 tests`, `12,345 tests`; the plural is the noun with an `s`.
pub fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// `12,345`
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1st`, `12th`, `22nd`, `1,003rd`
pub fn ordinal(number: u64) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{}{ending}", grouped(number))
}

/// `a`, `a and b`, `a, b and c`
pub fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1, "test"), "1 test");
        assert_eq!(count(48112, "interleaving"), "48,112 interleavings");
        assert_eq!(grouped(1_000_000), "1,000,000");
        let ordinals = [1, 2, 3, 4, 11, 12, 13, 21, 22, 113, 1003].map(ordinal);
        assert_eq!(
            ordinals,
            [
                "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "113th",
                "1,003rd"
            ]
        );
    }

    #[test]
    fn lists_read_well() {
        let words = |text: &str| {
            text.split_whitespace()
                .map(String::from)
                .collect::<Vec<_>>()
        };
        assert_eq!(listed(&words("a")), "a");
        assert_eq!(listed(&words("a b")), "a and b");
        assert_eq!(listed(&words("a b c")), "a, b and c");
    }
}
