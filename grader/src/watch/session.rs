//! A session: what is shown, and what comes of saves, findings and keys.

use std::sync::mpsc::{Receiver, Sender};
use std::thread;

use anyhow::{Result, bail};
use crossterm::event::KeyEvent;

use super::checks::Checks;
use super::choosing::{Choice, Choosing};
use super::editor::Editor;
use super::keys::{self, Action};
use super::news::{Happened, Outcome};
use super::so_far::SoFar;
use super::state::State;
use super::wish::{Ended, Wish};
use super::{place, reading, replaying};
use crate::katas::catalog::Exercise;
use crate::learner::course;
use crate::learner::given::Given;
use crate::messages::watch as say;
use crate::report::hints::{self, Shown};
use crate::report::human;
use crate::report::look::Look;
use crate::report::replay::screen as replay_screen;
use crate::report::topics::Entry;
use crate::report::watch::{self, Size};
use crate::results::verdict::Status;
use crate::support::interrupt;
use crate::support::terminal::{Input, Screen};

/// Reports are laid out for at least and at most so many columns.
const NARROWEST: usize = 40;
const WIDEST: usize = 100;
/// Rows that a page key moves.
const PAGE: isize = 10;

/// What of it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
enum View {
    Answer,
    /// Every test and every failure.
    All,
    /// So many hints.
    Hints(usize),
    List(Choosing),
    /// Its failure, at this moment.
    Replay(usize),
    Notes,
    Solution,
}

/// A session on a terminal.
pub(super) struct Session {
    wish: Wish,
    exercises: Vec<Exercise>,
    entries: Vec<Entry>,
    checks: Checks,
    editor: Option<Editor>,
    screen: Screen,
    sender: Sender<Happened>,
    /// Where the kata stands among the exercises.
    current: usize,
    state: State,
    view: View,
    /// The first row of the view that is seen.
    first: usize,
    /// Something to say beside the view.
    notice: Option<String>,
}

impl Session {
    pub(super) fn new(
        wish: Wish,
        exercises: Vec<Exercise>,
        checks: Checks,
        editor: Option<Editor>,
        screen: Screen,
        sender: Sender<Happened>,
    ) -> Session {
        let state = State::Running(Box::new(SoFar::begin("", &wish.source, None)));
        Session {
            wish,
            exercises,
            entries: Vec::new(),
            checks,
            editor,
            screen,
            sender,
            current: 0,
            state,
            view: View::Answer,
            first: 0,
            notice: None,
        }
    }

    /// Watches, beginning with that topic, until the user has enough.
    ///
    /// # Errors
    ///
    /// The grader broke down.
    pub(super) fn conduct(&mut self, topic: &str, happened: &Receiver<Happened>) -> Result<Ended> {
        self.go_to(topic);
        self.see_standing();
        loop {
            if self.checks.start_if_due()? {
                self.forget_answer();
            }
            // A terminal that cannot be written any more has gone away.
            if self.draw().is_err() {
                return Ok(Ended::Interrupted);
            }
            // What has come together is shown together.
            let first = happened.recv_timeout(self.checks.wait());
            if interrupt::requested() {
                return Ok(Ended::Interrupted);
            }
            let mut is_nudged = false;
            for event in first.into_iter().chain(happened.try_iter()) {
                match event {
                    Happened::Nudge => is_nudged = true,
                    event => {
                        if let Some(ended) = self.take(event)? {
                            return Ok(ended);
                        }
                    }
                }
            }
            if self.checks.look(is_nudged) {
                self.begin_anew();
            }
        }
    }

    /// Ends what runs, and gives the terminal back. The result is what is to stay on it.
    pub(super) fn close(mut self) -> String {
        self.checks.end();
        drop(self.screen);
        match &self.state {
            State::Running(_) => String::new(),
            State::Answered(report) => human::render(report, &self.wish.look),
            State::Broken(error) => watch::broken(error, &self.wish.look),
        }
    }

    fn take(&mut self, event: Happened) -> Result<Option<Ended>> {
        match event {
            Happened::Input(Input::Key(key)) => return self.press(key),
            Happened::Input(Input::Resized) => self.screen.forget(),
            Happened::Input(Input::Gone) => return Ok(Some(Ended::Interrupted)),
            Happened::Standing(entries) => {
                self.entries = entries;
                self.note_answer();
            }
            Happened::Told(number, news) => {
                if let State::Running(so_far) = &mut self.state
                    && self.checks.counts(number)
                {
                    so_far.learn(news);
                }
            }
            Happened::Ended(number, outcome) => {
                let counts = self.checks.counts(number);
                self.checks.has_ended(number);
                match outcome {
                    Outcome::Panicked => bail!(say::BROKE_DOWN),
                    Outcome::Answered(report) if counts => {
                        self.state = State::Answered(report);
                        self.note_answer();
                    }
                    Outcome::Broken(error) if counts => self.state = State::Broken(error),
                    _ => {}
                }
            }
            Happened::Warned(said) => self.notice = Some(said),
            Happened::Nudge => {}
        }
        Ok(None)
    }

    /// Has the course know what the answer on the screen says.
    fn note_answer(&mut self) {
        let answer = self.state.answer().map(|it| (it.status, it.points));
        if let Some((status, points)) = answer
            && let Some(entry) = self.entries.get_mut(self.current)
        {
            entry.status = Some(status);
            entry.points = Some(points);
        }
    }

    fn press(&mut self, key: KeyEvent) -> Result<Option<Ended>> {
        self.notice = None;
        let action = match &mut self.view {
            View::List(choosing) => match choosing.press(key, &self.entries) {
                Choice::Open => None,
                Choice::Back => Some(Action::Back),
                Choice::Topic(topic) => {
                    self.go_to(&topic);
                    None
                }
                Choice::Other(action) => Some(action),
            },
            View::Replay(at) => replaying::press(key, self.state.answer(), at),
            _ => keys::action(key),
        };
        match action {
            Some(action) => self.act(action),
            None => Ok(None),
        }
    }

    fn act(&mut self, action: Action) -> Result<Option<Ended>> {
        match action {
            Action::Quit => return Ok(Some(Ended::Quit)),
            Action::Interrupt => return Ok(Some(Ended::Interrupted)),
            Action::Suspend => {
                // Time would go on without it.
                if matches!(self.state, State::Running(_)) {
                    self.checks.again();
                    self.begin_anew();
                }
                self.screen.suspend()?;
            }
            Action::Next => match self.next() {
                Some(next) => self.go_to(&self.exercises[next].topic.clone()),
                None => self.notice = Some(say::ALL_PASSED.to_owned()),
            },
            Action::Previous => {
                let previous = self.current.saturating_sub(1);
                self.go_to(&self.exercises[previous].topic.clone());
            }
            Action::List => {
                self.see_standing();
                self.show(View::List(Choosing::at(&self.topic(), &self.entries)));
            }
            Action::Hint => self.give_hint(),
            Action::Read => self.show(View::Notes),
            Action::Solution if self.has_passed() => self.show(View::Solution),
            Action::Solution => self.notice = Some(say::NO_SOLUTION_YET.to_owned()),
            Action::All if self.view == View::All => self.show(View::Answer),
            Action::All => self.show(View::All),
            Action::Replay if matches!(self.view, View::Replay(_)) => self.show(View::Answer),
            Action::Replay if replaying::steps(self.state.answer()).is_some() => {
                self.show(View::Replay(0))
            }
            Action::Replay => self.notice = Some(say::NOTHING_TO_REPLAY.to_owned()),
            Action::Edit => self.edit(),
            Action::Again => {
                self.checks.again();
                self.begin_anew();
            }
            Action::Back => self.show(View::Answer),
            Action::Up => self.scroll(-1),
            Action::Down => self.scroll(1),
            Action::PageUp => self.scroll(-PAGE),
            Action::PageDown => self.scroll(PAGE),
        }
        Ok(None)
    }

    fn show(&mut self, view: View) {
        self.view = view;
        self.first = 0;
    }

    /// A check has been asked for: what was known is past.
    fn begin_anew(&mut self) {
        self.forget_answer();
        self.first = 0;
        if matches!(self.view, View::Hints(_) | View::Replay(_)) {
            self.view = View::Answer;
        }
    }

    fn forget_answer(&mut self) {
        let seen = self.checks.seen();
        let so_far = SoFar::begin(&self.topic(), &self.wish.source, seen);
        self.state = State::Running(Box::new(so_far));
    }

    fn go_to(&mut self, topic: &str) {
        let place = self.exercises.iter().position(|it| it.topic == topic);
        self.current = place.unwrap_or(0);
        self.checks.turn_to(topic);
        self.begin_anew();
        self.show(View::Answer);
        self.edit();
    }

    fn topic(&self) -> String {
        self.exercises[self.current].topic.clone()
    }

    /// Whether the kata passes, or did on another day.
    fn has_passed(&self) -> bool {
        let entry = self.entries.get(self.current);
        entry.is_some_and(|it| it.status == Some(Status::Passed) || it.passed_at.is_some())
    }

    /// The next kata that has not passed, first among those that come later.
    fn next(&self) -> Option<usize> {
        let is_open = |place: &usize| {
            let entry = self.entries.get(*place);
            entry.is_none_or(|entry| entry.status != Some(Status::Passed))
        };
        let later = self.current + 1..self.exercises.len();
        later.chain(0..self.current).find(is_open)
    }

    /// Finds out how each kata stands, on a thread of its own: no answer waits for it.
    fn see_standing(&self) {
        let (wish, exercises) = (self.wish.clone(), self.exercises.clone());
        let sender = self.sender.clone();
        let finder = thread::Builder::new().name("see how the course stands".into());
        // Without it, the bar and the list stay as they were.
        let _ = finder.spawn(move || {
            let (project, source, options) = (&wish.project, &wish.source, wish.recalling());
            if let Ok(entries) = course::entries(project, source, &exercises, &options) {
                let _ = sender.send(Happened::Standing(entries));
            }
        });
    }

    fn give_hint(&mut self) {
        let exercise = &self.exercises[self.current];
        let mut given = Given::load(self.wish.project.scratch());
        let shown = given.one_more(&exercise.topic, exercise.hints.len());
        if let Err(error) = given.store() {
            // A hint that is not counted is shown again, which is better than none.
            self.notice = Some(format!("{error:#}"));
        }
        self.show(View::Hints(shown));
        // The newest one stands last.
        self.first = usize::MAX;
    }

    /// Opens the kata where there is something to do.
    fn edit(&mut self) {
        let Some(editor) = &self.editor else { return };
        let (source, seen) = (&self.wish.source, self.checks.seen());
        let (file, line) = place::of(&self.topic(), source, self.state.answer(), seen);
        if let Err(error) = editor.open(&file, line) {
            self.notice = Some(say::no_editor(editor.program(), &error.to_string()));
        }
    }

    fn scroll(&mut self, rows: isize) {
        self.first = self.first.saturating_add_signed(rows);
    }

    fn draw(&mut self) -> std::io::Result<()> {
        let (columns, rows) = self.screen.size();
        let size = Size { columns, rows };
        if let (View::Replay(at), Some(steps)) = (&self.view, replaying::steps(self.state.answer()))
        {
            let rows = replay_screen::rows(&steps, *at, size, &self.wish.look);
            return self.screen.draw(&rows);
        }
        let look = Look {
            width: columns.clamp(NARROWEST, WIDEST),
            more: keys::OF_ALL,
            ..self.wish.look.clone()
        };
        let mut footer = match self.view {
            View::List(_) => watch::footer(&[], &say::KEYS_OF_THE_LIST, &look),
            _ => watch::footer(&self.entries, &self.offered(), &look),
        };
        if let Some(notice) = &self.notice {
            footer.insert(0, notice.clone());
        }
        let room = watch::body_rows(footer.len(), size);
        let body = self.body(room, &look);
        self.first = self.first.min(watch::last_first(&body, footer.len(), size));
        let rows = watch::screen(&body, self.first, &footer, size, &look);
        self.screen.draw(&rows)
    }

    /// The keys that can do something here.
    fn offered(&self) -> Vec<(&'static str, &'static str)> {
        let works = |action: &Action| match action {
            Action::Edit => self.editor.is_some(),
            Action::Replay => replaying::steps(self.state.answer()).is_some(),
            Action::Solution => self.has_passed(),
            _ => true,
        };
        let keys = keys::KEYS.iter().filter(|(_, _, action)| works(action));
        keys.map(|(key, word, _)| (*key, *word)).collect()
    }

    fn body(&self, rows: usize, look: &Look) -> String {
        match &self.view {
            View::List(choosing) => {
                let found = choosing.found(&self.entries);
                watch::list(&found, choosing.chosen, &choosing.typed, rows, look).join("\n")
            }
            View::Hints(shown) => {
                let exercise = &self.exercises[self.current];
                let (given, all) = (&exercise.hints[..*shown], exercise.hints.len());
                hints::render(&exercise.topic, given, all, Shown::All, say::HINT_KEY, look)
            }
            View::Notes => reading::notes(&self.topic(), self.state.answer(), look),
            View::Solution => {
                let (source, seen) = (&self.wish.source, self.checks.seen());
                reading::solution(&self.topic(), source, seen, look)
            }
            View::Answer | View::All | View::Replay(_) => self.known(rows, look),
        }
    }

    fn known(&self, rows: usize, look: &Look) -> String {
        let seed = self.wish.options.seed;
        match &self.state {
            State::Running(so_far) => {
                let found = so_far.found(seed, rows.saturating_sub(2), look);
                watch::running(&self.topic(), &so_far.doing, found.as_deref(), look)
            }
            State::Broken(error) => watch::broken(error, look),
            State::Answered(report) => match report.exercises.first() {
                Some(exercise) if exercise.status == Status::Pending => {
                    watch::untouched(&self.exercises[self.current], &exercise.source, look)
                }
                Some(exercise) if self.view == View::All => {
                    let look = Look {
                        verbose: true,
                        ..look.clone()
                    };
                    human::section(exercise, seed, &look)
                }
                Some(exercise) => {
                    let next = self.next().map(|next| self.exercises[next].topic.as_str());
                    watch::answered(exercise, seed, next, rows, look)
                }
                None => String::new(),
            },
        }
    }
}
