//! Long texts, a screen at a time.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::{Child, Command, Stdio};

use anyhow::Result;

use super::output;
use crate::support::interrupt::Watch;

/// Shows a text: on a terminal through `$PAGER`, or `less -R` where that is not set, and printed
/// elsewhere. Where no pager can be started it is printed, too.
///
/// # Errors
///
/// Standard output cannot be written.
pub fn show(text: &str) -> Result<()> {
    // Ctrl-C is the pager's, and must not end the grader under it.
    let _watch = Watch::start();
    let pager = io::stdout().is_terminal().then(start).flatten();
    let Some(mut pager) = pager else {
        return output::print(text);
    };
    if let Some(mut input) = pager.stdin.take() {
        // Whoever leaves the pager early has read enough.
        let _ = input.write_all(text.as_bytes());
    }
    match pager.wait() {
        // The shell knows no such program.
        Ok(status) if status.code() == Some(127) => output::print(text),
        _ => Ok(()),
    }
}

fn start() -> Option<Child> {
    let mut command = command(&|name| env::var(name).ok())?;
    command.stdin(Stdio::piped()).spawn().ok()
}

/// The pager to start; none if the user wants none.
fn command(variable: &dyn Fn(&str) -> Option<String>) -> Option<Command> {
    let pager = match variable("PAGER") {
        Some(pager) => pager,
        // What Windows has by itself shows no colours.
        None if cfg!(windows) => return None,
        None => "less -R".to_owned(),
    };
    let pager = pager.trim();
    if pager.is_empty() || pager == "cat" {
        return None;
    }
    let mut command = match cfg!(windows) {
        true => Command::new("cmd"),
        false => Command::new("sh"),
    };
    command.args([if cfg!(windows) { "/C" } else { "-c" }, pager]);
    if variable("LESS").is_none() {
        // With colours, and without a screen of its own for what fits on this one.
        command.env("LESS", "FRX");
    }
    Some(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(pager: Option<&str>) -> Option<Vec<String>> {
        let pager = pager.map(str::to_owned);
        let command = command(&|name| (name == "PAGER").then(|| pager.clone()).flatten())?;
        let words = command
            .get_args()
            .map(|it| it.to_string_lossy().into_owned());
        Some(words.collect())
    }

    #[cfg(unix)]
    #[test]
    fn the_pager_is_the_users_or_less() {
        let words = |pager| started(pager).expect("a pager").pop();
        assert_eq!(words(None).as_deref(), Some("less -R"));
        assert_eq!(words(Some("most -s")).as_deref(), Some("most -s"));
    }

    #[test]
    fn whoever_wants_no_pager_gets_none() {
        for none in ["", " ", "cat"] {
            assert_eq!(started(Some(none)), None, "{none:?}");
        }
    }
}
