//! The command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Effects, Styles};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::report::Format;
use crate::verdict::Effort;

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

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compile your code and run the hidden tests against it
    Check(Check),
    /// List the exercises and how far you are, without compiling anything
    List(List),
    /// Show a hint for an exercise, one more each time
    Hint(Hint),
    /// Test the tests: references must pass, mutants must be caught (for authors)
    Verify(Verify),
    /// Make a new kata, small and complete, or a mutant of one (for authors)
    New(New),
}

/// Flags of every command.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// When to use colours; auto: on a terminal, unless NO_COLOR is set
    #[arg(
        long,
        value_name = "WHEN",
        default_value = "auto",
        global = true,
        display_order = 100
    )]
    pub color: Color,
    /// Print results only: no progress, one line for each exercise
    #[arg(
        short,
        long,
        global = true,
        conflicts_with = "verbose",
        display_order = 101
    )]
    pub quiet: bool,
    /// Print every step, every test and every failure in full
    #[arg(short, long, action = ArgAction::SetTrue, global = true, display_order = 102)]
    pub verbose: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Color {
    #[default]
    Auto,
    Always,
    Never,
}

/// `grader check`
#[derive(Debug, Args)]
#[command(after_help = CHECK_EXAMPLES)]
pub struct Check {
    /// Exercises to check [default: those in the directory]
    #[arg(value_name = "TOPIC")]
    pub topics: Vec<String>,
    /// Check every exercise that there is, also those missing in the directory
    #[arg(long, conflicts_with = "topics")]
    pub all: bool,
    #[command(flatten)]
    pub grading: Grading,
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub output: Output,
}

/// `grader list`
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub output: Output,
}

/// `grader hint`
#[derive(Debug, Args)]
#[command(after_help = HINT_EXAMPLES)]
pub struct Hint {
    /// The exercise [default: the first that has not passed]
    #[arg(value_name = "TOPIC")]
    pub topic: Option<String>,
}

/// `grader verify`
#[derive(Debug, Args)]
#[command(after_help = VERIFY_EXAMPLES)]
pub struct Verify {
    /// Topics to verify [default: all]
    #[arg(value_name = "TOPIC")]
    pub topics: Vec<String>,
    /// Make mutants of the references by small changes, and show those that no test catches
    #[arg(long)]
    pub generate: bool,
    /// Only those of these mutants whose name contains TEXT, for example a function's
    #[arg(long, value_name = "TEXT", requires = "generate")]
    pub mutants: Option<String>,
    /// Run the stress tests N times, each time with the next seed: what is right must pass, and
    /// a mutant be caught, every time
    #[arg(long, value_name = "N", conflicts_with = "generate")]
    pub repeat: Option<NonZeroUsize>,
    #[command(flatten)]
    pub grading: Grading,
    #[command(flatten)]
    pub output: Output,
}

/// `grader new`
#[derive(Debug, Args)]
#[command(after_help = NEW_EXAMPLES)]
pub struct New {
    /// Name of the kata and of its crate: lower-case words joined by underscores
    #[arg(value_name = "TOPIC")]
    pub topic: String,
    /// Make a mutant of this name instead, from an edited copy of what is right
    #[arg(long, value_name = "NAME", requires = "copy")]
    pub mutant: Option<String>,
    /// The edited copy: the reference solution, or an alternate, with one wrong idea in it
    #[arg(long, value_name = "FILE", group = "copy", requires = "mutant")]
    pub from: Option<PathBuf>,
    /// Write the whole crate of a mutant that there is to FILE, to try or to change it
    #[arg(long, value_name = "FILE", group = "copy", requires = "mutant")]
    pub to: Option<PathBuf>,
    /// What it is a difference to: `reference`, `alternate NAME`, `mutant NAME`, or `none` for a
    /// whole file [default: the nearest]
    #[arg(long, value_name = "BASE", requires = "from")]
    pub base: Option<String>,
    /// The wrong idea, as somebody who believes in it would say it
    #[arg(long, value_name = "TEXT", requires = "from")]
    pub idea: Option<String>,
    /// A test that must catch it, and what it must find, for example
    /// `model::no_lost_wakeup = lost_wakeup`; may be given several times
    #[arg(long, value_name = "TEST = DIAGNOSIS", requires = "from")]
    pub caught_by: Vec<String>,
}

/// How to grade.
#[derive(Debug, Clone, Args)]
pub struct Grading {
    /// Seed of everything random: the same seed gives the same schedules
    #[arg(long, value_name = "N", default_value_t = crate::grade::DEFAULT_SEED)]
    pub seed: u64,
    /// How long and how hard to look for bugs
    #[arg(long, value_name = "EFFORT", default_value = "normal")]
    pub effort: Effort,
    /// Processes at once [default: one for each core]
    #[arg(short, long, value_name = "N", value_parser = parse_jobs)]
    pub jobs: Option<usize>,
    /// Run everything, even if nothing has changed since the last time
    #[arg(long)]
    pub no_cache: bool,
}

/// What to grade.
#[derive(Debug, Clone, Args)]
pub struct Place {
    /// Grade DIR/TOPIC/src/lib.rs instead of your exercises
    #[arg(long, value_name = "DIR")]
    pub source: Option<PathBuf>,
}

/// Where the result goes.
#[derive(Debug, Clone, Args)]
pub struct Output {
    /// Form of the result: for people or for programs
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    /// Write the result to FILE instead of the terminal, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

fn parse_jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err(crate::messages::usage::NO_JOBS.to_owned()),
        Ok(jobs) => Ok(jobs),
        Err(error) => Err(format!("{error}")),
    }
}

/// The colours of cargo's own help.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .usage(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .literal(AnsiColor::Cyan.on_default().effects(Effects::BOLD))
    .placeholder(AnsiColor::Cyan.on_default());

const OVERVIEW: &str = "\
Examples:
  grader list             what there is to do
  grader check lock       grade one exercise
  grader hint lock        one more hint for it
  grader check            grade all that you have begun

Exit codes:
    0  everything asked for passed
    1  something did not pass (an untouched exercise counts)
    2  the command line was wrong
    3  fault: the toolchain, the machine or the grader broke
    4  nothing failed, but something could not be explored far enough
  130  interrupted";

const CHECK_EXAMPLES: &str = "\
Examples:
  grader check                        every exercise in the directory
  grader check lock                   one of them
  grader check lock --verbose         with every step of every failure
  grader check lock --effort thorough search longer
  grader check --source solutions     the reference solutions
  grader check --format json --output report.json

Exit codes are listed by `grader --help`.";

const HINT_EXAMPLES: &str = "\
Examples:
  grader hint                         for the exercise that you are at
  grader hint semaphore               for another one";

const VERIFY_EXAMPLES: &str = "\
Examples:
  grader verify                       every topic
  grader verify lock --effort quick   one topic, in a hurry
  grader verify lock --generate       wrong programs that nobody has thought of
  grader verify --repeat 200 -j 8     is anything flaky, also on a busy machine?";

const NEW_EXAMPLES: &str = "\
Examples:
  grader new latch                    in your clone of the repository
  cargo grader verify latch           builds the grader again, with the new kata in it
  grader new latch --mutant waits-once --from edited.rs
  grader new latch --mutant waits-once --to whole.rs

CONTRIBUTING.md goes through it step by step.";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
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
    fn contradictions_and_nonsense_are_refused_as_usage() {
        for line in [
            "grader check lock --all",
            "grader check --quiet --verbose",
            "grader check --jobs 0",
            "grader check --effort heroic",
            "grader check --format yaml",
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
