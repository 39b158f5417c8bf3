//! The list of katas: typing searches, arrows choose.

use crossterm::event::{KeyCode, KeyEvent};

use super::keys::{self, Action};
use crate::report::topics::Entry;

/// What was typed, and which of the katas that have it is chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Choosing {
    pub(super) typed: String,
    pub(super) chosen: usize,
}

/// What a key in the list came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// Nothing yet.
    Open,
    /// Back to where the list was called.
    Back,
    Topic(String),
    /// It has nothing to do with the list.
    Other(Action),
}

impl Choosing {
    /// The list with this topic chosen.
    pub(super) fn at(topic: &str, entries: &[Entry]) -> Choosing {
        let chosen = entries.iter().position(|entry| entry.topic == topic);
        Choosing {
            typed: String::new(),
            chosen: chosen.unwrap_or(0),
        }
    }

    /// The katas that have what was typed in their name or title.
    pub(super) fn found<'a>(&self, entries: &'a [Entry]) -> Vec<&'a Entry> {
        let typed = self.typed.to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&typed);
        let fits = |entry: &&Entry| has(&entry.topic) || has(&entry.title);
        entries.iter().filter(fits).collect()
    }

    /// Takes a key.
    pub(super) fn press(&mut self, key: KeyEvent, entries: &[Entry]) -> Choice {
        let last = self.found(entries).len().saturating_sub(1);
        match (key.code, keys::everywhere(key)) {
            (_, Some(Action::Up)) => self.chosen = self.chosen.saturating_sub(1),
            (_, Some(Action::Down)) => self.chosen = (self.chosen + 1).min(last),
            (_, Some(Action::PageUp)) => self.chosen = 0,
            (_, Some(Action::PageDown)) => self.chosen = last,
            (_, Some(Action::Back)) => return Choice::Back,
            (_, Some(other)) => return Choice::Other(other),
            (KeyCode::Enter, None) => {
                let found = self.found(entries);
                let chosen = found.get(self.chosen).map(|entry| entry.topic.clone());
                return chosen.map_or(Choice::Open, Choice::Topic);
            }
            (KeyCode::Backspace, None) => {
                self.typed.pop();
                self.chosen = 0;
            }
            (KeyCode::Char(typed), None) => {
                self.typed.push(typed);
                self.chosen = 0;
            }
            _ => {}
        }
        Choice::Open
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn entries() -> Vec<Entry> {
        ["lock", "rlock", "event"]
            .map(|topic| Entry {
                topic: topic.to_owned(),
                title: topic.to_uppercase(),
                summary: String::new(),
                status: None,
                points: None,
                max_points: 10.0,
                passed_at: None,
                diagnosis: None,
                source: PathBuf::new(),
            })
            .into()
    }

    fn press(choosing: &mut Choosing, codes: &[KeyCode]) -> Choice {
        let entries = entries();
        let presses = codes
            .iter()
            .map(|&code| choosing.press(code.into(), &entries));
        presses.last().expect("a key")
    }

    #[test]
    fn typing_narrows_the_list_and_enter_takes_what_is_chosen() {
        let mut choosing = Choosing::at("rlock", &entries());
        assert_eq!(
            press(&mut choosing, &[KeyCode::Enter]),
            Choice::Topic("rlock".into())
        );
        let typed = ['l', 'O', 'c', 'k'].map(KeyCode::Char);
        assert_eq!(press(&mut choosing, &typed), Choice::Open);
        let down = [KeyCode::Down, KeyCode::Down, KeyCode::Enter];
        assert_eq!(press(&mut choosing, &down), Choice::Topic("rlock".into()));
        assert_eq!(
            press(&mut choosing, &[KeyCode::Char('x'), KeyCode::Enter]),
            Choice::Open
        );
        let up = [KeyCode::Backspace, KeyCode::Up, KeyCode::Enter];
        assert_eq!(press(&mut choosing, &up), Choice::Topic("lock".into()));
        assert_eq!(press(&mut choosing, &[KeyCode::Esc]), Choice::Back);
    }
}
