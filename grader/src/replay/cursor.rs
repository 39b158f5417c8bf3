//! What the keys do, and where they lead.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::report::replay::Replay;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    Move(To),
    Quit,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-Z.
    Suspend,
}

/// Which frame to go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    Next,
    Previous,
    First,
    Last,
    /// Only those that the answer of the check gives a number.
    NextMarked,
    PreviousMarked,
}

/// What a key asks for, if for anything.
pub fn asked(key: KeyEvent) -> Option<Asked> {
    let with_control = key.modifiers.contains(KeyModifiers::CONTROL);
    let is_plain = key.modifiers.difference(KeyModifiers::SHIFT).is_empty();
    match key.code {
        KeyCode::Char('c') if with_control => Some(Asked::Interrupt),
        KeyCode::Char('z') if with_control => Some(Asked::Suspend),
        _ if !is_plain => None,
        KeyCode::Right | KeyCode::Down | KeyCode::Enter | KeyCode::Char(' ' | 'l' | 'j') => {
            Some(Asked::Move(To::Next))
        }
        KeyCode::Left | KeyCode::Up | KeyCode::Backspace | KeyCode::Char('h' | 'k') => {
            Some(Asked::Move(To::Previous))
        }
        KeyCode::Home | KeyCode::Char('g') => Some(Asked::Move(To::First)),
        KeyCode::End | KeyCode::Char('G') => Some(Asked::Move(To::Last)),
        KeyCode::Char('n') => Some(Asked::Move(To::NextMarked)),
        KeyCode::Char('p') => Some(Asked::Move(To::PreviousMarked)),
        KeyCode::Char('q') | KeyCode::Esc => Some(Asked::Quit),
        _ => None,
    }
}

/// The frame that a move leads to, which is the same one where there is no other.
pub fn moved(replay: &Replay<'_>, at: usize, to: To) -> usize {
    let last = replay.frames.len().saturating_sub(1);
    let is_marked = |frame: &usize| replay.frames[*frame].mark().is_some();
    match to {
        To::Next => (at + 1).min(last),
        To::Previous => at.saturating_sub(1),
        To::First => 0,
        To::Last => last,
        To::NextMarked => (at + 1..=last).find(is_marked).unwrap_or(at),
        To::PreviousMarked => (0..at).rfind(is_marked).unwrap_or(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::replay::candidates;
    use crate::results::fixtures;

    #[test]
    fn moves_stay_inside_and_find_the_numbered_steps() {
        let exercise = fixtures::lost_wakeup();
        let test = candidates(&exercise)[0];
        let replay = Replay::of(&exercise, test, false).expect("steps");
        let last = replay.frames.len() - 1;
        assert_eq!(moved(&replay, 0, To::Previous), 0);
        assert_eq!(moved(&replay, 0, To::Last), last);
        assert_eq!(moved(&replay, last, To::Next), last);
        let marks = |mut at: usize, to: To| {
            let mut marks = Vec::new();
            loop {
                let next = moved(&replay, at, to);
                if next == at {
                    return marks;
                }
                at = next;
                marks.push(replay.frames[at].mark());
            }
        };
        assert_eq!(marks(0, To::NextMarked), [Some(1), Some(2), Some(3)]);
        assert_eq!(marks(last, To::PreviousMarked), [Some(3), Some(2), Some(1)]);
    }

    #[test]
    fn with_control_a_letter_is_another_key() {
        let key = |code, modifiers| asked(KeyEvent::new(code, modifiers));
        let (c, q) = (KeyCode::Char('c'), KeyCode::Char('q'));
        assert_eq!(key(c, KeyModifiers::CONTROL), Some(Asked::Interrupt));
        assert_eq!(key(c, KeyModifiers::NONE), None);
        assert_eq!(key(q, KeyModifiers::NONE), Some(Asked::Quit));
        assert_eq!(key(q, KeyModifiers::ALT), None);
    }
}
