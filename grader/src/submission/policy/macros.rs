//! Macros: whose they are decides what their input can become.

use proc_macro2::{TokenStream, TokenTree};

use super::own_tests;
use super::tokens::{bare, invocation, is_punct, list, macro_definition};
use crate::results::refusal::Reason;

/// Macros that read files or the environment at compile time, or that write machine code.
pub(super) const MACROS: [&str; 9] = [
    "include",
    "include_str",
    "include_bytes",
    "env",
    "option_env",
    "asm",
    "global_asm",
    "naked_asm",
    "concat_idents",
];

/// Macros of std whose input is ordinary code, or of their own harmless form.
const OF_STD: [&str; 29] = [
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "column",
    "compile_error",
    "concat",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "line",
    "matches",
    "module_path",
    "panic",
    "print",
    "println",
    "stringify",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// The macro of std whose input looks like statics.
pub(super) const THREAD_LOCAL: &str = "thread_local";

/// What kind of tokens are being looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Code,
    /// Inside a macro of std: code, but no items of which some might be left out.
    OfStd,
    /// Inside `thread_local!`.
    ThreadLocal,
    /// Inside a macro of the learner's own, or in its definition. It can make anything out of
    /// what it gets.
    Own,
}

/// What is known about the macros of a crate.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Macros {
    /// The crate has macros of its own.
    defined: bool,
    /// They could get at the name of a macro of std, and so call something else by it.
    get_names: bool,
}

impl Macros {
    /// Looks through all files of a crate.
    pub(super) fn of<'a>(files: impl Iterator<Item = &'a TokenStream>) -> Macros {
        let mut macros = Macros::default();
        for tokens in files {
            macros.look(&list(tokens.clone()), Context::Code);
        }
        macros
    }

    /// What the input of a macro counts as.
    pub(super) fn inside(self, name: &str, context: Context) -> Context {
        let is_of_std = OF_STD.contains(&name) && !(self.defined && self.get_names);
        match context {
            Context::Own => Context::Own,
            _ if name == THREAD_LOCAL => Context::ThreadLocal,
            _ if is_of_std => Context::OfStd,
            _ => Context::Own,
        }
    }

    fn look(&mut self, tokens: &[TokenTree], context: Context) {
        let mut index = 0;
        while index < tokens.len() {
            if context == Context::Code
                && let Some(length) = own_tests::length(tokens, index)
            {
                index += length;
                continue;
            }
            if let Some((_, body)) = macro_definition(tokens, index) {
                self.defined = true;
                self.look(&list(body.stream()), Context::Own);
                index += 4;
                continue;
            }
            match &tokens[index] {
                TokenTree::Group(group) => self.look(&list(group.stream()), context),
                TokenTree::Ident(ident) => {
                    let written = ident.to_string();
                    let name = bare(&written);
                    if context == Context::Own && name == "macro_rules" {
                        self.defined = true;
                    }
                    if context == Context::Own && OF_STD.contains(&name) {
                        self.get_names |= !is_punct(tokens.get(index + 1), '!');
                    }
                    if let Some(input) = invocation(tokens, index) {
                        let is_own = !OF_STD.contains(&name) && name != THREAD_LOCAL;
                        self.get_names |= is_own && has_name(input.stream());
                        let inside = if is_own { Context::Own } else { context };
                        self.look(&list(input.stream()), inside);
                        index += 3;
                        continue;
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            index += 1;
        }
    }
}

/// Whether the crate may not give this name to a macro or anything else: the tests, or the scan
/// itself, rely on what it means.
pub(super) fn is_taken(name: &str) -> bool {
    OF_STD.contains(&name) || MACROS.contains(&name) || name == THREAD_LOCAL
}

/// Why a macro among [`MACROS`] is refused.
pub(super) fn reason(name: &str) -> Reason {
    if name.ends_with("asm") {
        Reason::Assembly
    } else {
        Reason::ReadsAtCompileTime
    }
}

/// Whether the name of a macro of std stands anywhere in the input of another macro.
fn has_name(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => has_name(group.stream()),
        TokenTree::Ident(ident) => OF_STD.contains(&bare(&ident.to_string())),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
