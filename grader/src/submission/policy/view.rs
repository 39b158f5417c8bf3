//! What rustc will see of a text.
//!
//! The tokens that are scanned come from another lexer than rustc's, and where the two part, one
//! sees a string where the other one sees code. So each identifier that rustc's own lexer finds
//! has to be one of the tokens; a text that can be read in two ways is refused.

use std::collections::HashSet;
use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};
use ra_ap_rustc_lexer::{self as lexer, FrontmatterAllowed, TokenKind};

use super::found::{Found, without_mark};
use super::words::{self, Word};
use crate::results::refusal::Reason;
use crate::support::syntax::{self, Unreadable};

/// A file as rustc sees it.
pub(super) enum View {
    Tokens(TokenStream),
    /// It is no sequence of tokens. What its words can mean for certain has been found.
    Words(Vec<Found>),
    /// This makes it more than one.
    Unclear(Found),
}

impl View {
    pub(super) fn of(text: &str) -> View {
        let text = without_mark(text);
        if let Some(end) = lexer::strip_shebang(text) {
            return View::Unclear(Found::at(0..end, "#!", Reason::Shebang));
        }
        let lexed: Vec<Lexed> = lex(text).collect();
        let twofold = lexed
            .iter()
            .find(|lexed| is_twofold(lexed.kind, &text[lexed.range.clone()]));
        if let Some(Lexed { range, .. }) = twofold {
            let item = text[range.clone()].lines().next().unwrap_or_default();
            return View::Unclear(Found::at(range.clone(), item, Reason::TwoReadings));
        }
        match syntax::tokens(text) {
            Ok(tokens) => match unseen(&tokens, &lexed) {
                Some(range) => {
                    let item = &text[range.clone()];
                    View::Unclear(Found::at(range.clone(), item, Reason::TwoReadings))
                }
                None => View::Tokens(tokens),
            },
            Err(Unreadable::TooDeep(range)) => {
                let is_bracket = text[range.clone()].starts_with(['(', '[', '{']);
                let item = if is_bracket { "brackets" } else { "nesting" };
                View::Unclear(Found::at(range, item, Reason::Nesting))
            }
            Err(Unreadable::NoTokens) => {
                let words: Vec<Word<'_>> = lexed
                    .iter()
                    .map(|lexed| Word {
                        kind: lexed.kind,
                        text: &text[lexed.range.clone()],
                        start: lexed.range.start,
                    })
                    .collect();
                View::Words(words::scan(&words))
            }
        }
    }

    pub(super) fn tokens(&self) -> Option<&TokenStream> {
        match self {
            View::Tokens(tokens) => Some(tokens),
            View::Words(_) | View::Unclear(_) => None,
        }
    }
}

/// A token of rustc's lexer.
struct Lexed {
    kind: TokenKind,
    /// In bytes.
    range: Range<usize>,
}

fn lex(text: &str) -> impl Iterator<Item = Lexed> + '_ {
    let mut end = 0;
    lexer::tokenize(text, FrontmatterAllowed::Yes).map(move |token| {
        let start = end;
        end += token.len as usize;
        Lexed {
            kind: token.kind,
            range: start..end,
        }
    })
}

/// Tokens that are reserved: rustc takes more for them than they seem to be, and goes on.
fn is_twofold(kind: TokenKind, text: &str) -> bool {
    match kind {
        TokenKind::Frontmatter { .. } | TokenKind::ForcedKeywordIdent => true,
        TokenKind::GuardedStrPrefix => text.ends_with('"'),
        _ => false,
    }
}

/// An identifier that rustc sees and the tokens have not.
fn unseen(tokens: &TokenStream, lexed: &[Lexed]) -> Option<Range<usize>> {
    let mut seen = HashSet::new();
    collect(tokens.clone(), &mut seen);
    let is_name = |kind| {
        matches!(
            kind,
            TokenKind::Ident | TokenKind::RawIdent | TokenKind::InvalidIdent
        )
    };
    let missing = lexed
        .iter()
        .find(|lexed| is_name(lexed.kind) && !seen.contains(&(lexed.range.start, lexed.range.end)));
    missing.map(|lexed| lexed.range.clone())
}

fn collect(tokens: TokenStream, seen: &mut HashSet<(usize, usize)>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => collect(group.stream(), seen),
            TokenTree::Ident(ident) => {
                let range = ident.span().byte_range();
                seen.insert((range.start, range.end));
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
