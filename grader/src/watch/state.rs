//! What a session knows.

use super::so_far::SoFar;
use crate::results::report::{ExerciseReport, Report};

/// What is known of the kata that is watched.
pub(super) enum State {
    Running(Box<SoFar>),
    Answered(Box<Report>),
    Broken(anyhow::Error),
}

impl State {
    /// The last answer, if it is about the kata as it is.
    pub(super) fn answer(&self) -> Option<&ExerciseReport> {
        match self {
            State::Answered(report) => report.exercises.first(),
            _ => None,
        }
    }
}
