//! Which files of a crate rustc will read: those that `mod name;` leads to.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenTree};

use super::own_tests;
use super::tokens::{bare, group, invocation, is_punct, is_word, list, macro_definition};
use super::view::View;

/// The names of the files that are read when the crate is compiled. Where that cannot be told,
/// because a macro may declare a module, it is all of them.
pub(super) fn read(views: &BTreeMap<&str, View>) -> BTreeSet<String> {
    let all = || views.keys().map(|name| (*name).to_owned()).collect();
    let mut read = BTreeSet::new();
    let mut open = vec!["lib.rs".to_owned()];
    while let Some(name) = open.pop() {
        let Some(view) = views.get(&*name) else {
            continue;
        };
        if !read.insert(name.clone()) {
            continue;
        }
        let Some(tokens) = view.tokens() else {
            return all();
        };
        let mut modules = Some(Vec::new());
        declared(&list(tokens.clone()), &folder_of(&name), &mut modules);
        let Some(modules) = modules else { return all() };
        for module in modules {
            open.extend([format!("{module}.rs"), format!("{module}/mod.rs")]);
        }
    }
    read
}

/// Where the modules of a file lie: those of `a.rs` and of `a/mod.rs` in `a/`.
fn folder_of(file: &str) -> String {
    let path = file.strip_suffix(".rs").unwrap_or(file);
    match path.strip_suffix("/mod") {
        Some(folder) => format!("{folder}/"),
        None if ["lib", "mod"].contains(&path) => String::new(),
        None => format!("{path}/"),
    }
}

/// Adds the paths of the modules that are declared here, or takes them all away where a macro
/// may declare one.
fn declared(tokens: &[TokenTree], folder: &str, modules: &mut Option<Vec<String>>) {
    let mut index = 0;
    while index < tokens.len() {
        if let Some(length) = own_tests::length(tokens, index) {
            index += length;
            continue;
        }
        let of_macro = macro_definition(tokens, index)
            .map(|(_, body)| (body, 4))
            .or_else(|| invocation(tokens, index).map(|input| (input, 3)));
        if let Some((inside, length)) = of_macro {
            if has_mod(&list(inside.stream())) {
                *modules = None;
            }
            index += length;
            continue;
        }
        match (&tokens[index], tokens.get(index + 1)) {
            (TokenTree::Ident(word), Some(TokenTree::Ident(name))) if word == "mod" => {
                let path = format!("{folder}{}", bare(&name.to_string()));
                if is_punct(tokens.get(index + 2), ';') {
                    if let Some(modules) = modules {
                        modules.push(path);
                    }
                } else if let Some(body) = group(tokens.get(index + 2), Delimiter::Brace) {
                    declared(&list(body.stream()), &format!("{path}/"), modules);
                    index += 3;
                    continue;
                }
            }
            (TokenTree::Group(group), _) => declared(&list(group.stream()), folder, modules),
            _ => {}
        }
        index += 1;
    }
}

fn has_mod(tokens: &[TokenTree]) -> bool {
    tokens.iter().any(|token| match token {
        TokenTree::Group(group) => has_mod(&list(group.stream())),
        token => is_word(Some(token), "mod"),
    })
}
