//! Everything that is printed. The renderers are pure: data and a [`Look`] in, text out.
//!
//! * [`json`]: the report for programs;
//! * [`human`]: the report for a person: one screen with the answer, which is the [`story`] of
//!   the failure to look at first with the [`timeline`] of its steps, and what to do next; or
//!   everything, and [`refusals`] of what is not run;
//! * [`topics`], [`hints`], [`matrix`] with [`timings`], [`survivors`], [`repetition`] and [`new_kata`]: what
//!   `list`, `hint`, `verify`, `verify --generate`, `verify --repeat` and `new` show;
//! * [`watch`]: the screen of `watch`; [`replay`]: a counterexample, step by step;
//! * [`next_kata`], [`comparison`], [`markdown`] and [`doctor`]: what `next`, `solution`, `notes` and
//!   `doctor` show, and [`pager`] a screen of it at a time;
//! * [`progress`]: what is going on, while it goes on;
//! * [`output`]: where all of it goes.

mod answer;
mod checklist;
pub mod comparison;
pub mod doctor;
mod findings;
pub mod hints;
pub mod human;
pub mod json;
pub mod look;
pub mod markdown;
pub mod matrix;
pub mod new_kata;
pub mod new_mutant;
mod next;
pub mod next_kata;
pub mod output;
mod overview;
pub mod pager;
mod pointers;
pub mod progress;
pub mod refusals;
pub mod repetition;
pub mod replay;
pub mod story;
pub mod survivors;
pub mod timeline;
pub mod timings;
pub mod topics;
pub mod watch;

#[cfg(test)]
pub(crate) mod looks;

use clap::ValueEnum;

use crate::results::report::Report;
use look::Look;

/// The form of a report: for people, or for programs (schema `grader/report/v1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    #[default]
    Human,
    Json,
}

impl Format {
    /// The whole report in this form.
    pub fn render(self, report: &Report, look: &Look) -> String {
        match self {
            Format::Human => human::render(report, look),
            Format::Json => json::render(report),
        }
    }
}
