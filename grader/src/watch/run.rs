//! One check on a thread of its own, which tells what it finds as it finds it, and can be
//! cancelled.

use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};

use super::news::{Happened, News, Outcome};
use super::wish::Wish;
use crate::grading::grade;
use crate::learner::progress;
use crate::messages::{progress as going_on, watch as say};
use crate::results::event::{Event, Observer};
use crate::results::verdict::Verdict;
use crate::support::interrupt::Cancel;

/// A check that goes on.
pub(super) struct Running {
    cancel: Cancel,
    thread: JoinHandle<()>,
}

impl Running {
    /// Starts a check. What it tells comes out of the channel with its `number`, its outcome last.
    ///
    /// # Errors
    ///
    /// The thread cannot be started.
    pub(super) fn start(
        number: u64,
        wish: &Wish,
        topic: &str,
        sender: &Sender<Happened>,
    ) -> Result<Running> {
        let cancel = Cancel::never();
        let until = cancel.clone();
        let (wish, topics) = (wish.clone(), [topic.to_owned()]);
        let sender = sender.clone();
        let checker = thread::Builder::new().name("check".into());
        let thread = checker.spawn(move || {
            let teller = Teller {
                number,
                sender: sender.clone(),
                tested: Mutex::default(),
            };
            let (project, source, options) = (&wish.project, &wish.source, &wish.options);
            let check = || grade::check(project, source, &topics, options, &teller, &until);
            let outcome = match panic::catch_unwind(AssertUnwindSafe(check)) {
                Ok(Ok(report)) => {
                    let said = progress::remember(project, source, &report.exercises);
                    if let Some(said) = said {
                        let _ = sender.send(Happened::Warned(said));
                    }
                    Outcome::Answered(Box::new(report))
                }
                Ok(Err(_)) if until.requested() => Outcome::Cancelled,
                Ok(Err(error)) => Outcome::Broken(error),
                Err(_) => Outcome::Panicked,
            };
            // Nobody listens when the session has ended.
            let _ = sender.send(Happened::Ended(number, outcome));
        });
        Ok(Running {
            cancel,
            thread: thread.context("starting a thread")?,
        })
    }

    /// Tells it to stop. Its outcome comes when every process that it has started is gone.
    pub(super) fn cancel(&self) {
        self.cancel.cancel();
    }

    /// Stops it and waits for its end.
    pub(super) fn end(self) {
        self.cancel();
        // Its panics are caught.
        let _ = self.thread.join();
    }
}

/// Hands on what a check tells.
struct Teller {
    number: u64,
    sender: Sender<Happened>,
    /// How many tests have ended, and of how many.
    tested: Mutex<(usize, usize)>,
}

impl Observer for Teller {
    fn on(&self, event: Event<'_>) {
        for news in self.news(&event) {
            let _ = self.sender.send(Happened::Told(self.number, news));
        }
    }
}

impl Teller {
    fn news(&self, event: &Event<'_>) -> Vec<News> {
        let doing = |text: &str| vec![News::Doing(text.to_owned())];
        match event {
            Event::WaitingForLock => doing(going_on::WAITING),
            Event::Downloading => doing(going_on::DOWNLOADING),
            // How far they are comes with it.
            Event::EnginesMissing { .. } => Vec::new(),
            Event::EnginesBuilding {
                done,
                crates,
                elapsed,
            } => doing(&going_on::engines_building(*done, *crates, *elapsed)),
            Event::Building { .. } => doing(say::COMPILING),
            Event::CompileError { error, .. } => vec![News::Error((*error).clone())],
            Event::Planned { tests } => {
                self.count(0, *tests);
                Vec::new()
            }
            Event::TestEnded { test, .. } => {
                let mut news = doing(&self.count(1, 0));
                if !matches!(test.verdict, Verdict::Passed | Verdict::NotRun) {
                    news.push(News::Failed(Box::new((*test).clone())));
                }
                news
            }
            Event::ControlStarted { topic } => doing(&going_on::control(topic)),
            Event::TestStarted { .. } | Event::ExerciseEnded { .. } => Vec::new(),
        }
    }

    fn count(&self, ended: usize, planned: usize) -> String {
        let mut tested = self.tested.lock().unwrap_or_else(PoisonError::into_inner);
        tested.0 += ended;
        tested.1 += planned;
        say::tested(tested.0, tested.1.max(tested.0))
    }
}
