use super::*;

/// A base with two functions that have a line in common.
const BASE: &str = "\
use std::sync::Mutex;

/// A door.
pub struct Door {
    open: Mutex<bool>,
}

impl Door {
    /// Opens it.
    pub fn open(&self) {
        let mut open = self.open.lock().unwrap();
        *open = true;
    }

    /// Closes it.
    pub fn close(&self) {
        let mut open = self.open.lock().unwrap();
        *open = false;
    }
}
";

fn read(text: &str) -> Difference {
    Difference::read(text).expect("hunks")
}

fn base_of(text: &str) -> Base<'_> {
    Base::new("door.rs", text).expect("Rust")
}

fn apply(difference: &str) -> Result<String, String> {
    let applied = read(difference).apply(&base_of(BASE));
    applied.map_err(|error| error.to_string())
}

fn misfit(difference: &str) -> String {
    apply(difference).expect_err("a misfit")
}

const OPENS_NOTHING: &str = "\
# mutant: opens-nothing

@@ Door::open @@
         let mut open = self.open.lock().unwrap();
-        *open = true;
+        *open = false;
     }
";

#[test]
fn a_hunk_is_found_by_the_lines_around_it() {
    let expected = BASE.replace("*open = true;", "*open = false;");
    assert_eq!(apply(OPENS_NOTHING), Ok(expected));
}

#[test]
fn it_does_not_matter_where_in_the_base_the_lines_are() {
    let base = format!("//! Doors.\n\nconst ONE: u8 = 1;\n\n{BASE}");
    let applied = read(OPENS_NOTHING).apply(&base_of(&base)).unwrap();
    assert_eq!(applied, base.replace("*open = true;", "*open = false;"));
}

#[test]
fn a_line_that_is_in_two_items_is_looked_for_in_the_one_that_is_named() {
    let added = "         let mut open = self.open.lock().unwrap();\n+        drop(());\n";
    for name in ["open", "close"] {
        let applied = apply(&format!("@@ Door::{name} @@\n{added}")).unwrap();
        let function = applied.split("fn ").find(|it| it.contains("drop(());"));
        assert!(function.unwrap().starts_with(name), "{applied}");
    }
}

#[test]
fn lines_that_are_not_there_are_told() {
    let message = misfit(&OPENS_NOTHING.replace("-        *open = true;", "-        *open = 1;"));
    assert_eq!(
        message,
        "hunk 1, in `Door::open`: these lines are not in door.rs:\n            *open = 1;\n  \
         write the hunk's lines as they are there now"
    );
}

#[test]
fn lines_in_another_order_are_told() {
    let message = misfit(
        "@@ Door::open @@\n-        *open = true;\n-        let mut open = self.open.lock().unwrap();\n",
    );
    assert!(
        message.contains("do not follow each other in door.rs:\n            *open = true;\n"),
        "{message}"
    );
}

#[test]
fn lines_that_are_there_twice_are_told_with_their_numbers() {
    let twice = BASE.replace("*open = true;", "*open = true;\n        *open = true;");
    let error = read("@@ Door::open @@\n-        *open = true;\n").apply(&base_of(&twice));
    let message = error.unwrap_err().to_string();
    assert!(
        message.contains("2 times, at lines 12 and 13 of door.rs"),
        "{message}"
    );
}

#[test]
fn lines_of_another_item_are_told_with_its_name() {
    let message = misfit(&OPENS_NOTHING.replace("Door::open", "Door::shut"));
    assert!(
        message.contains("its lines are in `Door::open`, at line 11 of door.rs"),
        "{message}"
    );
}

#[test]
fn hunks_that_overlap_or_are_in_another_order_are_told() {
    let first = "@@ Door::open @@\n         *open = true;\n     }\n\n-    /// Closes it.\n";
    let open = "@@ Door::open @@\n-        *open = true;\n";
    let close = "@@ Door::close @@\n-        *open = false;\n";
    // The first hunk's first change belongs to the other function.
    let first = first.replace("Door::open", "Door::close");
    for hunks in [
        format!("{first}\n@@ Door::close @@\n-    /// Closes it.\n     pub fn close(&self) {{\n"),
        format!("{close}\n{open}"),
    ] {
        let message = misfit(&hunks);
        assert!(message.starts_with("hunk 2, "), "{message}");
        assert!(
            message.contains("before the end of the hunk above"),
            "{message}"
        );
    }
    assert!(apply(&format!("{open}\n{close}")).is_ok());
}

#[test]
fn line_ends_do_not_count() {
    let expected = apply(OPENS_NOTHING).unwrap();
    let crlf = |text: &str| text.replace('\n', "\r\n");
    for (base, difference) in [
        (crlf(BASE), OPENS_NOTHING.to_owned()),
        (BASE.to_owned(), crlf(OPENS_NOTHING)),
        (crlf(BASE), crlf(OPENS_NOTHING)),
        (
            BASE.trim_end().to_owned(),
            OPENS_NOTHING.trim_end().to_owned(),
        ),
        (
            BASE.trim_end().to_owned(),
            format!("{OPENS_NOTHING}\\ No newline at end of file\n"),
        ),
    ] {
        let applied = read(&difference).apply(&base_of(&base));
        assert_eq!(applied.unwrap(), expected);
    }
}

#[test]
fn empty_lines_need_no_space_and_those_at_the_end_are_no_part_of_a_hunk() {
    let hunk = "@@ Door::close @@\n     }\n\n-    /// Closes it.\n     pub fn close(&self) {\n\n\n";
    let expected = BASE.replace("    /// Closes it.\n", "");
    assert_eq!(apply(hunk), Ok(expected.clone()));
    assert_eq!(apply(&hunk.replace("\n\n-", "\n \n-")), Ok(expected));
}

#[test]
fn what_is_no_hunk_is_told_with_its_line() {
    let misfit = |text: &str| Difference::read(text).unwrap_err();
    assert_eq!(misfit("# mutant: x\n").line, 1);
    assert!(misfit("").message.contains("no hunk"));
    let typo = misfit("# mutant: x\n\n@@ crate @@\n-a\nb\n");
    assert_eq!(typo.line, 5);
    assert!(typo.message.contains("begins with a space"));
    let numbers = misfit("@@ crate @@\n-a\n@@ -1,2 +1,2 @@ fn x\n-b\n");
    assert_eq!(numbers.line, 3);
    assert!(numbers.message.contains("`@@ Item::name @@`"));
    let nothing = misfit("@@ crate @@\n a\n");
    assert_eq!(nothing.line, 1);
    assert!(nothing.message.contains("neither removes nor adds"));
    let nowhere = misfit("\n@@ crate @@\n+a\n");
    assert_eq!(nowhere.line, 2);
    assert!(nowhere.message.contains("nothing tells where"));
}

#[test]
fn a_base_that_is_no_rust_is_an_error() {
    assert!(Base::new("door.rs", "fn (").is_err());
}

#[test]
fn a_difference_that_is_made_can_be_read_and_applied() {
    let replaced = |from: &str, to: &str| BASE.replace(from, to);
    for changed in [
        replaced("*open = true;", "*open = false;"),
        replaced("let mut open", "let mut is_open").replace("*open", "*is_open"),
        replaced("use std::sync::Mutex;\n", ""),
        format!("//! Doors.\n\n{BASE}"),
        format!("{BASE}\nfn more() {{}}\n"),
        replaced(
            "    /// Opens it.\n",
            "    fn knock(&self) {}\n\n    /// Opens it.\n",
        ),
        replaced("    open: Mutex<bool>,\n", ""),
        String::new(),
        BASE.lines().rev().map(|line| format!("{line}\n")).collect(),
    ] {
        let difference = between(&base_of(BASE), &changed);
        let again = read(&difference.to_string());
        assert_eq!(
            again.apply(&base_of(BASE)).unwrap(),
            changed,
            "{difference}"
        );
    }
}

#[test]
fn a_difference_names_the_item_and_shows_no_line_of_another() {
    let changed = BASE.replace("*open = true;", "*open = false;");
    let expected = "\
@@ Door::open @@
     pub fn open(&self) {
         let mut open = self.open.lock().unwrap();
-        *open = true;
+        *open = false;
     }
";
    assert_eq!(between(&base_of(BASE), &changed).to_string(), expected);
}

#[test]
fn a_difference_shows_as_many_lines_as_it_takes_to_find_its_place() {
    let line = "        *open = true;\n";
    let base = BASE.replace(line, &line.repeat(9));
    let changed = BASE.replace(
        line,
        &format!("{}        drop(());\n{}", line.repeat(4), line.repeat(5)),
    );
    let difference = between(&base_of(&base), &changed);
    assert_eq!(difference.apply(&base_of(&base)).unwrap(), changed);
}

#[test]
fn equal_texts_differ_in_nothing() {
    assert_eq!(between(&base_of(BASE), BASE).to_string(), "");
}
