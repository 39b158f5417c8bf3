//! The headers of mutants and alternates: the first inner doc comments of their file.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;

use crate::results::verdict::Diagnosis;

/// A crate with one wrong idea, and the tests that must catch it.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// For example `relaxed-unlock`.
    pub name: String,
    /// The wrong idea, as its believer would say it.
    pub idea: String,
    pub caught_by: Vec<Catch>,
    /// No other test may fail.
    pub only: bool,
    pub text: &'static str,
}

/// A test that must fail, and what it must find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catch {
    pub test: String,
    pub diagnosis: Diagnosis,
}

/// A correct crate by other means than the reference solution.
#[derive(Debug, Clone)]
pub struct Alternate {
    /// The name of its file, without the ending.
    pub name: String,
    /// For example `ticket lock`.
    pub title: String,
    pub idea: String,
    pub text: &'static str,
}

impl Mutant {
    /// What this test must find; `None` if it need not catch the mutant.
    pub fn diagnosis_of(&self, test: &str) -> Option<Diagnosis> {
        let catch = self.caught_by.iter().find(|catch| catch.test == test)?;
        Some(catch.diagnosis)
    }
}

/// Reads the header of a mutant.
///
/// # Errors
///
/// A field is missing, unknown or wrong.
pub fn mutant(text: &'static str) -> Result<Mutant> {
    let mut caught_by = Vec::new();
    let mut only = false;
    let (mut name, mut idea) = (None, None);
    for (key, value) in fields(text) {
        match key {
            "mutant" => name = Some(value.to_owned()),
            "idea" => idea = Some(value.to_owned()),
            "caught-by" => caught_by.push(catch(value)?),
            "only" => only = true,
            _ => bail!("the header has an unknown field `{key}`"),
        }
    }
    ensure!(!caught_by.is_empty(), "the header has no `caught-by:`");
    Ok(Mutant {
        name: name.context("the header has no `mutant:`")?,
        idea: idea.context("the header has no `idea:`")?,
        caught_by,
        only,
        text,
    })
}

/// Reads the header of an alternate.
///
/// # Errors
///
/// A field is missing or unknown.
pub fn alternate(name: &str, text: &'static str) -> Result<Alternate> {
    let (mut title, mut idea) = (None, None);
    for (key, value) in fields(text) {
        match key {
            "alternate" => title = Some(value.to_owned()),
            "idea" => idea = Some(value.to_owned()),
            _ => bail!("the header has an unknown field `{key}`"),
        }
    }
    Ok(Alternate {
        name: name.replace('_', "-"),
        title: title.context("the header has no `alternate:`")?,
        idea: idea.context("the header has no `idea:`")?,
        text,
    })
}

/// The fields of a header: the lines `//! key: value` before the first line of another form.
fn fields(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().map_while(|line| {
        let line = line.strip_prefix("//! ")?.trim_end();
        if line == "only" {
            return Some((line, ""));
        }
        let (key, value) = line.split_once(": ")?;
        let is_a_key = key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        is_a_key.then_some((key, value.trim()))
    })
}

fn catch(value: &str) -> Result<Catch> {
    let (test, diagnosis) = value
        .split_once(" = ")
        .with_context(|| format!("`caught-by: {value}` has no ` = diagnosis`"))?;
    let deserializer = IntoDeserializer::<Error>::into_deserializer(diagnosis.trim());
    let diagnosis = Diagnosis::deserialize(deserializer)
        .ok()
        .with_context(|| format!("`{diagnosis}` is no diagnosis"))?;
    Ok(Catch {
        test: test.trim().to_owned(),
        diagnosis,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mutant_says_who_catches_it() {
        let mutant = mutant(
            "//! mutant: relaxed-unlock\n//! idea: Ordering is for experts.\n\
             //! caught-by: loom::publishes_writes = data_race\n//! only\n//!\n//! More: text.\nuse x;\n",
        )
        .unwrap();
        assert_eq!(mutant.name, "relaxed-unlock");
        assert_eq!(mutant.caught_by.len(), 1);
        assert_eq!(mutant.caught_by[0].diagnosis, Diagnosis::DataRace);
        assert!(mutant.only);
    }

    #[test]
    fn a_wrong_header_is_an_error() {
        assert!(mutant("//! mutant: x\n//! idea: y\n").is_err());
        assert!(mutant("//! mutant: x\n//! idea: y\n//! caught-by: a::b = bad_luck\n").is_err());
        assert!(mutant("//! mutant: x\n//! idae: y\n").is_err());
        assert!(alternate("a", "//! alternate: ticket lock\n").is_err());
    }
}
