use super::*;

/// The names of the mutants of a function with this body.
fn names(source: &str) -> Vec<String> {
    let mutants = mutants(source).expect("valid Rust");
    mutants.iter().map(Generated::name).collect()
}

fn has(source: &str, name: &str) {
    let names = names(source);
    assert!(names.iter().any(|it| it == name), "{name}: {names:#?}");
}

#[test]
fn a_body_becomes_each_simple_value_of_its_type() {
    assert_eq!(
        names("impl Lock { fn is_free(&self) -> bool { self.look() } }"),
        [
            "Lock::is_free: replace the body with `true`",
            "Lock::is_free: replace the body with `false`",
        ]
    );
    assert_eq!(
        names("fn none() -> Option<u8> { None }"),
        Vec::<String>::new()
    );
    has(
        "fn f() -> Result<(), E> { g() }",
        "f: replace the body with `Ok(())`",
    );
}

#[test]
fn operators_become_their_neighbours() {
    let source = "fn f(a: u8, b: u8) { let _c = a < b && a != b || a + b >= a; }";
    for change in [
        "`<` with `<=`",
        "`&&` with `||`",
        "`!=` with `==`",
        "`+` with `-`",
    ] {
        has(source, &format!("f: replace {change}"));
    }
}

#[test]
fn conditions_are_negated_once() {
    let conditions = |condition: &str| {
        let names = names(&format!("fn f() -> T {{ if {condition} {{}} }}"));
        names.into_iter().filter(|it| it.contains("negate")).count()
    };
    assert_eq!(conditions("*a"), 1);
    assert_eq!(conditions("a < b"), 1);
    assert_eq!(conditions("a == b"), 0);
    assert_eq!(conditions("!a"), 0);
    assert_eq!(conditions("let Some(a) = b"), 0);
}

#[test]
fn what_a_statement_does_is_left_out_and_its_lines_stay() {
    let source = "fn f() -> T {\n    a.notify_one(\n    );\n    b = c;\n    d\n}\n";
    has(source, "f: delete `a.notify_one( );`");
    has(source, "f: delete `b = c;`");
    for mutant in mutants(source).expect("valid Rust") {
        assert_eq!(mutant.text.lines().count(), source.lines().count());
    }
}

#[test]
fn a_loop_that_waits_asks_only_once() {
    has(
        "fn f() -> T { while *a { a = c.wait(a).unwrap(); } }",
        "f: replace `while` with `if`",
    );
    let names = names("fn f() -> T { while *a { a.step(); } }");
    assert!(!names.iter().any(|name| name.contains("`if`")), "{names:?}");
}

#[test]
fn orderings_are_weakened_one_at_a_time() {
    let source = "fn f() -> T { a.swap(true, Ordering::AcqRel) + b.load(Acquire) }";
    let mutants = mutants(source).expect("valid Rust");
    let weak: Vec<&str> = mutants
        .iter()
        .filter(|mutant| mutant.text.contains("Relaxed"))
        .map(|mutant| mutant.change.as_str())
        .collect();
    assert_eq!(
        weak,
        [
            "replace `AcqRel` with `Relaxed`",
            "replace `Acquire` with `Relaxed`"
        ]
    );
}

#[test]
fn guards_of_arms_wakeups_and_numbers_are_changed() {
    let source = "fn f() -> T { match a { 0 => {} n if n > b => c.notify_one(), _ => {} } }";
    for change in [
        "replace `0` with `1`",
        "delete the guard `if n > b`",
        "replace `notify_one` with `notify_all`",
        "replace `c.notify_one()` with `()`",
    ] {
        has(source, &format!("f: {change}"));
    }
}

#[test]
fn tests_messages_and_constants_are_left_alone() {
    let source = "const A: u8 = 0;\n#[cfg(test)]\nmod tests { fn f() { g(); } }\n\
        impl fmt::Display for E { fn fmt(&self) -> bool { self.0 == 0 } }";
    assert_eq!(names(source), Vec::<String>::new());
}

#[test]
fn a_mutant_says_where_it_is() {
    let source = "fn f() -> T {\n    if a < b {}\n}\n";
    let mutants = mutants(source).expect("valid Rust");
    let mutant = mutants
        .iter()
        .find(|mutant| mutant.change == "replace `<` with `<=`")
        .expect("generated");
    assert_eq!((mutant.line, mutant.column), (2, 10));
    assert_eq!(mutant.before, "if a < b {}");
    assert_eq!(mutant.after, "if a <= b {}");
}
