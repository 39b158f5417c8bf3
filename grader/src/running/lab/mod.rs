//! The laboratory: builds subjects and runs hidden tests on them, all at once.
//!
//! Tests run while other crates are still being compiled. Those that measure time run last,
//! one after the other, with nothing beside them.

mod building;
mod clock;
mod engines;
mod gate;
mod listener;
mod trial;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Error, Result};
use rayon::{ScopeFifo, ThreadPool, ThreadPoolBuilder};

use crate::building::toolchain::Toolchain;
use crate::building::workspace::Workspace;
use crate::katas::catalog::Test;
use crate::results::event::{Event, Observer};
use crate::results::options::Options;
use crate::results::timings::Timings;
use crate::results::verdict::Kind;
use crate::running::run::{Finding, Run, Runs};
use crate::submission::project::Project;
use crate::submission::subject::Subject;
use crate::support::cache::Cache;
use crate::support::disk;
use crate::support::interrupt::{Cancel, Watch};
use building::Builder;
use clock::Clock;
use listener::Progress;

pub use trial::{BuildReport, Purpose, Stop, Trial};

/// How often a grader that waits for another one looks again.
const LOCK_TICK: Duration = Duration::from_millis(50);

/// A place to build and run in, which no other grader uses at the same time.
pub struct Lab<'a> {
    builder: Builder<'a>,
    runs: Runs,
    pool: ThreadPool,
    timings: Mutex<Timings>,
    cancel: Cancel,
    /// Released when it is dropped, which is last.
    _lock: File,
    _watch: Watch,
}

/// Called with each finding: the index of the trial, of the test in it, and what was found.
pub type OnFinding<'a> = dyn Fn(usize, usize, Finding) + Sync + 'a;

impl<'a> Lab<'a> {
    /// Opens the laboratory, as soon as no other grader is in it. What is done there ends early
    /// when `cancel` says so.
    ///
    /// # Errors
    ///
    /// The scratch directory cannot be written, or the run was cancelled.
    pub fn open(
        project: &Project,
        toolchain: &'a Toolchain,
        options: &'a Options,
        observer: &'a dyn Observer,
        purpose: Purpose,
        cancel: &Cancel,
    ) -> Result<Lab<'a>> {
        let watch = Watch::start();
        let scratch = project.scratch();
        disk::create_directory(scratch)?;
        let lock = lock(&scratch.join("lock"), observer, cancel)?;
        Cache::at(scratch.join("cache")).prune();
        let pool = ThreadPoolBuilder::new()
            .num_threads(options.jobs)
            .build()
            .context("starting threads")?;
        Ok(Lab {
            builder: Builder {
                toolchain,
                options,
                observer,
                workspace: Workspace::at(scratch.join("workspace")),
                target: scratch.join("build"),
                purpose,
                cancel: cancel.clone(),
            },
            runs: Runs::only_one_in(&scratch.join("runs"))?,
            pool,
            timings: Mutex::default(),
            cancel: cancel.clone(),
            _lock: lock,
            _watch: watch,
        })
    }

    /// Where the time of everything that was conducted has gone.
    pub fn timings(&self) -> Timings {
        *lock_of(&self.timings)
    }

    /// cargo's own report on the last build, if it was asked to write one.
    pub fn cargo_timings(&self) -> Option<PathBuf> {
        self.builder.cargo_timings()
    }

    /// Builds all subjects and runs all their tests. The result has one report for each trial;
    /// tests of a subject that did not build may have no finding.
    ///
    /// # Errors
    ///
    /// The machine or the toolchain broke down, or the run was cancelled.
    pub fn conduct(
        &self,
        trials: &[Trial<'_>],
        on_finding: &OnFinding<'_>,
    ) -> Result<Vec<BuildReport>> {
        let linked: Vec<Vec<&Test>> = trials.iter().map(|trial| self.linked(trial)).collect();
        let wanted: Vec<(&Subject<'_>, &[&Test])> = trials
            .iter()
            .zip(&linked)
            .map(|(trial, tests)| (&trial.subject, tests.as_slice()))
            .collect();
        let incremental = self.builder.purpose == Purpose::Check;
        self.builder.workspace.write(&wanted, incremental)?;
        let mut progress: Vec<Progress> = trials.iter().map(|_| Progress::default()).collect();
        let round = Round::new(self, trials, on_finding);
        let clock = Clock::start();
        let (finished, compile) = self.pool.in_place_scope_fifo(|scope| {
            let log = self.runs.file("cargo.log");
            let on_built = |trial, kind, executable| round.begin(scope, trial, kind, executable);
            let refused = &round.refused;
            self.builder
                .build(trials, &log, &mut progress, refused, &on_built)
        })?;
        let mut timings = Timings {
            compile,
            tests: clock.phase(round.ended.swap(0, Ordering::Relaxed)),
            ..Timings::default()
        };
        // Both were at work; what cargo has not used, the tests have.
        timings.tests.wall = round.first.get().map_or(Duration::ZERO, Instant::elapsed);
        timings.tests.cpu = timings
            .tests
            .cpu
            .zip(compile.cpu)
            .map(|(all, cargo)| all - cargo);
        let reports = self.builder.reports(trials, &progress, finished)?;
        let clock = Clock::start();
        round.run_alone(&progress);
        timings.tests_alone = clock.phase(round.ended.into_inner());
        lock_of(&self.timings).add(timings);
        self.cancel.check()?;
        match round.broken.into_inner() {
            Ok(Some(error)) => Err(error),
            _ => Ok(reports),
        }
    }

    /// The tests that are to be in the executables of a trial. A crate that is checked comes again
    /// after the next change, maybe with other tests to be run: then all are there, so that
    /// what has not changed is not built again.
    fn linked<'b>(&self, trial: &Trial<'b>) -> Vec<&'b Test> {
        match self.builder.purpose {
            Purpose::Verify => trial.tests.clone(),
            Purpose::Check => {
                let (kinds, all) = (trial.kinds(), &trial.subject.exercise.tests);
                all.iter().filter(|it| kinds.contains(&it.kind)).collect()
            }
        }
    }

    fn run(&self, trial: &Trial<'_>, test: usize, executable: &Path) -> Result<Finding> {
        let spec = trial.tests[test];
        let topic = &trial.subject.exercise.topic;
        self.builder.observer.on(Event::TestStarted {
            topic,
            test: &spec.name,
        });
        self.runs.run(&Run {
            executable,
            test: spec,
            seed: self.builder.options.seed,
            effort: self.builder.options.effort,
            limit: trial.limits[test],
            cancel: &self.cancel,
        })
    }
}

/// The tests of some trials, while they are run.
struct Round<'a> {
    lab: &'a Lab<'a>,
    trials: &'a [Trial<'a>],
    on_finding: &'a OnFinding<'a>,
    /// Trials that did not build.
    refused: Vec<AtomicBool>,
    /// Findings that bring a trial to its end.
    counted: Vec<AtomicUsize>,
    /// Whether a model has told a bug.
    told: Vec<AtomicBool>,
    /// When the first test began.
    first: OnceLock<Instant>,
    /// How many tests have ended.
    ended: AtomicUsize,
    /// Why a test could not be run at all.
    broken: Mutex<Option<Error>>,
}

impl<'a> Round<'a> {
    fn new(lab: &'a Lab<'a>, trials: &'a [Trial<'a>], on_finding: &'a OnFinding<'a>) -> Self {
        let flags = || trials.iter().map(|_| AtomicBool::new(false)).collect();
        Round {
            lab,
            trials,
            on_finding,
            refused: flags(),
            counted: trials.iter().map(|_| AtomicUsize::new(0)).collect(),
            told: flags(),
            first: OnceLock::new(),
            ended: AtomicUsize::new(0),
            broken: Mutex::new(None),
        }
    }

    /// Queues the tests of one executable that may run beside others.
    fn begin<'scope>(
        &'scope self,
        scope: &ScopeFifo<'scope>,
        trial: usize,
        kind: Kind,
        executable: PathBuf,
    ) {
        for (test, spec) in self.trials[trial].tests.iter().enumerate() {
            if spec.kind == kind && !spec.alone {
                let executable = executable.clone();
                scope.spawn_fifo(move |_| self.run(trial, test, &executable));
            }
        }
    }

    /// Runs the tests that nothing may run beside.
    fn run_alone(&self, progress: &[Progress]) {
        for (index, trial) in self.trials.iter().enumerate() {
            let alone = trial
                .tests
                .iter()
                .enumerate()
                .filter(|(_, test)| test.alone);
            for (test, spec) in alone {
                if let Some(executable) = progress[index].built.get(&spec.kind) {
                    self.run(index, test, executable);
                }
            }
        }
    }

    /// Runs a test, unless what is known by now makes that needless.
    fn run(&self, trial: usize, test: usize, executable: &Path) {
        let is_over =
            self.refused[trial].load(Ordering::Relaxed) || lock_of(&self.broken).is_some();
        if is_over || self.lab.cancel.requested() {
            return;
        }
        let when = self.trials[trial].stop;
        if self.counted[trial].load(Ordering::Relaxed) >= when.enough() {
            return (self.on_finding)(trial, test, Finding::given_up());
        }
        let kind = self.trials[trial].tests[test].kind;
        if when.leaves_out(kind) && self.told[trial].load(Ordering::Relaxed) {
            return (self.on_finding)(trial, test, Finding::left_out());
        }
        self.first.get_or_init(Instant::now);
        match self.lab.run(&self.trials[trial], test, executable) {
            Ok(finding) => {
                self.ended.fetch_add(1, Ordering::Relaxed);
                let counts = usize::from(when.counts(finding.verdict));
                self.counted[trial].fetch_add(counts, Ordering::Relaxed);
                self.told[trial].fetch_or(finding.tells_a_bug(), Ordering::Relaxed);
                (self.on_finding)(trial, test, finding);
            }
            Err(error) => drop(lock_of(&self.broken).get_or_insert(error)),
        }
    }
}

/// Takes the advisory lock of the scratch directory.
fn lock(path: &Path, observer: &dyn Observer, cancel: &Cancel) -> Result<File> {
    let file = disk::open_lock(path)?;
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {
                if !told {
                    observer.on(Event::WaitingForLock);
                    told = true;
                }
                cancel.check()?;
                thread::sleep(LOCK_TICK);
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("locking {}", path.display()));
            }
        }
    }
}

/// The content of a mutex, also after a panic elsewhere.
fn lock_of<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
