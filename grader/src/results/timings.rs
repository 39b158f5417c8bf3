//! Where the time goes.

use std::time::Duration;

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
    pub fn add(&mut self, more: Timings) {
        self.compile.add(more.compile);
        self.tests.add(more.tests);
        self.tests_alone.add(more.tests_alone);
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
}
