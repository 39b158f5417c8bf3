//! How a report looks: width, colour, marks. Decided once, outside of the renderers, which stay pure.

use anstyle::{AnsiColor, Effects, Style};

/// The look of a report.
#[derive(Debug, Clone)]
pub struct Look {
    /// In columns.
    pub width: usize,
    /// With ANSI colours.
    pub color: bool,
    /// With marks and lines beyond ASCII.
    pub unicode: bool,
    /// Every step, every passed test, every failure in full.
    pub verbose: bool,
    /// One line for each exercise, and nothing else.
    pub quiet: bool,
    /// How the user calls the grader, for the commands that a report suggests.
    pub program: String,
    /// What to type or to press for all of it: a flag, or a key of `watch`.
    pub more: &'static str,
    /// The `--source` of this run, to be repeated in suggested commands.
    pub source: Option<String>,
}

/// What a piece of text is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    /// Neither passed nor failed.
    Open,
    Strong,
    /// Can be skipped.
    Faint,
}

/// The mark at the beginning of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Passed,
    Failed,
    /// Untouched, or still `todo!()`.
    Open,
    /// Could not be told.
    Unsure,
}

impl Look {
    /// The text in its colour, or as it is.
    pub fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let style = match tone {
            Tone::Good => AnsiColor::Green.on_default(),
            Tone::Bad => AnsiColor::Red.on_default().effects(Effects::BOLD),
            Tone::Open => AnsiColor::Yellow.on_default(),
            Tone::Strong => Style::new().effects(Effects::BOLD),
            Tone::Faint => Style::new().effects(Effects::DIMMED),
        };
        format!("{style}{text}{style:#}")
    }

    /// One column wide, in its colour.
    pub fn mark(&self, mark: Mark) -> String {
        let (tone, unicode, ascii) = match mark {
            Mark::Passed => (Tone::Good, "✓", "+"),
            Mark::Failed => (Tone::Bad, "✗", "x"),
            Mark::Open => (Tone::Open, "○", "o"),
            Mark::Unsure => (Tone::Open, "?", "?"),
        };
        self.paint(tone, self.pick(unicode, ascii))
    }

    /// The number of a marked step: `①`, or `(1)`.
    pub fn number(&self, mark: u32) -> String {
        match (self.unicode, mark) {
            (true, 1..=20) => char::from_u32('①' as u32 + mark - 1)
                .map_or_else(|| format!("({mark})"), |circled| circled.to_string()),
            _ => format!("({mark})"),
        }
    }

    pub fn pick<'a>(&self, unicode: &'a str, ascii: &'a str) -> &'a str {
        if self.unicode { unicode } else { ascii }
    }

    /// A command for the user to type, `cargo grader check lock`.
    pub fn command(&self, words: &str) -> String {
        let source = match &self.source {
            Some(source) if source.contains(' ') => format!(" --source '{source}'"),
            Some(source) => format!(" --source {source}"),
            None => String::new(),
        };
        format!("{} {words}{source}", self.program)
    }
}

/// Breaks text into lines of at most `width` columns, at spaces where there are any, but
/// not inside of `code` that fits on a line. Never empty.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for mut word in words(paragraph, width) {
            if !line.is_empty() {
                if columns(&line) + 1 + columns(&word) <= width {
                    line.push(' ');
                    line.push_str(&word);
                    continue;
                }
                lines.push(std::mem::take(&mut line));
            }
            while columns(&word) > width {
                let rest: String = word.chars().skip(width).collect();
                lines.push(word.chars().take(width).collect());
                word = rest;
            }
            line = word;
        }
        lines.push(line);
    }
    lines
}

/// The words of a text, `code` with spaces in it counting as one unless it is too long for a line.
fn words(text: &str, width: usize) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut in_code = false;
    for part in text.split_whitespace() {
        match words.last_mut() {
            Some(open) if in_code && columns(open) + 1 + columns(part) <= width => {
                open.push(' ');
                open.push_str(part);
            }
            _ => words.push(part.to_owned()),
        }
        in_code ^= part.matches('`').count() % 2 == 1;
    }
    words
}

/// The width of text without colours. One column per character: what is measured here is ours or an identifier.
pub fn columns(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapping_breaks_at_spaces_and_cuts_only_what_is_too_long() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("a\n\nb", 9), ["a", "", "b"]);
        assert_eq!(wrap("", 9), [""]);
    }

    #[test]
    fn commands_are_kept_on_one_line() {
        assert_eq!(wrap("then run `a b c`.", 12), ["then run", "`a b c`."]);
        assert_eq!(wrap("`a b c d`", 5), ["`a b", "c d`"]);
    }
}
