//! Running a test once per interleaving: bounds, budgets, and what became of it.

use std::rc::Rc;

use super::kernel::Rules;
use super::panics::listen;
use super::run::{Ended, Run};
use crate::harness::{self, Effort};
use crate::outcome::{Completeness, Exploration, Failure};

/// Explores every interleaving of `test`, as [`Explore::new`] would.
///
/// # Panics
///
/// Panics with a [`Failure`] when an interleaving fails.
#[track_caller]
pub fn explore(test: impl Fn() + 'static) {
    Explore::new().run(test);
}

/// How to explore a test.
#[derive(Debug, Clone)]
#[must_use = "exploring begins with `run`"]
pub struct Explore {
    required: u32,
    most: Option<u32>,
    samples: Option<u64>,
    exhaustive: bool,
    only: Option<(Option<u32>, u64)>,
    rules: Rules,
}

impl Explore {
    /// Raises the bound on disturbances until nothing is left to try or the budget is
    /// used up. Passes when everything up to 2 has been tried.
    pub fn new() -> Explore {
        Explore {
            required: 2,
            most: None,
            samples: None,
            exhaustive: false,
            only: None,
            rules: Rules {
                spurious: 1,
                timeouts: 3,
                blocked_is_legal: false,
                stuck_is_legal: false,
                endless_is_legal: false,
                rescue: None,
            },
        }
    }

    /// Does not raise the bound beyond this many disturbances.
    pub fn preemptions(mut self, most: u32) -> Explore {
        self.most = Some(most);
        self.required = self.required.min(most);
        self
    }

    /// The bound that must be exhausted for the test to pass.
    pub fn required(mut self, bound: u32) -> Explore {
        self.required = bound;
        self
    }

    /// Threads that sleep for ever when the test's main closure has returned are no deadlock.
    pub fn blocked_is_legal(mut self) -> Explore {
        self.rules.blocked_is_legal = true;
        self
    }

    /// An execution that does not end within the limit on steps is no livelock.
    pub fn endless_is_legal(mut self) -> Explore {
        self.rules.endless_is_legal = true;
        self
    }

    /// No wait times out while others can still run.
    pub fn no_timeouts(mut self) -> Explore {
        self.rules.timeouts = 0;
        self
    }

    /// No wait ends spuriously.
    pub fn no_spurious(mut self) -> Explore {
        self.rules.spurious = 0;
        self
    }

    /// For a program that is too large to search: after the bounds that fit the
    /// budget, draws this many schedules from the run's seed (scaled by effort).
    pub fn sample(mut self, schedules: u64) -> Explore {
        self.samples = Some(schedules);
        self
    }

    /// Tries every thread in every place: what the reduction is tested against.
    #[doc(hidden)]
    pub fn exhaustive(mut self) -> Explore {
        self.exhaustive = true;
        self
    }

    /// Searches under this bound alone, or without one, for at most so many operations: for
    /// comparing two searches.
    #[doc(hidden)]
    pub fn only(mut self, bound: Option<u32>, operations: u64) -> Explore {
        self.only = Some((bound, operations));
        self
    }

    /// Whoever is blocked may be so for ever, the main thread too: for comparing two searches.
    #[doc(hidden)]
    pub fn stuck_is_legal(mut self) -> Explore {
        self.rules.stuck_is_legal = true;
        self
    }

    /// Explores, and tells the harness how much was explored.
    ///
    /// # Panics
    ///
    /// Panics with a [`Failure`] when an interleaving fails.
    pub fn run(self, test: impl Fn() + 'static) {
        match self.try_run(test) {
            Ok(exploration) => harness::explored(exploration),
            Err(failure) => std::panic::resume_unwind(failure),
        }
    }

    /// Explores. A failed interleaving is an error, with the shortest counterexample.
    pub fn try_run(self, test: impl Fn() + 'static) -> Result<Exploration, Box<Failure>> {
        self.deepen(Rc::new(test))
    }

    /// Searches under one bound after the other. The test is behind a pointer, so that nothing
    /// of this is compiled together with it.
    fn deepen(self, test: Rc<dyn Fn()>) -> Result<Exploration, Box<Failure>> {
        listen();
        let mut run = Run::new(test, self.rules, self.exhaustive);
        if let Some((bound, mut operations)) = self.only {
            return match run.search(bound, &mut operations) {
                Ended::Exhausted { cut } => Ok(run.explored(match bound {
                    Some(bound) if cut => Completeness::Bounded(bound),
                    _ => Completeness::Complete,
                })),
                Ended::OutOfBudget => Ok(run.explored(Completeness::Incomplete(None))),
                Ended::Failed(failure) => Err(failure),
            };
        }
        let (soft, hard) = budgets();
        // What is required may cost more; everything beyond it together costs `soft`.
        let mut left = if self.samples.is_none() { hard } else { soft };
        let mut exhausted = None;
        let mut beyond = None;
        run.sample_on_the_way();
        for bound in 0..=self.most.unwrap_or(u32::MAX) {
            match run.search(Some(bound), &mut left) {
                Ended::Exhausted { cut: false } => return Ok(run.explored(Completeness::Complete)),
                Ended::Exhausted { cut: true } => exhausted = Some(bound),
                Ended::OutOfBudget => break,
                Ended::Failed(failure) => return Err(failure),
            }
            if bound == self.required {
                left = left.min(soft);
            }
            if bound == self.required && self.most.is_none() {
                let mut half = soft / 2;
                match run.search(None, &mut half) {
                    Ended::Exhausted { .. } => return Ok(run.explored(Completeness::Complete)),
                    Ended::OutOfBudget => {}
                    // A larger bound may still find a shorter one.
                    Ended::Failed(failure) => beyond = Some(failure),
                }
            }
        }
        if let Some(failure) = beyond.or(run.met_on_the_way()) {
            return Err(failure);
        }
        if let Some(samples) = self.samples {
            return match run.sample(samples * soft / budget_of(Effort::Normal).0) {
                Ended::Failed(failure) => Err(failure),
                _ => Ok(run.explored(Completeness::Sampled(exhausted))),
            };
        }
        Ok(run.explored(match exhausted {
            Some(bound) if bound >= self.required => Completeness::Bounded(bound),
            _ => Completeness::Incomplete(exhausted),
        }))
    }
}

impl Default for Explore {
    fn default() -> Explore {
        Explore::new()
    }
}

/// Operations to spend beyond the required bound, and on what is required. Counted in
/// operations and not in seconds, so that the verdict is the same on every machine.
fn budgets() -> (u64, u64) {
    budget_of(harness::effort())
}

fn budget_of(effort: Effort) -> (u64, u64) {
    match effort {
        Effort::Quick => (100_000, 3_000_000),
        Effort::Normal => (400_000, 4_000_000),
        Effort::Thorough => (20_000_000, 100_000_000),
    }
}
