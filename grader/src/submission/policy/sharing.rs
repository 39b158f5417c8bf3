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

#[cfg(test)]
mod tests {
    use crate::katas::catalog::single;
    use crate::results::report::Unmodelled;
    use crate::submission::policy::{Examined, examine};

    fn items(text: &str) -> Vec<String> {
        match examine(&single(text), "exercises/lock/src".as_ref()).unwrap() {
            Examined::Forbidden(found) => found.into_iter().map(|found| found.item).collect(),
            Examined::Graded { .. } => Vec::new(),
        }
    }

    #[track_caller]
    fn refused(text: &str, item: &str) {
        assert_eq!(items(text), [item], "{text}");
    }

    #[track_caller]
    fn fine(text: &str) {
        assert_eq!(items(text), Vec::<String>::new(), "{text}");
    }

    #[test]
    fn what_counts_the_sharers_of_an_arc_is_refused() {
        refused(
            "fn f(a: &Arc<u8>) -> bool { Arc::strong_count(a) == 1 }",
            "strong_count",
        );
        refused(
            "fn f(a: &Arc<u8>) -> usize { Arc::<u8>::weak_count(a) }",
            "weak_count",
        );
        refused(
            "fn f(a: &Weak<u8>) -> usize { a.strong_count() }",
            "strong_count",
        );
        refused(
            "fn f(a: &[Weak<u8>]) { a.iter().map(Weak::strong_count); }",
            "strong_count",
        );
        refused(
            "macro_rules! m { ($f:ident) => { Arc::$f(a) } } m!(strong_count);",
            "strong_count",
        );
        fine("struct S { strong_count: usize } fn f(s: &S) -> usize { s.strong_count }");
        fine("fn strong_count() -> usize { 1 } fn f() -> usize { strong_count() }");
    }

    #[test]
    fn what_else_depends_on_the_sharers_of_an_arc_is_told() {
        let told = |text: &str| -> Vec<(String, u32, u32)> {
            let examined = examine(&single(text), "exercises/lock/src".as_ref()).unwrap();
            let Examined::Graded { unmodelled, .. } = examined else {
                panic!("refused: {text}");
            };
            let told = |it: Unmodelled| (it.item, it.place.line, it.place.column);
            unmodelled.into_iter().map(told).collect()
        };
        let text = "fn f(w: Weak<u8>) {\n    w.upgrade();\n    é(); Arc::try_unwrap(a);\n}\n";
        let (upgrade, unwrap) = ("Weak::upgrade".to_owned(), "Arc::try_unwrap".to_owned());
        assert_eq!(told(text), [(upgrade, 2, 7), (unwrap, 3, 15)]);
        let unasked = "fn f(m: Mutex<u8>, o: &mut OnceLock<u8>) { m.into_inner(); o.get_mut(); Arc::ptr_eq(a, b); }\n\
                       fn upgrade() {} #[cfg(test)] mod tests { fn f() { w.upgrade(); } }";
        assert_eq!(told(unasked), []);
    }
}
