//! One program over atomics under `orderings`, under plain interleaving, and by the axioms.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::axioms;
use super::touch::{Interleavings, Orderings, Outcome, Touch, search};

/// What became of a comparison.
pub(crate) enum Compared {
    /// The search by plain interleaving, or that of orderings, is too large.
    TooLarge,
    /// Nothing is missing and nothing is forbidden.
    Sound {
        executions: u64,
        /// Outcomes that the axioms allow, and how many of them `orderings` has not.
        allowed: usize,
        unseen: usize,
    },
    /// What is missing or forbidden, for a person.
    Wrong(String),
}

/// Compares under one bound, or without one. `budget` is in operations of the one search and in
/// executions of the other.
pub(crate) fn compare(program: &[Vec<Touch>], bound: Option<u32>, budget: u64) -> Compared {
    let wrong = |what: String| Compared::Wrong(format!("bound {bound:?}, {what}: {program:?}\n"));
    let plain = match search::<Interleavings>(program, bound, 100 * budget) {
        Ok(plain) if plain.is_whole() => plain.outcomes,
        Ok(_) => return Compared::TooLarge,
        Err(failure) => return wrong(format!("interleavings fails: {failure:?}")),
    };
    let found = match search::<Orderings>(program, bound, budget) {
        Ok(found) if found.is_whole() => found,
        Ok(_) => return Compared::TooLarge,
        Err(failure) => return wrong(format!("orderings fails: {failure:?}")),
    };
    let allowed = axioms::allowed(program);
    let mut text = String::new();
    tell("missing  ", plain.difference(&found.outcomes), &mut text);
    tell("forbidden", found.outcomes.difference(&allowed), &mut text);
    tell("SC wrong ", plain.difference(&allowed), &mut text);
    if !text.is_empty() {
        return wrong(format!("\n{text}"));
    }
    Compared::Sound {
        executions: found.exploration.executions,
        allowed: allowed.len(),
        unseen: allowed.difference(&found.outcomes).count(),
    }
}

fn tell<'a>(what: &str, outcomes: impl Iterator<Item = &'a Outcome>, text: &mut String) {
    let outcomes: BTreeSet<_> = outcomes.collect();
    if let Some(one) = outcomes.first() {
        let _ = writeln!(text, "    {what} {}: {one:?}", outcomes.len());
    }
}
