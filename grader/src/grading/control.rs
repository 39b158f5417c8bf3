//! The reference solution as a control: what it cannot do on this machine, nobody can.
//!
//! It is built and run only when a learner's test does not pass, and what it has passed is
//! remembered for as long as toolchain, suite and grader stay the same.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::building::toolchain::Toolchain;
use crate::katas::catalog::{self, Exercise, Test};
use crate::katas::embedded;
use crate::results::event::{Event, Observer};
use crate::results::message::Message;
use crate::results::verdict::{Effort, Kind, Verdict};
use crate::running::lab::{Lab, Stop, Trial};
use crate::running::run::Finding;
use crate::submission::subject::Subject;
use crate::support::cache::{Cache, Key};
use crate::support::fingerprint::fingerprint;

/// A test may always take this long.
const FLOOR: Duration = Duration::from_secs(10);
/// With the greatest effort, this long.
const THOROUGH_FLOOR: Duration = Duration::from_secs(120);
/// How much longer than the reference solution's a learner's test may take.
const MULTIPLE: f64 = 10.0;
/// How many times longer than the floor a test of the grader's own code may take.
const PATIENCE: u32 = 12;

/// How the reference solution fares on this machine.
#[derive(Debug)]
pub struct Control<'a> {
    cache: &'a Cache,
    toolchain: &'a Toolchain,
    effort: Effort,
    outcomes: Mutex<HashMap<(String, String), Outcome>>,
}

/// How it fared in one test.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It passed, in so many seconds.
    Passed(f64),
    /// It did not; the text says how.
    Broken(Option<Message>),
}

/// The time that any test may take.
fn floor(effort: Effort) -> Duration {
    match effort {
        Effort::Quick | Effort::Normal => FLOOR,
        Effort::Thorough => THOROUGH_FLOOR,
    }
}

/// The time that a test may take where the code under test is the grader's own, and the
/// machine alone can make it slow.
pub fn patience(effort: Effort) -> Duration {
    floor(effort) * PATIENCE
}

impl<'a> Control<'a> {
    /// A control that remembers in this cache.
    pub fn new(cache: &'a Cache, toolchain: &'a Toolchain, effort: Effort) -> Control<'a> {
        Control {
            cache,
            toolchain,
            effort,
            outcomes: Mutex::default(),
        }
    }

    /// How the reference solution fared in a test, if that is known.
    pub fn outcome(&self, exercise: &Exercise, test: &Test) -> Option<Outcome> {
        let mut outcomes = self.outcomes();
        let place = (exercise.topic.clone(), test.name.clone());
        if !outcomes.contains_key(&place) {
            for (name, seconds) in self.remembered(exercise, test.kind) {
                let place = (exercise.topic.clone(), name);
                outcomes.entry(place).or_insert(Outcome::Passed(seconds));
            }
        }
        outcomes.get(&place).cloned()
    }

    /// The time that a learner's test may take, as far as is known.
    pub fn limit(&self, exercise: &Exercise, test: &Test) -> Duration {
        match self.outcome(exercise, test) {
            Some(Outcome::Passed(seconds)) => self.limit_after(seconds),
            _ => floor(self.effort),
        }
    }

    /// Runs the reference solution in these tests.
    ///
    /// # Errors
    ///
    /// It cannot be built here, which no learner can help, or the user interrupted the grader.
    pub fn run(
        &self,
        lab: &Lab<'_>,
        wanted: &[(&Exercise, Vec<&Test>)],
        observer: &dyn Observer,
    ) -> Result<()> {
        let mut trials = Vec::new();
        for (exercise, tests) in wanted {
            observer.on(Event::ControlStarted {
                topic: &exercise.topic,
            });
            trials.push(Trial {
                subject: Subject::reference(exercise)?,
                tests: tests.clone(),
                limits: vec![patience(self.effort); tests.len()],
                stop: Stop::Never,
            });
        }
        let reports = lab.conduct(&trials, &|trial, test, finding| {
            let trial = &trials[trial];
            let place = (
                trial.subject.exercise.topic.clone(),
                trial.tests[test].name.clone(),
            );
            self.outcomes().insert(place, outcome(finding));
        })?;
        for (trial, report) in trials.iter().zip(reports) {
            if let Some(refusal) = report.refusal {
                let topic = &trial.subject.exercise.topic;
                bail!(
                    "the reference solution of `{topic}` does not build on this machine:\n{refusal}"
                );
            }
            for kind in Kind::ALL {
                self.remember(trial.subject.exercise, kind);
            }
        }
        Ok(())
    }

    fn limit_after(&self, seconds: f64) -> Duration {
        floor(self.effort).max(Duration::from_secs_f64(seconds * MULTIPLE))
    }

    fn remembered(&self, exercise: &Exercise, kind: Kind) -> HashMap<String, f64> {
        self.key(exercise, kind)
            .and_then(|key| self.cache.load(&key))
            .unwrap_or_default()
    }

    /// Remembers what was passed; what was not may have been a bad moment.
    fn remember(&self, exercise: &Exercise, kind: Kind) {
        let mut passed = self.remembered(exercise, kind);
        let before = passed.len();
        for test in exercise.tests.iter().filter(|test| test.kind == kind) {
            let place = (exercise.topic.clone(), test.name.clone());
            if let Some(Outcome::Passed(seconds)) = self.outcomes().get(&place) {
                passed.insert(test.name.clone(), *seconds);
            }
        }
        if passed.len() > before
            && let Some(key) = self.key(exercise, kind)
        {
            self.cache.store(&key, &passed);
        }
    }

    fn key(&self, exercise: &Exercise, kind: Kind) -> Option<Key> {
        let reference = catalog::reference(&exercise.topic).ok()?;
        let texts = reference
            .iter()
            .flat_map(|(name, text)| [name.as_str(), text]);
        let suite = catalog::suite(&exercise.topic, kind)?;
        Some(Key::new([
            "control",
            embedded::grader(),
            &self.toolchain.version,
            &exercise.topic,
            kind.name(),
            &fingerprint([suite]),
            &fingerprint(texts),
            &exercise.allow.join(" "),
            &format!("{:?}", self.effort),
        ]))
    }

    fn outcomes(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Outcome>> {
        self.outcomes
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn outcome(finding: Finding) -> Outcome {
    match finding.verdict {
        Verdict::Passed => Outcome::Passed(finding.seconds),
        _ => Outcome::Broken(finding.message),
    }
}
