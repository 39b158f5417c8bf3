//! How this terminal shows a result.

use std::io::IsTerminal;
use std::path::Path;

use anstream::{AutoStream, ColorChoice};

use super::args::{Color, Common};
use crate::report::look::Look;
use crate::support::sanitise;

/// The look of what this run prints, or writes to a file.
pub(super) fn look(common: &Common, file: Option<&Path>, source: Option<&Path>) -> Look {
    let stdout = std::io::stdout();
    let on_terminal = file.is_none() && stdout.is_terminal();
    Look {
        width: match terminal_width() {
            Some(width) if on_terminal => width.clamp(NARROWEST, WIDEST),
            _ => USUAL_WIDTH,
        },
        color: match common.color {
            Color::Auto => file.is_none() && AutoStream::choice(&stdout) != ColorChoice::Never,
            Color::Always => true,
            Color::Never => false,
        },
        // A file is read by something that knows UTF-8.
        unicode: file.is_some() || shows_unicode(&|name| std::env::var(name).ok()),
        verbose: common.verbose,
        quiet: common.quiet,
        program: program(),
        more: "-v",
        source: source.map(|source| sanitise::line(&source.to_string_lossy())),
    }
}

/// Reports are laid out for this many columns where nothing else is known.
const USUAL_WIDTH: usize = 80;
/// On terminals narrower than this, lines wrap.
const NARROWEST: usize = 60;
/// Longer lines are hard to read.
const WIDEST: usize = 100;

fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

/// Whether marks beyond ASCII will be seen as such, by the locale; if none is set, they will.
fn shows_unicode(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    if cfg!(windows) {
        return ["WT_SESSION", "TERM", "TERM_PROGRAM"]
            .iter()
            .any(|name| variable(name).is_some());
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .filter_map(|name| variable(name))
        .find(|value| !value.is_empty());
    match locale {
        Some(locale) => {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
        None => true,
    }
}

/// How the user calls the grader: `cargo run` leaves its variables in the environment, and in
/// the clone that is what `cargo grader` stands for.
pub fn program() -> String {
    let by_cargo = std::env::var_os("CARGO_PKG_NAME").is_some_and(|name| name == "grader");
    if by_cargo { "cargo grader" } else { "grader" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn marks_are_ascii_where_the_locale_says_so() {
        let with = |name: &'static str, value: &'static str| {
            shows_unicode(&move |asked| (asked == name).then(|| value.to_owned()))
        };
        assert!(with("LANG", "en_GB.UTF-8"));
        assert!(with("LC_ALL", "C.utf8"));
        assert!(!with("LC_ALL", "C"));
        assert!(!with("LANG", "de_DE.ISO-8859-1"));
        assert!(with("LANG", ""));
    }
}
