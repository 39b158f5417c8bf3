//! The failure that an answer tells, step by step.

use crossterm::event::KeyEvent;

use super::keys::{self, Action};
use crate::replay::{self, Asked};
use crate::report::replay::{Replay, candidates};
use crate::results::report::ExerciseReport;

/// The failure, if it has steps. What is on the screen has just been checked.
pub(super) fn steps(answer: Option<&ExerciseReport>) -> Option<Replay<'_>> {
    let exercise = answer?;
    Replay::of(exercise, candidates(exercise).first()?, false)
}

/// Has a key go to another step, or tells what else it asks for.
pub(super) fn press(
    key: KeyEvent,
    answer: Option<&ExerciseReport>,
    at: &mut usize,
) -> Option<Action> {
    match (replay::asked(key), steps(answer)) {
        (Some(Asked::Move(to)), Some(steps)) => {
            *at = replay::moved(&steps, *at, to);
            None
        }
        (Some(Asked::Quit), _) => Some(Action::Back),
        _ => keys::action(key),
    }
}
