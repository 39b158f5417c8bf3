//! For a file that is no sequence of tokens: a bracket is missing, a string has no end.
//!
//! Mostly rustc stops there, too, with a better explanation than any other. But it goes on where
//! it can, and what it says then must not be what it has read elsewhere. So names are refused
//! where they can hardly mean anything else.

use ra_ap_rustc_lexer::TokenKind;

use super::found::Found;
use super::macros::{self, MACROS};
use super::roots::ROOTS;
use super::tokens::bare;
use crate::results::refusal::Reason;

/// The deepest nesting of brackets that is passed on to rustc, whose stack is not endless.
const DEEPEST: usize = 128;

/// A token of rustc's lexer.
#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) kind: TokenKind,
    pub(super) text: &'a str,
    /// In bytes.
    pub(super) start: usize,
}

impl Word<'_> {
    fn is_blank(self) -> bool {
        matches!(
            self.kind,
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
        )
    }

    fn refused(self, item: &str, reason: Reason) -> Found {
        Found::at(self.start..self.start + self.text.len(), item, reason)
    }
}

pub(super) fn scan(all: &[Word<'_>]) -> Vec<Found> {
    let words: Vec<Word<'_>> = all
        .iter()
        .copied()
        .filter(|word| !word.is_blank())
        .collect();
    let mut found = Vec::new();
    let mut depth: usize = 0;
    for (index, word) in words.iter().enumerate() {
        match word.kind {
            TokenKind::OpenParen | TokenKind::OpenBracket | TokenKind::OpenBrace => depth += 1,
            TokenKind::CloseParen | TokenKind::CloseBracket | TokenKind::CloseBrace => {
                depth = depth.saturating_sub(1);
            }
            TokenKind::Ident | TokenKind::RawIdent => {
                found.extend(name(&words, index));
            }
            _ => {}
        }
        if depth > DEEPEST {
            found.push(word.refused("brackets", Reason::Nesting));
            break;
        }
    }
    found
}

fn name(words: &[Word<'_>], at: usize) -> Option<Found> {
    let word = words[at];
    let name = bare(word.text);
    let follows =
        |ahead: usize, text: &str| words.get(at + ahead).is_some_and(|it| it.text == text);
    let is_attribute =
        at >= 2 && words[at - 1].text == "[" && ["#", "!"].contains(&words[at - 2].text);
    match name {
        _ if word.text == "unsafe" => Some(word.refused(name, Reason::Unsafe)),
        _ if word.text == "extern" => Some(word.refused(name, Reason::Extern)),
        _ if ROOTS.contains(&name) && follows(1, ":") && follows(2, ":") => {
            Some(word.refused(name, Reason::OtherRoot))
        }
        _ if MACROS.contains(&name) && follows(1, "!") => {
            Some(word.refused(&format!("{name}!"), macros::reason(name)))
        }
        "path" if is_attribute => Some(word.refused("#[path]", Reason::PathAttribute)),
        _ => None,
    }
}
