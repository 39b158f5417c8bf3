//! Repetition: does what is right pass every time, and what is wrong fail? Real threads depend
//! on luck, so the stress tests run on the reference solutions and the alternates again and
//! again, and on each mutant those that have to catch it, each round with another seed. The
//! searches always do the same, and need no repetition.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};

use crate::building::toolchain::Toolchain;
use crate::grading::control;
use crate::grading::grade::exercises;
use crate::grading::judge;
use crate::katas::catalog::{self, Exercise, Test};
use crate::results::event::{Event, Observer};
use crate::results::options::Options;
use crate::results::repetition::{Failure, Repetition, TopicRepetition};
use crate::results::verdict::{Diagnosis, Kind};
use crate::running::lab::{Lab, Purpose, Stop, Trial};
use crate::submission::project::Project;
use crate::submission::subject::Subject;
use crate::support::cache::Cache;
use crate::support::interrupt::Cancel;

/// What is run, and what has to come out of it.
struct Repeated<'a> {
    trial: Trial<'a>,
    /// For each test, what it has to find; nothing if the subject is right.
    expected: Vec<Option<Diagnosis>>,
}

/// Repeats the stress tests of these topics, with as many seeds from that of the options on.
///
/// # Errors
///
/// A topic does not exist, an author's file is wrong or does not build, the machine or the
/// toolchain broke down, or the user interrupted the grader.
pub fn repeat(
    project: &Project,
    topics: &[String],
    rounds: NonZeroUsize,
    options: &Options,
    observer: &dyn Observer,
) -> Result<Repetition> {
    let exercises = exercises(topics)?;
    let toolchain = Toolchain::find(Cache::at(project.scratch().join("cache")).directory())?;
    let mut repeated = Vec::new();
    for exercise in &exercises {
        repeated.extend(repeated_of(exercise, options)?);
    }
    let trials: Vec<Trial<'_>> = repeated.iter().map(|it| it.trial.clone()).collect();
    let failures = Mutex::new(Vec::new());
    for round in 0..rounds.get() {
        let options = Options {
            seed: options.seed.wrapping_add(round as u64),
            ..options.clone()
        };
        let lab = Lab::open(
            project,
            &toolchain,
            &options,
            observer,
            Purpose::Verify,
            &Cancel::never(),
        )?;
        observer.on(Event::Planned {
            tests: trials.iter().map(|trial| trial.tests.len()).sum(),
        });
        let reports = lab.conduct(&trials, &|trial, test, finding| {
            let expected = repeated[trial].expected[test];
            let (trial, test) = (&trials[trial], trials[trial].tests[test]);
            let topic = &trial.subject.exercise.topic;
            let report = judge::test(&trial.subject, test, &finding);
            observer.on(Event::TestEnded {
                topic,
                test: &report,
            });
            if !report.has_found(expected) {
                let failure = Failure {
                    subject: trial.subject.label.clone(),
                    test: test.name.clone(),
                    seed: options.seed,
                    verdict: report.verdict,
                    diagnosis: report.diagnosis,
                    message: report.message,
                };
                let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                failures.push((topic.clone(), failure));
            }
        })?;
        for (trial, report) in trials.iter().zip(reports) {
            if let Some(refusal) = report.refusal {
                bail!("{} does not build:\n{refusal}", trial.subject.label);
            }
        }
    }
    let failures = failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    Ok(Repetition {
        rounds: rounds.get(),
        topics: exercises
            .iter()
            .map(|exercise| summed_up(exercise, &repeated, &failures))
            .collect(),
    })
}

fn repeated_of<'a>(exercise: &'a Exercise, options: &Options) -> Result<Vec<Repeated<'a>>> {
    let repeated = |subject, tests: Vec<(&'a Test, Option<Diagnosis>)>| {
        let (tests, expected): (Vec<_>, Vec<_>) = tests.into_iter().unzip();
        Repeated {
            trial: Trial {
                subject,
                limits: vec![control::patience(options.effort); tests.len()],
                tests,
                stop: Stop::Never,
            },
            expected,
        }
    };
    let stress = || {
        let tests = exercise.tests.iter();
        tests.filter(|test| test.kind == Kind::Stress)
    };
    let all = || stress().map(|test| (test, None)).collect();
    let mut subjects = vec![repeated(Subject::reference(exercise)?, all())];
    for alternate in catalog::alternates(&exercise.topic)? {
        subjects.push(repeated(Subject::alternate(exercise, &alternate), all()));
    }
    for mutant in catalog::mutants(exercise)? {
        let catches: Vec<_> = stress()
            .filter_map(|test| Some((test, Some(mutant.diagnosis_of(&test.name)?))))
            .collect();
        if !catches.is_empty() {
            subjects.push(repeated(Subject::mutant(exercise, &mutant), catches));
        }
    }
    Ok(subjects)
}

fn summed_up(
    exercise: &Exercise,
    repeated: &[Repeated<'_>],
    failures: &[(String, Failure)],
) -> TopicRepetition {
    let own = repeated
        .iter()
        .filter(|it| it.trial.subject.exercise.topic == exercise.topic);
    let (mutants, right): (Vec<_>, Vec<_>) =
        own.partition(|it| it.expected.iter().any(Option::is_some));
    TopicRepetition {
        topic: exercise.topic.clone(),
        subjects: right.len(),
        tests: right.first().map_or(0, |it| it.expected.len()),
        mutants: mutants.len(),
        catches: mutants.iter().map(|it| it.expected.len()).sum(),
        failures: failures
            .iter()
            .filter(|(topic, _)| *topic == exercise.topic)
            .map(|(_, failure)| failure.clone())
            .collect(),
    }
}
