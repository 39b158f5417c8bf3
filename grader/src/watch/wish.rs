//! What to watch, and how it ends.

use crate::report::look::Look;
use crate::results::options::Options;
use crate::submission::project::{Project, Source};

/// What to watch, and how.
#[derive(Debug, Clone)]
pub struct Wish {
    pub project: Project,
    pub source: Source,
    pub options: Options,
    pub look: Look,
    /// The topic to begin with; the first that has not passed if there is none.
    pub topic: Option<String>,
    /// Look at the files again and again, without waiting for the system to tell of changes.
    pub poll: bool,
    /// Open files in an editor.
    pub edit: bool,
    /// The command that does.
    pub edit_command: Option<String>,
}

impl Wish {
    /// How to ask what is known already: also where every check is to run everything.
    pub(super) fn recalling(&self) -> Options {
        Options {
            cache: true,
            ..self.options.clone()
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The user was done.
    Quit,
    /// Ctrl-C, a request to terminate, or the terminal has gone away.
    Interrupted,
}
