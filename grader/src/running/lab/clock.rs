//! Measures where the time of a laboratory goes.

use std::time::{Duration, Instant};

use crate::results::timings::Phase;
use crate::support::process;

/// Measures from here on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    started: Instant,
    cpu: Option<Duration>,
}

impl Clock {
    pub(super) fn start() -> Clock {
        Clock {
            started: Instant::now(),
            cpu: process::cpu_of_children(),
        }
    }

    /// What was spent since: all processes that were started and have ended.
    pub(super) fn phase(self, count: usize) -> Phase {
        let now = process::cpu_of_children();
        Phase {
            count,
            wall: self.started.elapsed(),
            cpu: now
                .zip(self.cpu)
                .map(|(now, then)| now.saturating_sub(then)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_clock_sees_the_work_of_processes_that_have_ended() {
        let clock = Clock::start();
        let loop_of_the_shell = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";
        let mut shell = std::process::Command::new("sh");
        let status = shell.args(["-c", loop_of_the_shell]).status().unwrap();
        assert!(status.success());
        assert!(clock.phase(1).cpu.is_some_and(|cpu| !cpu.is_zero()));
    }
}
