//! Attributes: some change how a crate is compiled or linked.

use proc_macro2::{Delimiter, TokenTree};

use super::found::Found;
use super::macros::Context;
use super::tokens::{bare, group, is_punct, is_word, list};
use crate::results::refusal::Reason;

/// Attributes that change how a crate is compiled, linked or seen by other crates.
const ATTRIBUTES: [&str; 21] = [
    "crate_name",
    "crate_type",
    "export_name",
    "feature",
    "ffi_const",
    "ffi_pure",
    "global_allocator",
    "link",
    "link_args",
    "link_name",
    "link_ordinal",
    "link_section",
    "naked",
    "no_core",
    "no_implicit_prelude",
    "no_main",
    "no_mangle",
    "no_std",
    "recursion_limit",
    "type_length_limit",
    "used",
];

/// The attribute that starts with the `#` at `at`, if one does: what stands between its
/// brackets, and the number of its tokens.
pub(super) fn attribute(tokens: &[TokenTree], at: usize) -> Option<(Vec<TokenTree>, usize)> {
    let inner = usize::from(is_punct(tokens.get(at + 1), '!'));
    let content = group(tokens.get(at + 1 + inner), Delimiter::Bracket)?;
    Some((list(content.stream()), 2 + inner))
}

/// What is forbidden about an attribute with this content, or about those that a `cfg_attr`
/// makes; its tokens have yet to be looked at.
pub(super) fn look(content: &[TokenTree], context: Context) -> Vec<Found> {
    let Some(first) = content.first() else {
        return Vec::new();
    };
    if context == Context::Own && is_made_up(content) {
        return vec![Found::token(first.span(), "#[$…]", Reason::MacroAttribute)];
    }
    let mut found: Vec<Found> = name(content).into_iter().collect();
    if let Some(TokenTree::Group(group)) = content.get(1)
        && is_word(Some(first), "cfg_attr")
    {
        let made = list(group.stream());
        for attribute in made.split(|token| is_punct(Some(token), ',')).skip(1) {
            found.extend(look(attribute, context));
        }
    }
    found
}

fn name(content: &[TokenTree]) -> Option<Found> {
    let TokenTree::Ident(ident) = content.first()? else {
        return None;
    };
    let written = ident.to_string();
    let name = bare(&written);
    let reason = match name {
        "path" => Reason::PathAttribute,
        "macro_export" => Reason::MacroExport,
        _ if ATTRIBUTES.contains(&name) => Reason::Attribute,
        _ => return None,
    };
    Some(Found::token(ident.span(), &format!("#[{name}]"), reason))
}

/// Whether a macro puts the attribute together. `#[$meta]` is handed through as a whole, and
/// `#[$meta:meta]` is a pattern.
fn is_made_up(content: &[TokenTree]) -> bool {
    let is_pattern = content.len() == 4 && is_punct(content.get(2), ':');
    is_punct(content.first(), '$') && content.len() > 2 && !is_pattern
}
