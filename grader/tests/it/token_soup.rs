//! Whatever a file holds, the grader reads it: no panic, no broken stack, no way without an end.
//!
//! The texts are drawn by chance from a fixed seed, so every run sees the same ones.

use grader::grading::names;
use grader::katas::catalog::{self, Files, single};
use grader::katas::skeleton;
use grader::results::place::Spot;
use grader::submission::policy;
use grader::support::sanitise;

/// As many as take a few seconds without optimisation.
const TEXTS: u64 = 1500;

/// What Rust is made of, and what is none: openings without an end, ends without an opening.
const PIECES: &[&str] = &[
    "fn f",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "'a",
    "'",
    "\"",
    "\\",
    "r#\"",
    "\"#",
    "#\"",
    "b'",
    "c\"",
    "//",
    "/*",
    "*/",
    "///",
    "//!",
    "#",
    "!",
    "#![",
    "#!/",
    "---\n",
    "$",
    "$(",
    "$x:tt",
    "::",
    "->",
    "=>",
    "&",
    "&'a &'b",
    "*",
    "|",
    "||",
    "-",
    "+",
    ";",
    ",",
    ".",
    "..=",
    "=",
    "?",
    "@",
    "_",
    "as",
    "use",
    "mod",
    "mod a;",
    "std",
    "core",
    "alloc",
    "macro_rules!",
    "todo!",
    "vec!",
    "thread_local!",
    "static",
    "unsafe",
    "extern",
    "include_str!",
    "env!",
    "path",
    "cfg(test)",
    "#[cfg(test)]",
    "#[path = \"x\"]",
    "cfg_attr(",
    "r#core",
    "k#fn",
    "f\"",
    "1e+",
    "0b",
    "1.",
    "impl<T: ?Sized>",
    "for",
    "T",
    "type",
    "where",
    "if",
    "else",
    "match",
    "return",
    "move",
    "let",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "\u{feff}",
    "\u{202e}",
    "\u{85}",
    "\u{2028}",
    "é",
    "世",
    "🦀",
    "\u{1b}[31m",
    "\0",
    "##[",
    "::error::",
];

/// xorshift64*
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(drawn).expect("31 bits") % end
    }

    /// Pieces in any order, most of them with a blank between.
    fn soup(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.below(60) {
            text.push_str(PIECES[self.below(PIECES.len())]);
            text.push_str(["", " ", " "][self.below(3)]);
        }
        text
    }

    /// A few pieces again and again, and perhaps others to close them.
    fn nest(&mut self) -> String {
        let open = PIECES[self.below(PIECES.len())].to_owned() + PIECES[self.below(PIECES.len())];
        let close = PIECES[self.below(PIECES.len())];
        let times = [10, 300, 5000][self.below(3)];
        format!(
            "fn f() {{ {} x {} }}",
            open.repeat(times),
            close.repeat(times)
        )
    }

    /// A right program with a hole, or with something in it that does not belong there.
    fn broken(&mut self, text: &str) -> String {
        let mut ends = [self.below(text.len()), self.below(text.len())];
        ends.sort_unstable();
        let [start, end] = ends.map(|at| text.floor_char_boundary(at));
        let end = if self.below(2) == 0 { start } else { end };
        format!("{}{}{}", &text[..start], self.soup(), &text[end..])
    }

    /// Bytes that happen to be UTF-8.
    fn noise(&mut self) -> String {
        let bytes: Vec<u8> = (0..self.below(300))
            .map(|_| u8::try_from(self.below(256)).expect("a byte"))
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[test]
fn any_text_is_read_to_its_end() {
    let right = &catalog::reference("lock").expect("a solution")["lib.rs"];
    let untouched = catalog::skeleton("lock").expect("a skeleton");
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for number in 0..TEXTS {
        let text = match number % 4 {
            0 => chance.soup(),
            1 => chance.nest(),
            2 => chance.broken(right),
            _ => chance.noise(),
        };
        let mut files: Files = single(&text);
        files.insert("a.rs".to_owned(), chance.soup());
        policy::examine(&files, "exercises/lock/src".as_ref()).expect("room for a stack");
        assert!(!skeleton::is_untouched(&files, &untouched));
        skeleton::is_untouched(&single(&text), &untouched);
        names::enclosing_function(
            &text,
            Spot {
                line: 1,
                column: 20,
            },
        );
        let clean = sanitise::text(&text);
        assert!(!clean.contains('\u{1b}'), "{text:?}");
        assert_eq!(sanitise::text(&clean), clean, "{text:?}");
    }
}
