//! Hints: those given before, faint, and the new one.

use super::look::{Look, Tone, wrap};
use crate::messages::usage;

/// Renders the hints given so far, the new one last. `available` counts all of the topic.
pub fn render(topic: &str, given: &[&str], available: usize, command: &str, look: &Look) -> String {
    let mut text = String::new();
    for (index, hint) in given.iter().enumerate() {
        let is_new = index + 1 == given.len();
        let heading = usage::hint_heading(topic, index + 1, available);
        let (heading_tone, body_tone) = match is_new {
            true => (Tone::Strong, None),
            false => (Tone::Faint, Some(Tone::Faint)),
        };
        text.push_str(&format!("{}\n\n", look.paint(heading_tone, &heading)));
        for line in laid_out(hint, look.width) {
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

/// Markdown as it reads on a terminal: paragraphs and list items filled, code as it is.
fn laid_out(markdown: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut paragraph = String::new();
    let mut in_code = false;
    let flush = |paragraph: &mut String, lines: &mut Vec<String>| {
        if !paragraph.is_empty() {
            let hanging = if paragraph.starts_with("* ") || paragraph.starts_with("- ") {
                2
            } else {
                0
            };
            for (index, line) in wrap(paragraph, width - 2 - hanging).iter().enumerate() {
                let indent = if index == 0 { 2 } else { 2 + hanging };
                lines.push(format!("{}{line}", " ".repeat(indent)));
            }
            paragraph.clear();
        }
    };
    for line in markdown.trim().lines() {
        if line.trim_start().starts_with("```") {
            flush(&mut paragraph, &mut lines);
            in_code = !in_code;
        } else if in_code {
            lines.push(format!("      {line}").trim_end().to_owned());
        } else if line.trim().is_empty() {
            flush(&mut paragraph, &mut lines);
            lines.push(String::new());
        } else {
            if line.starts_with("* ") || line.starts_with("- ") {
                flush(&mut paragraph, &mut lines);
            } else if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim());
        }
    }
    flush(&mut paragraph, &mut lines);
    lines
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
            "cargo grader hint lock",
            &looks::plain()
        ));
    }

    #[test]
    fn the_last_hint_says_so() {
        let text = render("lock", &["x"], 1, "grader hint lock", &looks::plain());
        assert!(
            text.ends_with("That was the last one: the rest is yours.\n"),
            "{text}"
        );
    }
}
