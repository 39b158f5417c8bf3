//! A counterexample to step through, forwards and backwards.
//!
//! * `frames`: a story as one frame for each step: how threads and objects are `standing`, from
//!   `world`, which knows what each operation does to them;
//! * [`screen`]: a frame on a terminal; [`page`]: all frames as a page for a browser.

mod frames;
pub mod page;
pub mod screen;
mod standing;
mod world;

#[cfg(test)]
mod tests;

use super::findings;
use super::look::Look;
use super::story;
use super::timeline;
use crate::messages::replay as say;
use crate::results::report::{ExerciseReport, Sources, TestReport};

pub use frames::{Disturbance, Frame, ThreadView, frames};
pub use standing::{ObjectState, Standing};

/// The counterexample of one test.
#[derive(Debug)]
pub struct Replay<'a> {
    pub topic: &'a str,
    pub test: &'a TestReport,
    /// The files as they were checked.
    pub sources: &'a Sources,
    /// The learner has changed them since.
    pub is_edited: bool,
    /// At least the beginning and a step.
    pub frames: Vec<Frame<'a>>,
    /// The number of the last step that came to pass.
    pub last: usize,
}

impl<'a> Replay<'a> {
    /// The replay of a test; [`None`] if it tells no steps.
    pub fn of(exercise: &'a ExerciseReport, test: &'a TestReport, is_edited: bool) -> Option<Self> {
        let frames = frames(&test.story);
        (!frames.is_empty()).then(|| Replay {
            topic: &exercise.topic,
            test,
            sources: &exercise.sources,
            is_edited,
            frames,
            last: frames::last_step(&test.story),
        })
    }

    /// The bug's name, or the verdict.
    pub fn word(&self) -> &'static str {
        story::word(self.test)
    }
}

/// The tests whose failure can be replayed, the one that a check tells first before all others.
pub fn candidates(exercise: &ExerciseReport) -> Vec<&TestReport> {
    let failures = findings::of(exercise).into_iter().flatten();
    failures
        .filter(|test| !test.story.trace.is_empty())
        .collect()
}

/// All steps, one below the other, with what is known of the failure.
pub fn table(replay: &Replay<'_>, look: &Look) -> String {
    let all = Look {
        verbose: true,
        ..look.clone()
    };
    let title = say::title(replay.topic, &replay.test.name);
    let mut text = format!("{title} [{}]\n", replay.word());
    if replay.is_edited {
        text.push_str(&format!("{}\n", say::EDITED));
    }
    let table = timeline::render(&replay.test.story, timeline::Steps::Key, &all);
    text + "\n" + &table
}
