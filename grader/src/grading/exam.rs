//! One exercise while it is being graded: what is known before anything is built, what is found
//! out, what is remembered.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use anyhow::Result;

use crate::building::toolchain::Toolchain;
use crate::grading::judge::{self, is_asked_for};
use crate::katas::catalog::{self, Exercise, Test};
use crate::katas::embedded;
use crate::katas::skeleton;
use crate::results::options::Options;
use crate::results::refusal::Refusal;
use crate::results::report::{ExerciseReport, TestReport};
use crate::results::verdict::{Kind, Status, Verdict};
use crate::running::lab::BuildReport;
use crate::running::run::Finding;
use crate::submission::intake::{self, Intake};
use crate::submission::policy::{self, Examined};
use crate::submission::project::Source;
use crate::submission::subject::Subject;
use crate::submission::unwritten;
use crate::support::cache::{Cache, Key};
use crate::support::fingerprint::fingerprint;

/// What a first look at an exercise tells.
pub enum Look<'a> {
    /// Everything.
    Settled(Box<ExerciseReport>),
    /// Some tests have to be run.
    Open(Box<Exam<'a>>),
}

/// An exercise that is being graded.
pub struct Exam<'a> {
    subject: Subject<'a>,
    cache: &'a Cache,
    keys: BTreeMap<Kind, Key>,
    build_key: Key,
    /// Stress tests are left out once a model has told a bug.
    leaves_out: bool,
    /// Only the tests of these names are run and reported; all if there are none.
    asked: Vec<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tests: BTreeMap<String, TestReport>,
    report: Option<ExerciseReport>,
    build: Option<BuildReport>,
}

impl<'a> Look<'a> {
    /// Takes the sources in and finds out what can be told without building them.
    ///
    /// # Errors
    ///
    /// The disk cannot be read.
    pub fn at(
        exercise: &'a Exercise,
        source: &Source,
        cache: &'a Cache,
        toolchain: &Toolchain,
        options: &Options,
    ) -> Result<Look<'a>> {
        let display = source.display(&exercise.topic);
        let settled = |status, refusal| {
            let mut report = judge::nothing_run(exercise, status, refusal);
            report.source.clone_from(&display);
            Ok(Look::Settled(Box::new(judge::only(report, &options.tests))))
        };
        let files = match intake::take(source, &exercise.topic)? {
            Intake::Taken(files) => files,
            Intake::Unusable(refusal) => return settled(Status::BuildFailed, Some(refusal)),
            Intake::Forbidden(refusal) => return settled(Status::Forbidden, Some(refusal)),
        };
        if catalog::skeleton(&exercise.topic).is_some_and(|it| skeleton::is_untouched(&files, &it))
        {
            return settled(Status::Pending, None);
        }
        let (files, unmodelled) = match policy::examine(&files, &display)? {
            Examined::Graded { files, unmodelled } => (files, unmodelled),
            Examined::Forbidden(items) => {
                return settled(Status::Forbidden, Some(Refusal::Forbidden(items)));
            }
        };
        if let Some(refusal) = unwritten::constructor(&files, &display) {
            return settled(Status::Failed, Some(refusal));
        }
        let mut subject = Subject::learner(exercise, files, display.clone());
        subject.sources.unmodelled = unmodelled;
        Ok(Exam::new(subject, cache, toolchain, options).into_look())
    }

    /// The exam, if there is something to run.
    pub fn exam(&self) -> Option<&Exam<'a>> {
        match self {
            Look::Open(exam) => Some(exam),
            Look::Settled(_) => None,
        }
    }

    /// The report, after everything has been run.
    pub fn into_report(self) -> ExerciseReport {
        match self {
            Look::Settled(report) => *report,
            Look::Open(exam) => exam.report(),
        }
    }
}

impl<'a> Exam<'a> {
    /// An exam with the results that are remembered.
    pub fn new(
        subject: Subject<'a>,
        cache: &'a Cache,
        toolchain: &Toolchain,
        options: &Options,
    ) -> Exam<'a> {
        let keys = Kind::ALL
            .into_iter()
            .filter_map(|kind| Some((kind, key(&subject, kind, toolchain, options)?)))
            .collect::<BTreeMap<_, _>>();
        let build_key = build_key(&keys, options);
        let mut state = State::default();
        if options.cache {
            for key in keys.values() {
                let mut remembered: Vec<TestReport> = cache.load(key).unwrap_or_default();
                remembered.retain(|test| options.first_bug || lasts(test));
                state
                    .tests
                    .extend(remembered.into_iter().map(|test| (test.name.clone(), test)));
            }
        }
        let mut exam = Exam {
            subject,
            cache,
            keys,
            build_key,
            leaves_out: options.first_bug,
            asked: options.tests.clone(),
            state: Mutex::new(state),
        };
        exam.refresh();
        let build: Option<BuildReport> =
            options.cache.then(|| cache.load(&exam.build_key)).flatten();
        exam.state().build.clone_from(&build);
        match build {
            Some(build) if build.refusal.is_some() => drop(exam.refuse(&build, Duration::ZERO)),
            _ => drop(exam.finish_if_complete(Duration::ZERO)),
        }
        if let Some(report) = &mut exam.state().report {
            report.cached = true;
        }
        exam
    }

    /// The graded crate.
    pub fn subject(&self) -> &Subject<'a> {
        &self.subject
    }

    /// The tests whose results are not known yet.
    pub fn open_tests(&self) -> Vec<&'a Test> {
        let state = self.state();
        self.asked_for()
            .filter(|test| !state.tests.contains_key(&test.name))
            .collect()
    }

    /// The tests that are run and reported.
    fn asked_for(&self) -> impl Iterator<Item = &'a Test> {
        let tests = self.subject.exercise.tests.iter();
        tests.filter(|test| is_asked_for(&self.asked, &test.name))
    }

    /// Whether everything is known.
    pub fn is_finished(&self) -> bool {
        self.state().report.is_some()
    }

    /// The result of a test, if it is known.
    pub fn result(&self, test: &Test) -> Option<TestReport> {
        self.state().tests.get(&test.name).cloned()
    }

    /// Takes the result of a test.
    pub fn settle(&self, test: &Test, finding: &Finding) -> TestReport {
        let report = judge::test(&self.subject, test, finding);
        self.state().tests.insert(test.name.clone(), report.clone());
        report
    }

    /// Whether stress tests are left out once a model has told a bug.
    pub fn leaves_out(&self) -> bool {
        self.leaves_out
    }

    /// Closes the exam when all results are known that count, and remembers them.
    pub fn finish_if_complete(&self, time: Duration) -> Option<ExerciseReport> {
        let told = self.leaves_out && self.has_told();
        let is_left_out = |test: &Test| told && test.kind == Kind::Stress;
        let open = self.open_tests();
        if self.is_finished() || !open.into_iter().all(is_left_out) {
            return None;
        }
        // Also one that was run by then: which of them were is chance.
        let result = |test: &Test| match is_left_out(test) {
            true => Some(judge::test(&self.subject, test, &Finding::left_out())),
            false => self.result(test),
        };
        let tests = self.asked_for().filter_map(result).collect();
        if time > Duration::ZERO {
            self.remember();
        }
        Some(self.close(judge::all_run(self.subject.exercise, tests), time))
    }

    /// Whether a model has told a bug, step by step.
    fn has_told(&self) -> bool {
        self.state().tests.values().any(|test| {
            test.verdict == Verdict::Failed
                && test.diagnosis.is_some()
                && !test.story.trace.is_empty()
        })
    }

    /// Closes the exam because the crate did not build.
    pub fn refuse(&self, build: &BuildReport, time: Duration) -> ExerciseReport {
        if build.certain && time > Duration::ZERO {
            self.cache.store(&self.build_key, build);
        }
        let status = if build.forbidden {
            Status::Forbidden
        } else {
            Status::BuildFailed
        };
        let report = judge::nothing_run(self.subject.exercise, status, build.refusal.clone());
        self.close(report, time)
    }

    /// Remembers what building told.
    pub fn remember_build(&self, build: &BuildReport) {
        self.state().build = Some(build.clone());
        if build.refusal.is_none() || build.certain {
            self.cache.store(&self.build_key, build);
        }
    }

    /// What building told, now or on an earlier day.
    pub fn remembered_build(&self) -> Option<BuildReport> {
        self.state().build.clone()
    }

    /// Remembers those results that will be the same next time; and beside a bug that has been
    /// told, all of them, for whoever asks for that bug only.
    pub fn remember(&self) {
        let told = self.leaves_out && self.has_told();
        let state = self.state();
        for (kind, key) in &self.keys {
            let of_kind = state.tests.values().filter(|test| test.kind == *kind);
            let lasting: Vec<&TestReport> = of_kind
                .filter(|test| lasts(test) || (told && test.verdict != Verdict::NotRun))
                .collect();
            if !lasting.is_empty() {
                self.cache.store(key, &lasting);
            }
        }
    }

    fn report(self) -> ExerciseReport {
        let exercise = self.subject.exercise;
        let state = self
            .state
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        state
            .report
            .unwrap_or_else(|| judge::nothing_run(exercise, Status::Fault, None))
    }

    fn close(&self, report: ExerciseReport, time: Duration) -> ExerciseReport {
        let report = ExerciseReport {
            seconds: time.as_secs_f64(),
            source: self.subject.sources.display.clone(),
            sources: self.subject.sources.by_shown_name(),
            unmodelled: self.subject.sources.unmodelled.clone(),
            ..judge::only(report, &self.asked)
        };
        self.state().report = Some(report.clone());
        report
    }

    fn into_look(self) -> Look<'a> {
        if self.is_finished() {
            Look::Settled(Box::new(self.report()))
        } else {
            Look::Open(Box::new(self))
        }
    }

    /// Claims and points are no part of the question, so remembered ones may be out of date.
    fn refresh(&mut self) {
        let exercise = self.subject.exercise;
        let mut state = self.state();
        state
            .tests
            .retain(|name, _| exercise.tests.iter().any(|test| test.name == *name));
        for test in &exercise.tests {
            if let Some(report) = state.tests.get_mut(&test.name) {
                report.claim.clone_from(&test.claim);
                report.max_points = test.points;
                report.points = if report.verdict == Verdict::Passed {
                    test.points
                } else {
                    0.0
                };
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Whether the same question gets this answer again, however busy the machine is.
fn lasts(test: &TestReport) -> bool {
    let lasting = [Verdict::Passed, Verdict::Failed, Verdict::Crashed];
    lasting.contains(&test.verdict)
}

/// The question that the tests of one kind answer.
fn key(subject: &Subject<'_>, kind: Kind, toolchain: &Toolchain, options: &Options) -> Option<Key> {
    let exercise = subject.exercise;
    let suite = catalog::suite(&exercise.topic, kind)?;
    let parts = [
        "tests".to_owned(),
        embedded::grader().to_owned(),
        toolchain.version.clone(),
        exercise.topic.clone(),
        kind.name().to_owned(),
        fingerprint([suite]),
        exercise.allow.join(" "),
        format!("{:?} {}", options.effort, options.seed),
        subject.sources.display.display().to_string(),
    ];
    let files = &subject.sources.files;
    let sources = files
        .iter()
        .flat_map(|(name, text)| [name.clone(), text.clone()]);
    Some(Key::new(parts.into_iter().chain(sources)))
}

/// The question whether the crate builds: that of all its tests.
fn build_key(keys: &BTreeMap<Kind, Key>, options: &Options) -> Key {
    let parts = keys.values().flat_map(Key::parts).cloned();
    let color = if options.color { "colors" } else { "plain" };
    Key::new(
        ["build".to_owned(), color.to_owned()]
            .into_iter()
            .chain(parts),
    )
}
