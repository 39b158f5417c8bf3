//! The order of the rooms: a reader finds the code from the question, and a change stays in its
//! room, only as long as files import downwards and in no circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use walkdir::WalkDir;

/// The rooms of `grader/src`, from the top down; see the documentation of `lib.rs`.
const GRADER: [&str; 17] = [
    "main",
    "cli",
    "commands",
    "exit_code",
    "watch",
    "replay",
    "learner",
    "report",
    "messages",
    "authors",
    "grading",
    "running",
    "building",
    "submission",
    "katas",
    "results",
    "support",
];

/// Rooms with fewer windows than the order allows: each speaks of these alone.
const NARROW: [(&str, &[&str]); 3] = [
    ("messages", &["results"]),
    ("results", &[]),
    ("support", &[]),
];

const WHAT_TO_DO: &str = "Move what both need down to `results` (data) or `support` (no word of \
                          katas), hand it in as an argument, or move the importing file up.";

#[test]
fn each_room_imports_only_from_those_below_it() {
    let house = House::at("src");
    let rank = |room: &str| GRADER.iter().position(|it| *it == room);
    let mut wrong = BTreeSet::new();
    for (file, target) in house.imports() {
        let (from, to) = (room(file), room(target));
        let is_narrow = NARROW.iter().find(|(it, _)| *it == from);
        let is_fine = match is_narrow {
            Some((_, allowed)) => from == to || allowed.contains(&to),
            None => rank(from) <= rank(to),
        };
        if !is_fine {
            wrong.insert(format!("grader/src/{file} imports {target}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "these imports run upwards, or to a room that theirs does not speak of: \
         {wrong:#?}\n{WHAT_TO_DO}"
    );
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let house = House::at("src");
    let circles = house.circles();
    assert!(
        circles.is_empty(),
        "these files import each other in circles: {circles:#?}\n{WHAT_TO_DO}"
    );
}

/// A room that stands in no order would be free to import what it likes.
#[test]
fn every_room_has_a_place_in_the_order() {
    let house = House::at("src");
    let rooms: BTreeSet<&str> = house.files.keys().map(|file| room(file)).collect();
    let known = GRADER.into_iter().chain(["lib"]).collect();
    assert_eq!(rooms, known, "the rooms of grader/src, and those of GRADER");
}

#[test]
fn a_circle_is_found_and_an_import_of_a_test_is_none() {
    let house = House::of(&[
        ("a.rs", "use crate::b::{self, B};"),
        ("b/mod.rs", "mod c; mod d; pub use c::C; pub use d::D;"),
        ("b/c.rs", "fn f() { super::d::g(); }"),
        ("b/d.rs", "type A = crate::a::A;"),
        ("e.rs", "#[cfg(test)] mod tests { use crate::a::A; }"),
    ]);
    assert_eq!(
        house.circles(),
        [["a.rs", "b/mod.rs", "b/c.rs", "b/d.rs"]
            .map(str::to_owned)
            .into_iter()
            .collect::<BTreeSet<_>>()]
    );
    let of_e = house.imports().any(|(file, _)| file == "e.rs");
    assert!(!of_e);
}

/// The folder or file directly below `src`.
fn room(file: &str) -> &str {
    let first = file.split('/').next().unwrap_or(file);
    first.strip_suffix(".rs").unwrap_or(first)
}

/// The files of a crate, and which of them each imports.
struct House {
    files: BTreeMap<String, BTreeSet<String>>,
}

impl House {
    fn at(src: &str) -> House {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join(src);
        let entries = WalkDir::new(&src).sort_by_file_name();
        let files: Vec<PathBuf> = entries
            .into_iter()
            .map(|entry| entry.expect("readable").into_path())
            .filter(|path| path.extension().is_some_and(|it| it == "rs"))
            .collect();
        let texts: Vec<(String, String)> = files
            .iter()
            .map(|path| {
                let name = path.strip_prefix(&src).expect("below");
                let name = name.to_str().expect("UTF-8").replace('\\', "/");
                (name, fs::read_to_string(path).expect("readable"))
            })
            .collect();
        let texts: Vec<(&str, &str)> = texts.iter().map(|(a, b)| (&**a, &**b)).collect();
        House::of(&texts)
    }

    fn of(texts: &[(&str, &str)]) -> House {
        let modules: BTreeMap<Vec<String>, &str> = texts
            .iter()
            .map(|(name, _)| (module_of(name), *name))
            .collect();
        let files = texts.iter().map(|(name, text)| {
            let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut imports = Imports {
                modules: &modules,
                inside: module_of(name),
                found: BTreeSet::new(),
            };
            imports.visit_file(&file);
            imports.found.remove(*name);
            ((*name).to_owned(), imports.found)
        });
        House {
            files: files.collect(),
        }
    }

    fn imports(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .flat_map(|(file, targets)| targets.iter().map(move |it| (&**file, &**it)))
    }

    /// Files that can be reached from themselves, together with all on the same way.
    fn circles(&self) -> Vec<BTreeSet<String>> {
        let reached: BTreeMap<&str, BTreeSet<&str>> = self
            .files
            .keys()
            .map(|file| (file.as_str(), self.reached_from(file)))
            .collect();
        let mut circles: Vec<BTreeSet<String>> = Vec::new();
        for (file, own) in &reached {
            if own.contains(file) && !circles.iter().any(|circle| circle.contains(*file)) {
                let others = own.iter().filter(|it| reached[**it].contains(file));
                circles.push(others.map(|it| (*it).to_owned()).collect());
            }
        }
        circles
    }

    fn reached_from(&self, file: &str) -> BTreeSet<&str> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = self.files[file].iter().map(String::as_str).collect();
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(self.files[next].iter().map(String::as_str));
            }
        }
        reached
    }
}

/// `report/human.rs` is the module `report::human`, `report/mod.rs` is `report`.
fn module_of(file: &str) -> Vec<String> {
    let path = file.strip_suffix(".rs").unwrap_or(file);
    let path = path.strip_suffix("/mod").unwrap_or(path);
    match path {
        "lib" => Vec::new(),
        path => path.split('/').map(str::to_owned).collect(),
    }
}

/// Looks for the paths in a file that lead to another file of the same crate.
struct Imports<'a> {
    modules: &'a BTreeMap<Vec<String>, &'a str>,
    inside: Vec<String>,
    found: BTreeSet<String>,
}

impl Imports<'_> {
    /// Takes the file that holds what a path names. A path is one of this crate if it begins
    /// with `crate`, `super` or `self`, or with a module of this file.
    fn take(&mut self, path: &[String]) {
        let Some(first) = path.first() else { return };
        let supers = path.iter().take_while(|it| *it == "super").count();
        let mut whole = match first.as_str() {
            "crate" => Vec::new(),
            "super" => self.inside[..self.inside.len().saturating_sub(supers)].to_vec(),
            _ => self.inside.clone(),
        };
        let is_relative = !["crate", "super", "self"].contains(&first.as_str());
        let skipped = if is_relative { 0 } else { supers.max(1) };
        whole.extend(path[skipped..].iter().cloned());
        if is_relative && !self.modules.contains_key(&whole[..self.inside.len() + 1]) {
            return;
        }
        let longest = (0..=whole.len())
            .rev()
            .find_map(|end| self.modules.get(&whole[..end]));
        if let Some(file) = longest {
            self.found.insert((*file).to_owned());
        }
    }

    fn take_tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.take_tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) if name.ident == "self" => self.take(before),
            syn::UseTree::Name(name) => self.take(&with(&name.ident)),
            syn::UseTree::Rename(rename) => self.take(&with(&rename.ident)),
            syn::UseTree::Glob(_) => self.take(before),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.take_tree(before, tree);
                }
            }
        }
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let of_test = |list: &syn::MetaList| list.tokens.to_string() == "test";
        attribute.path().is_ident("cfg") && attribute.meta.require_list().is_ok_and(of_test)
    })
}

impl<'ast> Visit<'ast> for Imports<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        if !is_test(&item.attrs) {
            self.take_tree(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|it| it.ident.to_string())
            .collect();
        if names.len() > 1 {
            self.take(&names);
        }
        visit::visit_path(self, path);
    }
}
