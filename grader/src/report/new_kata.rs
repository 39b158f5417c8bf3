//! What `new` has made, and what to do with it.

use super::look::{Look, Tone, columns, wrap};
use crate::authors::scaffold::{Kata, MARKER};
use crate::messages::new_kata as say;

/// Renders what was made. With `--quiet`, one path on each line.
pub fn render(kata: &Kata, look: &Look) -> String {
    if look.quiet {
        return kata.made.iter().map(|place| format!("{place}\n")).collect();
    }
    let heading = say::heading(&kata.topic, kata.order);
    let mut text = format!("{}\n\n", look.paint(Tone::Good, &heading));
    let width = kata.made.iter().map(|place| columns(place)).max();
    let width = width.unwrap_or(0);
    for place in &kata.made {
        let explained = look.paint(Tone::Faint, say::explained(place));
        text.push_str(&format!("  {place:width$}  {explained}\n"));
    }
    text.push('\n');
    let verify = look.command(&format!("verify {}", kata.topic));
    for line in wrap(&say::what_next(MARKER, &verify), look.width) {
        text.push_str(&format!("{line}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::looks;

    fn kata() -> Kata {
        Kata {
            topic: "latch".to_owned(),
            order: 110,
            made: [
                "exercises/latch",
                "solutions/latch",
                "grader/suites/latch",
                "notes/src/latch.md",
                "notes/src/SUMMARY.md",
            ]
            .map(str::to_owned)
            .into(),
        }
    }

    #[test]
    fn says_what_there_is_and_what_to_do() {
        insta::assert_snapshot!(render(&kata(), &looks::plain()));
    }

    #[test]
    fn in_quiet_it_is_one_path_on_each_line() {
        let mut look = looks::plain();
        look.quiet = true;
        let text = render(&kata(), &look);
        assert_eq!(text.lines().collect::<Vec<_>>(), kata().made);
    }
}
