//! Steps through a counterexample on a terminal, forwards and backwards.
//!
//! How it looks is in [`report::replay`](crate::report::replay); `cursor` is what the keys do.

mod cursor;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::messages::watch as say;
use crate::report::look::Look;
use crate::report::replay::{Replay, screen};
use crate::report::watch::Size;
use crate::support::interrupt::{self, Interrupted, Watch};
use crate::support::terminal::{self, Input, Screen};
pub use cursor::{Asked, To, asked, moved};

/// How often it is looked whether a signal has come.
const GLANCE: Duration = Duration::from_millis(100);

/// Replays until the user has enough.
///
/// # Errors
///
/// The terminal cannot be used, or the user interrupted it ([`Interrupted`]).
pub fn replay(replay: &Replay<'_>, look: &Look) -> Result<()> {
    let _watch = Watch::start();
    let mut screen = Screen::open().context(say::NO_TERMINAL)?;
    let (sender, inputs) = mpsc::channel();
    terminal::listen(move |input| sender.send(input).is_ok()).context("starting a thread")?;
    let mut at = 0;
    loop {
        let (columns, rows) = screen.size();
        let rows = screen::rows(replay, at, Size { columns, rows }, look);
        // A terminal that cannot be written any more has gone away.
        screen.draw(&rows).map_err(|_| Interrupted)?;
        let input = match inputs.recv_timeout(GLANCE) {
            _ if interrupt::requested() => return Err(Interrupted.into()),
            Err(RecvTimeoutError::Timeout) => continue,
            Ok(Input::Gone) | Err(RecvTimeoutError::Disconnected) => {
                return Err(Interrupted.into());
            }
            Ok(input) => input,
        };
        match input {
            Input::Resized | Input::Gone => screen.forget(),
            Input::Key(key) => match asked(key) {
                Some(Asked::Move(to)) => at = moved(replay, at, to),
                Some(Asked::Quit) => return Ok(()),
                Some(Asked::Interrupt) => return Err(Interrupted.into()),
                Some(Asked::Suspend) => screen.suspend()?,
                None => {}
            },
        }
    }
}
