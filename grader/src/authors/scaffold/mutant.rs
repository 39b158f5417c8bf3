//! Makes a mutant out of an edited copy of what is right, and the whole crate out of a mutant.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::is_name;
use crate::katas::catalog::{self, Exercise};
use crate::katas::differences;
use crate::katas::header::{self, Base, MARKER};
use crate::results::usage::{NewKata, NewMutant, Usage};
use crate::support::disk;

/// Stands where the wrong idea is still missing.
const IDEA: &str = "the wrong idea, as somebody who believes in it would say it";
/// Stands where the tests are still missing.
const CAUGHT_BY: &str = "TEST = DIAGNOSIS, a line for each test that must catch it";

/// Of 100 lines of a crate so many, shown as hunks, are as hard to read as all of them.
const FAR: usize = 70;

/// What is to be made.
#[derive(Debug)]
pub struct Wish<'a> {
    /// A topic that exists.
    pub topic: &'a str,
    /// With hyphens or underscores.
    pub name: &'a str,
    /// The edited copy.
    pub from: &'a Path,
    /// As a header writes it; if it is missing, the nearest one is taken.
    pub base: Option<&'a str>,
    pub idea: Option<&'a str>,
    /// `TEST = DIAGNOSIS` each.
    pub caught_by: &'a [String],
}

/// What was made.
#[derive(Debug, Clone)]
pub struct Made {
    pub topic: String,
    /// The new file, by its path in the repository, with `/`.
    pub file: String,
    pub base: Base,
    /// How many lines it removes and adds, if it has a base.
    pub size: usize,
    /// The fields of its header that its author still has to fill in.
    pub open: Vec<&'static str>,
}

/// Makes a mutant in the clone of the repository at `root`, whose suites are those of this
/// binary.
///
/// # Errors
///
/// Something about the wish will not do, a mutant of that name is there already, or `root` is
/// no clone (all of them [`Usage`]); or files cannot be written.
pub fn make(root: &Path, wish: &Wish<'_>) -> Result<Made> {
    let stem = wish.name.replace('-', "_");
    if !is_name(&stem) {
        let name = wish.name.to_owned();
        return Err(Usage::NewMutant(NewMutant::NoName { name }).into());
    }
    let folder = format!("grader/suites/{}/mutants", wish.topic);
    if !root.join(&folder).is_dir() {
        let root = root.to_owned();
        return Err(Usage::NewKata(NewKata::NoClone { folder, root }).into());
    }
    for ending in ["diff", "rs"] {
        let file = format!("{folder}/{stem}.{ending}");
        if root.join(&file).exists() {
            return Err(Usage::NewKata(NewKata::InTheWay { path: file }).into());
        }
    }
    check(wish)?;
    let text = read(wish.from)?;
    let (base, hunks, size) = compared(wish, &text)?;
    let fields = fields(wish, &stem.replace('_', "-"), &base);
    let (ending, mark, body) = match hunks {
        Some(hunks) => ("diff", header::OF_DIFFERENCE, hunks),
        None => ("rs", header::OF_CRATE, text),
    };
    let header: String = fields.iter().map(|it| format!("{mark}{it}\n")).collect();
    let text = format!("{header}\n{body}");
    let file = format!("{folder}/{stem}.{ending}");
    disk::write_new(&root.join(&file), text.as_bytes())?;
    Ok(Made {
        topic: wish.topic.to_owned(),
        file,
        base,
        size,
        open: open(wish),
    })
}

/// Writes the whole crate that a mutant of this binary is to a new file.
///
/// # Errors
///
/// There is no such mutant, or the file is there already (both [`Usage`]); or an author's file
/// is wrong, or the file cannot be written.
pub fn write_out(topic: &str, name: &str, to: &Path) -> Result<()> {
    let name = name.replace('_', "-");
    let mutants = catalog::mutants(&catalog::exercise(topic)?)?;
    let Some(mutant) = mutants.iter().find(|mutant| mutant.name == name) else {
        let topic = topic.to_owned();
        return Err(Usage::NewMutant(NewMutant::NoSuchMutant { topic, name }).into());
    };
    if to.exists() {
        let path = to.display().to_string();
        return Err(Usage::NewKata(NewKata::InTheWay { path }).into());
    }
    if let Some(folder) = to.parent() {
        disk::create_directory(folder)?;
    }
    disk::write_new(to, header::below(&mutant.text).as_bytes())
}

/// The text of the edited copy, without an author's header.
fn read(file: &Path) -> Result<String> {
    let file = file.to_owned();
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) => {
            let why = error.to_string();
            return Err(Usage::NewMutant(NewMutant::NotReadable { file, why }).into());
        }
    };
    if let Err(error) = syn::parse_file(&text) {
        let start = error.span().start();
        let problem = NewMutant::NoRust {
            file,
            line: start.line,
            column: start.column + 1,
            why: error.to_string(),
        };
        return Err(Usage::NewMutant(problem).into());
    }
    let lines = header::below(&text).lines();
    Ok(lines.map(|line| format!("{line}\n")).collect())
}

/// The base, and the hunks and their size if the text is near enough to it.
fn compared(wish: &Wish<'_>, text: &str) -> Result<(Base, Option<String>, usize)> {
    let present = catalog::bases(wish.topic);
    let wanted = match wish.base {
        Some(word) => match Base::read(word) {
            Some(Base::None) => return Ok((Base::None, None, 0)),
            Some(base) if present.contains(&base) => vec![vec![base]],
            _ => {
                let base = word.to_owned();
                let bases = present.iter().map(Base::to_string).collect();
                return Err(Usage::NewMutant(NewMutant::NoSuchBase { base, bases }).into());
            }
        },
        // A variation of what is wrong is only looked for where nothing that is right is near.
        None => {
            let is_right = |base: &Base| !matches!(base, Base::Mutant(_));
            let (right, wrong) = present.into_iter().partition(is_right);
            vec![right, wrong]
        }
    };
    for bases in wanted {
        let Some((base, difference)) = nearest(wish, text, bases)? else {
            continue;
        };
        let hunks = difference.to_string();
        let is_near = hunks.lines().count() * 100 <= text.lines().count() * FAR;
        if is_near || wish.base.is_some() {
            return Ok((base, Some(hunks), difference.size()));
        }
    }
    Ok((Base::None, None, 0))
}

/// The base that the text differs least from, if there are any, and what sets it apart.
fn nearest(
    wish: &Wish<'_>,
    text: &str,
    bases: Vec<Base>,
) -> Result<Option<(Base, differences::Difference)>> {
    let mut nearest: Option<(Base, differences::Difference)> = None;
    for base in bases {
        let original = catalog::base(wish.topic, &base)?.context("each of them has a text")?;
        // What is above the crate belongs to its author and is no part of the copy.
        let whole = original.text();
        let header = whole.len() - header::below(&whole).len();
        let difference = differences::between(&original, &format!("{}{text}", &whole[..header]));
        if difference.size() == 0 {
            let (file, base) = (wish.from.to_owned(), original.name().to_owned());
            return Err(Usage::NewMutant(NewMutant::NoDifference { file, base }).into());
        }
        if nearest
            .as_ref()
            .is_none_or(|(_, best)| difference.size() < best.size())
        {
            nearest = Some((base, difference));
        }
    }
    Ok(nearest)
}

/// The lines of the header.
fn fields(wish: &Wish<'_>, name: &str, base: &Base) -> Vec<String> {
    let idea = match wish.idea {
        // A field of a header is one line.
        Some(idea) => idea.split_whitespace().collect::<Vec<_>>().join(" "),
        None => format!("{MARKER} {}", IDEA),
    };
    let mut fields = vec![
        format!("mutant: {name}"),
        format!("idea: {idea}"),
        format!("base: {base}"),
    ];
    let catches = wish.caught_by.iter().map(|it| format!("caught-by: {it}"));
    fields.extend(catches);
    if wish.caught_by.is_empty() {
        fields.push(format!("caught-by: {MARKER} {}", CAUGHT_BY));
    }
    fields
}

/// The fields that nobody has filled in.
fn open(wish: &Wish<'_>) -> Vec<&'static str> {
    let idea = wish.idea.is_none().then_some("idea");
    let caught_by = wish.caught_by.is_empty().then_some("caught-by");
    idea.into_iter().chain(caught_by).collect()
}

/// Whether those who are to catch it exist, and what they are to find.
fn check(wish: &Wish<'_>) -> Result<()> {
    let Exercise { tests, .. } = catalog::exercise(wish.topic)?;
    for value in wish.caught_by {
        let catch = header::catch(value).map_err(|error| Usage::Said(error.to_string()))?;
        if !tests.iter().any(|test| test.name == catch.test) {
            let problem = NewMutant::NoSuchTest {
                topic: wish.topic.to_owned(),
                test: catch.test,
                tests: tests.iter().map(|test| test.name.clone()).collect(),
            };
            return Err(Usage::NewMutant(problem).into());
        }
    }
    Ok(())
}
