//! What has been found in a text, and where.

use std::ops::Range;

use proc_macro2::Span;

use crate::results::place::Place;
use crate::results::refusal::{Forbidden, Reason};
use crate::results::report::Unmodelled;

/// A byte order mark, which rustc takes off before anything else.
const MARK: &str = "\u{feff}";

/// A forbidden thing in the text of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// In bytes, without the byte order mark.
    pub(super) range: Range<usize>,
    pub(super) item: String,
    pub(super) reason: Reason,
}

impl Found {
    pub(super) fn at(range: Range<usize>, item: &str, reason: Reason) -> Found {
        Found {
            range,
            item: item.to_owned(),
            reason,
        }
    }

    pub(super) fn token(span: Span, item: &str, reason: Reason) -> Found {
        Found::at(span.byte_range(), item, reason)
    }

    /// The same with its place in the file that the user knows as `shown`.
    pub(super) fn in_file(self, shown: &str, text: &str) -> Forbidden {
        let place = place(shown, text, self.range.start);
        let text = without_mark(text);
        let start = line_start(text, self.range.start);
        let rest = text.get(self.range.end..).unwrap_or_default();
        let end = rest.find('\n').map_or(text.len(), |it| self.range.end + it);
        Forbidden {
            place,
            item: self.item,
            reason: self.reason,
            excerpt: text.get(start..end).unwrap_or_default().to_owned(),
            range: self.range.start - start..self.range.end - start,
        }
    }
}

/// Something that is allowed and yet has to be told.
#[derive(Debug, Clone)]
pub(super) struct Sighting {
    /// In bytes, without the byte order mark.
    pub(super) start: usize,
    pub(super) item: String,
}

impl Sighting {
    /// The same with its place in the file that the user knows as `shown`.
    pub(super) fn in_file(self, shown: &str, text: &str) -> Unmodelled {
        Unmodelled {
            item: self.item,
            place: place(shown, text, self.start),
        }
    }
}

/// The place of a byte of the text, its byte order mark not counted.
fn place(shown: &str, text: &str, at: usize) -> Place {
    let text = without_mark(text);
    let before = text.get(..at).unwrap_or_default();
    let characters = before[line_start(text, at).min(before.len())..].chars();
    Place {
        file: shown.to_owned(),
        line: u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX),
        column: u32::try_from(characters.count() + 1).unwrap_or(u32::MAX),
    }
}

fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rfind('\n').map_or(0, |it| it + 1)
}

/// The text as rustc begins with it.
pub(super) fn without_mark(text: &str) -> &str {
    text.strip_prefix(MARK).unwrap_or(text)
}
