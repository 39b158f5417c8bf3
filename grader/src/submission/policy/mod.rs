//! What a graded crate may not say, found by looking at its tokens before anything is compiled.
//!
//! rustc has no stable way to glue identifiers together, so once `include!` is refused, a scan
//! of all tokens, those inside macros included, sees every name that the crate can ever use.
//! Comments and strings are no tokens, and names are only refused where they can mean the
//! forbidden thing: a field called `env` is fine, `env!` is not.
//!
//! A macro can take its input apart and put anything together again, so inside the input and
//! the definitions of a crate's own macros names alone count, not what stands around them.
//!
//! * `view`: the tokens that rustc will see; `modules`: the files that it will read;
//! * `scan`: the walk through them, with `attributes`, `macros`, `roots` and
//!   `lifetimes`; `own_tests`: what is left out; `sharing`: what the model does not see;
//! * `words`: for files that are no sequence of tokens;
//! * `found` and `tokens`: what all of them use.

mod attributes;
mod found;
mod lifetimes;
mod macros;
mod modules;
mod own_tests;
mod roots;
mod scan;
mod sharing;
#[cfg(test)]
mod tests;
mod tokens;
mod view;
mod words;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use crate::katas::catalog::Files;
use crate::results::refusal::Forbidden;
use crate::results::report::Unmodelled;
use crate::support::syntax;
use found::{Found, Sighting};
use macros::Macros;
use view::View;

/// What is to be said of a crate's sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Examined {
    /// The files that make up the graded crate: what nothing but the learner's own tests uses is
    /// none of them.
    Graded {
        files: Files,
        /// What they ask that the model does not know, in the order of the files and their text.
        unmodelled: Vec<Unmodelled>,
    },
    /// This is forbidden, in the order of the files and of their text.
    Forbidden(Vec<Forbidden>),
}

/// Looks through a `src` that the user knows as `display`.
///
/// # Errors
///
/// The machine has no room for the stack that this takes.
pub fn examine(files: &Files, display: &Path) -> Result<Examined> {
    syntax::on_large_stack(|| look(files, display))
}

fn look(files: &Files, display: &Path) -> Examined {
    let mut views: BTreeMap<&str, View> = files
        .iter()
        .map(|(name, text)| (&**name, View::of(text)))
        .collect();
    let read = modules::read(&views);
    views.retain(|name, _| read.contains(*name));
    let macros = Macros::of(views.values().filter_map(View::tokens));
    let (mut forbidden, mut unmodelled) = (Vec::new(), Vec::new());
    for (name, view) in &views {
        let (mut found, sightings) = match view {
            View::Tokens(tokens) => scan::scan(tokens, macros),
            View::Words(found) => (found.clone(), Vec::new()),
            View::Unclear(found) => (vec![found.clone()], Vec::new()),
        };
        found.sort_by_key(|found| found.range.start);
        found.dedup_by_key(|found| found.range.start);
        let shown = format!("{}/{name}", display.display());
        let in_file = |found: Found| found.in_file(&shown, &files[*name]);
        forbidden.extend(found.into_iter().map(in_file));
        let in_file = |sighting: Sighting| sighting.in_file(&shown, &files[*name]);
        unmodelled.extend(sightings.into_iter().map(in_file));
    }
    if !forbidden.is_empty() {
        return Examined::Forbidden(forbidden);
    }
    let is_read = |(name, _): &(&String, &String)| read.contains(*name);
    let graded = files.iter().filter(is_read);
    Examined::Graded {
        files: graded
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect(),
        unmodelled,
    }
}
