//! What asks how many share an `Arc`.
//!
//! An `Arc` is std's own also in a graded crate, so that it can hold a `dyn Fn()`: its clones and
//! its drops are no steps of the model, and what asks about them is tried with real threads alone.
//! Counts are refused, as they serve for nothing else than to synchronise behind the model's back.
//! The rest is what right programs use, and is let through with a notice.

use proc_macro2::TokenTree;

use super::macros::Context;
use super::tokens::{is_path_separator, is_punct};

const COUNTS: [&str; 2] = ["strong_count", "weak_count"];

/// Functions of `Arc` whose answer depends on who else has one.
const OF_ARC: [&str; 5] = [
    "get_mut",
    "into_inner",
    "make_mut",
    "try_unwrap",
    "unwrap_or_clone",
];

/// The method of `Weak` that does.
const OF_WEAK: &str = "upgrade";

/// Whether the identifier at `at`, called `name`, counts who shares an `Arc`.
pub(super) fn is_count(tokens: &[TokenTree], at: usize, name: &str, context: Context) -> bool {
    COUNTS.contains(&name)
        && (context == Context::Own
            || follows_path(tokens, at)
            || (follows_dot(tokens, at) && is_called(tokens, at)))
}

/// What the identifier at `at`, called `name`, asks that the model does not know, as a reader would call it.
pub(super) fn unmodelled(tokens: &[TokenTree], at: usize, name: &str) -> Option<String> {
    if name == OF_WEAK && (follows_path(tokens, at) || follows_dot(tokens, at)) {
        return Some(format!("Weak::{name}"));
    }
    let owner = at.checked_sub(3).filter(|_| follows_path(tokens, at))?;
    let is_arc = matches!(&tokens[owner], TokenTree::Ident(owner) if owner == "Arc");
    (is_arc && OF_ARC.contains(&name)).then(|| format!("Arc::{name}"))
}

fn follows_path(tokens: &[TokenTree], at: usize) -> bool {
    at >= 2 && is_path_separator(tokens, at - 2)
}

fn follows_dot(tokens: &[TokenTree], at: usize) -> bool {
    at >= 1 && is_punct(tokens.get(at - 1), '.')
}

fn is_called(tokens: &[TokenTree], at: usize) -> bool {
    matches!(tokens.get(at + 1), Some(TokenTree::Group(_)))
}
