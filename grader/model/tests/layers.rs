//! The files of this crate import only downwards, and never in a circle: a reader finds
//! what a file is built on below it, and a change does not come back to where it began.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The rooms from the ground up, and the files and folders in each. Of two that fit a file,
/// the longer path has it.
const ROOMS: [(&str, &[&str]); 8] = [
    ("words", &["answer.rs", "outcome.rs", "scalar.rs", "trace/"]),
    ("harness", &["harness/"]),
    ("engines", &["interleavings/", "orderings/", "real/"]),
    ("raw operations", &["interleavings/raw/", "orderings/raw/"]),
    ("the face of std", &["face/"]),
    (
        "searches",
        &[
            "interleavings/diagnose.rs",
            "interleavings/explore.rs",
            "interleavings/lost.rs",
            "interleavings/plot.rs",
            "interleavings/run.rs",
            "interleavings/testing.rs",
            "orderings/explore.rs",
            "orderings/judge.rs",
            "orderings/plot.rs",
            "orderings/story.rs",
            "orderings/tracked.rs",
        ],
    ),
    (
        "doors of the engines",
        &["interleavings/mod.rs", "orderings/mod.rs", "real/mod.rs"],
    ),
    ("door of the crate", &["lib.rs", "thread_local.rs"]),
];

#[test]
fn files_import_only_from_their_own_room_or_a_lower_one() {
    let imports = imports();
    for (file, imported) in &imports {
        for other in imported {
            let (mine, theirs) = (room(file), room(other));
            assert!(
                mine >= theirs,
                "src/{file} imports src/{other}, which stands higher ({:?} above {:?}).\n\
                 Move what it needs into a room that both may import from, or let the upper \
                 file hand it down as an argument.",
                ROOMS[theirs].0,
                ROOMS[mine].0,
            );
        }
    }
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut imports = imports();
    // Take away whoever imports nobody who is left, until only circles and what leads to
    // them are left; then whoever nobody imports.
    loop {
        let left: BTreeSet<String> = imports.keys().cloned().collect();
        imports.retain(|_, imported| imported.iter().any(|file| left.contains(file)));
        let imported: BTreeSet<String> = imports.values().flatten().cloned().collect();
        imports.retain(|file, _| imported.contains(file));
        if imports.len() == left.len() {
            break;
        }
    }
    assert!(
        imports.is_empty(),
        "these files import each other in a circle: {:?}.\n\
         Find the names that the lowest of them imports from the others, and move those \
         into a file of their own below all of them.",
        imports.keys().collect::<Vec<_>>(),
    );
}

#[test]
fn the_imports_are_read() {
    let imports = imports();
    let has = |file: &str, other: &str| imports[file].contains(other);
    assert!(has("trace/counterexample.rs", "trace/rounds.rs"));
    assert!(has("interleavings/raw/lock.rs", "interleavings/kernel.rs"));
    assert!(has("face/sync/condvar.rs", "face/sync/mutex.rs"));
    assert!(has("face/sync/condvar.rs", "orderings/raw/mod.rs"));
    assert!(has("interleavings/testing.rs", "face/thread/mod.rs"));
    assert!(has("orderings/world.rs", "harness/mod.rs"));
    assert!(imports.len() > 60, "{}", imports.len());
}

fn room(file: &str) -> usize {
    let fits = |path: &&&str| file == **path || path.ends_with('/') && file.starts_with(**path);
    let rooms = ROOMS.iter().enumerate();
    let homes = rooms.filter_map(|(at, (_, paths))| {
        let longest = paths.iter().filter(fits).map(|path| path.len()).max();
        longest.map(|length| (length, at))
    });
    let home = homes.max();
    home.unwrap_or_else(|| panic!("src/{file} has no room yet: add it to ROOMS"))
        .1
}

/// Whom each file of `src` imports, by the paths below it.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = BTreeMap::new();
    read(&src, "", &mut files);
    let known: BTreeSet<String> = files.keys().cloned().collect();
    let imports = files.into_iter().map(|(file, text)| {
        let module = module_of(&file);
        let paths = paths_in(&text).into_iter();
        let imported = paths.flat_map(|path| resolve(&module, &path, &known));
        let others = imported.filter(|other| *other != file).collect();
        (file, others)
    });
    imports.collect()
}

fn read(folder: &Path, name: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("the sources can be read") {
        let path = entry.expect("the sources can be read").path();
        let own = path.file_name().expect("an entry has a name");
        let name = format!("{name}{}", own.to_string_lossy());
        if path.is_dir() {
            read(&path, &format!("{name}/"), files);
        } else {
            let text = fs::read_to_string(&path).expect("the sources can be read");
            files.insert(name, text);
        }
    }
}

fn module_of(file: &str) -> Vec<String> {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let parts = path.split('/').filter(|part| *part != "lib");
    parts.map(str::to_owned).collect()
}

/// What a file names of this crate: in its own `use` items, and by `crate::` wherever it
/// does. Tests and comments are left out.
fn paths_in(text: &str) -> Vec<Vec<String>> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    let mut code: String = lines.flat_map(|line| [line, "\n"]).collect();
    // Whom a thing is visible to is no import.
    code = code.replace("(in crate::", "(in ");
    for visible in ["pub ", "pub(crate) ", "pub(super) "] {
        code = code.replace(&format!("\n{visible}use "), "\nuse ");
    }
    let mut paths = Vec::new();
    for item in code.split("\nuse ").skip(1) {
        let tree = item.split(';').next().unwrap_or_default();
        expand(&[], tree, &mut paths);
    }
    for place in code.split("crate::").skip(1) {
        let end = place.find(|it: char| !it.is_alphanumeric() && it != '_' && it != ':');
        let path = &place[..end.unwrap_or(place.len())];
        // Else it is the beginning of a tree.
        if !path.ends_with("::") {
            expand(&["crate".to_owned()], path, &mut paths);
        }
    }
    paths
}

/// The paths of a use tree, such as `a::{b, c::{self, d}}`.
fn expand(before: &[String], tree: &str, paths: &mut Vec<Vec<String>>) {
    let mut path = before.to_vec();
    let (head, group) = match tree.split_once('{') {
        Some((head, rest)) => (head, rest.rsplit_once('}').map(|(group, _)| group)),
        None => (tree, None),
    };
    let words = head.split("::").map(str::trim);
    let words = words.filter(|word| !word.is_empty() && *word != "self");
    path.extend(words.map(|word| word.split(' ').next().unwrap_or(word).to_owned()));
    let Some(group) = group else {
        return paths.push(path);
    };
    let (mut depth, mut start) = (0, 0);
    for (at, it) in group.char_indices().chain([(group.len(), ',')]) {
        match it {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&path, &group[start..at], paths);
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// The files that a path leads to from a module: none if it leads out of the crate.
fn resolve(module: &[String], path: &[String], known: &BTreeSet<String>) -> Vec<String> {
    let mut at = module.to_vec();
    let mut rest = path;
    match path.first().map(String::as_str) {
        Some("crate") => {
            at.clear();
            rest = &path[1..];
        }
        Some("super") => {
            while rest.first().is_some_and(|word| word == "super") {
                at.pop();
                rest = &rest[1..];
            }
        }
        _ => {}
    }
    let is_relative = rest.len() == path.len();
    // What is named of the root itself are macros, which have no file.
    let mut found = file_of(&at, known).filter(|_| !at.is_empty());
    let mut steps = 0;
    for word in rest {
        // `face` is a module of each engine, and what it calls `raw` is that of each.
        let folded = match (at.as_slice(), word.as_str()) {
            ([engine], "face") if engine != "face" => vec!["face".to_owned()],
            ([first, ..], "raw") if first == "face" => return raw(known),
            ([], "raw") => return raw(known),
            _ => [at.as_slice(), std::slice::from_ref(word)].concat(),
        };
        let Some(file) = file_of(&folded, known) else {
            break;
        };
        (at, found, steps) = (folded, Some(file), steps + 1);
    }
    // A path that begins neither with `crate` nor with `super` is of this crate only if it
    // begins with a module of this one.
    if is_relative && steps == 0 {
        return Vec::new();
    }
    found.into_iter().collect()
}

fn raw(known: &BTreeSet<String>) -> Vec<String> {
    let all = known.iter().filter(|file| file.ends_with("/raw/mod.rs"));
    all.cloned().collect()
}

fn file_of(module: &[String], known: &BTreeSet<String>) -> Option<String> {
    let path = module.join("/");
    let names = [format!("{path}.rs"), format!("{path}/mod.rs")];
    let names = names
        .into_iter()
        .chain(path.is_empty().then(|| "lib.rs".to_owned()));
    names.into_iter().find(|name| known.contains(name))
}
