//! Roots of paths: `core` and `alloc` are ways around the `std` that the grader hands out.

use proc_macro2::{Ident, TokenTree};

use super::macros::Context;
use super::tokens::{bare, is_keyword, is_lifetime, is_path_separator, is_punct, is_word};

pub(super) const ROOTS: [&str; 2] = ["core", "alloc"];

/// Whether the identifier at `at`, called `name`, can name a crate other than `std`.
pub(super) fn is_other_root(tokens: &[TokenTree], at: usize, name: &str, context: Context) -> bool {
    if !ROOTS.contains(&name) {
        return false;
    }
    if context == Context::Own {
        // Nobody can name the crate `alloc` without `extern crate`.
        let is_field = at > 0 && is_punct(tokens.get(at - 1), '.');
        return name == "core" || !is_field;
    }
    is_path_separator(tokens, at + 1) && !continues_a_path(tokens, at)
}

/// The roots of a use declaration whose tree begins at the first of these tokens: `use core;`,
/// `use core as c;`, `use {core as c, …};`.
pub(super) fn roots_of_use(rest: &[TokenTree]) -> Vec<Ident> {
    let end = rest.iter().position(|token| is_punct(Some(token), ';'));
    let mut roots = Vec::new();
    add_roots(&rest[..end.unwrap_or(rest.len())], &mut roots);
    roots
}

fn add_roots(tree: &[TokenTree], roots: &mut Vec<Ident>) {
    for branch in tree.split(|token| is_punct(Some(token), ',')) {
        let start = if is_path_separator(branch, 0) { 2 } else { 0 };
        match branch.get(start) {
            Some(TokenTree::Group(group)) => {
                let tokens: Vec<_> = group.stream().into_iter().collect();
                add_roots(&tokens, roots);
            }
            Some(TokenTree::Ident(ident)) if ROOTS.contains(&bare(&ident.to_string())) => {
                roots.push(ident.clone());
            }
            _ => {}
        }
    }
}

/// Whether the identifier continues a path, as in `crate::core`: then it is the learner's own.
fn continues_a_path(tokens: &[TokenTree], at: usize) -> bool {
    let Some(separator) = at.checked_sub(2) else {
        return false;
    };
    if !is_path_separator(tokens, separator) {
        return false;
    }
    let Some(before) = separator.checked_sub(1) else {
        return false;
    };
    match &tokens[before] {
        TokenTree::Ident(ident) => !is_keyword(ident) && !is_lifetime(tokens, before),
        TokenTree::Punct(punct) if punct.as_char() == '>' => closes_a_path(tokens, before),
        _ => false,
    }
}

/// Whether the `>` at `at` ends `<T as Trait>` or `::<T>`, and not `->`, `=>`, a comparison or
/// `impl<T>`.
fn closes_a_path(tokens: &[TokenTree], at: usize) -> bool {
    let is_arrow = |at: usize| {
        at > 0 && (is_punct(tokens.get(at - 1), '-') || is_punct(tokens.get(at - 1), '='))
    };
    let mut depth = 0;
    for index in (0..=at).rev() {
        if is_punct(tokens.get(index), '>') && !is_arrow(index) {
            depth += 1;
        } else if is_punct(tokens.get(index), '<') {
            depth -= 1;
        }
        if depth == 0 {
            return !is_arrow(at) && opens_a_path(tokens, index);
        }
    }
    false
}

/// Whether the `<` at `at` stands where a path begins, or after `::`.
fn opens_a_path(tokens: &[TokenTree], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else {
        return true;
    };
    match &tokens[before] {
        TokenTree::Punct(punct) => !"?>'".contains(punct.as_char()),
        TokenTree::Ident(_) => [
            "return", "break", "in", "if", "match", "while", "as", "mut", "else", "move",
        ]
        .iter()
        .any(|word| is_word(tokens.get(before), word)),
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    }
}
