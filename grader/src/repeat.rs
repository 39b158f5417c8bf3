//! Repetition: does what is right pass every time? Real threads depend on luck, so the stress
//! tests run on the reference solutions and the alternates again and again, each round with
//! another seed. The searches always do the same, and need no repetition.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};

use crate::cache::Cache;
use crate::catalog::{self, Exercise, Test};
use crate::control;
use crate::event::{Event, Observer};
use crate::grade::{Options, exercises};
use crate::judge;
use crate::lab::{Lab, Purpose, Stop, Trial};
use crate::messages::engine as say;
use crate::project::Project;
use crate::subject::Subject;
use crate::toolchain::Toolchain;
use crate::verdict::{Kind, Verdict};

/// What was found out.
#[derive(Debug, Clone)]
pub struct Repetition {
    pub rounds: usize,
    pub topics: Vec<TopicRepetition>,
}

/// The stress tests of one topic.
#[derive(Debug, Clone)]
pub struct TopicRepetition {
    pub topic: String,
    /// The reference solution and the alternates.
    pub subjects: usize,
    pub tests: usize,
    pub failures: Vec<Failure>,
}

/// One run that did not pass.
#[derive(Debug, Clone)]
pub struct Failure {
    /// `reference` or `alternate-…`
    pub subject: String,
    pub test: String,
    pub seed: u64,
    pub verdict: Verdict,
    pub message: Option<String>,
}

impl Repetition {
    /// Whether every run passed.
    pub fn ok(&self) -> bool {
        self.failures() == 0
    }

    /// How many runs did not pass.
    pub fn failures(&self) -> usize {
        self.topics.iter().map(|topic| topic.failures.len()).sum()
    }

    /// How many runs there were.
    pub fn runs(&self) -> usize {
        let of_topic = |topic: &TopicRepetition| topic.subjects * topic.tests * self.rounds;
        self.topics.iter().map(of_topic).sum()
    }
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
    let mut trials = Vec::new();
    for exercise in &exercises {
        trials.extend(trials_of(exercise, options)?);
    }
    let failures = Mutex::new(Vec::new());
    for round in 0..rounds.get() {
        let options = Options {
            seed: options.seed.wrapping_add(round as u64),
            ..options.clone()
        };
        let lab = Lab::open(project, &toolchain, &options, observer, Purpose::Verify)?;
        observer.on(Event::Planned {
            tests: trials.iter().map(|trial| trial.tests.len()).sum(),
        });
        let reports = lab.conduct(&trials, &|trial, test, finding| {
            let (trial, test) = (&trials[trial], trials[trial].tests[test]);
            let topic = &trial.subject.exercise.topic;
            observer.on(Event::TestEnded {
                topic,
                test: &judge::test(&trial.subject, test, &finding),
            });
            if finding.verdict != Verdict::Passed {
                let failure = Failure {
                    subject: trial.subject.label.clone(),
                    test: test.name.clone(),
                    seed: options.seed,
                    verdict: finding.verdict,
                    message: finding.message,
                };
                let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                failures.push((topic.clone(), failure));
            }
        })?;
        for (trial, report) in trials.iter().zip(reports) {
            if let Some(refusal) = report.refusal {
                bail!(
                    "{}: {}",
                    trial.subject.label,
                    say::subject_does_not_build(&refusal)
                );
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
            .map(|exercise| summed_up(exercise, &trials, &failures))
            .collect(),
    })
}

fn trials_of<'a>(exercise: &'a Exercise, options: &Options) -> Result<Vec<Trial<'a>>> {
    let is_stress = |test: &&Test| test.kind == Kind::Stress;
    let tests: Vec<&Test> = exercise.tests.iter().filter(is_stress).collect();
    let alternates = catalog::alternates(&exercise.topic)?;
    let mut subjects = vec![Subject::reference(exercise)?];
    subjects.extend(
        alternates
            .iter()
            .map(|alternate| Subject::alternate(exercise, alternate)),
    );
    let trial = |subject| Trial {
        subject,
        tests: tests.clone(),
        limits: vec![control::patience(options.effort); tests.len()],
        stop: Stop::Never,
    };
    Ok(subjects.into_iter().map(trial).collect())
}

fn summed_up(
    exercise: &Exercise,
    trials: &[Trial<'_>],
    failures: &[(String, Failure)],
) -> TopicRepetition {
    let of_topic = |trial: &&Trial<'_>| trial.subject.exercise.topic == exercise.topic;
    let own: Vec<&Trial<'_>> = trials.iter().filter(of_topic).collect();
    TopicRepetition {
        topic: exercise.topic.clone(),
        subjects: own.len(),
        tests: own.first().map_or(0, |trial| trial.tests.len()),
        failures: failures
            .iter()
            .filter(|(topic, _)| *topic == exercise.topic)
            .map(|(_, failure)| failure.clone())
            .collect(),
    }
}
