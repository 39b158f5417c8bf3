//! Running a test once per behaviour: bounds, budgets, and what became of it.

use std::io;
use std::panic::{self, Location};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;

use super::judge::{Judgement, judge};
use super::raw;
use super::scene::{Done, End, MAX_THREADS, Report, Scene, Settings, Side};
use super::world;
use crate::harness::{self, Effort};
use crate::outcome::{Completeness, Exploration, Failure};

/// Explores every behaviour of `test`, as [`Explore::new`] would.
///
/// # Panics
///
/// Panics with a [`Failure`] when a behaviour fails.
pub fn explore(test: impl Fn() + Send + Sync + 'static) {
    Explore::new().run(test);
}

/// How to explore a test.
#[derive(Debug, Clone)]
#[must_use = "exploring begins with `run`"]
pub struct Explore {
    required: u32,
    most: Option<u32>,
    only: Option<(Option<u32>, u64)>,
}

/// Thread switches, choices of a value and marks of atomics, after which an execution counts
/// as endless.
const MAX_BRANCHES: usize = 5_000;

impl Explore {
    /// Raises the bound on preemptions until everything was tried or the budget is used
    /// up. Passes when everything up to two preemptions was tried.
    pub fn new() -> Explore {
        Explore {
            required: 2,
            most: None,
            only: None,
        }
    }

    /// Does not raise the bound beyond this many preemptions.
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

    /// Searches under this bound alone, or without one, for fewer executions than these: for
    /// comparing searches.
    #[doc(hidden)]
    pub fn only(mut self, bound: Option<u32>, executions: u64) -> Explore {
        self.only = Some((bound, executions));
        self
    }

    /// Explores, and tells the harness how much was explored.
    ///
    /// # Panics
    ///
    /// Panics with a [`Failure`] when a behaviour fails; and outside a test program, where
    /// there is nobody to tell, when the search is incomplete.
    pub fn run(self, test: impl Fn() + Send + Sync + 'static) {
        match self.try_run(test) {
            Ok(exploration) => {
                let incomplete = matches!(exploration.completeness, Completeness::Incomplete(_));
                assert!(
                    !incomplete || harness::is_active(),
                    "the search is incomplete: {exploration:?}"
                );
                harness::explored(exploration);
            }
            Err(failure) => panic::resume_unwind(failure),
        }
    }

    /// Explores.
    ///
    /// A search that had to stop is an incomplete exploration, never a complete one; why
    /// it stopped is told to the harness.
    ///
    /// # Errors
    ///
    /// When a behaviour fails: with a counterexample under the smallest of loom's bounds that
    /// shows one.
    pub fn try_run(
        self,
        test: impl Fn() + Send + Sync + 'static,
    ) -> Result<Exploration, Box<Failure>> {
        self.search(Arc::new(test))
    }

    fn search(self, test: Test) -> Result<Exploration, Box<Failure>> {
        let mut run = Run {
            test,
            settings: Settings::default(),
            executions: 0,
            exhausted: None,
            cut: false,
            worker: None,
        };
        if let Some((bound, budget)) = self.only {
            let searched = run.search(bound.map(|bound| bound + 1), budget)?;
            return Ok(run.explored(match (searched, bound) {
                (Searched::Everything, Some(bound)) => Completeness::Bounded(bound),
                (Searched::Everything, None) if !run.cut => Completeness::Complete,
                _ => Completeness::Incomplete(None),
            }));
        }
        let (soft, hard) = budgets();
        // As soon as as many preemptions as loom's bound allows have come, loom tries no other
        // thread either where one has blocked or ended. So what it has tried is everything up
        // to one preemption less. It begins with none, to find first what needs none.
        let required = self.required.saturating_add(1);
        let most = self.most.map_or(u32::MAX, |most| most.saturating_add(1));
        for bound in 0..=most {
            let budget = if bound <= required { hard } else { soft };
            match run.search(Some(bound), budget)? {
                Searched::Everything => run.exhausted = bound.checked_sub(1),
                Searched::Part => break,
                Searched::Nothing => return Ok(run.explored(Completeness::Incomplete(None))),
            }
            if bound == required && self.most.is_none() {
                match run.search(None, soft)? {
                    Searched::Everything if run.cut => break,
                    Searched::Everything => return Ok(run.explored(Completeness::Complete)),
                    Searched::Part => {}
                    Searched::Nothing => break,
                }
            }
        }
        Ok(run.explored(match run.exhausted {
            Some(bound) if bound >= self.required => Completeness::Bounded(bound),
            bound => Completeness::Incomplete(bound),
        }))
    }
}

impl Default for Explore {
    fn default() -> Explore {
        Explore::new()
    }
}

/// Executions to spend beyond the required bound, and on each required one. Counted in
/// executions and not in seconds, so that the verdict is the same on every machine.
fn budgets() -> (u64, u64) {
    match harness::effort() {
        Effort::Quick => (4_000, 100_000),
        Effort::Normal => (15_000, 200_000),
        Effort::Thorough => (400_000, 4_000_000),
    }
}

/// How far a search came that found nothing wrong.
enum Searched {
    Everything,
    /// As far as the budget allowed.
    Part,
    /// It met something that cannot be modelled.
    Nothing,
}

impl Done {
    fn within(&self, budget: u64) -> Searched {
        match self.executions < budget {
            true => Searched::Everything,
            false => Searched::Part,
        }
    }
}

/// Behind a pointer, so that nothing of the search is compiled together with the test.
type Test = Arc<dyn Fn() + Send + Sync>;

struct Run {
    test: Test,
    settings: Settings,
    executions: u64,
    /// Everything up to so many preemptions was tried.
    exhausted: Option<u32>,
    /// Whether executions with long waits in loops were not varied to their end.
    cut: bool,
    worker: Option<Worker>,
}

impl Run {
    fn explored(&self, completeness: Completeness) -> Exploration {
        Exploration {
            executions: self.executions,
            completeness,
        }
    }

    /// Tries everything within a bound of loom's, or until the budget is used up.
    fn search(&mut self, bound: Option<u32>, budget: u64) -> Result<Searched, Box<Failure>> {
        self.settings.side = Side::Before;
        let done = match self.search_side(bound, budget)? {
            Some(done) if done.mixed => done,
            Some(done) => return Ok(done.within(budget)),
            None => return Ok(Searched::Nothing),
        };
        let Searched::Everything = done.within(budget) else {
            return Ok(Searched::Part);
        };
        self.settings.side = Side::After;
        let done = self.search_side(bound, budget)?;
        Ok(done.map_or(Searched::Nothing, |done| done.within(budget)))
    }

    /// Searches with the fences where they are now; [`None`] when it met something that cannot
    /// be modelled.
    fn search_side(
        &mut self,
        bound: Option<u32>,
        budget: u64,
    ) -> Result<Option<Done>, Box<Failure>> {
        loop {
            let scene = match self.attempt(bound, budget) {
                Ok(done) => {
                    self.executions += done.executions;
                    self.cut |= done.cut;
                    return Ok(Some(done));
                }
                Err(scene) => scene,
            };
            self.executions += scene.executions;
            if let End::Restart(settings) = scene.end {
                self.settings = settings;
                continue;
            }
            // Without a bound, there are at most as many preemptions as switches.
            let preemptions = bound.unwrap_or_else(|| scene.switches());
            return match judge(&scene, self.executions, preemptions) {
                Judgement::Restart(settings) => {
                    self.settings = settings;
                    continue;
                }
                Judgement::Beyond(reason) => {
                    harness::gave_up(reason);
                    Ok(None)
                }
                Judgement::Failed(mut failure) => {
                    failure.exploration = Some(self.explored(match self.exhausted {
                        Some(bound) => Completeness::Bounded(bound),
                        None => Completeness::Incomplete(None),
                    }));
                    Err(failure)
                }
            };
        }
    }

    /// Has loom search, on an OS thread that is kept for ever when it must not unwind.
    fn attempt(&mut self, bound: Option<u32>, budget: u64) -> Report {
        let lost = |reason: String| Err(Box::new(Scene::without_a_story(End::Beyond(reason))));
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => match Worker::start(self.test.clone()) {
                Ok(worker) => worker,
                Err(error) => return lost(format!("cannot start a thread: {error}")),
            },
        };
        let report = worker.search(Job {
            bound,
            budget,
            settings: self.settings,
        });
        if let Some(Ok(_)) = report {
            self.worker = Some(worker);
        }
        report.unwrap_or_else(|| lost("the search has died".to_owned()))
    }
}

/// What an OS thread is to search.
struct Job {
    bound: Option<u32>,
    budget: u64,
    settings: Settings,
}

/// An OS thread that searches. After a search that was broken off it is of no more use.
struct Worker {
    jobs: mpsc::Sender<Job>,
    reports: mpsc::Receiver<Report>,
}

impl Worker {
    fn start(test: Test) -> io::Result<Worker> {
        let (jobs, orders) = mpsc::channel::<Job>();
        let (answers, reports) = mpsc::channel();
        thread::Builder::new()
            .name("search".to_owned())
            .spawn(move || {
                for job in orders {
                    let test = test.clone();
                    world::settle(job.settings, answers.clone());
                    loom(&job).check(move || execute(&*test));
                    // Nobody listens any more when the process is about to end.
                    let _ = answers.send(Ok(world::done()));
                }
            })?;
        Ok(Worker { jobs, reports })
    }

    /// `None` when the thread has died without a word.
    fn search(&self, job: Job) -> Option<Report> {
        self.jobs.send(job).ok()?;
        self.reports.recv().ok()
    }
}

fn loom(job: &Job) -> loom::model::Builder {
    let mut builder = loom::model::Builder::new();
    builder.max_branches = MAX_BRANCHES;
    builder.max_threads = MAX_THREADS;
    builder.preemption_bound = job.bound.map(|bound| bound as usize);
    // loom looks at its limit only at checkpoints, and stops before the execution that
    // bears its number.
    builder.checkpoint_interval = 1;
    let last = usize::try_from(job.budget).unwrap_or(usize::MAX);
    builder.max_permutations = Some(last.saturating_add(1));
    builder.max_duration = None;
    builder.checkpoint_file = None;
    builder.expect_explicit_explore = false;
    builder.location = false;
    builder.log = false;
    builder
}

/// One execution.
fn execute(test: &dyn Fn()) {
    world::begin();
    raw::begin(Location::caller());
    let result = raw::catch(test);
    raw::drop_locals();
    if let Err(payload) = result {
        world::abandon(match payload.downcast::<Failure>() {
            Ok(failure) => End::Failed(*failure),
            Err(_) => End::Panicked(harness::last_panic()),
        });
    }
}
