//! The walk through the tokens of a file.

use proc_macro2::{Ident, TokenStream, TokenTree};

use super::found::{Found, Sighting};
use super::macros::{self, Context, MACROS, Macros, THREAD_LOCAL};
use super::tokens::{bare, invocation, is_lifetime, is_punct, is_word, list, macro_definition};
use super::{attributes, lifetimes, own_tests, roots, sharing};
use crate::results::refusal::Reason;

/// The lint that stops constants which never come to an end. It is forbidden, so nothing can
/// allow it; but rustc, having said so, goes on evaluating all the same.
const ENDLESS: &str = "long_running_const_eval";

/// Names that the swapped `std` needs for its own macros.
pub(super) const INTERNAL: [&str; 1] = ["__print"];

/// What is forbidden in a file of a crate with these macros, and what the model does not see; on
/// a stack on which it may be parsed.
pub(super) fn scan(tokens: &TokenStream, macros: Macros) -> (Vec<Found>, Vec<Sighting>) {
    let mut scan = Scan {
        macros,
        found: Vec::new(),
        unmodelled: Vec::new(),
    };
    scan.tokens(tokens.clone(), Context::Code);
    (scan.found, scan.unmodelled)
}

struct Scan {
    macros: Macros,
    found: Vec<Found>,
    unmodelled: Vec<Sighting>,
}

impl Scan {
    fn tokens(&mut self, tokens: TokenStream, context: Context) {
        let tokens = list(tokens);
        let mut index = 0;
        while index < tokens.len() {
            index += self.token(&tokens, index, context);
        }
    }

    /// Looks at one token and returns how many have been dealt with.
    fn token(&mut self, tokens: &[TokenTree], at: usize, context: Context) -> usize {
        if context == Context::Code
            && let Some(length) = own_tests::length(tokens, at)
        {
            return length;
        }
        self.found.extend(lifetimes::look(tokens, at));
        match &tokens[at] {
            TokenTree::Group(group) => {
                let inner = match context {
                    Context::ThreadLocal => Context::OfStd,
                    context => context,
                };
                self.tokens(group.stream(), inner);
                1
            }
            TokenTree::Punct(punct) => match attributes::attribute(tokens, at) {
                Some((content, length)) if punct.as_char() == '#' => {
                    self.found.extend(attributes::look(&content, context));
                    let inner = match context {
                        Context::Own => Context::Own,
                        _ => Context::OfStd,
                    };
                    self.tokens(content.into_iter().collect(), inner);
                    length
                }
                _ => 1,
            },
            TokenTree::Ident(_) if is_lifetime(tokens, at) => 1,
            TokenTree::Ident(ident) => self.ident(tokens, at, ident, context),
            TokenTree::Literal(_) => 1,
        }
    }

    fn ident(&mut self, tokens: &[TokenTree], at: usize, ident: &Ident, context: Context) -> usize {
        let written = ident.to_string();
        let name = bare(&written);
        self.keyword(ident, &written, context);
        if written == "use" {
            for root in roots::roots_of_use(&tokens[at + 1..]) {
                self.refuse(&root, bare(&root.to_string()), Reason::OtherRoot);
            }
        }
        if roots::is_other_root(tokens, at, name, context) {
            self.refuse(ident, name, Reason::OtherRoot);
        }
        if takes_a_name(tokens, at, name) {
            self.refuse(ident, name, Reason::Shadows);
        }
        if name == ENDLESS {
            self.refuse(ident, name, Reason::Attribute);
        }
        if INTERNAL.contains(&name) {
            self.refuse(ident, name, Reason::Internal);
        }
        if let Some(item) = sharing::unmodelled(tokens, at, name) {
            self.unmodelled.push(Sighting {
                start: ident.span().byte_range().start,
                item,
            });
        }
        if sharing::is_count(tokens, at, name, context) {
            self.refuse(ident, name, Reason::CountsSharers);
        }
        if context == Context::Own {
            self.in_own_macro(tokens, at, ident, name);
        }
        if let Some((_, body)) = macro_definition(tokens, at) {
            self.taken_by_definition(tokens, at);
            self.tokens(body.stream(), Context::Own);
            return 4;
        }
        match invocation(tokens, at) {
            Some(group) => {
                if MACROS.contains(&name) {
                    self.refuse(ident, &format!("{name}!"), macros::reason(name));
                }
                self.tokens(group.stream(), self.macros.inside(name, context));
                3
            }
            None => 1,
        }
    }

    /// `written` is not freed from `r#`: a raw identifier is no keyword.
    fn keyword(&mut self, ident: &Ident, written: &str, context: Context) {
        match written {
            "unsafe" => self.refuse(ident, written, Reason::Unsafe),
            "extern" => self.refuse(ident, written, Reason::Extern),
            "static" if context != Context::ThreadLocal => {
                self.refuse(ident, written, Reason::Static);
            }
            _ => {}
        }
    }

    /// Names that a macro can turn into what is forbidden, wherever they stand.
    fn in_own_macro(&mut self, tokens: &[TokenTree], at: usize, ident: &Ident, name: &str) {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let is_other = is_punct(before, '.') || is_punct(before, '$');
        match name {
            "path" if is_assigned(tokens, at) => {
                self.refuse(ident, name, Reason::PathAttribute);
            }
            "macro_export" => self.refuse(ident, name, Reason::MacroExport),
            THREAD_LOCAL => self.refuse(ident, name, Reason::Static),
            _ if MACROS.contains(&name) && !is_other && invocation(tokens, at).is_none() => {
                self.refuse(ident, name, macros::reason(name));
            }
            _ => {}
        }
    }

    /// `macro_rules! name { … }`
    fn taken_by_definition(&mut self, tokens: &[TokenTree], at: usize) {
        if let Some((ident, _)) = macro_definition(tokens, at) {
            let written = ident.to_string();
            let name = bare(&written);
            if macros::is_taken(name) {
                self.refuse(ident, name, Reason::Shadows);
            }
        }
    }

    fn refuse(&mut self, ident: &Ident, item: &str, reason: Reason) {
        self.found.push(Found::token(ident.span(), item, reason));
    }
}

/// `mod std`, `… as std`, `… as assert`: whatever follows would mean something else by the name.
fn takes_a_name(tokens: &[TokenTree], at: usize, name: &str) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    let is_after = |words: &[&str]| words.iter().any(|word| is_word(before, word));
    (name == "std" && is_after(&["mod", "as", "crate"]))
        || (macros::is_taken(name) && is_after(&["as"]))
}

/// Whether `= "…"` follows, as it does in the attribute `path = "…"`.
fn is_assigned(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at + 1), '=')
        && !matches!(tokens.get(at + 2), Some(TokenTree::Punct(punct)) if "=>".contains(punct.as_char()))
}
