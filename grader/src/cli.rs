//! The command line: which command, and the flags of all of them.

use std::ffi::OsString;
use std::io::Write;

use anstream::{AutoStream, ColorChoice};
use clap::builder::styling::{AnsiColor, Effects, Styles};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands::args::{Color, Common};
use crate::commands::check::{self, Check};
use crate::commands::doctor::{self, Doctor};
use crate::commands::errors;
use crate::commands::hint::{self, Hint};
use crate::commands::list::{self, List};
use crate::commands::new::{self, New};
use crate::commands::next::{self, Next};
use crate::commands::notes::{self, Notes};
use crate::commands::replay::{self, Replay};
use crate::commands::reset::{self, Reset};
use crate::commands::solution::{self, Solution};
use crate::commands::verify::{self, Verify};
use crate::commands::watch::{self, Watch};
use crate::exit_code::ExitCode;
use crate::katas::catalog;
use crate::support::process;

/// Grades concurrency katas: real threads, every interleaving, memory orderings.
#[derive(Debug, Parser)]
#[command(
    name = "grader",
    version,
    styles = STYLES,
    max_term_width = 100,
    after_help = OVERVIEW,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub common: Common,
}

/// The command that keeps guard.
const GUARD: &str = "guard";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check an exercise whenever you save it, and show the answer
    Watch(Watch),
    /// Compile your code and run the hidden tests against it
    Check(Check),
    /// List the exercises and how far you are, without compiling anything
    List(List),
    /// Say which exercise comes next and what to do there, and open it
    Next(Next),
    /// Show a hint for an exercise, a further one each time
    Hint(Hint),
    /// Step through the failure that the last check found, forwards and backwards
    Replay(Replay),
    /// Read the notes on an exercise, or on what a diagnosis means
    Notes(Notes),
    /// Put an exercise back to how it was handed out, and keep a backup
    Reset(Reset),
    /// Compare your code with the reference solution, once yours has passed
    Solution(Solution),
    /// See whether this machine has all that the grader needs
    Doctor(Doctor),
    /// Test the tests: references must pass, mutants must be caught
    #[command(hide = true)]
    Verify(Verify),
    /// End what a grader has started when that one is killed; graders call it themselves
    #[command(hide = true, name = GUARD)]
    Guard,
    /// Make a new kata, small and complete, or a mutant of one
    #[command(hide = true)]
    New(New),
}

impl Cli {
    /// Reads a command line, its first word being the program's own; `program` is what the user
    /// types to call it. The name of an exercise stands for its check, and nothing at all, typed
    /// on a terminal, for `watch`.
    ///
    /// # Errors
    ///
    /// The command line is wrong, or asks for help or the version.
    pub fn read(
        words: impl IntoIterator<Item = OsString>,
        program: &str,
        on_terminal: bool,
    ) -> Result<Cli, clap::Error> {
        let mut words: Vec<OsString> = words.into_iter().collect();
        if words.len() == 1 && on_terminal {
            words.push("watch".into());
        }
        let first = words.get(1).and_then(|word| word.to_str());
        if first.is_some_and(|word| catalog::names().contains(&word)) {
            words.insert(1, "check".into());
        }
        let matches = definition(program).try_get_matches_from(words)?;
        Cli::from_arg_matches(&matches)
    }
}

/// The definition of the command line, with examples that can be typed as they are printed.
fn definition(program: &str) -> clap::Command {
    let typed = |command: clap::Command| match command.get_after_help() {
        Some(help) => {
            let help = help.to_string();
            let help = help.replace("\n  grader ", &format!("\n  {program} "));
            command.after_help(help.replace("`grader ", &format!("`{program} ")))
        }
        None => command,
    };
    typed(Cli::command().bin_name(program)).mut_subcommands(typed)
}

/// Carries out a command line and tells how that ended. Errors have been printed.
pub fn run(cli: &Cli) -> ExitCode {
    match cli.common.color {
        Color::Auto => ColorChoice::Auto,
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    }
    .write_global();
    // Where the program cannot be found again, there is no guard.
    if let Ok(program) = std::env::current_exe() {
        process::guard_with(program, GUARD);
    }
    let result = match &cli.command {
        Command::Watch(watch) => watch::run(watch, &cli.common),
        Command::Check(check) => check::run(check, &cli.common),
        Command::List(list) => list::run(list, &cli.common),
        Command::Next(next) => next::run(next, &cli.common),
        Command::Hint(hint) => hint::run(hint, &cli.common),
        Command::Replay(replay) => replay::run(replay, &cli.common),
        Command::Notes(notes) => notes::run(notes, &cli.common),
        Command::Reset(reset) => reset::run(reset, &cli.common),
        Command::Solution(solution) => solution::run(solution, &cli.common),
        Command::Doctor(doctor) => doctor::run(doctor, &cli.common),
        Command::Verify(verify) => verify::run(verify, &cli.common),
        Command::Guard => {
            process::keep_guard();
            Ok(ExitCode::Passed)
        }
        Command::New(new) => new::run(new, &cli.common),
    };
    result.unwrap_or_else(|error| {
        let (code, text) = errors::explained(&error);
        // If standard error cannot be written either, the exit code has to do.
        let _ = AutoStream::auto(std::io::stderr()).write_all(text.as_bytes());
        code
    })
}

/// The colours of cargo's own help.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .usage(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .literal(AnsiColor::Cyan.on_default().effects(Effects::BOLD))
    .placeholder(AnsiColor::Cyan.on_default());

const OVERVIEW: &str = "\
For authors of katas:
  verify  Test the tests: references must pass, mutants must be caught
  new     Make a new kata, small and complete, or a mutant of one

Examples:
  grader                  your day: check whatever you save
  grader list             what there is to do
  grader check lock       grade one exercise
  grader hint lock        one more hint for it
  grader replay lock      its failure, step by step
  grader notes lock       what it is about
  grader check            grade all that you have begun

Exit codes:
    0  everything asked for passed
    1  something did not pass (an untouched exercise counts)
    2  the command line was wrong
    3  fault: the toolchain, the machine or the grader broke
    4  nothing failed, but something could not be explored far enough
  130  interrupted";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::read(line.split_whitespace().map(OsString::from), "grader", false)
    }

    #[test]
    fn the_name_of_an_exercise_checks_it() {
        let cli = parse("grader lock --seed 7").expect("valid");
        let Command::Check(check) = cli.command else {
            panic!("not check")
        };
        assert_eq!(check.topics, ["lock"]);
        assert_eq!(check.grading.seed, 7);
        assert!(parse("grader locks").is_err());
    }

    #[test]
    fn examples_can_be_typed_as_they_are_printed() {
        let mut definition = definition("cargo grader");
        let mut helps = vec![definition.render_long_help().to_string()];
        for command in definition.get_subcommands_mut() {
            helps.push(command.render_long_help().to_string());
        }
        for help in helps {
            assert!(!help.contains("\n  grader "), "{help}");
            assert!(!help.contains("`grader "), "{help}");
        }
    }

    #[test]
    fn nothing_typed_on_a_terminal_is_watch() {
        let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
        let cli = Cli::read(words(&["grader"]), "grader", true).expect("valid");
        assert!(matches!(cli.command, Command::Watch(_)));
        let cli = Cli::read(words(&["grader", "list"]), "grader", true).expect("valid");
        assert!(matches!(cli.command, Command::List(_)));
    }

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn check_takes_topics_and_flags_in_any_order() {
        let cli = parse("grader check lock --seed 7 -j 2 event --color never -v").expect("valid");
        let Command::Check(check) = cli.command else {
            panic!("not check")
        };
        assert_eq!(check.topics, ["lock", "event"]);
        assert_eq!(check.grading.seed, 7);
        assert_eq!(check.grading.jobs, Some(2));
        assert!(cli.common.verbose);
        assert_eq!(cli.common.color, Color::Never);
    }

    #[test]
    fn changed_takes_its_revision_behind_an_equals_sign() {
        let changed = |line: &str| match parse(line).expect("valid").command {
            Command::Verify(verify) => (verify.changed, verify.topics),
            _ => panic!("not verify"),
        };
        assert_eq!(changed("grader verify"), (None, vec![]));
        let topics = vec!["lock".to_owned()];
        assert_eq!(
            changed("grader verify --changed lock"),
            (Some(None), topics)
        );
        let revision = Some(Some("HEAD~1".to_owned()));
        assert_eq!(
            changed("grader verify --changed=HEAD~1"),
            (revision, vec![])
        );
    }

    #[test]
    fn contradictions_and_nonsense_are_refused_as_usage() {
        for line in [
            "grader check lock --all",
            "grader check --quiet --verbose",
            "grader check --jobs 0",
            "grader check --effort heroic",
            "grader check --format yaml",
            "grader verify --changed --repeat 2",
            "grader check --sede 7",
            "grader chekc",
            "grader",
        ] {
            let error = parse(line).expect_err(line);
            assert_eq!(error.exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn a_misspelt_flag_is_answered_with_the_right_one() {
        let error = parse("grader check --sede 7").expect_err("no such flag");
        assert!(error.to_string().contains("'--seed'"), "{error}");
    }

    #[test]
    fn the_help_lists_the_documented_exit_codes() {
        let documented = include_str!("exit_code.rs");
        let (_, codes) = OVERVIEW.split_once("Exit codes:\n").expect("exit codes");
        for line in codes.lines() {
            let code = line.split_whitespace().next().expect("a code");
            assert!(documented.contains(&format!("//! | {code} |")), "{line}");
        }
    }
}
