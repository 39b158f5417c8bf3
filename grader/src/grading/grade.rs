//! Grades: from topics and a directory of sources to finished reports.

use std::sync::Mutex;
use std::time::Instant;

use anyhow::Result;

use crate::building::toolchain::Toolchain;
use crate::grading::control::{Control, Outcome};
use crate::grading::exam::{Exam, Look};
use crate::grading::last;
use crate::katas::catalog::{self, Exercise, Test};
use crate::results::event::{Event, Observer};
use crate::results::message::Message;
use crate::results::options::Options;
use crate::results::report::{ExerciseReport, Report, SCHEMA};
use crate::results::usage::Usage;
use crate::results::verdict::Verdict;
use crate::running::lab::{BuildReport, Lab, Purpose, Stop, Trial};
use crate::running::run::Finding;
use crate::submission::project::{Project, Source};
use crate::support::cache::Cache;
use crate::support::interrupt::Cancel;

/// A learner whose crate hangs in this many tests is not kept waiting for more of the same.
const MOST_TIMEOUTS: usize = 3;

/// A test that did not pass, before it is known whether the machine is to blame.
struct Doubt {
    trial: usize,
    test: usize,
    finding: Finding,
}

/// Grades these topics, unless `cancel` ends it early.
///
/// # Errors
///
/// A topic does not exist ([`Usage`]), the machine or the toolchain broke down, or it was
/// cancelled ([`crate::support::interrupt::Interrupted`]).
pub fn check(
    project: &Project,
    source: &Source,
    topics: &[String],
    options: &Options,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<Report> {
    let started = Instant::now();
    let exercises = exercises(topics)?;
    let cache = Cache::at(project.scratch().join("cache"));
    let toolchain = Toolchain::find(cache.directory())?;
    let mut looks = Vec::new();
    for exercise in &exercises {
        let look = Look::at(exercise, source, &cache, &toolchain, options)?;
        if let Look::Settled(report) = &look {
            observer.on(Event::ExerciseEnded { exercise: report });
        }
        looks.push(look);
    }
    let open = looks.iter().filter_map(Look::exam).collect::<Vec<_>>();
    if !open.is_empty() {
        let lab = Lab::open(
            project,
            &toolchain,
            options,
            observer,
            Purpose::Check,
            cancel,
        )?;
        let control = Control::new(&cache, &toolchain, options.effort);
        let session = Session {
            lab: &lab,
            control: &control,
            exams: &open,
            observer,
            started,
        };
        session.grade()?;
    }
    let reports: Vec<ExerciseReport> = looks.into_iter().map(Look::into_report).collect();
    for report in &reports {
        last::remember(&cache, source, report);
    }
    Ok(Report {
        schema: SCHEMA.to_owned(),
        grader: env!("CARGO_PKG_VERSION").to_owned(),
        rustc: toolchain.release().to_owned(),
        seed: options.seed,
        exercises: reports,
    })
}

/// What is known about a topic without building anything: an untouched skeleton, a refusal, a
/// remembered result.
///
/// # Errors
///
/// Like [`check`].
pub fn known(
    project: &Project,
    source: &Source,
    topic: &str,
    options: &Options,
) -> Result<Option<ExerciseReport>> {
    let exercises = exercises(&[topic.to_owned()])?;
    let cache = Cache::at(project.scratch().join("cache"));
    let toolchain = Toolchain::find(cache.directory())?;
    // A bug that has been told is known, whatever else was left out.
    let options = Options {
        first_bug: true,
        ..options.clone()
    };
    let look = Look::at(&exercises[0], source, &cache, &toolchain, &options)?;
    Ok(match look {
        Look::Settled(report) => Some(*report),
        Look::Open(_) => None,
    })
}

/// These topics, each once.
///
/// # Errors
///
/// One does not exist ([`Usage`]).
pub(crate) fn exercises(topics: &[String]) -> Result<Vec<Exercise>> {
    let names = catalog::names();
    let mut exercises: Vec<Exercise> = Vec::new();
    for topic in topics {
        if !names.contains(&topic.as_str()) {
            let (topic, topics) = (
                topic.clone(),
                names.into_iter().map(str::to_owned).collect(),
            );
            return Err(Usage::NoSuchTopic { topic, topics }.into());
        }
        if !exercises.iter().any(|exercise| exercise.topic == *topic) {
            exercises.push(catalog::exercise(topic)?);
        }
    }
    Ok(exercises)
}

/// The grading of exams that need building and running.
struct Session<'a> {
    lab: &'a Lab<'a>,
    control: &'a Control<'a>,
    exams: &'a [&'a Exam<'a>],
    observer: &'a dyn Observer,
    started: Instant,
}

impl Session<'_> {
    fn grade(&self) -> Result<()> {
        let trials: Vec<Trial<'_>> = self.exams.iter().map(|exam| self.trial(exam)).collect();
        self.observer.on(Event::Planned {
            tests: trials.iter().map(|trial| trial.tests.len()).sum(),
        });
        let doubts = Mutex::new(Vec::new());
        let reports = self.lab.conduct(&trials, &|trial, test, finding| {
            let spec = trials[trial].tests[test];
            if self.stands(&trials[trial], test, &finding) {
                self.settle(self.exams[trial], spec, &finding);
            } else {
                let mut doubts = doubts
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                doubts.push(Doubt {
                    trial,
                    test,
                    finding,
                });
            }
        })?;
        let mut doubts = doubts
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        doubts.retain(|doubt| {
            let is_left_out = self.exams[doubt.trial].is_finished();
            reports[doubt.trial].refusal.is_none() && !is_left_out
        });
        self.ask_the_reference(&trials, &doubts, &reports)?;
        self.refuse(&reports);
        let again = self.resolve(&trials, doubts);
        self.run_again(&trials, &again)
    }

    fn trial<'b>(&self, exam: &'b Exam<'_>) -> Trial<'b> {
        let tests: Vec<&Test> = exam.open_tests();
        let exercise = exam.subject().exercise;
        let limits = tests
            .iter()
            .map(|test| self.control.limit(exercise, test))
            .collect();
        Trial {
            subject: exam.subject().clone(),
            tests,
            limits,
            stop: match exam.leaves_out() {
                true => Stop::OnceTold(MOST_TIMEOUTS),
                false => Stop::AfterTimeouts(MOST_TIMEOUTS),
            },
        }
    }

    /// Whether a finding is the learner's doing beyond doubt.
    fn stands(&self, trial: &Trial<'_>, test: usize, finding: &Finding) -> bool {
        if matches!(finding.verdict, Verdict::Passed | Verdict::NotRun) {
            return true;
        }
        let exercise = trial.subject.exercise;
        let is_sound = matches!(
            self.control.outcome(exercise, trial.tests[test]),
            Some(Outcome::Passed(_))
        );
        let had_time = self.control.limit(exercise, trial.tests[test]) <= trial.limits[test];
        is_sound && (finding.verdict != Verdict::TimedOut || had_time)
    }

    fn settle(&self, exam: &Exam<'_>, test: &Test, finding: &Finding) {
        let topic = &exam.subject().exercise.topic;
        let report = exam.settle(test, finding);
        self.observer.on(Event::TestEnded {
            topic,
            test: &report,
        });
        if let Some(report) = exam.finish_if_complete(self.started.elapsed()) {
            self.observer.on(Event::ExerciseEnded { exercise: &report });
        }
    }

    /// Runs the reference solution in all tests that are in doubt, and builds it where the
    /// learner's crate did not build for a reason that its source does not explain.
    fn ask_the_reference(
        &self,
        trials: &[Trial<'_>],
        doubts: &[Doubt],
        reports: &[BuildReport],
    ) -> Result<()> {
        let mut wanted: Vec<(&Exercise, Vec<&Test>)> = Vec::new();
        for (index, (trial, report)) in trials.iter().zip(reports).enumerate() {
            let exercise = trial.subject.exercise;
            let in_doubt = doubts
                .iter()
                .filter(|doubt| doubt.trial == index)
                .map(|doubt| trial.tests[doubt.test]);
            let mut tests: Vec<&Test> = in_doubt.collect();
            if report.refusal.is_some() && !report.certain {
                tests.extend(&trial.tests);
            }
            tests.retain(|test| self.control.outcome(exercise, test).is_none());
            if !tests.is_empty() {
                wanted.push((exercise, tests));
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        self.control.run(self.lab, &wanted, self.observer)
    }

    fn refuse(&self, reports: &[BuildReport]) {
        for (exam, report) in self.exams.iter().zip(reports) {
            if report.refusal.is_some() {
                // Where it was in doubt, the reference solution has been built by now.
                let build = BuildReport {
                    certain: report.certain || report.explained,
                    ..report.clone()
                };
                let report = exam.refuse(&build, self.started.elapsed());
                self.observer.on(Event::ExerciseEnded { exercise: &report });
            }
        }
    }

    /// Settles what is beyond doubt now and returns what needs a second try with more time.
    fn resolve(&self, trials: &[Trial<'_>], doubts: Vec<Doubt>) -> Vec<Doubt> {
        let mut again = Vec::new();
        for mut doubt in doubts {
            let trial = &trials[doubt.trial];
            let test = trial.tests[doubt.test];
            match self.control.outcome(trial.subject.exercise, test) {
                Some(Outcome::Passed(_)) if !self.stands(trial, doubt.test, &doubt.finding) => {
                    again.push(doubt);
                    continue;
                }
                Some(Outcome::Passed(_)) => {}
                Some(Outcome::Broken(message)) => fault(&mut doubt.finding, message),
                None => fault(&mut doubt.finding, None),
            }
            self.settle(self.exams[doubt.trial], test, &doubt.finding);
        }
        again
    }

    /// Gives tests that ran out of time as much of it as the reference solution's time entitles them to.
    fn run_again(&self, trials: &[Trial<'_>], again: &[Doubt]) -> Result<()> {
        if again.is_empty() {
            return Ok(());
        }
        self.observer.on(Event::Planned { tests: again.len() });
        // One trial for each crate: what is built of it can belong to one only.
        let mut doubted: Vec<usize> = again.iter().map(|doubt| doubt.trial).collect();
        doubted.sort_unstable();
        doubted.dedup();
        let longer: Vec<Trial<'_>> = doubted
            .iter()
            .map(|&index| {
                let first = &trials[index];
                let of_trial = again.iter().filter(|doubt| doubt.trial == index);
                let tests: Vec<&Test> = of_trial.map(|doubt| first.tests[doubt.test]).collect();
                let limit = |test: &&Test| self.control.limit(first.subject.exercise, test);
                Trial {
                    subject: first.subject.clone(),
                    limits: tests.iter().map(limit).collect(),
                    tests,
                    stop: Stop::AfterTimeouts(MOST_TIMEOUTS),
                }
            })
            .collect();
        self.lab.conduct(&longer, &|trial, test, finding| {
            let test = longer[trial].tests[test];
            self.settle(self.exams[doubted[trial]], test, &finding);
        })?;
        // Those that could not be run again keep what is known of them.
        for doubt in again {
            let (exam, test) = (
                self.exams[doubt.trial],
                trials[doubt.trial].tests[doubt.test],
            );
            if exam.result(test).is_none() {
                let mut finding = doubt.finding.clone();
                finding.verdict = Verdict::Fault;
                self.settle(exam, test, &finding);
            }
        }
        Ok(())
    }
}

/// What the reference solution cannot do either says nothing about the learner.
fn fault(finding: &mut Finding, message: Option<Message>) {
    finding.verdict = Verdict::Fault;
    finding.diagnosis = None;
    finding.counterexample = None;
    finding.location = None;
    finding.message = Some(Message::ReferenceFails(message.map(Box::new)));
}
