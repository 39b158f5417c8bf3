//! Arguments that several commands take.

use std::path::PathBuf;

use anyhow::Result;
use clap::{ArgAction, Args, ValueEnum};

use crate::messages::usage;
use crate::report::look::Look;
use crate::report::{Format, output};
use crate::results::options::{DEFAULT_SEED, Options};
use crate::results::verdict::Effort;
use crate::submission::project::{Project, Source};

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

/// How to grade.
#[derive(Debug, Clone, Args)]
pub struct Grading {
    /// Seed of everything random: the same seed gives the same schedules
    #[arg(long, value_name = "N", default_value_t = DEFAULT_SEED)]
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

impl Grading {
    /// The same for the engine; rustc's errors get the colours of the `look`.
    pub(super) fn options(&self, format: Format, look: &Look) -> Options {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        Options {
            seed: self.seed,
            effort: self.effort,
            jobs: self.jobs.unwrap_or_else(cores),
            cache: !self.no_cache,
            color: look.color && format == Format::Human,
            first_bug: false,
            tests: Vec::new(),
            timings: false,
        }
    }
}

impl Place {
    /// The project, and the sources in it that are meant.
    pub(super) fn find(&self) -> Result<(Project, Source)> {
        let project = Project::find(self.source.is_some())?;
        let source = match &self.source {
            Some(directory) => project.source(directory)?,
            None => project.exercises(),
        };
        Ok((project, source))
    }
}

impl Output {
    /// Prints a result, or writes it to the file that was asked for.
    pub(super) fn deliver(&self, text: &str) -> Result<()> {
        match &self.output {
            Some(file) => output::write(file, text),
            None => output::print(text),
        }
    }
}

fn parse_jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err(usage::NO_JOBS.to_owned()),
        Ok(jobs) => Ok(jobs),
        Err(error) => Err(format!("{error}")),
    }
}
