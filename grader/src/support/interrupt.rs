//! Ctrl-C, requests to terminate, and runs whose answer nobody waits for any more.
//!
//! The handler of signals only raises a flag, and so does whoever cancels a run. Whoever supervises
//! a process looks at it at least every few hundredths of a second, ends that process with all its
//! children, and gives [`Interrupted`] back, so that every temporary file is removed on the way out.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Once};

use anyhow::Result;

static REQUESTED: AtomicBool = AtomicBool::new(false);
static WATCHED: AtomicUsize = AtomicUsize::new(0);

/// The error of whatever was interrupted; exit code 130.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// While one of these lives, an interruption is left to [`Cancel::check`]; otherwise it ends the
/// process.
#[derive(Debug)]
pub struct Watch(());

impl Watch {
    /// Starts to watch for interruptions.
    pub fn start() -> Watch {
        static INSTALLED: Once = Once::new();
        WATCHED.fetch_add(1, Ordering::SeqCst);
        // Where no handler can be installed, the system ends the grader by itself.
        INSTALLED.call_once(|| drop(ctrlc::set_handler(on_signal)));
        Watch(())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        WATCHED.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Ends one run of the grader and leaves the process alone. Its clones end the same run.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// One that nobody else has: only the user ends the run.
    pub fn never() -> Cancel {
        Cancel::default()
    }

    /// Tells the run to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether the run is to stop, be it because the user wants the grader to.
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::SeqCst) || requested()
    }

    /// Goes on unless the run is to stop.
    ///
    /// # Errors
    ///
    /// [`Interrupted`].
    pub fn check(&self) -> Result<()> {
        if self.requested() {
            return Err(Interrupted.into());
        }
        Ok(())
    }
}

/// Whether the user wants the grader to stop.
pub fn requested() -> bool {
    REQUESTED.load(Ordering::SeqCst)
}

#[allow(clippy::exit, clippy::disallowed_methods)]
fn on_signal() {
    REQUESTED.store(true, Ordering::SeqCst);
    if WATCHED.load(Ordering::SeqCst) == 0 {
        std::process::exit(130);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_ends_the_same_run_and_no_other() {
        let (run, other) = (Cancel::never(), Cancel::never());
        run.clone().cancel();
        assert!(run.check().is_err_and(|error| error.is::<Interrupted>()));
        assert!(other.check().is_ok());
    }
}
