//! Calls that the contract forbids, and that say so by a panic.

use crate::harness::{self, PanicNote};
use crate::outcome::{Diagnosis, fail};

/// Fails the test unless `body` refuses what it was asked for: by a panic that the code
/// under test raises itself, with words of its own.
///
/// Which words is its author's affair, and so is the way: `panic!`, an assertion with a text
/// or an `expect` on what is not there. What is no refusal is a panic of somebody else, who
/// only stumbled over what was asked for (an index out of bounds, an overflow, an `unwrap`),
/// and one that leaves the caller to guess (a bare assertion, a single word, `unreachable!`).
///
/// `call` is how the learner would write the call, for the message.
#[track_caller]
pub fn assert_refuses<R>(call: &str, body: impl FnOnce() -> R) {
    harness::take_notes();
    let Err(text) = harness::catch(|| drop(body()), |_| false) else {
        fail(
            Diagnosis::Assertion,
            format!("`{call}` returned; it should panic and say in a sentence what is wrong"),
        );
    };
    let note = harness::last_panic();
    if !note.is_some_and(|note| is_refusal(&note)) {
        fail(
            Diagnosis::Assertion,
            format!(
                "`{call}` panicked with {text:?}; it should do so on purpose and say in a \
                 sentence what is wrong"
            ),
        );
    }
}

fn is_refusal(note: &PanicNote) -> bool {
    let own = note.message.as_deref().and_then(own_words);
    !is_of_std(&note.file) && own.is_some_and(|words| words.split_whitespace().count() > 1)
}

/// Whether a panic was raised in the midst of std: rustc leads the paths of its sources back
/// to where they were built.
fn is_of_std(file: &str) -> bool {
    file.starts_with("/rustc/")
}

/// How the panics of std begin that carry the place of the call which led to them, so that
/// only their text tells them from those that were written there.
const STUMBLED: [&str; 22] = [
    "Out of bounds access",
    "RefCell already ",
    "`at` split index (is ",
    "argument of integer logarithm must be positive",
    "assertion failed: ",
    "attempt to calculate the remainder with a divisor of zero",
    "attempt to divide by zero",
    "called `",
    "chunk size must be non-zero",
    "explicit panic",
    "index out of bounds: the len is ",
    "insertion index (is ",
    "internal error: entered unreachable code",
    "mid > len",
    "min > max. min = ",
    "no entry found for key",
    "not implemented",
    "not yet implemented",
    "range end index ",
    "range start index ",
    "removal index (is ",
    "swap_remove index (is ",
];

/// What the author of a panic has said; `None` when all of its text is std's.
fn own_words(text: &str) -> Option<&str> {
    if let Some(compared) = text.strip_prefix("assertion `left ") {
        let (_, words) = compared.split_once("` failed: ")?;
        return words.split("\n  left: ").next();
    }
    let overflow = text.starts_with("attempt to ") && text.ends_with(" with overflow");
    let stumbled = overflow || STUMBLED.iter().any(|start| text.starts_with(start));
    (!stumbled).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::hint::black_box;

    use super::*;
    use crate::outcome::Failure;

    /// What the test says that does not take the call for refused.
    fn complaint(body: fn(usize) -> usize) -> Option<String> {
        let test = || assert_refuses("new(0)", || body(black_box(0)));
        let failure = std::panic::catch_unwind(test).err()?;
        failure.downcast::<Failure>().ok()?.message
    }

    #[test]
    fn a_refusal_has_words_of_its_own() {
        let refusals: [fn(usize) -> usize; 6] = [
            |seats| panic!("attempt to lay a table for {seats}"),
            |_| std::panic::panic_any("an index out of bounds: 7".to_owned()),
            |seats| seats.checked_sub(1).expect("a table for 0 is too small"),
            |seats| u8::try_from(seats + 999).expect("this is no table").into(),
            |seats| {
                assert!(seats > 1, "too small");
                seats
            },
            |seats| {
                assert_ne!(seats, 0, "a table for nobody is none");
                seats
            },
        ];
        for body in refusals {
            assert_eq!(complaint(body), None);
        }
    }

    #[test]
    fn who_stumbles_has_not_refused() {
        let accidents: [fn(usize) -> usize; 9] = [
            |seats| seats - 1,
            |seats| 7 / seats,
            |seats| 7 % seats,
            |seats| [0; 3][seats + 5],
            |seats| Vec::<u8>::new()[seats..5].len(),
            |seats| VecDeque::new()[seats],
            |seats| seats.checked_sub(1).unwrap(),
            |seats| Vec::<u16>::with_capacity(usize::MAX - seats).len(),
            |seats| (0..3).step_by(seats).count(),
        ];
        for body in accidents {
            let complaint = complaint(body).expect("an accident was taken for a refusal");
            assert!(complaint.contains("on purpose"), "{complaint}");
        }
    }

    #[test]
    fn who_gives_no_reason_has_not_refused() {
        let unexplained: [fn(usize) -> usize; 6] = [
            |_| panic!(),
            |_| panic!("seats"),
            |_| unreachable!("a table for nobody"),
            |seats| std::panic::panic_any(seats),
            |seats| {
                assert!(seats > 1);
                seats
            },
            |seats| {
                assert_ne!(seats, 0);
                seats
            },
        ];
        for body in unexplained {
            assert!(complaint(body).is_some_and(|text| text.contains("in a sentence")));
        }
    }

    #[test]
    fn who_returns_has_not_refused() {
        let complaint = complaint(|seats| seats);
        assert!(complaint.is_some_and(|text| text.starts_with("`new(0)` returned")));
    }
}
