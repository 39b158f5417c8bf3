//! Reads foreign Rust text without falling over it.
//!
//! A parser of nested text calls itself for each level, and so does whatever walks, prints or
//! drops what it has made. On text that nests without end that breaks the stack, and with it
//! the whole process: no verdict for anybody. So nothing in the grader parses text of others
//! but through this file. It measures first how deep the text can lead a parser, and parses on
//! a stack that is large enough for what it lets through.

use std::collections::BTreeSet;
use std::ops::Range;
use std::str::FromStr;
use std::thread;

use anyhow::{Context, Result};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree, token_stream};

/// The deepest brackets.
const MOST_BRACKETS: usize = 128;
/// The longest way that a parser may have to go without coming back, in tokens. It is below 80
/// in all that belongs to the katas.
const LONGEST_CHAIN: usize = 1024;
/// The stack on which trees are parsed, in bytes. Without optimisation a level takes up to 50 KB
/// (measured), so this is five times what is needed; what is not used costs nothing.
const STACK: usize = 256 << 20;

/// Why a text gives no tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It is none: a string without an end, a bracket without its partner.
    NoTokens,
    /// It nests too deep here (in bytes).
    TooDeep(Range<usize>),
}

/// The tokens of a text, which may be walked and printed by functions that call themselves once
/// for each pair of brackets.
///
/// # Errors
///
/// See [`Unreadable`].
pub fn tokens(text: &str) -> Result<TokenStream, Unreadable> {
    let tokens = TokenStream::from_str(text).map_err(|_| Unreadable::NoTokens)?;
    match too_deep(tokens.clone()) {
        Some(span) => Err(Unreadable::TooDeep(span.byte_range())),
        None => Ok(tokens),
    }
}

/// The identifiers in these tokens, also those in strings: `"{limit}"` names a variable.
pub fn words(tokens: TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut left = vec![tokens];
    while let Some(tokens) = left.pop() {
        for token in tokens {
            match token {
                TokenTree::Ident(word) => drop(found.insert(word.to_string())),
                TokenTree::Group(group) => left.push(group.stream()),
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    let words = text.split(|it: char| !(it.is_alphanumeric() || it == '_'));
                    found.extend(words.filter(|it| !it.is_empty()).map(str::to_owned));
                }
                TokenTree::Punct(_) => {}
            }
        }
    }
    found
}

/// Parses a file and hands it to `look`, on a large stack; [`None`] if it does not parse, or nests
/// too deep.
pub fn with_file<T: Send>(text: &str, look: impl FnOnce(&syn::File) -> T + Send) -> Option<T> {
    let parse = || {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let file = syn::parse2::<syn::File>(tokens(text).ok()?).ok()?;
        Some(look(&file))
    };
    on_large_stack(parse).ok()?
}

/// Does some work on a stack on which everything that [`tokens`] lets through may be parsed.
///
/// # Errors
///
/// The machine has no room for it.
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T> {
    let builder = thread::Builder::new()
        .name("parse".into())
        .stack_size(STACK);
    thread::scope(|scope| {
        let working = builder
            .spawn_scoped(scope, work)
            .context("starting a thread with a large stack")?;
        Ok(working
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// Where the tokens lead deeper than a parser should go.
///
/// For each step down a parser takes at least one token, so the tokens that it can have taken
/// without coming back bound its depth, whatever the grammar is: brackets, generics, closures,
/// operators, chains of calls. It has come back wherever a statement, an item, an arm or an
/// element of a list has ended.
fn too_deep(tokens: TokenStream) -> Option<Span> {
    let mut open = vec![Level::new(tokens, 0)];
    while let Some(level) = open.last_mut() {
        let Some(token) = level.rest.next() else {
            open.pop();
            continue;
        };
        level.take(&token);
        let chain = level.chain;
        if chain > LONGEST_CHAIN || open.len() > MOST_BRACKETS {
            return Some(token.span());
        }
        if let TokenTree::Group(group) = token {
            open.push(Level::new(group.stream(), chain));
        }
    }
    None
}

/// The tokens between a pair of brackets, some of which have been looked at.
struct Level {
    rest: token_stream::IntoIter,
    /// The chain outside of the brackets.
    base: usize,
    /// The tokens that the parser can have taken without coming back.
    chain: usize,
    /// The chain at each `<` that is still open. A comma does not lead back beyond it.
    open_angles: Vec<usize>,
    /// The chain at the last `|`, which may open a closure's parameters.
    bar: usize,
    before: Before,
}

/// What the last token was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Other,
    /// `#`, or `#!`: what follows may be the rest of an attribute.
    Pound,
    Braces,
    Minus,
    Equals,
}

impl Level {
    fn new(tokens: TokenStream, base: usize) -> Level {
        Level {
            rest: tokens.into_iter(),
            base,
            chain: base,
            open_angles: Vec::new(),
            bar: base,
            before: Before::Other,
        }
    }

    fn take(&mut self, token: &TokenTree) {
        let before = std::mem::replace(&mut self.before, Before::Other);
        if before == Before::Braces && begins_anew(token) {
            self.come_back();
        }
        self.chain += 1;
        match token {
            TokenTree::Group(group) => match group.delimiter() {
                // An attribute stands beside what it is about, and not in the way to it.
                Delimiter::Bracket if before == Before::Pound => self.chain -= 1,
                Delimiter::Brace => self.before = Before::Braces,
                _ => {}
            },
            TokenTree::Punct(punct) => match punct.as_char() {
                ';' => self.come_back(),
                ',' => {
                    self.chain = self
                        .open_angles
                        .last()
                        .map_or(self.bar, |at| self.bar.max(*at))
                }
                '#' => {
                    self.chain -= 1;
                    self.before = Before::Pound;
                }
                '!' if before == Before::Pound => {
                    self.chain -= 1;
                    self.before = Before::Pound;
                }
                '-' => self.before = Before::Minus,
                '=' => self.before = Before::Equals,
                '|' => self.bar = self.chain,
                '<' => self.open_angles.push(self.chain),
                '>' if before == Before::Equals => self.come_back(),
                '>' if before == Before::Minus => {}
                '>' => drop(self.open_angles.pop()),
                _ => {}
            },
            TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
    }

    fn come_back(&mut self) {
        self.chain = self.base;
        self.bar = self.base;
        self.open_angles.clear();
    }
}

/// Whether what follows a pair of braces is a new statement, item or arm if it begins like this.
fn begins_anew(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(ident) => !["else", "as", "in"].iter().any(|word| ident == word),
        TokenTree::Punct(punct) => "#'".contains(punct.as_char()),
        TokenTree::Literal(_) => true,
        TokenTree::Group(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use syn::visit::Visit;

    use super::*;

    /// Ways to nest: what a level begins with, what stands inside, what a level ends with.
    const FORMS: [(&str, &str, &str); 26] = [
        ("fn f() { (", "(", ")"),
        ("fn f() { [", "[", "]"),
        ("fn f() { {", "{", "}"),
        ("type T = ", "Option<", ">"),
        ("type T = ", "A<u8, ", ">"),
        ("type T = ", "<", " as A>::B"),
        ("type T = ", "&", ""),
        ("type T = ", "&'a mut ", ""),
        ("type T = ", "*const ", ""),
        ("type T = ", "fn() -> ", ""),
        ("type T = ", "impl Fn() -> ", ""),
        ("fn f() { ", "|| ", ""),
        ("fn f() { ", "|a, b| ", ""),
        ("fn f() { ", "move || ", ""),
        ("fn f() { ", "!", ""),
        ("fn f() { ", "- ", ""),
        ("fn f() { ", "&", ""),
        ("fn f() { ", "*", ""),
        ("fn f() { ", "return ", ""),
        ("fn f() { if x {}", " else if x {}", ""),
        ("fn f() { ", "if ", "{}"),
        ("fn f() { ", "a + ", ""),
        ("fn f() { ", "a = ", ""),
        ("fn f() { a", ".a()", ""),
        ("fn f() { a", "()[0]?", ""),
        ("use ", "a::", ""),
    ];

    fn nested(form: (&str, &str, &str), times: usize) -> String {
        let (start, open, close) = form;
        let end = if start.starts_with("fn") { "}" } else { ";" };
        let inner = if start.ends_with(" a") { "" } else { "a" };
        let closes = match &start[start.len() - 1..] {
            "(" => ")",
            "[" => "]",
            "{" => "}",
            _ => "",
        };
        format!(
            "{start}{}{inner}{}{closes} {end}",
            open.repeat(times),
            close.repeat(times)
        )
    }

    fn is_too_deep(text: &str) -> bool {
        matches!(tokens(text), Err(Unreadable::TooDeep(_)))
    }

    /// Walks through everything, as whatever looks for a place does.
    struct Walk;

    impl Visit<'_> for Walk {}

    #[test]
    fn every_way_to_nest_is_measured() {
        for form in FORMS {
            assert!(is_too_deep(&nested(form, 3000)), "{}", form.1);
            assert!(!is_too_deep(&nested(form, 60)), "{}", form.1);
        }
        assert!(is_too_deep(&nested(FORMS[0], 100_000)));
    }

    #[test]
    fn what_is_let_through_is_parsed_walked_and_dropped_in_one_piece() {
        for form in FORMS {
            let (mut fine, mut too_deep) = (1, 3000);
            while fine + 1 < too_deep {
                let middle = usize::midpoint(fine, too_deep);
                if is_too_deep(&nested(form, middle)) {
                    too_deep = middle;
                } else {
                    fine = middle;
                }
            }
            let text = nested(form, fine);
            let walked = with_file(&text, |file| Walk.visit_file(file));
            let is_rust = !["<", "if "].contains(&form.1);
            assert!(walked.is_some() || !is_rust, "{}", form.1);
        }
    }

    #[test]
    fn long_code_is_not_deep() {
        for (start, part, end) in [
            ("fn f() { if a {}", " else if b == c + d {}", "}"),
            ("fn f() { a", " + b * c", "; }"),
            ("fn f() { a", ".b(|c| c)?", "; }"),
        ] {
            assert!(
                !is_too_deep(&format!("{start}{}{end}", part.repeat(80))),
                "{part}"
            );
        }
        for (start, part, end) in [
            ("const A: &[u8] = &[", "-1, ", "];"),
            ("fn f() { match a {", "B | C => {} ", "} }"),
            ("fn f() { match a {", "B(c) if c < d => e(), ", "} }"),
            ("", "fn f<T>(a: &T) -> Option<&T> { if a {} b }\n", ""),
            ("", "/// About it.\n", "struct S;"),
            (
                "fn f() {",
                "if a {} else if b {} match c {} 'd: loop {} ",
                "}",
            ),
            ("fn f() {", "let a: B<C, D> = e; ", "}"),
            ("struct S {", "a: B<C, D>, ", "}"),
        ] {
            assert!(
                !is_too_deep(&format!("{start}{}{end}", part.repeat(2000))),
                "{part}"
            );
        }
    }
}
