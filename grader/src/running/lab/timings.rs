//! Where the time of a laboratory goes.

use std::time::{Duration, Instant};

use crate::support::process;

/// The phases of everything that a laboratory has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timings {
    /// cargo and its compilers; what they count is crates.
    pub compile: Phase,
    /// Tests that run beside others, also while other crates are still being compiled.
    pub tests: Phase,
    /// Tests that run with nothing beside them.
    pub tests_alone: Phase,
}

/// What a phase has cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Phase {
    /// How many crates or tests.
    pub count: usize,
    /// From its beginning to its end.
    pub wall: Duration,
    /// Processor time of its processes, in user and kernel mode. `None` where the system
    /// does not tell.
    pub cpu: Option<Duration>,
}

impl Timings {
    /// Processor time of all phases, where the system tells.
    pub fn cpu(&self) -> Option<Duration> {
        Some(self.compile.cpu? + self.tests.cpu? + self.tests_alone.cpu?)
    }
}

impl Phase {
    /// Adds what the same phase has cost once more.
    fn add(&mut self, more: Phase) {
        self.count += more.count;
        self.wall += more.wall;
        self.cpu = more.cpu.map(|cpu| cpu + self.cpu.unwrap_or_default());
    }
}

impl Timings {
    /// Adds what a laboratory has done next.
    pub(super) fn add(&mut self, more: Timings) {
        self.compile.add(more.compile);
        self.tests.add(more.tests);
        self.tests_alone.add(more.tests_alone);
    }
}

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

    #[test]
    fn phases_add_up_and_what_is_unknown_stays_so() {
        let phase = |seconds| Phase {
            count: 2,
            wall: Duration::from_secs(3),
            cpu: Some(Duration::from_secs(seconds)),
        };
        let mut timings = Timings::default();
        for _ in 0..2 {
            timings.add(Timings {
                compile: phase(5),
                tests: phase(1),
                tests_alone: Phase::default(),
            });
        }
        assert_eq!(timings.compile.count, 4);
        assert_eq!(timings.compile.wall, Duration::from_secs(6));
        assert_eq!(timings.tests.cpu, Some(Duration::from_secs(2)));
        assert_eq!(timings.tests_alone.cpu, None);
        assert_eq!(timings.cpu(), None);
    }

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
