//! Hints: those given before, faint, and the new one.

use super::look::{Look, Tone};
use super::markdown;
use crate::messages::usage;

/// Which of the hints given so far are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Newest,
    All,
}

/// Renders the hints given so far, the new one last. `available` counts all of the topic.
pub fn render(
    topic: &str,
    given: &[&str],
    available: usize,
    shown: Shown,
    command: &str,
    look: &Look,
) -> String {
    let mut text = String::new();
    for (index, hint) in given.iter().enumerate() {
        let is_new = index + 1 == given.len();
        if shown == Shown::Newest && !is_new {
            continue;
        }
        let heading = usage::hint_heading(topic, index + 1, available);
        let (heading_tone, body_tone) = match is_new {
            true => (Tone::Strong, None),
            false => (Tone::Faint, Some(Tone::Faint)),
        };
        text.push_str(&format!("{}\n\n", look.paint(heading_tone, &heading)));
        for line in markdown::lines(hint, look.width.saturating_sub(2), look) {
            let line = match line.as_str() {
                "" => line,
                line => format!("  {line}"),
            };
            let line = match body_tone {
                Some(tone) => look.paint(tone, &line),
                None => line,
            };
            text.push_str(&format!("{line}\n"));
        }
        text.push('\n');
    }
    let left = usage::hints_left(available - given.len(), command);
    text.push_str(&format!("{}\n", look.paint(Tone::Faint, &left)));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::looks;

    #[test]
    fn earlier_hints_are_shown_again_and_code_stays_as_it_is() {
        let hints = [
            "A flag in a `Mutex` tells whether the lock is taken. Who finds it set has to wait, \
             and waiting is what a `Condvar` is for.",
            "Wait in a loop:\n\n```rust\nwhile *locked {\n    locked = self.freed.wait(locked).unwrap();\n}\n```\n\n\
             * `wait` gives the mutex back while it sleeps,\n* and has it again when it returns, which may be for no reason at all, so look again.",
        ];
        insta::assert_snapshot!(render(
            "lock",
            &hints,
            5,
            Shown::All,
            "cargo grader hint lock",
            &looks::plain()
        ));
    }

    #[test]
    fn the_newest_stands_alone_unless_all_are_asked_for() {
        let shown = |which| render("lock", &["old", "new"], 3, which, "h", &looks::plain());
        assert!(
            !shown(Shown::Newest).contains("old"),
            "{}",
            shown(Shown::Newest)
        );
        assert!(shown(Shown::All).contains("old"));
        assert!(shown(Shown::Newest).contains("lock: hint 2 of 3\n\n  new\n"));
    }

    #[test]
    fn the_last_hint_says_so() {
        let text = render(
            "lock",
            &["x"],
            1,
            Shown::All,
            "grader hint lock",
            &looks::plain(),
        );
        assert!(
            text.ends_with("That was the last one: the rest is yours.\n"),
            "{text}"
        );
    }
}
