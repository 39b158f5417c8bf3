//! The headers of mutants and alternates: the first lines of their file, inner doc comments of
//! a crate, and remarks `# key: value` of a difference.

use std::fmt;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error;

use crate::results::verdict::Diagnosis;

/// Stands in front of what the author of a kata or of a mutant has to replace.
pub const MARKER: &str = "REPLACE:";

/// What the header of a crate begins its lines with, and that of a difference.
pub const OF_CRATE: &str = "//! ";
pub const OF_DIFFERENCE: &str = "# ";

/// A crate with one wrong idea, and the tests that must catch it.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// For example `relaxed-unlock`.
    pub name: String,
    /// The wrong idea, as its believer would say it.
    pub idea: String,
    pub base: Base,
    pub caught_by: Vec<Catch>,
    /// No other test may fail.
    pub only: bool,
    /// What the idea changes in the base, as hunks; none where there is no base.
    pub difference: Option<String>,
    /// The whole crate.
    pub text: String,
}

/// What a mutant is a difference to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// The reference solution.
    Reference,
    /// The alternate of this name, for example `ticket-lock`.
    Alternate(String),
    /// Another mutant, of which there is a whole file: the idea is a variation of its idea.
    Mutant(String),
    /// Nothing: the idea is too far from all that is right.
    None,
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

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Base::Reference => f.write_str("reference"),
            Base::Alternate(name) => write!(f, "alternate {name}"),
            Base::Mutant(name) => write!(f, "mutant {name}"),
            Base::None => f.write_str("none"),
        }
    }
}

impl Base {
    /// Reads the word for it, as its `Display` writes it.
    pub fn read(word: &str) -> Option<Base> {
        let (kind, name) = word.split_once(' ').unwrap_or((word, ""));
        let name = name.trim().replace('_', "-");
        match (kind, name.is_empty()) {
            ("reference", true) => Some(Base::Reference),
            ("alternate", false) => Some(Base::Alternate(name)),
            ("mutant", false) => Some(Base::Mutant(name)),
            ("none", true) => Some(Base::None),
            _ => None,
        }
    }
}

impl Mutant {
    /// What this test must find; `None` if it need not catch the mutant.
    pub fn diagnosis_of(&self, test: &str) -> Option<Diagnosis> {
        let catch = self.caught_by.iter().find(|catch| catch.test == test)?;
        Some(catch.diagnosis)
    }

    /// The mutant that it is a difference to, if it is one to a mutant.
    pub fn varied(&self) -> Option<&str> {
        match &self.base {
            Base::Mutant(name) => Some(name),
            _ => None,
        }
    }
}

/// Reads the header of a mutant, whose lines begin with `mark`. It has no difference yet, and
/// the file's text is its text.
///
/// # Errors
///
/// A field is missing, unknown or wrong.
pub fn mutant(text: &str, mark: &str) -> Result<Mutant> {
    let mut caught_by = Vec::new();
    let mut only = false;
    let (mut name, mut idea, mut base) = (None, None, None);
    for (key, value) in fields(text, mark) {
        match key {
            "mutant" => name = Some(value.to_owned()),
            "idea" => idea = Some(value.to_owned()),
            "base" => base = Some(self::base(value)?),
            "caught-by" => caught_by.push(catch(value)?),
            "only" => only = true,
            _ => bail!("the header has an unknown field `{key}`"),
        }
    }
    ensure!(!caught_by.is_empty(), "the header has no `caught-by:`");
    let idea = idea.context("the header has no `idea:`")?;
    ensure!(
        !idea.starts_with(MARKER),
        "the header does not say yet what the wrong idea is: write it at `idea:`, as somebody \
         who believes in it would say it"
    );
    Ok(Mutant {
        name: name.context("the header has no `mutant:`")?,
        idea,
        base: base.context("the header has no `base:`")?,
        caught_by,
        only,
        difference: None,
        text: text.to_owned(),
    })
}

/// Reads the header of an alternate.
///
/// # Errors
///
/// A field is missing or unknown.
pub fn alternate(name: &str, text: &'static str) -> Result<Alternate> {
    let (mut title, mut idea) = (None, None);
    for (key, value) in fields(text, OF_CRATE) {
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

/// The crate below a header: without the lines that are for authors.
pub fn below(text: &str) -> &str {
    let header = fields(text, OF_CRATE).count();
    let lines = text.split_inclusive('\n').skip(header);
    let empty = lines.take_while(|line| line.trim().is_empty()).count();
    let length = text.split_inclusive('\n').take(header + empty);
    &text[length.map(str::len).sum()..]
}

/// The fields of a header: the lines `key: value` behind the mark, before the first line of
/// another form.
fn fields<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    text.lines().map_while(move |line| {
        let line = line.strip_prefix(mark)?.trim_end();
        if line == "only" {
            return Some((line, ""));
        }
        let (key, value) = line.split_once(": ")?;
        let is_a_key = key.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        is_a_key.then_some((key, value.trim()))
    })
}

fn base(value: &str) -> Result<Base> {
    Base::read(value).with_context(|| {
        format!(
            "`base: {value}` is none of `reference`, `alternate NAME`, `mutant NAME` and `none`"
        )
    })
}

/// Reads the value of a field `caught-by`.
///
/// # Errors
///
/// It is not written `TEST = DIAGNOSIS`, or there is no such diagnosis.
pub fn catch(value: &str) -> Result<Catch> {
    ensure!(
        !value.starts_with(MARKER),
        "the header does not say yet who catches the mutant: write a line \
         `caught-by: TEST = DIAGNOSIS` for each test that must"
    );
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
        let header = "mutant: relaxed-unlock\nidea: Ordering is for experts.\n\
                      base: alternate ticket-lock\n\
                      caught-by: loom::publishes_writes = data_race\nonly\n\nMore: text.";
        for mark in [OF_CRATE, OF_DIFFERENCE] {
            let text: String = header
                .lines()
                .map(|line| format!("{}\n", format!("{mark}{line}").trim_end()))
                .collect();
            let mutant = mutant(&text, mark).unwrap();
            assert_eq!(mutant.name, "relaxed-unlock");
            assert_eq!(mutant.base, Base::Alternate("ticket-lock".to_owned()));
            assert_eq!(mutant.caught_by.len(), 1);
            assert_eq!(mutant.caught_by[0].diagnosis, Diagnosis::DataRace);
            assert!(mutant.only);
        }
    }

    #[test]
    fn a_wrong_header_is_an_error_that_says_what_is_wrong() {
        let error = |fields: &[&str]| {
            let text: String = fields.iter().map(|it| format!("# {it}\n")).collect();
            mutant(&text, OF_DIFFERENCE).unwrap_err().to_string()
        };
        let start = ["mutant: x", "idea: y", "base: reference"];
        let with = |last: &'static str| error(&[&start[..], &[last]].concat());
        assert!(error(&start).contains("`caught-by:`"));
        assert!(with("caught-by: a::b = bad_luck").contains("`bad_luck` is no diagnosis"));
        assert!(with("caught-by: REPLACE: TEST = DIAGNOSIS").contains("does not say yet"));
        let idea = [
            "mutant: x",
            "idea: REPLACE: the idea",
            "base: reference",
            "caught-by: a::b = panic",
        ];
        assert!(error(&idea).contains("what the wrong idea is"));
        assert!(with("base: ticket-lock").contains("`alternate NAME`"));
        assert!(with("idae: y").contains("`idae`"));
        let catch = "caught-by: a::b = panic";
        assert!(error(&["mutant: x", "idea: y", catch]).contains("`base:`"));
    }

    #[test]
    fn a_base_is_read_as_it_is_written() {
        for base in [
            Base::Reference,
            Base::Alternate("ticket-lock".to_owned()),
            Base::Mutant("spin-with-hint".to_owned()),
            Base::None,
        ] {
            assert_eq!(Base::read(&base.to_string()), Some(base));
        }
        for word in ["", "mutant", "reference x", "ticket-lock"] {
            assert_eq!(Base::read(word), None, "{word}");
        }
    }

    #[test]
    fn a_crate_begins_below_its_header() {
        let text =
            "//! alternate: ticket lock\r\n//! idea: Numbers.\r\n\r\n//! Docs.\r\nuse x;\r\n";
        assert_eq!(below(text), "//! Docs.\r\nuse x;\r\n");
        assert_eq!(below("//! Docs.\n"), "//! Docs.\n");
        assert_eq!(below(""), "");
    }

    #[test]
    fn an_alternate_says_what_it_is() {
        assert!(alternate("a", "//! alternate: ticket lock\n").is_err());
        let whole = alternate("a_b", "//! alternate: ticket lock\n//! idea: Numbers.\n").unwrap();
        assert_eq!(whole.name, "a-b");
    }
}
