//! The checks of a session: when one is due, which one counts, and that no two run at once.

use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::changes::Changes;
use super::news::Happened;
use super::run::Running;
use super::wish::Wish;
use crate::submission::intake::Intake;

/// Files that have changed are checked when they have stayed the same for this long: an editor
/// may write them in several steps.
const QUIET: Duration = Duration::from_millis(20);

/// How often to look whether a signal has come, which wakes nobody, and whether it is time to look
/// at the files.
const TICK: Duration = Duration::from_millis(200);

/// The checks of one kata at a time.
pub(super) struct Checks {
    wish: Wish,
    sender: Sender<Happened>,
    changes: Changes,
    topic: String,
    /// A check is wanted, and may begin then.
    due: Option<Instant>,
    running: Option<Running>,
    last: u64,
}

impl Checks {
    /// Nothing is wanted yet. What checks tell goes to `sender`.
    pub(super) fn new(wish: Wish, changes: Changes, sender: Sender<Happened>) -> Checks {
        Checks {
            wish,
            sender,
            changes,
            topic: String::new(),
            due: None,
            running: None,
            last: 0,
        }
    }

    /// Turns to a kata, which is to be checked at once.
    pub(super) fn turn_to(&mut self, topic: &str) {
        topic.clone_into(&mut self.topic);
        self.changes.turn_to(topic);
        self.want(Duration::ZERO);
    }

    /// Has the same kata checked again.
    pub(super) fn again(&mut self) {
        self.want(Duration::ZERO);
    }

    /// Looks whether the kata was saved, if something says so or it is time to. If it was, the
    /// check that runs is cancelled, and another one wanted.
    pub(super) fn look(&mut self, is_nudged: bool) -> bool {
        let has_changed = (is_nudged || self.changes.is_time()) && self.changes.look();
        if has_changed {
            self.want(QUIET);
        }
        has_changed
    }

    /// What was found when it was last looked at.
    pub(super) fn seen(&self) -> Option<&Intake> {
        self.changes.seen()
    }

    /// Starts a check if one is due and the one before is gone. Tells whether it has.
    ///
    /// # Errors
    ///
    /// A thread cannot be started.
    pub(super) fn start_if_due(&mut self) -> Result<bool> {
        let is_due = self.due.is_some_and(|due| due <= Instant::now());
        // Until now they have stayed the same.
        if !is_due || self.running.is_some() || self.look(true) {
            return Ok(false);
        }
        self.due = None;
        self.last += 1;
        self.changes.watch();
        let (wish, topic) = (&self.wish, &self.topic);
        self.running = Some(Running::start(self.last, wish, topic, &self.sender)?);
        Ok(true)
    }

    /// Whether what the check of that number tells is about the files as they are.
    pub(super) fn counts(&self, number: u64) -> bool {
        number == self.last && self.due.is_none()
    }

    /// The check of that number has ended.
    pub(super) fn has_ended(&mut self, number: u64) {
        if number == self.last {
            self.running = None;
        }
    }

    /// How long nothing needs to be done if nothing happens.
    pub(super) fn wait(&self) -> Duration {
        match self.due {
            // What is due waits for the end of the check before, which is told.
            Some(due) if self.running.is_none() => {
                due.saturating_duration_since(Instant::now()).min(TICK)
            }
            _ => TICK,
        }
    }

    /// Ends the check that runs, and waits until nothing of it is left.
    pub(super) fn end(&mut self) {
        if let Some(running) = self.running.take() {
            running.end();
        }
    }

    fn want(&mut self, after: Duration) {
        self.due = Some(Instant::now() + after);
        if let Some(running) = &self.running {
            running.cancel();
        }
    }
}
