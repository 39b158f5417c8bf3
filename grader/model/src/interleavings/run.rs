//! One execution after the other: searching under a bound, drawing samples, and describing
//! the one that fails.

use std::cell::Cell;
use std::panic::Location;
use std::rc::Rc;

use serde_json::Value as Json;

use super::coroutine::Worker;
use super::diagnose::{self, Rescue};
use super::kernel::{self, Next, Rules, Stop, Strategy};
use super::panics::catch;
use super::plot::Plot;
use super::raw;
use super::sampler::Sampler;
use super::search::Search;
use crate::harness;
use crate::outcome::{Completeness, Exploration, Failure};

/// How a search or a series of samples ended.
pub(super) enum Ended {
    /// Everything within the bound was tried; `cut` if the bound left anything out.
    Exhausted {
        cut: bool,
    },
    OutOfBudget,
    Failed(Box<Failure>),
}

/// Why an execution was broken off.
enum Broken {
    Stopped(Stop),
    /// A limit was hit; in words, which.
    GaveUp(&'static str),
}

/// Operations of a search before samples are drawn on the way: most tests take fewer in all.
const BEFORE_SAMPLES: u64 = 30_000;

/// Schedules drawn on the way.
const SAMPLES_ON_THE_WAY: u64 = 3_000;

/// Operations that the samples on the way may take.
const SAMPLE_BUDGET: u64 = 200_000;

/// Operations to look for a shorter counterexample than that of a sample.
const SHORTER_BUDGET: u64 = 300_000;

/// Operations of an execution whose stacks are looked at; those of a longer one take room and
/// time, and nobody reads them.
const MOST_CALLS: usize = 5_000;

/// A test that is run again and again.
pub(super) struct Run {
    test: Rc<dyn Fn()>,
    rules: Rules,
    exhaustive: bool,
    workers: Vec<Worker>,
    executions: u64,
    /// Why an execution was given up, if one was.
    gave_up: bool,
    /// The operation of the kernel at which samples are drawn.
    samples_at: u64,
    /// Operations that they took, which are no part of a search's budget.
    sample_steps: u64,
    /// What they found. A search may still find a shorter one.
    met: Option<Box<Failure>>,
}

impl Run {
    pub(super) fn new(test: Rc<dyn Fn()>, rules: Rules, exhaustive: bool) -> Run {
        kernel::with(|kernel| kernel.rests_matter = false);
        Run {
            test,
            rules,
            exhaustive,
            workers: Vec::new(),
            executions: 0,
            gave_up: false,
            samples_at: u64::MAX,
            sample_steps: 0,
            met: None,
        }
    }

    /// What has been done, which is not complete when an execution was given up.
    pub(super) fn explored(&self, completeness: Completeness) -> Exploration {
        let completeness = match completeness {
            Completeness::Bounded(bound) if self.gave_up => Completeness::Incomplete(Some(bound)),
            Completeness::Sampled(bound) if self.gave_up => Completeness::Incomplete(bound),
            _ if self.gave_up => Completeness::Incomplete(None),
            completeness => completeness,
        };
        Exploration {
            executions: self.executions,
            completeness,
        }
    }

    /// Has the searches that follow draw samples as soon as they turn out not to be small:
    /// what few schedules in a row find, they may come to late.
    pub(super) fn sample_on_the_way(&mut self) {
        self.samples_at = kernel::with(|kernel| kernel.steps) + BEFORE_SAMPLES;
    }

    /// What samples on the way have found.
    pub(super) fn met_on_the_way(&mut self) -> Option<Box<Failure>> {
        self.met.take()
    }

    /// Tries everything within a bound, or until the budget, in operations, is used up.
    pub(super) fn search(&mut self, bound: Option<u32>, budget: &mut u64) -> Ended {
        let search = Search::new(bound, self.exhaustive);
        let before = kernel::with(|kernel| kernel.steps);
        let ended = self.repeat(Strategy::Search(search), *budget, u64::MAX);
        let spent = kernel::with(|kernel| kernel.steps) - before;
        *budget = budget.saturating_sub(spent - std::mem::take(&mut self.sample_steps));
        if self.met.is_some() {
            *budget = (*budget).min(SHORTER_BUDGET);
        }
        ended
    }

    pub(super) fn sample(&mut self, schedules: u64) -> Ended {
        self.repeat(
            Strategy::Sample(Box::new(Sampler::new(harness::seed()))),
            u64::MAX,
            schedules.max(1),
        )
    }

    fn repeat(&mut self, strategy: Strategy, budget: u64, most: u64) -> Ended {
        let begun = self.executions;
        let mut until = kernel::with(|kernel| {
            if matches!(strategy, Strategy::Search(_)) {
                kernel.follows_rests = kernel.rests_matter;
            }
            kernel.strategy = strategy;
            kernel.rules = self.rules;
            kernel.steps.saturating_add(budget)
        });
        for _ in 0..most {
            if self.samples_are_due() {
                let taken = self.draw_samples();
                until = until.saturating_add(taken);
                if self.met.is_some() {
                    let now = kernel::with(|kernel| kernel.steps);
                    until = until.min(now + SHORTER_BUDGET);
                }
            }
            self.executions += 1;
            match self.execute() {
                Ok(()) => {}
                Err(Broken::Stopped(Stop::Diverged)) => {
                    self.abandon();
                    harness::gave_up(
                        "run twice in the same order, the code did different things (does it \
                         depend on the order of a HashMap, or on an address?)",
                    );
                    self.gave_up = true;
                    return Ended::OutOfBudget;
                }
                Err(Broken::Stopped(Stop::TooLong)) if self.rules.endless_is_legal => {
                    self.cut_short()
                }
                Err(Broken::GaveUp(_)) if self.rules.endless_is_legal => self.cut_short(),
                Err(Broken::Stopped(stop)) => return Ended::Failed(self.failure(stop)),
                Err(Broken::GaveUp(why)) => {
                    harness::gave_up(why);
                    self.gave_up = true;
                    self.cut_short();
                }
            }
            if self.rests_begin_to_matter() {
                self.executions = begun;
                continue;
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

    /// Whether somebody has seen a thread at rest for the first time, be it in a sample. Then the
    /// search begins anew, and follows who rests.
    fn rests_begin_to_matter(&self) -> bool {
        kernel::with(|kernel| {
            let begin = kernel.rests_matter && !kernel.follows_rests;
            match &mut kernel.strategy {
                Strategy::Search(search) if begin => {
                    *search = Search::new(search.bound(), self.exhaustive);
                    kernel.follows_rests = true;
                    true
                }
                _ => false,
            }
        })
    }

    /// Ends an execution that could go on. What its threads were about to do races as well.
    fn cut_short(&mut self) {
        kernel::with(kernel::Kernel::enter_blocked);
        self.abandon();
    }

    fn samples_are_due(&self) -> bool {
        kernel::with(|kernel| kernel.steps >= self.samples_at)
    }

    /// Leaves a search that is not small for a while. How many operations that took.
    fn draw_samples(&mut self) -> u64 {
        let before = kernel::with(|kernel| kernel.steps);
        self.samples_at = u64::MAX;
        let idle = Strategy::Search(Search::new(Some(0), false));
        let search = kernel::with(|kernel| std::mem::replace(&mut kernel.strategy, idle));
        let drawn = Strategy::Sample(Box::new(Sampler::new(harness::seed())));
        if let Ended::Failed(failure) = self.repeat(drawn, SAMPLE_BUDGET, SAMPLES_ON_THE_WAY) {
            self.met = Some(failure);
        }
        kernel::with(|kernel| kernel.strategy = search);
        let taken = kernel::with(|kernel| kernel.steps) - before;
        self.sample_steps += taken;
        taken
    }

    /// Runs the test once, by the kernel's strategy.
    fn execute(&mut self) -> Result<(), Broken> {
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
                Next::Stop(stop) => return Err(Broken::Stopped(stop)),
                Next::GiveUp(why) => return Err(Broken::GaveUp(why)),
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
        if let Some(counterexample) = &mut failure.counterexample {
            self.add_calls(counterexample);
        }
        failure
    }

    /// Repeats the failed execution, and adds to its steps which functions had called them.
    fn add_calls(&mut self, counterexample: &mut Json) {
        if !harness::is_active() || kernel::with(|kernel| kernel.events.len()) > MOST_CALLS {
            return;
        }
        kernel::with(|kernel| kernel.calls = Some(Box::default()));
        // Only its stacks are of interest: how it ends is known.
        let _ = self.execute();
        PAYLOAD.take();
        kernel::with(|kernel| {
            if let Some(calls) = kernel.calls.take() {
                let blocked = Plot::new(kernel).blocked();
                calls.tell(counterexample, &kernel.events, &blocked);
            }
        });
        self.abandon();
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
