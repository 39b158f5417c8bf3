//! What a graded crate may not say, found by looking at its tokens before anything is compiled.
//!
//! rustc has no stable way to glue identifiers together, so once `include!` is refused, a scan
//! of all tokens, those inside macros included, sees every name that the crate can ever use.
//! Comments and strings are no tokens, and names are only refused where they can mean the
//! forbidden thing: a field called `env` is fine, `env!` is not.

mod attributes;
mod roots;

use std::ops::Range;
use std::str::FromStr;

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

use crate::catalog::Files;

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

/// A forbidden thing and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The path below `src/`.
    pub file: String,
    /// The place in that file, in bytes.
    pub range: Range<usize>,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// As it stands in the source, for example `include_str!`.
    pub item: String,
    pub reason: Reason,
}

/// Why something is forbidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The compiler's promises end there.
    Unsafe,
    /// Code or symbols from elsewhere.
    Extern,
    /// A value that outlives one run of a test.
    Static,
    /// `core` or `alloc` in place of `std`.
    OtherRoot,
    /// Reads a file or the environment while compiling.
    ReadsAtCompileTime,
    /// Machine code.
    Assembly,
    /// Changes how the crate is compiled or linked.
    Attribute,
    /// A module from a file outside of `src/`.
    PathAttribute,
    /// An attribute made up by a macro.
    MacroAttribute,
    /// Takes a name that the tests rely on.
    Shadows,
    /// A macro that leaves the crate.
    MacroExport,
    /// Brackets in brackets in brackets.
    Nesting,
}

/// Scans all files. The refusals are in the order of the files and of their text.
pub fn scan(files: &Files) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    for (file, text) in files {
        let mut scan = Scan {
            file,
            text,
            offset: text.len() - without_bom(text).len(),
            refusals: Vec::new(),
        };
        match TokenStream::from_str(without_bom(text)) {
            Ok(tokens) => scan.tokens(tokens, Place::Code, 0),
            Err(_) => scan.words(),
        }
        scan.refusals.sort_by_key(|refusal| refusal.range.start);
        scan.refusals.dedup_by_key(|refusal| refusal.range.start);
        refusals.append(&mut scan.refusals);
    }
    refusals
}

fn without_bom(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// What kind of tokens are being looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Code,
    /// Inside `thread_local!`, whose input looks like statics.
    ThreadLocal,
    /// Inside a macro of the learner's own, or in its definition.
    Macro,
}

struct Scan<'a> {
    file: &'a str,
    text: &'a str,
    /// The length of the byte order mark, which is no part of what the spans count.
    offset: usize,
    refusals: Vec<Refusal>,
}

impl Scan<'_> {
    fn tokens(&mut self, tokens: TokenStream, place: Place, depth: usize) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        if depth > DEEPEST {
            if let Some(token) = tokens.first() {
                self.refuse(token.span(), "brackets", Reason::Nesting);
            }
            return;
        }
        let mut index = 0;
        while index < tokens.len() {
            index += self.token(&tokens, index, place, depth);
        }
    }

    /// Looks at one token and returns how many have been dealt with.
    fn token(&mut self, tokens: &[TokenTree], at: usize, place: Place, depth: usize) -> usize {
        match &tokens[at] {
            TokenTree::Group(group) => {
                let inner = if place == Place::ThreadLocal {
                    Place::Code
                } else {
                    place
                };
                self.tokens(group.stream(), inner, depth + 1);
                1
            }
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                self.attribute(tokens, at, place, depth)
            }
            TokenTree::Ident(_) if is_lifetime(tokens, at) => 1,
            TokenTree::Ident(ident) => {
                let written = ident.to_string();
                self.keyword(ident.span(), &written, place);
                let name = written.strip_prefix("r#").unwrap_or(&written);
                self.root(tokens, at, name, place);
                self.shadow(tokens, at, name);
                if name == ENDLESS {
                    self.refuse(ident.span(), name, Reason::Attribute);
                }
                if place == Place::Macro && name == "path" && is_assigned(tokens, at) {
                    self.refuse(ident.span(), name, Reason::PathAttribute);
                }
                if place == Place::Macro && name == "macro_export" {
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
                        self.tokens(group.stream(), inside(name, place), depth + 1);
                        3
                    }
                    None => {
                        let is_field = at > 0 && is_punct(tokens.get(at - 1), '.');
                        if place == Place::Macro && MACROS.contains(&name) && !is_field {
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
    fn keyword(&mut self, span: Span, written: &str, place: Place) {
        match written {
            "unsafe" => self.refuse(span, written, Reason::Unsafe),
            "extern" => self.refuse(span, written, Reason::Extern),
            "static" if place != Place::ThreadLocal => self.refuse(span, written, Reason::Static),
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
            self.tokens(group.stream(), Place::Macro, depth + 1);
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
        let before = self.text.get(..range.start).unwrap_or_default();
        let start_of_line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line_before = without_bom(&before[start_of_line..]);
        self.refusals.push(Refusal {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: line_before.chars().count() + 1,
            range,
            item: item.to_owned(),
            reason,
        });
    }
}

/// What the input of a macro counts as.
fn inside(name: &str, place: Place) -> Place {
    match place {
        Place::Macro => Place::Macro,
        _ if name == "thread_local" => Place::ThreadLocal,
        _ if TRANSPARENT.contains(&name) || OTHERS.contains(&name) => Place::Code,
        _ => Place::Macro,
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
