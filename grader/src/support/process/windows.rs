//! Job objects.

use std::io;
use std::process::{ChildStdin, ChildStdout, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap, JobObject};

use super::{Limits, Stopped};

/// How often a process is asked whether it has ended.
const GLANCE: Duration = Duration::from_millis(2);

/// A running process and all its children. Dropping it ends them.
#[derive(Debug)]
pub struct Group {
    child: Box<dyn ChildWrapper>,
}

impl Group {
    /// Starts a process in a new job.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn spawn(command: &mut Command) -> io::Result<Group> {
        let command = std::mem::replace(command, Command::new(command.get_program()));
        let child = CommandWrap::from(command).wrap(JobObject).spawn()?;
        Ok(Group { child })
    }

    /// The pipe to its standard input, once.
    pub fn stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin().take()
    }

    /// The pipe from its standard output, once.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout().take()
    }

    /// Whether the process ends within that time.
    pub fn ended_within(&mut self, time: Duration) -> bool {
        let started = Instant::now();
        loop {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return true;
            }
            if started.elapsed() >= time {
                return false;
            }
            thread::sleep(GLANCE);
        }
    }

    /// Ends the whole job. There is no way to ask first.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn end(mut self, _grace: Duration) -> io::Result<ExitStatus> {
        let _ = self.child.start_kill();
        self.child.wait().map_err(super::wait_error)
    }

    /// A job's limits need calls that safe Rust does not offer.
    pub fn limit(&self, _limits: &Limits) {}

    /// The system does not tell cheaply.
    pub fn threads(&self) -> Option<usize> {
        None
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
    }
}

pub(super) fn code_and_signal(status: ExitStatus) -> (Option<i32>, Option<i32>) {
    (status.code(), None)
}

pub(super) fn stopped_by(_signal: Option<i32>) -> Option<Stopped> {
    None
}

pub(super) fn cpu_of_children() -> Option<Duration> {
    None
}
