//! What a graded crate may not say, found by looking at its tokens before anything is compiled.
//!
//! rustc has no stable way to glue identifiers together, so once `include!` is refused, a scan
//! of all tokens, those inside macros included, sees every name that the crate can ever use.
//! Comments and strings are no tokens, and names are only refused where they can mean the
//! forbidden thing: a field called `env` is fine, `env!` is not.

mod attributes;
mod roots;

use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

use crate::katas::catalog::Files;
use crate::results::place::Place;
use crate::results::refusal::{Forbidden, Reason};

/// The deepest nesting of brackets that is passed on to rustc, whose stack is not endless.
const DEEPEST: usize = 128;

/// Macros that read files or the environment at compile time, or that write machine code.
const MACROS: [&str; 9] = [
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

/// Macros of std whose input is ordinary code. A learner's own macro can make anything out of
/// its input, so there more is refused.
const TRANSPARENT: [&str; 26] = [
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
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
];

/// Further macros of std with input of their own form; like the transparent ones they may not be redefined.
const OTHERS: [&str; 4] = ["stringify", "thread_local", "write", "writeln"];

/// The lint that stops constants which never come to an end. It is forbidden, so nothing can
/// allow it; but rustc, having said so, goes on evaluating all the same.
const ENDLESS: &str = "long_running_const_eval";

/// Scans all files of a `src` that the user knows as `display`. What is found is in the order of
/// the files and of their text.
pub fn scan(files: &Files, display: &Path) -> Vec<Forbidden> {
    let mut forbidden = Vec::new();
    for (file, text) in files {
        let mut scan = Scan {
            text,
            offset: text.len() - without_bom(text).len(),
            found: Vec::new(),
        };
        match TokenStream::from_str(without_bom(text)) {
            Ok(tokens) => scan.tokens(tokens, Context::Code, 0),
            Err(_) => scan.words(),
        }
        scan.found.sort_by_key(|found| found.range.start);
        scan.found.dedup_by_key(|found| found.range.start);
        let shown = format!("{}/{file}", display.display());
        forbidden.extend(
            scan.found
                .into_iter()
                .map(|found| found.in_file(&shown, text)),
        );
    }
    forbidden
}

/// A forbidden thing in the text that is being scanned.
struct Found {
    /// In bytes.
    range: Range<usize>,
    item: String,
    reason: Reason,
}

impl Found {
    fn in_file(self, shown: &str, text: &str) -> Forbidden {
        let before = text.get(..self.range.start).unwrap_or_default();
        let start = before
            .rfind('\n')
            .map_or(text.len() - without_bom(text).len(), |it| it + 1);
        let rest = text.get(self.range.end..).unwrap_or_default();
        let end = rest.find('\n').map_or(text.len(), |it| self.range.end + it);
        let characters = text
            .get(start..self.range.start)
            .unwrap_or_default()
            .chars();
        Forbidden {
            place: Place {
                file: shown.to_owned(),
                line: u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX),
                column: u32::try_from(characters.count() + 1).unwrap_or(u32::MAX),
            },
            item: self.item,
            reason: self.reason,
            excerpt: text.get(start..end).unwrap_or_default().to_owned(),
            range: self.range.start - start..self.range.end - start,
        }
    }
}

fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// What kind of tokens are being looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    Code,
    /// Inside `thread_local!`, whose input looks like statics.
    ThreadLocal,
    /// Inside a macro of the learner's own, or in its definition.
    Macro,
}

struct Scan<'a> {
    text: &'a str,
    /// The length of the byte order mark, which is no part of what the spans count.
    offset: usize,
    found: Vec<Found>,
}

impl Scan<'_> {
    fn tokens(&mut self, tokens: TokenStream, context: Context, depth: usize) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        if depth > DEEPEST {
            if let Some(token) = tokens.first() {
                self.refuse(token.span(), "brackets", Reason::Nesting);
            }
            return;
        }
        let mut index = 0;
        while index < tokens.len() {
            index += self.token(&tokens, index, context, depth);
        }
    }

    /// Looks at one token and returns how many have been dealt with.
    fn token(&mut self, tokens: &[TokenTree], at: usize, context: Context, depth: usize) -> usize {
        match &tokens[at] {
            TokenTree::Group(group) => {
                let inner = if context == Context::ThreadLocal {
                    Context::Code
                } else {
                    context
                };
                self.tokens(group.stream(), inner, depth + 1);
                1
            }
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                self.attribute(tokens, at, context, depth)
            }
            TokenTree::Ident(_) if is_lifetime(tokens, at) => 1,
            TokenTree::Ident(ident) => {
                let written = ident.to_string();
                self.keyword(ident.span(), &written, context);
                let name = written.strip_prefix("r#").unwrap_or(&written);
                self.root(tokens, at, name, context);
                self.shadow(tokens, at, name);
                if name == ENDLESS {
                    self.refuse(ident.span(), name, Reason::Attribute);
                }
                if context == Context::Macro && name == "path" && is_assigned(tokens, at) {
                    self.refuse(ident.span(), name, Reason::PathAttribute);
                }
                if context == Context::Macro && name == "macro_export" {
                    self.refuse(ident.span(), name, Reason::MacroExport);
                }
                if name == "macro_rules" && is_punct(tokens.get(at + 1), '!') {
                    return self.macro_definition(tokens, at, depth);
                }
                match invocation(tokens, at) {
                    Some(group) => {
                        if MACROS.contains(&name) {
                            let reason = macro_reason(name);
                            self.refuse(ident.span(), &format!("{name}!"), reason);
                        }
                        self.tokens(group.stream(), inside(name, context), depth + 1);
                        3
                    }
                    None => {
                        let is_field = at > 0 && is_punct(tokens.get(at - 1), '.');
                        if context == Context::Macro && MACROS.contains(&name) && !is_field {
                            self.refuse(ident.span(), name, macro_reason(name));
                        }
                        1
                    }
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => 1,
        }
    }

    /// `written` is not freed from `r#`: a raw identifier is no keyword.
    fn keyword(&mut self, span: Span, written: &str, context: Context) {
        match written {
            "unsafe" => self.refuse(span, written, Reason::Unsafe),
            "extern" => self.refuse(span, written, Reason::Extern),
            "static" if context != Context::ThreadLocal => {
                self.refuse(span, written, Reason::Static)
            }
            _ => {}
        }
    }

    /// `mod std`, `… as std`: whatever follows would mean something else by `std`.
    fn shadow(&mut self, tokens: &[TokenTree], at: usize, name: &str) {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        if name == "std"
            && ["mod", "as", "crate"]
                .iter()
                .any(|word| is_word(before, word))
        {
            self.refuse(tokens[at].span(), name, Reason::Shadows);
        }
    }

    /// `macro_rules! name { … }`
    fn macro_definition(&mut self, tokens: &[TokenTree], at: usize, depth: usize) -> usize {
        let Some(TokenTree::Ident(name)) = tokens.get(at + 2) else {
            return 2;
        };
        let word = name.to_string();
        let word = word.strip_prefix("r#").unwrap_or(&word);
        if [&MACROS[..], &TRANSPARENT, &OTHERS]
            .concat()
            .contains(&word)
        {
            self.refuse(name.span(), word, Reason::Shadows);
        }
        if let Some(TokenTree::Group(group)) = tokens.get(at + 3) {
            self.tokens(group.stream(), Context::Macro, depth + 1);
        }
        4
    }

    fn refuse(&mut self, span: Span, item: &str, reason: Reason) {
        let range = span.byte_range();
        self.refuse_range(
            range.start + self.offset..range.end + self.offset,
            item,
            reason,
        );
    }

    fn refuse_range(&mut self, range: Range<usize>, item: &str, reason: Reason) {
        self.found.push(Found {
            range,
            item: item.to_owned(),
            reason,
        });
    }
}

/// What the input of a macro counts as.
fn inside(name: &str, context: Context) -> Context {
    match context {
        Context::Macro => Context::Macro,
        _ if name == "thread_local" => Context::ThreadLocal,
        _ if TRANSPARENT.contains(&name) || OTHERS.contains(&name) => Context::Code,
        _ => Context::Macro,
    }
}

fn macro_reason(name: &str) -> Reason {
    if name.ends_with("asm") {
        Reason::Assembly
    } else {
        Reason::ReadsAtCompileTime
    }
}

/// The input of the macro that is called by the name at `at`, if one is.
fn invocation(tokens: &[TokenTree], at: usize) -> Option<&Group> {
    match (tokens.get(at + 1), tokens.get(at + 2)) {
        (Some(TokenTree::Punct(punct)), Some(TokenTree::Group(group)))
            if punct.as_char() == '!' && group.delimiter() != Delimiter::None =>
        {
            Some(group)
        }
        _ => None,
    }
}

/// Whether `= "…"` follows, as it does in the attribute `path = "…"`.
fn is_assigned(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at + 1), '=')
        && !matches!(tokens.get(at + 2), Some(TokenTree::Punct(punct)) if "=>".contains(punct.as_char()))
}

/// Whether the identifier is the name of a lifetime or label: `'static` is a quote and a word.
fn is_lifetime(tokens: &[TokenTree], at: usize) -> bool {
    at > 0 && is_punct(tokens.get(at - 1), '\'')
}

fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == word)
}

#[cfg(test)]
mod tests;
