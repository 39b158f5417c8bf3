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

/// How many lines that stay tell how far the engines are.
const LINES_OF_ENGINES: usize = 4;

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
        let Some(told) = told(&event, self.mode, &state) else {
            return;
        };
        let text = sanitise::text(&told.text);
        match (self.mode, told.stays) {
            (Mode::Line { .. }, Stays::Everywhere) => state.line(&text),
            (Mode::Line { width }, _) if columns(&text) > 0 => state.draw(&text, width),
            (Mode::Lines, Stays::Everywhere | Stays::InLines) if text != state.last => {
                state.line(&text);
                state.last = text;
            }
            _ => {}
        }
    }
}

/// What an event says.
struct Told {
    text: String,
    stays: Stays,
}

/// Where it is worth a line that stays.
enum Stays {
    Nowhere,
    /// Where lines stay anyway.
    InLines,
    /// On a terminal, too.
    Everywhere,
}

fn told<W>(event: &Event<'_>, mode: Mode, state: &State<W>) -> Option<Told> {
    let planned = state.planned.max(state.done);
    let (text, stays) = match event {
        Event::WaitingForLock => (progress::WAITING.to_owned(), Stays::InLines),
        Event::Downloading => (progress::DOWNLOADING.to_owned(), Stays::InLines),
        Event::EnginesMissing { crates } => (progress::engines_missing(*crates), Stays::Everywhere),
        Event::EnginesBuilding { done, crates, .. } if mode == Mode::Lines => {
            // Whoever reads these lines later has no use for all of them.
            let steps = (1..=LINES_OF_ENGINES).map(|line| line * crates / LINES_OF_ENGINES);
            let reached = steps.filter(|step| *step > 0 && step <= done).max()?;
            (progress::engines_at(reached, *crates), Stays::InLines)
        }
        Event::EnginesBuilding {
            done,
            crates,
            elapsed,
        } => {
            let text = progress::engines_building(*done, *crates, *elapsed);
            (text, Stays::Nowhere)
        }
        Event::Building { topics } => (progress::building(topics), Stays::InLines),
        Event::CompileError { topic, .. } => (progress::does_not_compile(topic), Stays::Nowhere),
        Event::TestStarted { topic, test } => {
            let text = progress::testing(state.done, planned, topic, test);
            (text, Stays::Nowhere)
        }
        Event::TestEnded { topic, test } => {
            let text = progress::testing(state.done, planned, topic, &test.name);
            (text, Stays::Nowhere)
        }
        Event::ControlStarted { topic } => (progress::control(topic), Stays::Nowhere),
        Event::ExerciseEnded { exercise } => {
            let status = summary::status_word(exercise.status);
            let text = progress::exercise_ended(&exercise.topic, status);
            (text, Stays::InLines)
        }
        Event::Planned { .. } => return None,
    };
    Some(Told { text, stays })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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

    fn of_the_engines(mode: Mode) -> String {
        let mut buffer = Vec::new();
        let progress = Progress::new(mode, &mut buffer);
        progress.on(Event::EnginesMissing { crates: 22 });
        for done in [0, 0, 1, 5, 6, 12, 21, 21, 22] {
            progress.on(Event::EnginesBuilding {
                done,
                crates: 22,
                elapsed: Duration::from_secs(done as u64),
            });
        }
        drop(progress);
        String::from_utf8(buffer).expect("UTF-8")
    }

    #[test]
    fn where_lines_stay_few_tell_how_far_the_engines_are() {
        let text = of_the_engines(Mode::Lines);
        let (head, rest) = text.split_at(text.find("Built").expect("how far"));
        assert!(
            head.contains("22 crates") && head.contains("done once"),
            "{head}"
        );
        let lines: Vec<&str> = rest.lines().collect();
        assert_eq!(
            lines,
            [
                "Built 5 of 22 crates",
                "Built 11 of 22 crates",
                "Built 16 of 22 crates",
                "Built 22 of 22 crates",
            ]
        );
    }

    #[test]
    fn on_a_terminal_a_bar_grows_below_what_it_is_for() {
        let text = of_the_engines(Mode::Line { width: 80 });
        let screens: Vec<&str> = text.split("\r\u{1b}[2K").collect();
        assert!(screens[0].contains("done once"), "{:?}", screens[0]);
        let bar = "Building the engines [=============>          ] 12 of 22 crates, 12 s";
        assert!(screens.contains(&bar), "{screens:#?}");
        let full = "Building the engines [========================] 22 of 22 crates, 22 s";
        assert!(screens.contains(&full), "{screens:#?}");
        let fits = |line: &&str| line.len() < 80;
        assert!(screens[1..].iter().all(fits), "{screens:#?}");
    }

    #[test]
    fn quiet_is_silent() {
        assert_eq!(written(Mode::Silent), "");
    }
}
