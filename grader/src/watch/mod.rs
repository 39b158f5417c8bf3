//! The learner's day: a kata is checked whenever it is saved, and the answer stands on the screen.
//!
//! * `changes`: notices that a file was saved;
//! * `checks`: when a check is due, and which one counts;
//! * `run`: a check that can be cancelled, on a thread of its own, and `so_far`: what it has
//!   found by then;
//! * `session`: what is shown, and what comes of saves, findings and keys: all of it on one
//!   thread, out of one channel of `news`; `state`: what it knows;
//! * `reading`: the notes and the solution; `replaying`: the steps of a failure; `choosing`: the list of katas; `keys`: what the keys
//!   do; `editor`: opens files, at a `place`;
//! * `plain`: the same without a screen, where there is no terminal.
//!
//! How it all looks is in [`report::watch`](crate::report::watch).

mod changes;
mod checks;
mod choosing;
mod editor;
mod keys;
mod news;
mod place;
mod plain;
mod reading;
mod replaying;
mod run;
mod session;
mod so_far;
mod state;
mod wish;

use std::sync::mpsc;

use anyhow::{Context, Result};

use crate::katas::catalog::{self, Exercise};
use crate::learner::course;
use crate::messages::watch as say;
use crate::report::output;
use crate::support::interrupt::Watch;
use crate::support::terminal::{self, Screen};
use checks::Checks;
use news::Happened;
use session::Session;

pub use editor::Editor;
pub use place::first_todo;
pub use wish::{Ended, Wish};

/// Watches until the user has enough.
///
/// # Errors
///
/// The catalogue cannot be read, the terminal cannot be used, or the grader broke down.
pub fn watch(wish: Wish) -> Result<Ended> {
    // From here on a signal ends the session, which ends its children first.
    let _watch = Watch::start();
    let exercises = catalog::all()?;
    let topic = first_topic(&wish, &exercises)?;
    let (sender, happened) = mpsc::channel();
    let nudge = sender.clone();
    let changes = changes::Changes::new(wish.source.clone(), wish.poll, move || {
        let _ = nudge.send(Happened::Nudge);
    });
    if !terminal::is_there() {
        let look = wish.look.clone();
        let mut checks = Checks::new(wish, changes, sender);
        let ended = plain::watch(&topic, &look, &mut checks, &happened);
        checks.end();
        return ended;
    }
    let editor = match wish.edit {
        true => Editor::choose(wish.edit_command.as_deref(), &|name| {
            std::env::var(name).ok()
        }),
        false => None,
    };
    let screen = Screen::open().context(say::NO_TERMINAL)?;
    let input = sender.clone();
    terminal::listen(move |it| input.send(Happened::Input(it)).is_ok())
        .context("starting a thread")?;
    let checks = Checks::new(wish.clone(), changes, sender.clone());
    let mut session = Session::new(wish, exercises, checks, editor, screen, sender);
    let ended = session.conduct(&topic, &happened);
    // The screen goes, and its last answer stays where a command's output would.
    let printed = output::print(&session.close());
    match ended? {
        // Perhaps there is no terminal any more.
        Ended::Interrupted => Ok(Ended::Interrupted),
        Ended::Quit => printed.map(|()| Ended::Quit),
    }
}

fn first_topic(wish: &Wish, exercises: &[Exercise]) -> Result<String> {
    if let Some(topic) = &wish.topic {
        return Ok(topic.clone());
    }
    let (project, source, options) = (&wish.project, &wish.source, wish.recalling());
    let first = course::first_unfinished(project, source, exercises, &options)?;
    let first = first.or(exercises.first()).context("there are no katas")?;
    Ok(first.topic.clone())
}
