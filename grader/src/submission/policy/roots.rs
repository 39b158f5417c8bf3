//! Roots of paths: `core` and `alloc` are ways around the `std` that the grader hands out.

use proc_macro2::TokenTree;

use super::{Context, DEEPEST, Scan, is_punct, is_word};
use crate::results::refusal::Reason;

const ROOTS: [&str; 2] = ["core", "alloc"];

/// Words that anybody has a reason to use only as what they are, for files that are no tokens.
const WORDS: [&str; 16] = [
    "alloc",
    "asm",
    "core",
    "env",
    "export_name",
    "extern",
    "global_asm",
    "include",
    "include_bytes",
    "include_str",
    "link_section",
    "macro_export",
    "no_mangle",
    "option_env",
    "path",
    "unsafe",
];

/// Words that may stand before a path that starts with `::`.
const KEYWORDS: [&str; 22] = [
    "as", "await", "break", "const", "dyn", "else", "for", "if", "impl", "in", "let", "match",
    "move", "mut", "pub", "ref", "return", "type", "use", "where", "while", "yield",
];

impl Scan<'_> {
    /// Refuses `core` and `alloc` where they can name the crate.
    pub(super) fn root(&mut self, tokens: &[TokenTree], at: usize, name: &str, context: Context) {
        if name == "use" {
            let end = tokens[at..]
                .iter()
                .position(|token| is_punct(Some(token), ';'));
            self.use_tree(&tokens[at + 1..end.map_or(tokens.len(), |end| at + end)], 0);
        }
        if !ROOTS.contains(&name) || follows_a_path(tokens, at) {
            return;
        }
        let begins_a_path = is_path_separator(tokens, at + 1);
        let is_field = at > 0 && is_punct(tokens.get(at - 1), '.');
        if begins_a_path || (context == Context::Macro && !is_field) {
            self.refuse(tokens[at].span(), name, Reason::OtherRoot);
        }
    }

    /// `use core;`, `use core as c;`, `use {core as c, …};`: the roots of a use declaration.
    fn use_tree(&mut self, tree: &[TokenTree], depth: usize) {
        for branch in tree.split(|token| is_punct(Some(token), ',')) {
            let start = if is_path_separator(branch, 0) { 2 } else { 0 };
            match branch.get(start) {
                Some(TokenTree::Group(group)) if depth <= DEEPEST => {
                    let tokens: Vec<_> = group.stream().into_iter().collect();
                    self.use_tree(&tokens, depth + 1);
                }
                Some(TokenTree::Ident(ident)) => {
                    let name = ident.to_string();
                    let name = name.strip_prefix("r#").unwrap_or(&name);
                    if ROOTS.contains(&name) {
                        self.refuse(ident.span(), name, Reason::OtherRoot);
                    }
                }
                _ => {}
            }
        }
    }

    /// For a file that is no sequence of tokens. rustc will most likely refuse it with a better
    /// explanation, but should it see tokens after all, then none of the forbidden words.
    pub(super) fn words(&mut self) {
        let mut depth: usize = 0;
        let mut word_start = None;
        let text = self.text;
        for (index, character) in text.char_indices().chain([(text.len(), ' ')]) {
            let in_word = character.is_alphanumeric() || character == '_';
            match word_start {
                None if in_word => word_start = Some(index),
                Some(start) if !in_word => {
                    self.word(start, &text[start..index]);
                    word_start = None;
                }
                _ => {}
            }
            match character {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEEPEST {
                self.refuse_range(index..index + 1, "brackets", Reason::Nesting);
                return;
            }
        }
    }

    fn word(&mut self, start: usize, word: &str) {
        if !WORDS.contains(&word) {
            return;
        }
        let reason = match word {
            "unsafe" => Reason::Unsafe,
            "extern" => Reason::Extern,
            "core" | "alloc" => Reason::OtherRoot,
            "asm" | "global_asm" => Reason::Assembly,
            "path" => Reason::PathAttribute,
            "macro_export" => Reason::MacroExport,
            "export_name" | "link_section" | "no_mangle" => Reason::Attribute,
            _ => Reason::ReadsAtCompileTime,
        };
        self.refuse_range(start..start + word.len(), word, reason);
    }
}

/// Whether the identifier continues a path, as in `crate::core`: then it is the learner's own.
fn follows_a_path(tokens: &[TokenTree], at: usize) -> bool {
    let Some(separator) = at.checked_sub(2) else {
        return false;
    };
    if !is_path_separator(tokens, separator) {
        return false;
    }
    let before = separator
        .checked_sub(1)
        .and_then(|before| tokens.get(before));
    match before {
        Some(TokenTree::Ident(_)) => !KEYWORDS.iter().any(|word| is_word(before, word)),
        _ => is_punct(before, '>'),
    }
}

/// Whether `::` starts at this token.
fn is_path_separator(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')
}
