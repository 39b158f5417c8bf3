//! What there is to learn: the topics, their hidden tests, hints, mutants and alternates.
//!
//! Everything comes from the files embedded in the binary. An error here is a
//! mistake in an author's file, never the learner's doing.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::katas::differences::{self, Difference, Misfit};
use crate::katas::embedded;
use crate::katas::header::{self, Alternate, Base, Mutant};
use crate::results::matrix::Excluded;
use crate::results::verdict::Kind;

/// The points of every exercise.
pub const POINTS: f64 = 10.0;

/// The sum of points. Tenths have no exact binary fraction, and all of them together are all.
pub fn total(points: impl Iterator<Item = f64>) -> f64 {
    (points.sum::<f64>() * 1000.0).round() / 1000.0
}

/// The kinds of these tests, each once.
pub fn kinds(tests: &[&Test]) -> Vec<Kind> {
    let has = |kind: &Kind| tests.iter().any(|test| test.kind == *kind);
    Kind::ALL.into_iter().filter(has).collect()
}

/// One topic with everything that its folder in `suites/` says.
#[derive(Debug, Clone)]
pub struct Exercise {
    pub topic: String,
    pub title: String,
    /// Where it stands among the topics; small numbers come first.
    pub order: u32,
    pub summary: String,
    /// What of std's synchronisation the exercise may use: features of `kata-std`.
    pub allow: Vec<String>,
    pub tests: Vec<Test>,
    /// Rows of the bug catalogue that are no mutant here.
    pub excluded: Vec<Excluded>,
    /// From a nudge to nearly the answer.
    pub hints: Vec<&'static str>,
}

/// One hidden test.
#[derive(Debug, Clone)]
pub struct Test {
    /// With its prefix: `model::no_lost_wakeup`.
    pub name: String,
    pub kind: Kind,
    pub points: f64,
    /// What the test holds the learner to, in one sentence.
    pub claim: String,
    /// Measures time or CPU, so nothing may run beside it.
    pub alone: bool,
}

impl Test {
    /// The function of the suite of that kind that it is, if it is of that kind.
    pub fn function(&self, kind: Kind) -> Option<&str> {
        self.name.strip_prefix(kind.name())?.strip_prefix("::")
    }
}

/// The files of a crate's `src`, from their path (with `/`) to their text.
pub type Files = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    title: String,
    order: u32,
    summary: String,
    allow: Vec<String>,
    #[serde(default)]
    test: Vec<ManifestTest>,
    #[serde(default)]
    excluded: Vec<Excluded>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestTest {
    name: String,
    points: f64,
    claim: String,
    #[serde(default)]
    alone: bool,
}

#[cfg(test)]
impl Exercise {
    /// An exercise without anything in it.
    pub(crate) fn named(topic: &str) -> Exercise {
        Exercise {
            topic: topic.to_owned(),
            title: String::new(),
            order: 10,
            summary: String::new(),
            allow: Vec::new(),
            tests: Vec::new(),
            excluded: Vec::new(),
            hints: Vec::new(),
        }
    }
}

/// The names of all topics, in alphabetical order and without reading their files.
pub fn names() -> Vec<&'static str> {
    embedded::children("suites")
        .into_iter()
        .filter(|topic| embedded::text(&format!("suites/{topic}/exercise.toml")).is_some())
        .collect()
}

/// All topics, in the order in which they are learned.
///
/// # Errors
///
/// An `exercise.toml` is wrong.
pub fn all() -> Result<Vec<Exercise>> {
    let mut exercises = names()
        .into_iter()
        .map(exercise)
        .collect::<Result<Vec<_>>>()?;
    exercises.sort_by(|a, b| (a.order, &a.topic).cmp(&(b.order, &b.topic)));
    Ok(exercises)
}

/// One topic.
///
/// # Errors
///
/// There is no such topic, or its `exercise.toml` is wrong.
pub fn exercise(topic: &str) -> Result<Exercise> {
    let file = format!("grader/suites/{topic}/exercise.toml");
    let text = embedded::text(&format!("suites/{topic}/exercise.toml"))
        .with_context(|| format!("there is no {file}"))?;
    let manifest: Manifest = toml::from_str(text).with_context(|| format!("reading {file}"))?;
    let hints = embedded::text(&format!("suites/{topic}/hints.md")).unwrap_or_default();
    let tests = manifest
        .test
        .into_iter()
        .map(|test| read_test(topic, test))
        .collect::<Result<Vec<_>>>()
        .with_context(|| format!("reading {file}"))?;
    Ok(Exercise {
        topic: topic.to_owned(),
        title: manifest.title,
        order: manifest.order,
        summary: manifest.summary,
        allow: manifest.allow,
        tests,
        excluded: manifest.excluded,
        hints: sections(hints),
    })
}

fn read_test(topic: &str, test: ManifestTest) -> Result<Test> {
    let (prefix, function) = test
        .name
        .split_once("::")
        .with_context(|| format!("test `{}` has no prefix such as `model::`", test.name))?;
    let kind = Kind::ALL
        .into_iter()
        .find(|kind| kind.name() == prefix)
        .with_context(|| format!("test `{}`: the prefix is no suite", test.name))?;
    let suite = suite(topic, kind)
        .with_context(|| format!("test `{}`: there is no {prefix}.rs", test.name))?;
    ensure!(
        suite.contains(&format!("pub fn {function}(")),
        "test `{}`: {prefix}.rs has no `pub fn {function}()`",
        test.name
    );
    Ok(Test {
        name: test.name,
        kind,
        points: test.points,
        claim: test.claim,
        alone: test.alone,
    })
}

/// The sections of a file of hints: what follows each line `## 1`, `## 2`, ….
fn sections(text: &'static str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("## ") {
        let section = &rest[start..];
        let Some(end_of_line) = section.find('\n') else {
            break;
        };
        let body = &section[end_of_line..];
        let end = body.find("\n## ").map_or(body.len(), |end| end + 1);
        found.push(body[..end].trim());
        rest = &body[end..];
    }
    found
}

/// The source of a topic's hidden tests of one kind, if it has any.
pub fn suite(topic: &str, kind: Kind) -> Option<&'static str> {
    embedded::text(&format!("suites/{topic}/{}.rs", kind.name()))
}

/// The files of the pristine skeleton, if the topic has one.
pub fn skeleton(topic: &str) -> Option<Files> {
    let text = embedded::text(&format!("suites/{topic}/skeleton.rs"))?;
    Some(single(text))
}

/// The files of the reference solution.
///
/// # Errors
///
/// The topic has none.
pub fn reference(topic: &str) -> Result<Files> {
    let folder = format!("solutions/{topic}/src");
    let files: Files = embedded::below(&folder)
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    ensure!(
        files.contains_key("lib.rs"),
        "there is no {folder}/lib.rs, so nothing tells what this machine can do"
    );
    Ok(files)
}

/// The mutants of a topic, by name.
///
/// # Errors
///
/// The header of one is wrong, it names a test that does not exist, or its difference does not
/// fit its base. The error tells this of all mutants of which it is true.
pub fn mutants(exercise: &Exercise) -> Result<Vec<Mutant>> {
    let folder = format!("suites/{}/mutants", exercise.topic);
    let mut bases = BTreeMap::new();
    let (mut found, mut faults) = (Vec::new(), Vec::new());
    for (file, text) in embedded::below(&folder) {
        match mutant(exercise, file, text, &mut bases) {
            Ok(mutant) => found.push(mutant),
            Err(error) => {
                let line = error.downcast_ref::<Misfit>().map(|it| it.line);
                let line = line.map(|line| format!(":{line}")).unwrap_or_default();
                faults.push(format!("grader/{folder}/{file}{line}: {error:#}"));
            }
        }
    }
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(found)
}

/// Reads a mutant from its file, a difference or a whole crate. `bases` keeps what was read
/// for it, by file.
fn mutant(
    exercise: &Exercise,
    file: &str,
    text: &str,
    bases: &mut BTreeMap<String, differences::Base<'static>>,
) -> Result<Mutant> {
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    let mut mutant = match ending {
        "diff" => header::mutant(text, header::OF_DIFFERENCE)?,
        _ => header::mutant(text, header::OF_CRATE)?,
    };
    ensure!(
        stem.replace('_', "-") == mutant.name,
        "it calls itself `{}`",
        mutant.name
    );
    for catch in &mutant.caught_by {
        ensure!(
            exercise.tests.iter().any(|test| test.name == catch.test),
            "it names the test `{}`, which is not in exercise.toml",
            catch.test
        );
    }
    let base = file_of(&exercise.topic, &mutant.base);
    ensure!(
        (ending == "diff") == base.is_some(),
        "a mutant with a base is a difference in a file `{stem}.diff`, and one without \
         (`base: none`) a whole crate in `{stem}.rs`"
    );
    if let Some(file) = base {
        let base = match bases.entry(file) {
            Entry::Occupied(present) => present.into_mut(),
            Entry::Vacant(absent) => {
                let base = base_at(absent.key())?;
                absent.insert(base)
            }
        };
        let difference = Difference::read(text)?;
        // The header of the base tells what the base is.
        mutant.text = header::below(&difference.apply(base)?).to_owned();
        mutant.difference = Some(difference.to_string());
    }
    Ok(mutant)
}

/// What a mutant of a topic can be a difference to: the reference solution, the alternates, and
/// the mutants that are whole files.
pub fn bases(topic: &str) -> Vec<Base> {
    let names = |folder: &str| {
        let folder = format!("suites/{topic}/{folder}");
        let files = embedded::below(&folder);
        let names: Vec<String> = files
            .filter_map(|(file, _)| Some(file.strip_suffix(".rs")?.replace('_', "-")))
            .collect();
        names.into_iter()
    };
    let alternates = names("alternates").map(Base::Alternate);
    let mutants = names("mutants").map(Base::Mutant);
    [Base::Reference]
        .into_iter()
        .chain(alternates)
        .chain(mutants)
        .collect()
}

/// The text of a mutant's base, ready to be compared; none for [`Base::None`].
///
/// # Errors
///
/// There is no such base, or it is no Rust.
pub fn base(topic: &str, base: &Base) -> Result<Option<differences::Base<'static>>> {
    file_of(topic, base).map(|file| base_at(&file)).transpose()
}

fn base_at(file: &str) -> Result<differences::Base<'static>> {
    let text = embedded::text(file.trim_start_matches("grader/"));
    let text = text.with_context(|| format!("its base is {file}, which does not exist"))?;
    differences::Base::new(file, text)
}

/// The file of a mutant's base, by its path in the repository.
fn file_of(topic: &str, base: &Base) -> Option<String> {
    match base {
        Base::Reference => Some(format!("solutions/{topic}/src/lib.rs")),
        Base::Alternate(name) => {
            let file = name.replace('-', "_");
            Some(format!("grader/suites/{topic}/alternates/{file}.rs"))
        }
        Base::Mutant(name) => {
            let file = name.replace('-', "_");
            Some(format!("grader/suites/{topic}/mutants/{file}.rs"))
        }
        Base::None => None,
    }
}

/// The correct solutions by other means, by file name.
///
/// # Errors
///
/// The header of one is wrong.
pub fn alternates(topic: &str) -> Result<Vec<Alternate>> {
    embedded::below(&format!("suites/{topic}/alternates"))
        .map(|(file, text)| {
            header::alternate(file.trim_end_matches(".rs"), text)
                .with_context(|| format!("reading grader/suites/{topic}/alternates/{file}"))
        })
        .collect()
}

/// A crate that consists of `lib.rs` alone.
pub fn single(text: &str) -> Files {
    Files::from([("lib.rs".to_owned(), text.to_owned())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_split_at_their_numbers() {
        let text = "# Hints\n\n## 1\n\nLook.\n\n## 2\nLook\ncloser.\n";
        assert_eq!(sections(text), ["Look.", "Look\ncloser."]);
        assert!(sections("").is_empty());
    }

    #[test]
    fn every_topic_is_well_formed() {
        for exercise in all().unwrap() {
            let points = total(exercise.tests.iter().map(|test| test.points));
            assert_eq!(points, POINTS, "{}", exercise.topic);
            assert!(exercise.hints.len() >= 4, "{}", exercise.topic);
            mutants(&exercise).unwrap();
            alternates(&exercise.topic).unwrap();
            reference(&exercise.topic).unwrap();
            assert!(skeleton(&exercise.topic).is_some(), "{}", exercise.topic);
        }
    }

    #[test]
    fn an_unknown_topic_is_named() {
        let error = exercise("telepathy").unwrap_err();
        assert!(error.to_string().contains("suites/telepathy"), "{error}");
    }
}
