//! A pseudo-terminal, a program in it, and what its screen shows.

use std::io::{Read, Write};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// A screen that has not come by then never will. The first check compiles the engines.
const FOR_EVER: Duration = Duration::from_secs(900);
/// How often the screen is looked at.
const GLANCE: Duration = Duration::from_millis(2);
/// Lines above the screen that are kept.
const SCROLLBACK: usize = 1000;

/// A program on a terminal.
pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    shown: Arc<Mutex<Shown>>,
}

struct Shown {
    parser: vt100::Parser,
    raw: Vec<u8>,
}

impl Terminal {
    /// Starts a program on a terminal of so many rows and columns. Of a multiplexer or an editor
    /// around the tests it does not know.
    pub(crate) fn start(command: &Command, rows: u16, columns: u16) -> Terminal {
        let pair = native_pty_system()
            .openpty(size(rows, columns))
            .expect("a pseudo-terminal");
        let mut builder = CommandBuilder::new(command.get_program());
        builder.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => builder.env(name, value),
                None => builder.env_remove(name),
            }
        }
        for name in ["TERM_PROGRAM", "TMUX", "ZELLIJ"] {
            builder.env_remove(name);
        }
        builder.env("TERM", "xterm-256color");
        if let Some(directory) = command.get_current_dir() {
            builder.cwd(directory);
        }
        let child = pair.slave.spawn_command(builder).expect("a program");
        let mut output = pair.master.try_clone_reader().expect("a reader");
        let shown = Arc::new(Mutex::new(Shown {
            parser: vt100::Parser::new(rows, columns, SCROLLBACK),
            raw: Vec::new(),
        }));
        let reading = Arc::clone(&shown);
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut buffer) {
                let mut shown = lock(&reading);
                shown.parser.process(&buffer[..read]);
                shown.raw.extend_from_slice(&buffer[..read]);
            }
        });
        Terminal {
            child,
            keyboard: pair.master.take_writer().expect("a keyboard"),
            master: pair.master,
            shown,
        }
    }

    /// What is on the screen: its rows without the space at their ends.
    pub(crate) fn screen(&self) -> String {
        lock(&self.shown).screen()
    }

    /// Everything that was ever written to the terminal.
    pub(crate) fn written(&self) -> String {
        String::from_utf8_lossy(&lock(&self.shown).raw).into_owned()
    }

    /// Whether the terminal is as a shell wants it: its own screen, and a cursor.
    pub(crate) fn is_given_back(&self) -> bool {
        let shown = lock(&self.shown);
        let screen = shown.parser.screen();
        !screen.alternate_screen() && !screen.hide_cursor()
    }

    /// Waits for a screen, and returns it.
    #[track_caller]
    pub(crate) fn wait_until(&self, is_it: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let whole = lock(&self.shown).whole_screen();
            if let Some(screen) = whole.filter(|screen| is_it(screen)) {
                return screen;
            }
            let waited = start.elapsed();
            assert!(waited < FOR_EVER, "it never came:\n{}", self.screen());
            thread::sleep(GLANCE);
        }
    }

    /// Waits for a screen with this text.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.wait_until(|screen| screen.contains(text))
    }

    /// Types.
    pub(crate) fn press(&mut self, keys: &str) {
        let keys = keys.as_bytes();
        self.keyboard.write_all(keys).expect("pressed");
    }

    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        let mut shown = lock(&self.shown);
        shown.parser.screen_mut().set_size(rows, columns);
        let size = size(rows, columns);
        self.master.resize(size).expect("resized");
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.child.process_id().expect("it runs")
    }

    /// Waits for the end of the program, and returns its exit code.
    #[track_caller]
    pub(crate) fn end(&mut self) -> u32 {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.exit_code();
            }
            assert!(start.elapsed() < FOR_EVER, "no end:\n{}", self.screen());
            thread::sleep(GLANCE);
        }
    }
}

impl Shown {
    fn screen(&self) -> String {
        let text = self.parser.screen().contents();
        let rows: Vec<&str> = text.lines().map(str::trim_end).collect();
        rows.join("\n")
    }

    /// The screen, if nothing is being drawn at the moment.
    fn whole_screen(&self) -> Option<String> {
        self.is_whole().then(|| self.screen())
    }

    /// Whether all of the last screen that the program has drawn at once has arrived.
    fn is_whole(&self) -> bool {
        let last = |sequence: &[u8]| {
            let mut places = self.raw.windows(sequence.len());
            places.rposition(|place| place == sequence)
        };
        last(b"\x1b[?2026h") <= last(b"\x1b[?2026l")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn size(rows: u16, cols: u16) -> PtySize {
    PtySize {
        rows,
        cols,
        ..PtySize::default()
    }
}

fn lock(shown: &Mutex<Shown>) -> MutexGuard<'_, Shown> {
    shown.lock().unwrap_or_else(PoisonError::into_inner)
}
