//! Running a test once per interleaving: bounds, budgets, and what became of it.

use std::cell::Cell;
use std::panic::Location;
use std::rc::Rc;

use super::coroutine::Worker;
use super::diagnose::{self, Rescue};
use super::kernel::{self, Next, Rules, Stop, Strategy};
use super::panics::{catch, listen};
use super::raw;
use super::sampler::Sampler;
use super::search::Search;
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
    endless_is_legal: bool,
    exhaustive: bool,
    rules: Rules,
}

/// How a search or a series of samples ended.
enum Ended {
    /// Everything within the bound was tried; `cut` if the bound left anything out.
    Exhausted {
        cut: bool,
    },
    OutOfBudget,
    Failed(Box<Failure>),
}

impl Explore {
    /// Raises the bound on disturbances until nothing is left to try or the budget is
    /// used up. Passes when everything up to 2 has been tried.
    pub fn new() -> Explore {
        Explore {
            required: 2,
            most: None,
            samples: None,
            endless_is_legal: false,
            exhaustive: false,
            rules: Rules {
                spurious: 1,
                timeouts: 3,
                blocked_is_legal: false,
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
        self.endless_is_legal = true;
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
        let mut run = Run {
            test,
            workers: Vec::new(),
            executions: 0,
            explore: &self,
        };
        let (soft, hard) = budgets();
        // What is required may cost more; everything beyond it together costs `soft`.
        let mut left = if self.samples.is_none() { hard } else { soft };
        let mut exhausted = None;
        let mut beyond = None;
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
        if let Some(failure) = beyond {
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

struct Run<'a> {
    test: Rc<dyn Fn()>,
    workers: Vec<Worker>,
    executions: u64,
    explore: &'a Explore,
}

impl Run<'_> {
    fn explored(&self, completeness: Completeness) -> Exploration {
        Exploration {
            executions: self.executions,
            completeness,
        }
    }

    /// Tries everything within a bound, or until the budget, in operations, is used up.
    fn search(&mut self, bound: Option<u32>, budget: &mut u64) -> Ended {
        let search = Search::new(bound, self.explore.exhaustive);
        let before = kernel::with(|kernel| kernel.steps);
        let ended = self.repeat(Strategy::Search(search), *budget, u64::MAX);
        *budget = budget.saturating_sub(kernel::with(|kernel| kernel.steps) - before);
        ended
    }

    fn sample(&mut self, schedules: u64) -> Ended {
        self.repeat(
            Strategy::Sample(Sampler::new(harness::seed())),
            u64::MAX,
            schedules.max(1),
        )
    }

    fn repeat(&mut self, strategy: Strategy, budget: u64, most: u64) -> Ended {
        let until = kernel::with(|kernel| {
            kernel.strategy = strategy;
            kernel.rules = self.explore.rules;
            kernel.steps.saturating_add(budget)
        });
        for _ in 0..most {
            self.executions += 1;
            if let Err(stop) = self.execute() {
                if matches!(stop, Stop::Diverged) {
                    self.abandon();
                    harness::gave_up(
                        "run twice in the same order, the code did different things (does it \
                         depend on the order of a HashMap, or on an address?)",
                    );
                    return Ended::OutOfBudget;
                }
                if !(matches!(stop, Stop::TooLong) && self.explore.endless_is_legal) {
                    return Ended::Failed(self.failure(stop));
                }
                self.abandon();
            }
            let (more, cut, steps) = kernel::with(|kernel| match &mut kernel.strategy {
                Strategy::Search(search) => (search.advance(), search.was_cut(), kernel.steps),
                Strategy::Sample(sampler) => {
                    sampler.advance();
                    (true, true, kernel.steps)
                }
            });
            if !more {
                return Ended::Exhausted { cut };
            }
            if steps > until {
                return Ended::OutOfBudget;
            }
        }
        Ended::Exhausted { cut: true }
    }

    /// Runs the test once, by the kernel's strategy.
    fn execute(&mut self) -> Result<(), Stop> {
        let test = Rc::clone(&self.test);
        let job = Box::new(move || {
            raw::run(|| {
                if let Err(payload) = catch(|| test()) {
                    PAYLOAD.set(Some(payload));
                    kernel::stop_here(Stop::Panicked);
                }
                false
            });
        });
        kernel::with(|kernel| kernel.begin(job, Location::caller()));
        loop {
            let next = kernel::with(|kernel| std::mem::replace(&mut kernel.next, Next::End));
            match next {
                Next::Run(thread) => self.go_on(thread),
                Next::Stop(stop) => return Err(stop),
                Next::End => break,
            }
        }
        let blocked = kernel::with(|kernel| {
            kernel.enter_blocked();
            kernel.threads.iter().any(|thread| !thread.finished)
        });
        if blocked {
            self.abandon();
        }
        Ok(())
    }

    fn go_on(&mut self, thread: usize) {
        let job = kernel::with(|kernel| {
            kernel.next = Next::Run(thread);
            kernel.threads[thread].job.take()
        });
        while self.workers.len() <= thread {
            self.workers.push(Worker::new());
        }
        match job {
            Some(job) => self.workers[thread].run(job),
            None => self.workers[thread].resume(),
        }
    }

    fn abandon(&mut self) {
        for worker in &mut self.workers {
            worker.abandon();
        }
    }

    /// Describes the failed execution that the kernel has just been through.
    fn failure(&mut self, stop: Stop) -> Box<Failure> {
        let payload = PAYLOAD.take();
        let told = kernel::with(|kernel| diagnose::tell(kernel, &stop, payload, self.executions));
        self.abandon();
        let mut failure = match told {
            diagnose::Told::Whole(failure) => failure,
            diagnose::Told::Sleeper { thread, told } => told(self.rescue(thread)),
        };
        let bound = kernel::with(|kernel| match &kernel.strategy {
            Strategy::Search(search) => search.bound(),
            Strategy::Sample(_) => None,
        });
        failure.exploration = Some(Exploration {
            executions: self.executions,
            completeness: Completeness::Incomplete(bound),
        });
        failure
    }

    /// Repeats the stuck execution, and then wakes a sleeper that nobody has woken: does it go on?
    fn rescue(&mut self, thread: usize) -> Rescue {
        kernel::with(|kernel| kernel.rules.rescue = Some(thread));
        let result = self.execute();
        PAYLOAD.take();
        self.abandon();
        kernel::with(|kernel| {
            kernel.rules.rescue = None;
            if kernel
                .threads
                .get(thread)
                .is_some_and(|thread| thread.finished)
                || result.is_ok()
            {
                Rescue::GoesOn
            } else {
                Rescue::SleepsOn
            }
        })
    }
}

thread_local! {
    /// What the main closure of the failed execution panicked with.
    static PAYLOAD: Cell<Option<Box<dyn std::any::Any + Send>>> = const { Cell::new(None) };
}
