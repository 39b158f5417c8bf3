//! Mutants that are no mistake: the author's list of them, and why.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::katas::embedded;
use crate::results::survey::Generated;

/// A mutant that does what the original does, or what its contract leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equivalent {
    /// Function and change, as the report names them.
    pub mutant: String,
    /// The line where the change begins, trimmed. A number would be wrong after the next edit.
    pub line: String,
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    equivalent: Vec<Entry>,
}

/// Mutants that are no mistake for one reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    reason: String,
    mutants: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    mutant: String,
    line: String,
}

impl Equivalent {
    /// Whether this is the mutant that is meant.
    pub fn is(&self, mutant: &Generated) -> bool {
        self.mutant == mutant.name() && self.line == mutant.before
    }
}

/// The list of a topic, which need not have one.
///
/// # Errors
///
/// The file is wrong.
pub(super) fn of(topic: &str) -> Result<Vec<Equivalent>> {
    match embedded::text(&format!("suites/{topic}/equivalent.toml")) {
        Some(text) => {
            read(text).with_context(|| format!("reading grader/suites/{topic}/equivalent.toml"))
        }
        None => Ok(Vec::new()),
    }
}

fn read(text: &str) -> Result<Vec<Equivalent>> {
    let list: List = toml::from_str(text)?;
    let of_entry = |Entry { reason, mutants }| {
        mutants.into_iter().map(move |listed: Listed| Equivalent {
            mutant: listed.mutant,
            line: listed.line,
            reason: reason.clone(),
        })
    };
    Ok(list.equivalent.into_iter().flat_map(of_entry).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authors::generate::operators::mutants;

    #[test]
    fn an_entry_means_a_mutant_by_its_name_and_line_wherever_the_line_is() {
        let text = "[[equivalent]]\nreason = \"They are never equal.\"\nmutants = [\n\
            { mutant = \"f: replace `<` with `<=`\", line = \"if a < b {}\" },\n]\n";
        let list = read(text).expect("valid");
        for source in [
            "fn f() -> T {\n    if a < b {}\n}",
            "\n\nfn f() -> T {\nif a < b {}\n}",
        ] {
            let mutants = mutants(source).expect("valid Rust");
            let meant = mutants.iter().filter(|mutant| list[0].is(mutant));
            assert_eq!(meant.count(), 1);
        }
        let others = mutants("fn f() -> T {\n    if a < c {}\n}").expect("valid Rust");
        assert!(!others.iter().any(|mutant| list[0].is(mutant)));
    }

    #[test]
    fn an_entry_without_a_reason_is_refused() {
        let mutants = "mutants = [{ mutant = \"f: x\", line = \"y\" }]\n";
        assert!(read(&format!("[[equivalent]]\n{mutants}")).is_err());
        assert!(read(&format!("[[equivalent]]\nreason = \"z\"\n{mutants}")).is_ok());
    }
}
