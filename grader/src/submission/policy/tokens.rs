//! Small questions about tokens.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

/// The keywords of the edition in which crates are graded, reserved ones included, but for those
/// that begin a path.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// The tokens of a stream.
pub(super) fn list(tokens: TokenStream) -> Vec<TokenTree> {
    tokens.into_iter().collect()
}

/// An identifier without the `r#` that it may have.
pub(super) fn bare(written: &str) -> &str {
    written.strip_prefix("r#").unwrap_or(written)
}

pub(super) fn is_keyword(ident: &Ident) -> bool {
    KEYWORDS.iter().any(|word| ident == word)
}

pub(super) fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

/// Whether the token is this keyword; `r#word` is none.
pub(super) fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

/// The group, if the token is one with these delimiters.
pub(super) fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

/// Whether `::` starts at this token.
pub(super) fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')
}

/// Whether the identifier is the name of a lifetime or label: `'static` is a quote and a word.
pub(super) fn is_lifetime(tokens: &[TokenTree], at: usize) -> bool {
    at > 0 && is_punct(tokens.get(at - 1), '\'')
}

/// The input of the macro that is called by the name at `at`, if one is. `return !(…)` calls
/// none.
pub(super) fn invocation(tokens: &[TokenTree], at: usize) -> Option<&Group> {
    match (&tokens[at], tokens.get(at + 2)) {
        (TokenTree::Ident(name), Some(TokenTree::Group(group)))
            if is_punct(tokens.get(at + 1), '!')
                && group.delimiter() != Delimiter::None
                && !is_keyword(name)
                && !is_lifetime(tokens, at) =>
        {
            Some(group)
        }
        _ => None,
    }
}

/// `macro_rules! name { … }`: the name and the body.
pub(super) fn macro_definition(tokens: &[TokenTree], at: usize) -> Option<(&Ident, &Group)> {
    match (tokens.get(at + 2), tokens.get(at + 3)) {
        (Some(TokenTree::Ident(name)), Some(TokenTree::Group(body)))
            if is_word(tokens.get(at), "macro_rules") && is_punct(tokens.get(at + 1), '!') =>
        {
            Some((name, body))
        }
        _ => None,
    }
}
