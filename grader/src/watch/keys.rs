//! What the keys do. A new key is a line in [`KEYS`] and an arm where actions are carried out.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::messages::watch as say;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Next,
    Previous,
    List,
    Hint,
    Read,
    Solution,
    All,
    /// Step through the failure.
    Replay,
    Edit,
    Quit,
    /// Check again, although nothing has changed. It is not in the last row: nobody needs it often.
    Again,
    Up,
    Down,
    PageUp,
    PageDown,
    /// Back to the answer.
    Back,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-Z.
    Suspend,
}

/// The key for every test and every step.
pub(super) const OF_ALL: &str = "a";

/// The keys that the last row shows, in that order.
pub(super) const KEYS: [(&str, &str, Action); 10] = [
    ("n", say::NEXT, Action::Next),
    ("p", say::PREVIOUS, Action::Previous),
    ("l", say::LIST, Action::List),
    ("h", say::HINT, Action::Hint),
    (say::READ_KEY, say::READ, Action::Read),
    (say::SOLUTION_KEY, say::SOLUTION, Action::Solution),
    (OF_ALL, say::ALL, Action::All),
    ("t", say::REPLAY, Action::Replay),
    ("e", say::EDIT, Action::Edit),
    ("q", say::QUIT, Action::Quit),
];

/// What a key asks for, wherever it is pressed.
pub(super) fn everywhere(key: KeyEvent) -> Option<Action> {
    let with_control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('c') if with_control => Some(Action::Interrupt),
        KeyCode::Char('z') if with_control => Some(Action::Suspend),
        KeyCode::Up => Some(Action::Up),
        KeyCode::Down => Some(Action::Down),
        KeyCode::PageUp => Some(Action::PageUp),
        KeyCode::PageDown => Some(Action::PageDown),
        KeyCode::Esc => Some(Action::Back),
        _ => None,
    }
}

/// What a key asks for, outside of the list.
pub(super) fn action(key: KeyEvent) -> Option<Action> {
    let other = || match key.code {
        KeyCode::Enter => Some(Action::Again),
        KeyCode::Char(typed) if key.modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
            let known = KEYS.iter().find(|(key, ..)| key.chars().eq([typed]));
            known.map(|(_, _, action)| *action)
        }
        _ => None,
    };
    everywhere(key).or_else(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_asks_for_two_things() {
        let mut keys = KEYS.map(|(key, ..)| key);
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{keys:?}");
    }

    #[test]
    fn with_control_a_letter_is_another_key() {
        let key = |code, modifiers| action(KeyEvent::new(code, modifiers));
        let (c, n) = (KeyCode::Char('c'), KeyCode::Char('n'));
        assert_eq!(key(c, KeyModifiers::CONTROL), Some(Action::Interrupt));
        assert_eq!(key(c, KeyModifiers::NONE), None);
        assert_eq!(key(n, KeyModifiers::NONE), Some(Action::Next));
        assert_eq!(key(n, KeyModifiers::CONTROL), None);
    }
}
