use super::*;
use crate::katas::catalog::{self, single};
use crate::katas::embedded;
use crate::submission::subject::Subject;

fn forbidden(files: &Files) -> Vec<Forbidden> {
    match examine(files, "exercises/lock/src".as_ref()).unwrap() {
        Examined::Forbidden(found) => found,
        Examined::Graded { .. } => Vec::new(),
    }
}

fn items(text: &str) -> Vec<String> {
    let found = forbidden(&single(text));
    found.into_iter().map(|found| found.item).collect()
}

#[track_caller]
fn refused(text: &str, item: &str) {
    assert!(
        items(text).iter().any(|it| it == item),
        "{text}: {:?}",
        items(text)
    );
}

#[track_caller]
fn fine(text: &str) {
    assert_eq!(items(text), Vec::<String>::new(), "{text}");
}

#[test]
fn words_in_comments_and_strings_are_fine() {
    fine("// unsafe extern core::mem\n/* include_str!(\"x\") */\nfn f() {}");
    fine("/// Why not `unsafe`? See core::cell and #[no_mangle].\nfn f() {}");
    fine("const S: &str = \"unsafe { env!(\\\"HOME\\\") }\";");
    fine("const S: &str = r#\"static core::mem\"#;");
}

#[test]
fn names_that_only_look_forbidden_are_fine() {
    fine("struct S { env: u8, core: u8, path: u8 } fn f(s: &S) -> u8 { s.env + s.core + s.path }");
    fine("fn f(core: usize, alloc: usize) -> bool { let env = core; env != alloc }");
    fine("fn f(s: &'static str) -> &'static str { s }");
    fine("mod core { pub fn f() {} } fn g() { crate::core::f(); self::core::f() }");
    fine("fn f(a: &A) { println!(\"{} {}\", a.env, a.core); }");
    fine("#[derive(Debug)] #[must_use] #[allow(dead_code)] struct S;");
    fine("#[doc(hidden)] fn include() { include(); }");
}

#[test]
fn unsafe_extern_and_static_are_refused_everywhere() {
    refused("fn f() { unsafe { g() } }", "unsafe");
    refused("unsafe impl Send for S {}", "unsafe");
    refused("extern crate std as s;", "extern");
    refused("extern \"C\" { fn exit(c: i32); }", "extern");
    refused("macro_rules! m { () => { unsafe { f() } } }", "unsafe");
    refused("static N: u8 = 1;", "static");
    refused(
        "fn f() { static N: AtomicU8 = AtomicU8::new(1); }",
        "static",
    );
    refused("m! { static N: u8 = 1; }", "static");
}

#[test]
fn the_lint_on_endless_constants_is_left_alone() {
    refused(
        "#![allow(long_running_const_eval)]",
        "long_running_const_eval",
    );
    refused(
        "#[cfg_attr(all(), expect(long_running_const_eval))] const N: u8 = 1;",
        "long_running_const_eval",
    );
    refused("m!(long_running_const_eval);", "long_running_const_eval");
    fine("#![allow(dead_code)] #![forbid(unsafe_code)]");
}

#[test]
fn thread_local_is_not_static() {
    fine("thread_local! { static N: Cell<u8> = const { Cell::new(0) }; }");
    refused(
        "thread_local! { static N: u8 = { static M: u8 = 1; 0 }; }",
        "static",
    );
}

#[test]
fn other_roots_than_std_are_refused() {
    for text in [
        "use core::sync::atomic::AtomicBool;",
        "use ::core::sync;",
        "use core as c;",
        "use {core as c, std::fmt};",
        "fn f() { core::hint::spin_loop() }",
        "fn f() { return ::core::hint::spin_loop() }",
        "fn f() -> r#core::primitive::u8 { 0 }",
        "m!(core);",
        "macro_rules! m { ($a:ident) => { core } }",
    ] {
        refused(text, "core");
    }
    refused("fn f(x: alloc::vec::Vec<u8>) {}", "alloc");
}

#[test]
fn macros_that_look_outside_are_refused() {
    refused(
        "const S: &str = include_str!(\"/etc/passwd\");",
        "include_str!",
    );
    refused("include!{\"x.rs\"}", "include!");
    refused("#[doc = include_str!(\"x\")] fn f() {}", "include_str!");
    refused("fn f() { println!(\"{}\", env!(\"HOME\")) }", "env!");
    refused("fn f() { std::option_env![\"HOME\"]; }", "option_env!");
    refused(
        "macro_rules! m { ($n:ident) => { $n!(\"x\") } } m!(include_bytes);",
        "include_bytes",
    );
    refused("global_asm!(\"nop\");", "global_asm!");
}

#[test]
fn attributes_that_change_the_build_are_refused() {
    refused("#[path = \"/etc/passwd\"] mod x;", "#[path]");
    refused("#[cfg_attr(all(), path = \"x\")] mod x;", "#[path]");
    refused(
        "#[cfg_attr(all(), cfg_attr(all(), path = \"x\"))] mod x;",
        "#[path]",
    );
    refused("#![feature(never_type)]", "#[feature]");
    refused("#![no_std]", "#[no_std]");
    refused("#![recursion_limit = \"1000000\"]", "#[recursion_limit]");
    refused("#[unsafe(no_mangle)] fn f() {}", "unsafe");
    refused("#[no_mangle] fn f() {}", "#[no_mangle]");
    refused(
        "#[macro_export] macro_rules! m { () => {} }",
        "#[macro_export]",
    );
    refused(
        "macro_rules! m { ($($a:tt)*) => { #[$($a)*] mod x; } }",
        "#[$…]",
    );
    refused("m!(path = \"/etc/passwd\");", "path");
    fine("macro_rules! m { ($(#[$a:meta])* $n:ident) => { $(#[$a])* struct $n; } }");
}

#[test]
fn names_that_the_tests_rely_on_are_refused() {
    refused("mod std { }", "std");
    refused("use other as std;", "std");
    refused("macro_rules! assert { () => {} }", "assert");
    fine("use std::sync::Mutex; mod standard {}");
}

#[test]
fn own_tests_may_say_what_they_like() {
    fine("#[cfg(test)] mod tests { static N: u8 = 1; fn f() { unsafe { } } }");
    fine("#[cfg(test)] #[allow(dead_code)] pub(crate) mod tests { static N: u8 = 1; }");
    fine("#[allow(dead_code)] #[cfg(all(test, unix))] mod tests { static N: u8 = 1; }");
    fine("#[cfg(test)] static N: u8 = 1; #[cfg(test)] use std::{fs, env};");
    fine("#[cfg(test)] const fn f() -> u8 { unsafe { g() } }");
    fine("impl S { #[cfg(test)] fn f() { static N: u8 = 1; } }");
    fine("#[test] fn f() { static N: u8 = 1; }");
    refused("#[cfg(test)] mod tests; static N: u8 = 1;", "static");
    refused("#[cfg(test)] const { } static N: u8 = 1;", "static");
    refused("#[cfg(test)] fn f() { } static N: u8 = 1;", "static");
    refused(
        "#[cfg(any(test, unix))] mod tests { static N: u8 = 1; }",
        "static",
    );
    refused(
        "fn f(a: u8, #[cfg(test)] b: u8) { static N: u8 = 1; }",
        "static",
    );
    refused(
        "#[cfg(not(test))] mod tests { fn f() { unsafe { } } }",
        "unsafe",
    );
}

#[test]
fn deep_nesting_is_refused_without_falling_over() {
    let deep = format!(
        "fn f() {{ {}{} }}",
        "(".repeat(100_000),
        ")".repeat(100_000)
    );
    refused(&deep, "brackets");
    refused(&"(".repeat(100_000), "brackets");
}

#[test]
fn what_is_no_token_goes_on_to_rustc_unless_it_could_be_forbidden() {
    fine("fn f() { \"no end }");
    fine("fn f(path: &str, core: u8, env: u8) { // unsafe core::mem\n let alloc = path;");
    fine("fn f() { let include = \"unsafe\"; /* env!(1) */ let path = include;");
    refused("fn f() { unsafe } \"no end", "unsafe");
    refused("fn f() { core::mem::drop(1);", "core");
    refused("fn f() { include_str!(\"x\");", "include_str!");
    refused("#[path = \"x\"] mod a; fn f() {", "#[path]");
}

#[test]
fn places_count_from_one_and_survive_bom_and_crlf() {
    let first = |text| forbidden(&single(text)).swap_remove(0);
    let found = first("\u{feff}\r\nfn é() { unsafe {} }\n\n");
    assert_eq!(found.place.file, "exercises/lock/src/lib.rs");
    assert_eq!((found.place.line, found.place.column), (2, 10));
    assert_eq!(&found.excerpt[found.range], "unsafe");
    let found = first("\u{feff}unsafe fn f() {}");
    assert_eq!((found.place.line, found.place.column), (1, 1));
    assert_eq!((found.range, &*found.excerpt), (0..6, "unsafe fn f() {}"));
}

/// What the grader itself hands out has to pass, the solutions and the subjects of `verify`.
#[test]
fn every_subject_of_every_suite_is_fine() {
    let mut problems = Vec::new();
    for topic in catalog::names() {
        let exercise = catalog::exercise(topic).unwrap();
        let mut subjects = vec![Subject::reference(&exercise).unwrap()];
        subjects.extend(Subject::skeleton(&exercise));
        let alternates = catalog::alternates(topic).unwrap();
        subjects.extend(
            alternates
                .iter()
                .map(|it| Subject::alternate(&exercise, it)),
        );
        let mutants = catalog::mutants(&exercise).unwrap();
        subjects.extend(mutants.iter().map(|it| Subject::mutant(&exercise, it)));
        for subject in &subjects {
            for it in forbidden(&subject.sources.files) {
                problems.push(format!(
                    "{topic} {}: {} at {:?}",
                    subject.label, it.item, it.place
                ));
            }
        }
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

fn crate_of(files: &[(&str, &str)]) -> Files {
    let file = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    files.iter().map(file).collect()
}

fn graded(files: &[(&str, &str)]) -> Vec<String> {
    match examine(&crate_of(files), "exercises/lock/src".as_ref()).unwrap() {
        Examined::Graded { files, .. } => files.into_keys().collect(),
        Examined::Forbidden(found) => panic!("{found:?}"),
    }
}

#[test]
fn own_tests_in_a_file_of_their_own_may_say_the_same() {
    let tests = "static N: u8 = 1; mod more;";
    let lib = "mod a; #[cfg(test)] mod tests;";
    let files = [
        ("lib.rs", lib),
        ("a.rs", "mod b { mod c; } mod r#async;"),
        ("a/b/c.rs", ""),
        ("a/async.rs", ""),
        ("tests.rs", tests),
        ("tests/more.rs", tests),
        ("left_over.rs", tests),
    ];
    assert_eq!(graded(&files), ["a.rs", "a/async.rs", "a/b/c.rs", "lib.rs"]);
}

#[test]
fn a_file_that_rustc_may_read_is_looked_at() {
    for lib in [
        "mod a;",
        "#[cfg(not(test))] mod a;",
        "#[cfg(test)] mod a; #[cfg(unix)] mod a;",
        "#[cfg(test)] mod a; m! { mod a; }",
        "#[cfg(test)] mod a; macro_rules! m { ($n:ident) => { mod $n; } } m!(a);",
        "todo! { #[cfg(test)] mod a; }",
        "mod a; fn f( {",
        "mod r#a;",
    ] {
        let files = crate_of(&[("lib.rs", lib), ("a.rs", "static N: u8 = 1;")]);
        let items: Vec<String> = forbidden(&files).into_iter().map(|it| it.item).collect();
        assert_eq!(items, ["static"], "{lib}");
    }
}

/// proc-macro2 and rustc see different tokens in these.
#[test]
fn a_text_that_can_be_read_in_two_ways_is_refused() {
    refused(
        "#!/\"\nconst S: &str = include_str!(\"/etc/passwd\"); //\"",
        "#!",
    );
    refused("\u{feff}#!/bin/sh\nfn f() {}", "#!");
    refused("#! \nfn f() {}", "#!");
    refused("---\n\"\n---\nstatic N: u8 = 1; // \"", "---");
    refused("const A: &str = #\"a\" \"#; static N: u8 = 1; // \"", "#\"");
    fine("#![allow(dead_code)]\nfn f() {}");
    fine("#! [allow(dead_code)]");
    fine("const A: &std::ffi::CStr = c\"unsafe\"; const B: &[u8] = br#\"static\"#;");
    fine("fn f() -> char { '\"' } fn g() -> u8 { b'\\'' } // unsafe");
    fine("fn f<'a>(a: &'a str) { 'unsafe_: loop {} }");
}

#[test]
fn no_macro_of_std_is_renamed_or_replaced() {
    for text in [
        "macro_rules! mine { ($($t:tt)*) => { $($t)* } } use mine as todo;",
        "macro_rules! mine { () => {} } pub(crate) use mine as assert;",
        "mod m { macro_rules! n { () => {} } pub(crate) use n as r#thread_local; }",
        "use std::vec as include_str;",
        "macro_rules! r#vec { () => {} }",
    ] {
        assert!(!items(text).is_empty(), "{text}");
    }
    let any = "macro_rules! mine { ($($t:tt)*) => { $($t)* } }";
    for rest in [
        "mine! { use mine as todo; } todo! { #[cfg(test)] mod t { static N: u8 = 1; } }",
        "todo! { #[cfg(test)] mod t { static N: u8 = 1; } }",
        "macro_rules! bind { ($n:ident) => { use mine as $n; } } bind!(todo); \
         todo! { a core ::sync }",
        "macro_rules! bind { ($n:ident) => { macro_rules! $n { ($a:tt) => { $a::mem } } } } \
         bind!(vec); vec!(core);",
        "macro_rules! bind { () => { thread_local } }",
        "mine!(thread_local);",
        "mine! { #[cfg(test)] mod t { static N: u8 = 1; } }",
        "fn f() { mine! { #[test] fn t() { static N: u8 = 1; } } }",
    ] {
        assert!(!items(&format!("{any} {rest}")).is_empty(), "{rest}");
    }
    fine("use std::vec; use std::{assert as check, thread_local};");
    fine(
        "macro_rules! check { ($a:expr) => { assert!($a) } } fn f(core: u8) { assert!(core > 1) }",
    );
    fine("macro_rules! m { () => {} } fn f(a: &A) { println!(\"{} {}\", a.env, a.core); }");
    fine("fn f(v: u8, core: u8) -> bool { if !(v == core) { return !(core > v); } true }");
}

#[test]
fn a_root_hides_behind_nothing() {
    for text in [
        "fn f() ->::core::primitive::u8 { 0 }",
        "fn f() { match 1 { _ =>::core::hint::spin_loop() } }",
        "m!(x ::core::sync);",
        "m!(x . core ::sync);",
        "m!(crate ::core::sync);",
        "struct S<'a>(&'a ::core::sync::atomic::AtomicBool);",
        "fn f(g: impl for<'a> ::core::ops::Fn(&'a u8)) {}",
        "impl<T> ::core::ops::Drop for S<T> {}",
        "fn f() -> bool { 1 > ::core::mem::size_of::<u8>() }",
        "fn f() { g(a < b, c > ::core::mem::size_of::<u8>()) }",
        "fn f() { g(h? < b, c > ::core::mem::size_of::<u8>()) }",
        "fn f() { async { ::core::mem::drop(1) }; }",
        "fn f() { 'a: loop { break 'a ::core::mem::drop(1) } }",
        "struct S(pub ::core::cell::Cell<u8>);",
        "use std::fmt, core as c;",
        "use ::{core as c};",
        "#[derive(::core::clone::Clone)] struct S;",
    ] {
        assert!(!items(text).is_empty(), "{text}");
    }
    fine("fn f() { Pool::alloc(); Pool::<u8>::alloc(); <Pool as P>::alloc(); Self::core() }");
    fine("fn f() -> u8 { crate::core::f() + super::alloc::g() }");
    fine("fn r#use(core: u8) {} fn f(core: u8) { r#use(core) }");
    fine("fn f(r#static: u8, r#unsafe: u8, r#extern: u8) -> u8 { r#static + r#unsafe }");
}

#[test]
fn attributes_that_macros_put_together_are_refused() {
    for text in [
        "macro_rules! m { ($p:ident, $v:literal) => { #[$p = $v] mod x; } } m!(path, \"x\");",
        "macro_rules! m { ($p:ident $v:literal) => { #[cfg_attr(all(), $p = $v)] mod x; } }",
        "macro_rules! m { ($m:meta) => { #[$m] mod x; } } m!(path = \"/etc/passwd\");",
        "macro_rules! m { ($m:meta) => { #[$m] mod x; } } m!(r#path = \"/etc/passwd\");",
    ] {
        assert!(!items(text).is_empty(), "{text}");
    }
    fine("macro_rules! m { ($d:literal, $l:ident) => { #[doc = $d] #[allow($l)] struct S; } }");
    fine("fn f() -> Location { Location { path: 1 } } fn g(path: u8) { let path = path; }");
}

#[test]
fn parts_of_the_swapped_std_are_left_alone() {
    refused("fn f() { std::__print(format_args!(\"\")) }", "__print");
    refused("use std::__print as p;", "__print");
    refused("m!(__print);", "__print");
    fine("fn __prints() { let __guard = 1; }");
    let sources = embedded::below("std/src").map(|(_, text)| text.to_owned());
    let all = sources.collect::<String>();
    let of_names = |it: char| !(it.is_alphanumeric() || it == '_');
    for name in all.split(of_names).filter(|it| it.starts_with("__")) {
        assert!(scan::INTERNAL.contains(&name), "{name} is not refused");
    }
}

/// Each lets safe code turn any reference into one that lives for ever, at least in one version
/// of rustc.
#[test]
fn the_known_holes_of_the_compiler_are_closed() {
    for text in [
        "fn f<'a, 'b, T: ?Sized>(_: &'a &'b (), x: &'b T) -> &'a T { x }",
        "fn f<'b, T>(_: &'static &'b (), x: &'b T) -> &'static T { x }",
        "fn f<'a, 'b, T>(_: &'a mut &'b (), x: T) {}",
        "fn f<'a, 'b, T>(_: Option<&'a (&'b ())>, x: &'b T) -> &'a T { x }",
        "fn f<'a, 'b, T>(_: &'a [&'b ()], x: &'b T) -> &'a T { x }",
        "fn f<'a, 'b, T>(_: Both<'a, 'b>, x: &'b T) -> &'a T { x }",
        "fn f<'a, 'b, T>((_, x): (Both<'a, 'b>, &'b T)) -> &'a T { x }",
        "fn f<'a, 'b, T>(x: &'b mut T) -> (&'a mut T, Both<'a, 'b>) { x }",
        "impl<'b> S<'b> { fn f<'a, T>(self: &'a S<'b>, x: &'b T) -> &'a T { x } }",
        "trait Super<'a, 'b> { fn f<T: ?Sized>(x: &'a T) -> &'b T; }",
        "impl<'a, 'b> Sub<'a, 'b, &'b &'a ()> for S {}",
        "fn f<S>() where S: for<'a, 'b> Sub<'a, 'b, &'b &'a ()> {}",
        "fn f<'a, T>(x: &'a T) { let g: for<'x> fn(_, &'x T) -> &'a T = h; }",
        "fn f<T>(x: &T) -> &'static T { let g: fn(_, &T) -> &'static T = h; g(&&(), x) }",
        "impl<T: ?Sized, U> Object<U> for T { type Output = U; }",
        "impl<T> Object for T where T: ?Sized { type Output = u8; }",
        "m! { fn f<'a, 'b, T>(_: Both<'a, 'b>, x: &'b T) -> &'a T { x } }",
        "macro_rules! m { () => { impl<T: ?Sized> Object for T { type Output = u8; } } }",
    ] {
        assert!(!items(text).is_empty(), "{text}");
    }
}

#[test]
fn honest_lifetimes_are_fine() {
    for text in [
        "fn f<'a>(x: &'a T, y: &'a &'a U) -> &'a T { x }",
        "fn f<'a, 'b>(x: &'a T, y: &'b T) -> &'a T { x }",
        "fn f<'a, 'b: 'a>(m: &'a Map<'b>, x: &'b T) -> &'a T { x }",
        "fn f<'a, 'b>(m: &'a Map<'b>, key: &'b str) -> &'a Value { m.get(key) }",
        "impl<'a> Guard<'a> { fn f<'b>(&'b self, key: &'b str) -> &'a str { self.0 } }",
        "fn name<T>(kind: &str, of: &T) -> &'static str { \"x\" }",
        "fn f(x: &&str, y: &'static &'static str) -> &'static str { y }",
        "fn f<'a>(cv: &'a Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> { guard }",
        "fn f(g: fn(&u8) -> u8, h: fn(_) -> _) {}",
        "impl<T: ?Sized> Deref for Guard<'_, T> { type Target = T; }",
        "impl<T: Send> Task for T { type Output = u8; }",
        "impl<T: ?Sized> Named for T { fn name(&self) -> u8 { 0 } }",
        "fn f(a: u8, b: u8) -> u8 { a & b & a }",
    ] {
        fine(text);
    }
}
