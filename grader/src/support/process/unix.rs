//! Process groups, signals and resource limits.

use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::{Limits, Stopped, guard};

/// A running process and all its children. Dropping it ends them.
#[derive(Debug)]
pub struct Group {
    child: Child,
    leader: Pid,
    ended: Receiver<()>,
    reaped: bool,
}

impl Group {
    /// Starts a process as the leader of a new group.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn spawn(command: &mut Command) -> io::Result<Group> {
        let child = command.process_group(0).spawn()?;
        let leader = Pid::from_child(&child);
        guard::began(leader);
        let (sender, ended) = mpsc::channel();
        // Waits without reaping: until the group has been ended its number must not be reused.
        let watcher = thread::Builder::new().name("wait for a process".into());
        let watching = watcher.spawn(move || {
            let exited = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(leader), exited) {}
            let _ = sender.send(());
        });
        let group = Group {
            child,
            leader,
            ended,
            reaped: false,
        };
        watching.map(|_| group)
    }

    /// The pipe to its standard input, once.
    pub fn stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// The pipe from its standard output, once.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Whether the process (not all of its group) ends within that time.
    pub fn ended_within(&mut self, time: Duration) -> bool {
        !matches!(
            self.ended.recv_timeout(time),
            Err(RecvTimeoutError::Timeout)
        )
    }

    /// Ends the whole group: at once if the process has ended, otherwise it is asked to and
    /// killed after `grace`.
    ///
    /// # Errors
    ///
    /// The system's.
    pub fn end(mut self, grace: Duration) -> io::Result<ExitStatus> {
        if !self.ended_within(Duration::ZERO) {
            // The group may be gone by now, which is what is wanted.
            let _ = kill_process_group(self.leader, Signal::TERM);
            self.ended_within(grace);
        }
        self.kill_and_reap()
    }

    fn kill_and_reap(&mut self) -> io::Result<ExitStatus> {
        let _ = kill_process_group(self.leader, Signal::KILL);
        guard::ended(self.leader);
        let status = self.child.wait().map_err(super::wait_error);
        self.reaped = true;
        status
    }

    /// Sets the limits that the system itself enforces.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn limit(&self, limits: &Limits) {
        use rustix::process::{Resource, Rlimit, prlimit};
        let cores = thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
        let cpu = (limits.wall_clock.as_secs() + 1).saturating_mul(cores);
        for (resource, most) in [
            (Resource::Data, limits.memory),
            (Resource::Fsize, limits.output),
            // Should the grader be killed, a test that spins ends nevertheless.
            (Resource::Cpu, cpu),
            (Resource::Core, 0),
        ] {
            let limit = Rlimit {
                current: Some(most),
                maximum: Some(most),
            };
            // It fails when the process has ended already, or has stricter limits by heritage.
            let _ = prlimit(Some(self.leader), resource, limit);
        }
    }

    /// Only Linux can limit another process.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub fn limit(&self, _limits: &Limits) {}

    /// The number of its threads, where the system tells.
    pub fn threads(&self) -> Option<usize> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("Threads:"))?;
        line.trim().parse().ok()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.reaped {
            let _ = self.kill_and_reap();
        }
    }
}

pub(super) fn code_and_signal(status: ExitStatus) -> (Option<i32>, Option<i32>) {
    (status.code(), status.signal())
}

/// The limit that a signal tells of.
pub(super) fn stopped_by(signal: Option<i32>) -> Option<Stopped> {
    match signal.and_then(Signal::from_named_raw) {
        Some(Signal::XFSZ) => Some(Stopped::Output),
        Some(Signal::XCPU) => Some(Stopped::WallClock),
        _ => None,
    }
}

pub(super) fn cpu_of_children() -> Option<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).ok()?;
    let duration = |time: TimeVal| {
        let seconds = u64::try_from(time.tv_sec()).ok()?;
        let micros = u64::try_from(time.tv_usec()).ok()?;
        Some(Duration::from_secs(seconds) + Duration::from_micros(micros))
    };
    Some(duration(usage.user_time())? + duration(usage.system_time())?)
}
