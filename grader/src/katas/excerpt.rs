//! What some of a suite's tests need of it.
//!
//! To check the types of a suite costs more than to generate the code of a few of its tests. Where
//! only those are run, as for a mutant, the rest of the suite is left out of the build.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use anyhow::{Context, Result};
use quote::ToTokens;
use syn::spanned::Spanned;

use crate::support::syntax;

/// A suite, ready to be cut.
pub struct Suite<'a> {
    text: &'a str,
    items: Vec<Item>,
    /// What those mention that always stay, such as a call of a macro.
    always: BTreeSet<String>,
}

/// What can be left out.
struct Item {
    at: Range<usize>,
    /// What brings it in: its name; for an `impl`, that of the type or of the trait.
    names: Vec<String>,
    mentions: BTreeSet<String>,
}

impl Suite<'_> {
    /// Reads a suite.
    ///
    /// # Errors
    ///
    /// It does not parse.
    pub fn read(text: &str) -> Result<Suite<'_>> {
        let read = syntax::with_file(text, |file| {
            let (mut items, mut always) = (Vec::new(), BTreeSet::new());
            for it in &file.items {
                match item(it) {
                    Some(it) => items.push(it),
                    None if matches!(it, syn::Item::Use(_)) => {}
                    None => always.extend(syntax::words(it.to_token_stream())),
                }
            }
            (items, always)
        });
        let (items, always) = read.context("a suite does not parse")?;
        Ok(Suite {
            text,
            items,
            always,
        })
    }

    /// The suite without what these functions do not need. What is left stands where it stood.
    pub fn excerpt(&self, functions: &[&str]) -> String {
        let mut needed: HashSet<&str> = self.always.iter().map(String::as_str).collect();
        needed.extend(functions);
        let mut left: Vec<&Item> = self.items.iter().collect();
        loop {
            let before = left.len();
            left.retain(|item| {
                let is_needed = item.names.iter().any(|name| needed.contains(&**name));
                if is_needed {
                    needed.extend(item.mentions.iter().map(String::as_str));
                }
                !is_needed
            });
            if left.len() == before {
                break;
            }
        }
        let mut text = self.text.to_owned();
        for item in left {
            let blank: String = self.text[item.at.clone()]
                .chars()
                .flat_map(|character| {
                    let filler = if character == '\n' { '\n' } else { ' ' };
                    std::iter::repeat_n(filler, character.len_utf8())
                })
                .collect();
            text.replace_range(item.at.clone(), &blank);
        }
        text
    }
}

/// An item that can be left out where nobody mentions it.
fn item(item: &syn::Item) -> Option<Item> {
    let of = |path: &syn::Path| path.segments.last().map(|last| last.ident.to_string());
    let names = match item {
        syn::Item::Fn(it) => vec![it.sig.ident.to_string()],
        syn::Item::Const(it) => vec![it.ident.to_string()],
        syn::Item::Static(it) => vec![it.ident.to_string()],
        syn::Item::Struct(it) => vec![it.ident.to_string()],
        syn::Item::Enum(it) => vec![it.ident.to_string()],
        syn::Item::Trait(it) => vec![it.ident.to_string()],
        syn::Item::Type(it) => vec![it.ident.to_string()],
        syn::Item::Mod(it) => vec![it.ident.to_string()],
        syn::Item::Macro(it) => vec![it.ident.as_ref()?.to_string()],
        syn::Item::Impl(it) => {
            let syn::Type::Path(of_type) = &*it.self_ty else {
                return None;
            };
            let of_trait = it.trait_.as_ref().map(|(path, _)| path);
            [Some(&of_type.path), of_trait]
                .into_iter()
                .flatten()
                .filter_map(of)
                .collect()
        }
        _ => return None,
    };
    (!names.iter().any(|name| name == "_")).then(|| Item {
        at: item.span().byte_range(),
        names,
        mentions: syntax::words(item.to_token_stream()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::katas::catalog;
    use crate::results::verdict::Kind;

    const SUITE: &str = "\
//! Tests.
use lock::Lock;

/// é
const LIMIT: u8 = 3;
const OTHER: u8 = 4;

pub fn first() {
    helper(LIMIT);
}

pub fn second() {
    check!(OTHER);
}

fn helper(it: u8) {
    Local(it).go();
}

struct Local(u8);

impl Local {
    fn go(&self) {}
}

made!();

macro_rules! made {
    () => {};
}

macro_rules! check {
    ($it:expr) => {};
}
";

    fn excerpt(functions: &[&str]) -> String {
        Suite::read(SUITE).unwrap().excerpt(functions)
    }

    #[test]
    fn what_a_test_needs_stays_where_it_stood() {
        let first = excerpt(&["first"]);
        let lines = |text: &str| {
            text.lines()
                .map(|it| it.trim().to_owned())
                .collect::<Vec<_>>()
        };
        for (whole, left) in lines(SUITE).iter().zip(lines(&first)) {
            assert!(left.is_empty() || left == *whole, "{left}");
        }
        for needed in [
            "const LIMIT",
            "fn first",
            "fn helper",
            "struct Local",
            "impl Local",
        ] {
            assert!(first.contains(needed), "{needed}: {first}");
        }
        for other in ["OTHER", "second", "check"] {
            assert!(!first.contains(other), "{other}: {first}");
        }
    }

    #[test]
    fn imports_always_stay_and_macros_are_mentioned_like_functions() {
        let nothing = excerpt(&[]);
        for always in ["use lock::Lock;", "\nmade!();", "macro_rules! made"] {
            assert!(nothing.contains(always), "{nothing}");
        }
        let second = excerpt(&["second"]);
        assert!(second.contains("macro_rules! check") && second.contains("OTHER"));
        assert!(!second.contains("helper"));
        assert_eq!(excerpt(&["first", "second"]), SUITE);
    }

    #[test]
    fn every_suite_can_be_cut() {
        for exercise in catalog::all().unwrap() {
            for kind in Kind::ALL {
                let Some(text) = catalog::suite(&exercise.topic, kind) else {
                    continue;
                };
                let suite = Suite::read(text).unwrap();
                let nothing = suite.excerpt(&[]);
                assert_eq!(nothing.lines().count(), text.lines().count());
                assert!(nothing.trim_end().len() < text.len());
            }
        }
    }
}
