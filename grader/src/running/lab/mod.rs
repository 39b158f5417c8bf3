//! The laboratory: builds subjects and runs hidden tests on them, all at once.
//!
//! Tests run while other crates are still being compiled. Those that measure time run last,
//! one after the other, with nothing beside them.

mod building;
mod clock;
mod engines;
mod gate;
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
use building::{Builder, Progress};
use clock::Clock;

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
        let broken: Mutex<Option<Error>> = Mutex::new(None);
        let mut progress: Vec<Progress> = trials.iter().map(|_| Progress::default()).collect();
        let refused: Vec<AtomicBool> = trials.iter().map(|_| AtomicBool::new(false)).collect();
        let counted: Vec<AtomicUsize> = trials.iter().map(|_| AtomicUsize::new(0)).collect();
        let told: Vec<AtomicBool> = trials.iter().map(|_| AtomicBool::new(false)).collect();
        let first = OnceLock::new();
        let ended = AtomicUsize::new(0);
        let run = |trial: usize, test: usize, executable: &PathBuf| {
            let stop = refused[trial].load(Ordering::Relaxed) || lock_of(&broken).is_some();
            if stop || self.cancel.requested() {
                return;
            }
            let when = trials[trial].stop;
            if counted[trial].load(Ordering::Relaxed) >= when.enough() {
                return on_finding(trial, test, Finding::given_up());
            }
            let kind = trials[trial].tests[test].kind;
            if when.leaves_out(kind) && told[trial].load(Ordering::Relaxed) {
                return on_finding(trial, test, Finding::left_out());
            }
            first.get_or_init(Instant::now);
            match self.run(&trials[trial], test, executable) {
                Ok(finding) => {
                    ended.fetch_add(1, Ordering::Relaxed);
                    let counts = usize::from(when.counts(finding.verdict));
                    counted[trial].fetch_add(counts, Ordering::Relaxed);
                    told[trial].fetch_or(finding.tells_a_bug(), Ordering::Relaxed);
                    on_finding(trial, test, finding);
                }
                Err(error) => drop(lock_of(&broken).get_or_insert(error)),
            }
        };
        let clock = Clock::start();
        let (finished, compile) = self.pool.in_place_scope_fifo(|scope| {
            self.builder.build(
                trials,
                &self.runs.file("cargo.log"),
                &mut progress,
                &refused,
                &|trial, kind, executable| {
                    start(scope, &trials[trial], trial, kind, executable, &run);
                },
            )
        })?;
        let mut timings = Timings {
            compile,
            tests: clock.phase(ended.swap(0, Ordering::Relaxed)),
            ..Timings::default()
        };
        // Both were at work; what cargo has not used, the tests have.
        timings.tests.wall = first.get().map_or(Duration::ZERO, Instant::elapsed);
        timings.tests.cpu = timings
            .tests
            .cpu
            .zip(compile.cpu)
            .map(|(all, cargo)| all - cargo);
        let reports = self.builder.reports(trials, &progress, finished)?;
        let clock = Clock::start();
        for (index, trial) in trials.iter().enumerate() {
            for (test, spec) in trial
                .tests
                .iter()
                .enumerate()
                .filter(|(_, test)| test.alone)
            {
                if let Some(executable) = progress[index].built.get(&spec.kind) {
                    run(index, test, executable);
                }
            }
        }
        timings.tests_alone = clock.phase(ended.into_inner());
        lock_of(&self.timings).add(timings);
        self.cancel.check()?;
        match broken.into_inner() {
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

/// Queues the tests of one executable that may run beside others.
fn start<'scope>(
    scope: &ScopeFifo<'scope>,
    trial: &Trial<'_>,
    index: usize,
    kind: Kind,
    executable: PathBuf,
    run: &'scope (impl Fn(usize, usize, &PathBuf) + Sync),
) {
    for (test, spec) in trial.tests.iter().enumerate() {
        if spec.kind == kind && !spec.alone {
            let executable = executable.clone();
            scope.spawn_fifo(move |_| run(index, test, &executable));
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
