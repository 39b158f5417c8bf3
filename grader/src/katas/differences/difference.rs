//! A difference: reading, applying and writing it.

use std::fmt;
use std::ops::Range;

use anyhow::{Context, Result};

use super::places::Places;

/// A text that others are differences to.
#[derive(Debug)]
pub struct Base<'a> {
    /// What messages call it.
    pub(super) name: String,
    pub(super) lines: Vec<&'a str>,
    pub(super) places: Places,
}

/// What sets a text apart from its base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub(super) hunks: Vec<Hunk>,
}

/// Lines that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hunk {
    /// The item of the base in which the change begins, for example `Lock::release`.
    pub(super) place: String,
    /// Where it stands in the file that it was read from, counted from 1.
    pub(super) number_of_line: usize,
    pub(super) lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// Is in both texts.
    Kept(String),
    /// Is in the base alone.
    Removed(String),
    /// Is not in the base.
    Added(String),
}

/// A hunk that is written wrongly, or that its base has no place for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The line of the difference's file, counted from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Misfit {}

impl<'a> Base<'a> {
    /// A base with this text; messages call it `name`. How its lines end does not count.
    ///
    /// # Errors
    ///
    /// The text is no Rust.
    pub fn new(name: &str, text: &'a str) -> Result<Base<'a>> {
        Ok(Base {
            name: name.to_owned(),
            lines: text.lines().collect(),
            places: Places::of(text).with_context(|| format!("reading {name}"))?,
        })
    }

    /// The text, with a `\n` after each line.
    pub fn text(&self) -> String {
        let mut text = String::new();
        push(&mut text, &self.lines);
        text
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Difference {
    /// How many lines it removes and adds.
    pub fn size(&self) -> usize {
        let lines = self.hunks.iter().flat_map(|hunk| &hunk.lines);
        lines.filter(|line| line.is_change()).count()
    }

    /// Reads hunks. What comes before the first one, and lines that begin with `#`, is for
    /// people.
    ///
    /// # Errors
    ///
    /// A line is none of a hunk, a hunk changes nothing or has no line of the base, or there is no
    /// hunk.
    pub fn read(text: &str) -> Result<Difference, Misfit> {
        let mut hunks: Vec<Hunk> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let number_of_line = index + 1;
            if let Some(place) = head(line) {
                hunks.push(Hunk {
                    place: place.to_owned(),
                    number_of_line,
                    lines: Vec::new(),
                });
                continue;
            }
            let Some(hunk) = hunks.last_mut() else {
                continue;
            };
            let misfit = |message: &str| Misfit {
                line: number_of_line,
                message: message.to_owned(),
            };
            let mut characters = line.chars();
            match characters.next() {
                // Editors take the only space off an empty line.
                None => hunk.lines.push(Line::Kept(String::new())),
                Some(' ') => hunk.lines.push(Line::Kept(characters.as_str().to_owned())),
                Some('-') => hunk
                    .lines
                    .push(Line::Removed(characters.as_str().to_owned())),
                Some('+') => hunk.lines.push(Line::Added(characters.as_str().to_owned())),
                // `\ No newline at end of file`; here, each file ends with one.
                Some('#' | '\\') => {}
                Some('@') => {
                    return Err(misfit("the head of a hunk is written `@@ Item::name @@`"));
                }
                Some(_) => {
                    return Err(misfit(
                        "each line of a hunk begins with a space, `-` or `+`, \
                         and each remark between hunks with `#`",
                    ));
                }
            }
        }
        if hunks.is_empty() {
            return Err(Misfit {
                line: 1,
                message: "there is no hunk: its head is written `@@ Item::name @@`".to_owned(),
            });
        }
        for (index, hunk) in hunks.iter_mut().enumerate() {
            hunk.trim();
            if !hunk.lines.iter().any(Line::is_change) {
                return Err(hunk.misfit(index, "it neither removes nor adds a line"));
            }
            if hunk.old().is_empty() {
                let message = "it has no line of the base, so nothing tells where it belongs: add \
                               the line above or below";
                return Err(hunk.misfit(index, message));
            }
        }
        Ok(Difference { hunks })
    }

    /// The text that this makes of the base, with a `\n` after each line.
    ///
    /// # Errors
    ///
    /// A hunk fits nowhere or in several places of the item that it names, or hunks overlap.
    pub fn apply(&self, base: &Base<'_>) -> Result<String, Misfit> {
        let lines = &base.lines;
        let mut text = String::new();
        let mut done = 0;
        for (index, hunk) in self.hunks.iter().enumerate() {
            let misfit = |message: &str| hunk.misfit(index, message);
            let start = hunk.locate(base).map_err(|message| misfit(&message))?;
            if start < done {
                return Err(misfit(&format!(
                    "it begins at line {} of {}, before the end of the hunk above: write them in \
                     the order of their lines, and as one where they overlap",
                    start + 1,
                    base.name
                )));
            }
            push(&mut text, &lines[done..start]);
            done = start;
            for line in &hunk.lines {
                match line {
                    // As it is in the base, though the hunk may have lost spaces at its end.
                    Line::Kept(_) => push(&mut text, &[lines[done]]),
                    Line::Added(added) => push(&mut text, &[added]),
                    Line::Removed(_) => {}
                }
                done += usize::from(!matches!(line, Line::Added(_)));
            }
        }
        push(&mut text, &lines[done..]);
        Ok(text)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, hunk) in self.hunks.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            writeln!(f, "@@ {} @@", hunk.place)?;
            for line in &hunk.lines {
                match line {
                    Line::Kept(text) if text.is_empty() => writeln!(f)?,
                    Line::Kept(text) => writeln!(f, " {text}")?,
                    Line::Removed(text) => writeln!(f, "-{text}")?,
                    Line::Added(text) => writeln!(f, "+{text}")?,
                }
            }
        }
        Ok(())
    }
}

impl Hunk {
    fn misfit(&self, index: usize, message: &str) -> Misfit {
        Misfit {
            line: self.number_of_line,
            message: format!("hunk {}, in `{}`: {message}", index + 1, self.place),
        }
    }

    /// Empty lines at the end only set a hunk off from the next one.
    pub(super) fn trim(&mut self) {
        while self.lines.last() == Some(&Line::Kept(String::new())) {
            self.lines.pop();
        }
    }

    /// The lines of the base that it keeps or removes.
    fn old(&self) -> Vec<&str> {
        let lines = self.lines.iter();
        lines.filter_map(Line::old).collect()
    }

    /// The lines of the base where its first change is, counted from the hunk's first line: those
    /// that are removed there, or none, where something is only added.
    fn first_change(&self) -> Range<usize> {
        let kept = self.lines.iter().take_while(|line| !line.is_change());
        let start = kept.count();
        let changes = self.lines[start..].iter().take_while(|it| it.is_change());
        start..start + changes.filter(|line| line.old().is_some()).count()
    }

    /// The only line of the base, counted from 0, at which this can begin.
    pub(super) fn locate(&self, base: &Base<'_>) -> Result<usize, String> {
        let Base {
            name,
            lines,
            places,
        } = base;
        let old = self.old();
        let first = self.first_change();
        let place_at = |start: usize| places.of_change(first.start + start..first.end + start);
        let fitting: Vec<usize> = (0..(lines.len() + 1).saturating_sub(old.len()))
            .filter(|&start| old.iter().zip(&lines[start..]).all(|(a, b)| is_same(a, b)))
            .collect();
        let here: Vec<usize> = fitting
            .iter()
            .copied()
            .filter(|&start| place_at(start) == self.place)
            .collect();
        match (here.as_slice(), fitting.as_slice()) {
            ([only], _) => Ok(*only),
            ([], []) => Err(self.not_found(base)),
            ([], [elsewhere, ..]) => Err(format!(
                "its lines are in `{}`, at line {} of {name}: write that name between the `@@`",
                place_at(*elsewhere),
                elsewhere + 1
            )),
            (several, _) => {
                let numbers: Vec<String> = several.iter().map(|it| (it + 1).to_string()).collect();
                Err(format!(
                    "its lines are there {} times, at lines {} of {name}: add lines from \
                     above or below, until they are there only once",
                    several.len(),
                    numbers.join(" and ")
                ))
            }
        }
    }

    fn not_found(&self, base: &Base<'_>) -> String {
        let old = self.old();
        let is_there = |line: &&&str| base.lines.iter().any(|it| is_same(line, it));
        let missing: Vec<&&str> = old.iter().filter(|line| !is_there(line)).collect();
        let (lines, what) = match missing.is_empty() {
            true => (
                old.iter().collect(),
                "these lines do not follow each other in",
            ),
            false => (missing, "these lines are not in"),
        };
        let lines: Vec<String> = lines.iter().map(|line| format!("\n    {line}")).collect();
        format!(
            "{what} {}:{}\n  write the hunk's lines as they are there now",
            base.name,
            lines.concat()
        )
    }
}

impl Line {
    fn old(&self) -> Option<&str> {
        match self {
            Line::Kept(text) | Line::Removed(text) => Some(text),
            Line::Added(_) => None,
        }
    }

    fn is_change(&self) -> bool {
        !matches!(self, Line::Kept(_))
    }
}

/// The place that the head of a hunk names.
fn head(line: &str) -> Option<&str> {
    let place = line.strip_prefix("@@ ")?.trim_end().strip_suffix(" @@")?;
    Some(place.trim())
}

/// Whether two lines are the same, apart from spaces at the end that nobody sees.
fn is_same(a: &str, b: &str) -> bool {
    a.trim_end() == b.trim_end()
}

fn push(text: &mut String, lines: &[&str]) {
    for line in lines {
        text.push_str(line);
        text.push('\n');
    }
}
