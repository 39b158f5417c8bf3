//! The terminal as a screen of rows, with keys one by one, and everything as it was before when
//! that is over: also after a panic, and while the process is suspended.
//!
//! It is crossterm alone, so that a screen that is laid out by a library on top of crossterm can
//! be drawn between [`Screen::open`] and its end as well.

#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "other.rs")]
mod platform;

mod rows;

use std::io::{self, IsTerminal, Stdout, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::event::{self, Event, KeyEvent, KeyEventKind};
use crossterm::style::ResetColor;
use crossterm::terminal::{
    self, BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen,
};
use crossterm::{execute, queue};

use rows::cut;

/// The size of a terminal that does not tell.
const USUAL_SIZE: (usize, usize) = (80, 24);

/// Whether the terminal is ours at the moment.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// What comes from the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed.
    Key(KeyEvent),
    /// The terminal has another size now.
    Resized,
    /// The terminal has gone away. Not every system tells so here: a signal does, too.
    Gone,
}

/// The terminal while it is ours. Dropping it gives it back.
#[derive(Debug)]
pub struct Screen {
    out: Stdout,
    shown: Vec<String>,
}

/// Whether there is a terminal on both sides: to draw on, and to press keys at.
pub fn is_there() -> bool {
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    io::stdin().is_terminal() && io::stdout().is_terminal() && !is_dumb
}

impl Screen {
    /// Takes the terminal. What was on it comes back when it is given back.
    ///
    /// # Errors
    ///
    /// It cannot be set up.
    pub fn open() -> io::Result<Screen> {
        static HOOKED: Once = Once::new();
        HOOKED.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |panic| {
                // What a panic says belongs onto the screen that stays.
                give_back();
                before(panic);
            }));
        });
        take()?;
        Ok(Screen {
            out: io::stdout(),
            shown: Vec::new(),
        })
    }

    /// Columns and rows.
    pub fn size(&self) -> (usize, usize) {
        match terminal::size() {
            Ok((columns, rows)) if columns > 0 && rows > 0 => (columns.into(), rows.into()),
            _ => USUAL_SIZE,
        }
    }

    /// Shows these rows and nothing else; what is too long is cut. Only rows that have changed are
    /// written.
    ///
    /// # Errors
    ///
    /// The terminal cannot be written.
    pub fn draw(&mut self, rows: &[String]) -> io::Result<()> {
        let (columns, height) = self.size();
        let mut rows: Vec<String> = rows
            .iter()
            .take(height)
            .map(|it| cut(it, columns))
            .collect();
        rows.resize(height, String::new());
        if self.shown == rows {
            return Ok(());
        }
        let is_new = self.shown.len() != rows.len();
        queue!(self.out, BeginSynchronizedUpdate)?;
        if is_new {
            queue!(self.out, ResetColor, Clear(ClearType::All))?;
        }
        for (index, row) in rows.iter().enumerate() {
            if is_new || self.shown[index] != *row {
                let line = u16::try_from(index).unwrap_or(u16::MAX);
                queue!(self.out, MoveTo(0, line), Clear(ClearType::CurrentLine))?;
                self.out.write_all(row.as_bytes())?;
            }
        }
        queue!(self.out, EndSynchronizedUpdate)?;
        self.out.flush()?;
        self.shown = rows;
        Ok(())
    }

    /// Has the next [`Screen::draw`] write every row.
    pub fn forget(&mut self) {
        self.shown.clear();
    }

    /// Gives the terminal back, stops until the shell lets this process go on, and takes it again.
    /// Where nothing can be stopped, nothing happens.
    ///
    /// # Errors
    ///
    /// The terminal cannot be taken again.
    pub fn suspend(&mut self) -> io::Result<()> {
        if !platform::CAN_STOP {
            return Ok(());
        }
        give_back();
        platform::stop();
        self.forget();
        take()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Hands on what comes from the terminal, from a thread of its own, for as long as `hand_on` wants
/// more.
///
/// # Errors
///
/// The thread cannot be started.
pub fn listen(mut hand_on: impl FnMut(Input) -> bool + Send + 'static) -> io::Result<()> {
    let listener = thread::Builder::new().name("wait for keys".into());
    listener.spawn(move || {
        loop {
            let input = match event::read() {
                Ok(event) => input(event),
                Err(_) => Some(Input::Gone),
            };
            let is_last = input == Some(Input::Gone);
            if input.is_some_and(|input| !hand_on(input)) || is_last {
                return;
            }
        }
    })?;
    Ok(())
}

fn input(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => Some(Input::Key(key)),
        Event::Resize(..) => Some(Input::Resized),
        _ => None,
    }
}

fn take() -> io::Result<()> {
    TAKEN.store(true, Ordering::SeqCst);
    terminal::enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, Hide)
}

/// Does nothing if it is given back already. What cannot be undone is nobody's reason to fail.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        let _ = execute!(io::stdout(), ResetColor, Show, LeaveAlternateScreen);
        let _ = terminal::disable_raw_mode();
    }
}
