//! Everything that is printed. The renderers are pure: data and a [`Look`] in, text out.
//!
//! * [`data`]: the report itself, and [`json`], which writes it down;
//! * [`human`]: the report for a person: the tests of each exercise, the [`story`] of
//!   the failure to look at first with the [`timeline`] of its steps, what to do next;
//! * [`topics`], [`hints`], [`matrix`], [`survivors`], [`repetition`] and [`new_kata`]: what
//!   `list`, `hint`, `verify`, `verify --generate`, `verify --repeat` and `new` show;
//! * [`progress`]: what is going on, while it goes on;
//! * [`output`]: where all of it goes.

mod checklist;
pub mod data;
pub mod hints;
pub mod human;
pub mod json;
pub mod look;
pub mod matrix;
pub mod new_kata;
pub mod new_mutant;
mod next;
pub mod output;
mod pointers;
pub mod progress;
pub mod repetition;
pub mod story;
pub mod survivors;
pub mod timeline;
pub mod topics;

#[cfg(test)]
pub(crate) mod fixtures;

use clap::ValueEnum;

use data::Report;
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
