//! What is going on, on standard error: one line that changes on a terminal, a few
//! lines that stay elsewhere, nothing when quiet.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

use super::look::columns;
use crate::messages::{progress, summary};
use crate::results::event::{Event, Observer};
use crate::support::sanitise;

/// How progress is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Silent,
    /// One line, overwritten.
    Line {
        width: usize,
    },
    Lines,
}

/// Shows events as they come.
pub struct Progress<W: Write + Send> {
    mode: Mode,
    state: Mutex<State<W>>,
}

struct State<W> {
    out: W,
    planned: usize,
    done: usize,
    /// The last line that stays.
    last: String,
    /// There is a line on the terminal that has to go before anything else is printed.
    drawn: bool,
}

impl Progress<io::Stderr> {
    /// On standard error. `width` is that of the terminal, in columns.
    pub fn stderr(quiet: bool, width: usize) -> Self {
        let mode = match (quiet, io::stderr().is_terminal()) {
            (true, _) => Mode::Silent,
            (false, true) => Mode::Line { width },
            (false, false) => Mode::Lines,
        };
        Progress::new(mode, io::stderr())
    }
}

impl<W: Write + Send> Progress<W> {
    fn new(mode: Mode, out: W) -> Self {
        Progress {
            mode,
            state: Mutex::new(State {
                out,
                planned: 0,
                done: 0,
                last: String::new(),
                drawn: false,
            }),
        }
    }

    /// Takes the changing line away, so that the report begins on a clean one.
    pub fn clear(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clear();
    }
}

impl<W: Write + Send> Drop for Progress<W> {
    fn drop(&mut self) {
        self.clear();
    }
}

// Whether progress can be shown is nobody's reason to fail, so errors are dropped.
impl<W: Write> State<W> {
    fn clear(&mut self) {
        if self.drawn {
            let _ = write!(self.out, "\r\x1b[2K").and_then(|()| self.out.flush());
            self.drawn = false;
        }
    }

    fn draw(&mut self, text: &str, width: usize) {
        // The last column stays free: some terminals wrap when it is written.
        let text: String = text.chars().take(width.saturating_sub(1)).collect();
        let _ = write!(self.out, "\r\x1b[2K{text}").and_then(|()| self.out.flush());
        self.drawn = true;
    }

    fn line(&mut self, text: &str) {
        self.clear();
        let _ = writeln!(self.out, "{text}");
    }
}

impl<W: Write + Send> Observer for Progress<W> {
    fn on(&self, event: Event<'_>) {
        if self.mode == Mode::Silent {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Planned { tests } => state.planned += tests,
            Event::TestEnded { .. } => state.done += 1,
            _ => {}
        }
        let Some((text, stays)) = told(&event, &state) else {
            return;
        };
        let text = sanitise::text(&text);
        match self.mode {
            Mode::Line { width } if columns(&text) > 0 => state.draw(&text, width),
            Mode::Lines if stays && text != state.last => {
                state.line(&text);
                state.last = text;
            }
            _ => {}
        }
    }
}

/// What an event says, and whether it is worth a line that stays.
fn told<W>(event: &Event<'_>, state: &State<W>) -> Option<(String, bool)> {
    let planned = state.planned.max(state.done);
    Some(match event {
        Event::WaitingForLock => (progress::WAITING.to_owned(), true),
        Event::EnginesBuilding => (progress::ENGINES.to_owned(), true),
        Event::EngineBuilt { package } => (progress::engine_built(package), false),
        Event::Building { topics } => (progress::building(topics), true),
        Event::CompileError { topic, .. } => (progress::does_not_compile(topic), false),
        Event::TestStarted { topic, test } => {
            (progress::testing(state.done, planned, topic, test), false)
        }
        Event::TestEnded { topic, test } => (
            progress::testing(state.done, planned, topic, &test.name),
            false,
        ),
        Event::ControlStarted { topic } => (progress::control(topic), false),
        Event::ExerciseEnded { exercise } => {
            let status = summary::status_word(exercise.status);
            (progress::exercise_ended(&exercise.topic, status), true)
        }
        Event::Planned { .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::fixtures;

    fn written(mode: Mode) -> String {
        let mut buffer = Vec::new();
        let progress = Progress::new(mode, &mut buffer);
        let exercise = fixtures::passed("lock");
        let topics = ["lock".to_owned()];
        progress.on(Event::Building { topics: &topics });
        progress.on(Event::Building { topics: &topics });
        progress.on(Event::Planned { tests: 2 });
        progress.on(Event::TestStarted {
            topic: "lock",
            test: "model::no_lost_wakeup",
        });
        progress.on(Event::TestEnded {
            topic: "lock",
            test: &exercise.tests[0],
        });
        progress.on(Event::ExerciseEnded {
            exercise: &exercise,
        });
        drop(progress);
        String::from_utf8(buffer).expect("UTF-8")
    }

    #[test]
    fn elsewhere_than_on_a_terminal_there_are_a_few_plain_lines() {
        assert_eq!(written(Mode::Lines), "Compiling lock\nlock: passed\n");
    }

    #[test]
    fn on_a_terminal_one_line_changes_and_is_gone_in_the_end() {
        let text = written(Mode::Line { width: 30 });
        assert!(!text.contains('\n'));
        let screens: Vec<&str> = text.split("\r\u{1b}[2K").collect();
        assert_eq!(
            screens,
            [
                "",
                "Compiling lock",
                "Compiling lock",
                "Testing 0/2: lock model::no_l",
                "Testing 1/2: lock stress::tim",
                "lock: passed",
                "",
            ]
        );
    }

    #[test]
    fn quiet_is_silent() {
        assert_eq!(written(Mode::Silent), "");
    }
}
