//! What each command does: ask the engine, render, print, and tell how it ended.

mod check;
mod hint;
mod list;
mod new;
mod verify;

use std::io::{IsTerminal, Write};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Effects};
use anyhow::Result;

use crate::cli::{Cli, Color, Command, Common, Grading, Output};
use crate::exit_code::ExitCode;
use crate::messages::usage;
use crate::report::look::Look;
use crate::report::{Format, output};
use crate::results::options::Options;
use crate::results::usage::Usage;
use crate::support::interrupt::Interrupted;
use crate::support::sanitise;

/// Carries out a command line and tells how that ended. Errors have been printed.
pub fn run(cli: &Cli) -> ExitCode {
    match cli.common.color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
    .write_global();
    let result = match &cli.command {
        Command::Check(check) => check::run(check, &cli.common),
        Command::List(list) => list::run(list, &cli.common),
        Command::Hint(hint) => hint::run(hint, &cli.common),
        Command::Verify(verify) => verify::run(verify, &cli.common),
        Command::New(new) => new::run(new, &cli.common),
    };
    result.unwrap_or_else(|error| {
        let (code, text) = explained(&error);
        // If standard error cannot be written either, the exit code has to do.
        let _ = AutoStream::auto(std::io::stderr()).write_all(text.as_bytes());
        code
    })
}

/// How the process is to end after an error, and what is said about it.
fn explained(error: &anyhow::Error) -> (ExitCode, String) {
    let (code, advice) = if error.chain().any(|cause| cause.is::<Interrupted>()) {
        (ExitCode::Interrupted, None)
    } else if error.chain().any(|cause| cause.is::<Usage>()) {
        (ExitCode::Usage, Some(usage::see_help(&program())))
    } else {
        (ExitCode::Fault, Some(usage::NOT_YOUR_CODE.to_owned()))
    };
    let style = AnsiColor::Red.on_default().effects(Effects::BOLD);
    let mut text = match code {
        ExitCode::Interrupted => format!("{}\n", usage::INTERRUPTED),
        _ => format!("{style}{}{style:#} {}\n", usage::ERROR, said(error)),
    };
    if code != ExitCode::Interrupted {
        for cause in error.chain().skip(1) {
            text.push_str(&format!("  {} {}\n", usage::BECAUSE, said(cause)));
        }
    }
    if let Some(advice) = advice {
        text.push_str(&format!("{advice}\n"));
    }
    (code, text)
}

/// What an error says. It may name a path, and nobody chose all of its characters.
fn said(error: impl std::fmt::Display) -> String {
    sanitise::text(&error.to_string())
}

/// How the user calls the grader: `cargo run` leaves its variables in the environment, and in
/// the clone that is what `cargo grader` stands for.
fn program() -> String {
    let by_cargo = std::env::var_os("CARGO_PKG_NAME").is_some_and(|name| name == "grader");
    if by_cargo { "cargo grader" } else { "grader" }.to_owned()
}

/// The look of what this run prints, or writes to a file.
fn look(common: &Common, file: Option<&Path>, source: Option<&Path>) -> Look {
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

/// The engine's options from the command line's.
fn options(grading: &Grading, format: Format, look: &Look) -> Options {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    Options {
        seed: grading.seed,
        effort: grading.effort,
        jobs: grading.jobs.unwrap_or_else(cores),
        cache: !grading.no_cache,
        color: look.color && format == Format::Human,
    }
}

/// Prints a result, or writes it to the file that was asked for.
fn deliver(text: &str, to: &Output) -> Result<()> {
    match &to.output {
        Some(file) => output::write(file, text),
        None => output::print(text),
    }
}

/// The topics that were asked for, each once, if all of them exist.
fn known_topics(asked: &[String], all: &[String]) -> Result<Vec<String>> {
    let mut topics: Vec<String> = Vec::new();
    for topic in asked {
        // `exercises/lock/` is what a shell completes to.
        let name = topic.trim_end_matches(['/', '\\']);
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let name = name.replace('-', "_");
        if !all.contains(&name) {
            let nearest = nearest(&name, all);
            return Err(Usage::Said(usage::unknown_topic(topic, nearest, all)).into());
        }
        if !topics.contains(&name) {
            topics.push(name);
        }
    }
    Ok(topics)
}

/// The name that was probably meant.
fn nearest<'a>(typed: &str, names: &'a [String]) -> Option<&'a str> {
    let likeness = |name: &&String| strsim::jaro_winkler(typed, name);
    let best = names
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&best) > 0.75).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<String> {
        ["lock", "rlock", "semaphore", "condition", "thread_pool"]
            .map(str::to_owned)
            .into()
    }

    #[test]
    fn a_misspelt_topic_is_answered_with_the_nearest() {
        assert_eq!(nearest("semaphor", &all()), Some("semaphore"));
        assert_eq!(nearest("lokc", &all()), Some("lock"));
        assert_eq!(nearest("conditions", &all()), Some("condition"));
        assert_eq!(nearest("zebra", &all()), None);
    }

    #[test]
    fn an_unknown_topic_is_a_mistake_of_usage() {
        let error = known_topics(&["zebra".to_owned()], &all()).expect_err("unknown");
        assert!(error.is::<Usage>());
        assert!(error.to_string().contains("There are lock, rlock"));
    }

    #[test]
    fn a_topic_may_be_named_by_its_path_or_with_hyphens_and_counts_once() {
        let asked = ["exercises/lock/", "lock", "thread-pool"].map(str::to_owned);
        let topics = known_topics(&asked, &all()).expect("known");
        assert_eq!(topics, ["lock", "thread_pool"]);
    }

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

    #[test]
    fn errors_of_usage_end_in_2_interruptions_in_130_and_others_in_3() {
        let usage: anyhow::Error = Usage::Said("no".to_owned()).into();
        assert_eq!(explained(&usage.context("while")).0, ExitCode::Usage);
        assert_eq!(explained(&Interrupted.into()).0, ExitCode::Interrupted);
        assert_eq!(explained(&anyhow::anyhow!("disk")).0, ExitCode::Fault);
    }

    #[test]
    fn an_error_is_told_with_its_causes() {
        let error = anyhow::anyhow!("no space left").context("cannot write report.json");
        let (_, text) = explained(&error);
        let text = anstream::adapter::strip_str(&text).to_string();
        assert!(text.starts_with("error: cannot write report.json\n  because: no space left\n"));
    }
}
