//! Attributes: some change how a crate is compiled or linked.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::{Context, Scan, is_punct, is_word};
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

impl Scan<'_> {
    /// Looks at the attribute that starts with the `#` at `at`, if one does, and returns how
    /// many tokens have been dealt with.
    pub(super) fn attribute(
        &mut self,
        tokens: &[TokenTree],
        at: usize,
        context: Context,
        depth: usize,
    ) -> usize {
        let inner = usize::from(is_punct(tokens.get(at + 1), '!'));
        let Some(TokenTree::Group(group)) = tokens.get(at + 1 + inner) else {
            return 1;
        };
        if group.delimiter() != Delimiter::Bracket {
            return 1;
        }
        let content: Vec<TokenTree> = group.stream().into_iter().collect();
        let length = 2 + inner;
        if context == Context::Code && inner == 0 && is_cfg_test(&content) {
            return length + test_module(&tokens[at + length..]);
        }
        if context == Context::Macro && is_made_up(&content) {
            self.refuse(group.span_open(), "#[$…]", Reason::MacroAttribute);
        }
        self.names(&content);
        self.tokens(group.stream(), context, depth + 1);
        length
    }

    /// The name of an attribute, or those that a `cfg_attr` makes.
    fn names(&mut self, content: &[TokenTree]) {
        self.name(content);
        let Some(TokenTree::Group(group)) = content.get(1) else {
            return;
        };
        if is_word(content.first(), "cfg_attr") {
            let content: Vec<TokenTree> = group.stream().into_iter().collect();
            for attribute in content.split(|token| is_punct(Some(token), ',')).skip(1) {
                self.names(attribute);
            }
        }
    }

    fn name(&mut self, content: &[TokenTree]) {
        let Some(TokenTree::Ident(ident)) = content.first() else {
            return;
        };
        let name = ident.to_string();
        let name = name.strip_prefix("r#").unwrap_or(&name);
        let item = format!("#[{name}]");
        match name {
            "path" => self.refuse(ident.span(), &item, Reason::PathAttribute),
            "macro_export" => self.refuse(ident.span(), &item, Reason::MacroExport),
            _ if ATTRIBUTES.contains(&name) => self.refuse(ident.span(), &item, Reason::Attribute),
            _ => {}
        }
    }
}

/// Whether a macro puts the attribute together. `#[$meta]` is handed through as a whole, and
/// `#[$meta:meta]` is a pattern.
fn is_made_up(content: &[TokenTree]) -> bool {
    let is_pattern = content.len() == 4 && is_punct(content.get(2), ':');
    is_punct(content.first(), '$') && content.len() > 2 && !is_pattern
}

fn is_cfg_test(content: &[TokenTree]) -> bool {
    let is_test = |group: &Group| {
        let content: Vec<TokenTree> = group.stream().into_iter().collect();
        content.len() == 1 && is_word(content.first(), "test")
    };
    is_word(content.first(), "cfg")
        && content.len() == 2
        && matches!(&content[1], TokenTree::Group(group) if is_test(group))
}

/// The number of tokens of `mod name { … }`, if that is what follows `#[cfg(test)]`: the
/// learner's own tests are no part of what is graded, so they may say what they like.
fn test_module(rest: &[TokenTree]) -> usize {
    let is_body = matches!(
        rest.get(2),
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace
    );
    if is_word(rest.first(), "mod") && is_body {
        3
    } else {
        0
    }
}
