use super::*;
use crate::katas::catalog::single;

fn items(text: &str) -> Vec<String> {
    let found = scan(&single(text), "exercises/lock/src".as_ref());
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
    refused("#[cfg(test)] mod tests; static N: u8 = 1;", "static");
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
    refused("fn f() { unsafe } \"no end", "unsafe");
}

#[test]
fn places_count_from_one_and_survive_bom_and_crlf() {
    let first = |text| scan(&single(text), "exercises/lock/src".as_ref()).swap_remove(0);
    let found = first("\u{feff}\r\nfn é() { unsafe {} }\n\n");
    assert_eq!(found.place.file, "exercises/lock/src/lib.rs");
    assert_eq!((found.place.line, found.place.column), (2, 10));
    assert_eq!(&found.excerpt[found.range], "unsafe");
    let found = first("\u{feff}unsafe fn f() {}");
    assert_eq!((found.place.line, found.place.column), (1, 1));
    assert_eq!((found.range, &*found.excerpt), (0..6, "unsafe fn f() {}"));
}
