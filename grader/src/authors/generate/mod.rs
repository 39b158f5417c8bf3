//! Mutation testing of the hidden suites: wrong programs that nobody has thought of are made
//! from the reference solution by small changes, and every one has to be caught by some test.
//!
//! * [`operators`]: the changes, with the `values` that bodies are replaced with;
//! * [`equivalents`]: the list of those that no test can catch.
//!
//! The tests of one kind run on all mutants before those of the next: most mutants are caught
//! by the search, and need not be built for the others.

pub mod equivalents;
pub mod operators;
mod values;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::building::toolchain::Toolchain;
use crate::grading::control::{Control, Outcome};
use crate::grading::grade::exercises;
use crate::grading::judge;
use crate::katas::catalog::{self, Exercise, Files, Test};
use crate::katas::embedded;
use crate::results::event::{Event, Observer};
use crate::results::matrix::Problem;
use crate::results::options::Options;
use crate::results::survey::{Fate, Generated, Survey, TopicSurvey};
use crate::results::verdict::Kind;
use crate::running::lab::{BuildReport, Lab, Purpose, Stop, Trial};
use crate::running::run::Finding;
use crate::submission::project::Project;
use crate::submission::subject::Subject;
use crate::support::cache::{Cache, Key};
use crate::support::fingerprint::fingerprint;
use crate::support::interrupt::Cancel;
use equivalents::Equivalent;

/// Those that find most in the shortest time come first.
const KINDS: [Kind; 3] = [Kind::Model, Kind::Loom, Kind::Stress];
/// Every test may take this long. Many mutants hang, so it is short.
const FLOOR: Duration = Duration::from_secs(5);
/// How much longer than the reference solution a mutant may take.
const MULTIPLE: f64 = 10.0;

/// A mutant while it is being tested.
struct Candidate<'a> {
    exercise: &'a Exercise,
    mutant: Generated,
    subject: Subject<'a>,
    key: Key,
    fate: Mutex<Option<Fate>>,
}

/// Generates mutants of these topics and tests those whose name contains `asked`.
///
/// # Errors
///
/// A topic does not exist, an author's file is wrong, a reference solution does not pass, the
/// machine or the toolchain broke down, or the user interrupted the grader.
pub fn generate(
    project: &Project,
    topics: &[String],
    asked: &str,
    options: &Options,
    observer: &dyn Observer,
) -> Result<Survey> {
    let exercises = exercises(topics)?;
    let cache = Cache::at(project.scratch().join("cache"));
    let toolchain = Toolchain::find(cache.directory())?;
    let mut candidates = Vec::new();
    for exercise in &exercises {
        candidates.extend(candidates_of(exercise, asked, &toolchain, options)?);
    }
    if options.cache {
        for candidate in &mut candidates {
            candidate.fate = Mutex::new(cache.load(&candidate.key));
        }
    }
    if candidates.iter().any(Candidate::is_open) {
        let lab = Lab::open(
            project,
            &toolchain,
            options,
            observer,
            Purpose::Verify,
            &Cancel::never(),
        )?;
        for exercise in &exercises {
            let open: Vec<&Candidate<'_>> = candidates
                .iter()
                .filter(|it| it.exercise.topic == exercise.topic && it.is_open())
                .collect();
            if !open.is_empty() {
                let control = Control::new(&cache, &toolchain, options.effort);
                for kind in KINDS {
                    test(&lab, kind, &open, &control, &cache, observer)?;
                }
                for candidate in open {
                    candidate.settle(Fate::Missed);
                    candidate.remember(&cache);
                }
            }
        }
    }
    let topics = exercises
        .iter()
        .map(|exercise| survey(exercise, asked, &candidates))
        .collect::<Result<_>>()?;
    Ok(Survey { topics })
}

fn candidates_of<'a>(
    exercise: &'a Exercise,
    asked: &str,
    toolchain: &Toolchain,
    options: &Options,
) -> Result<Vec<Candidate<'a>>> {
    let files = catalog::reference(&exercise.topic)?;
    let mutants = operators::mutants(&files["lib.rs"])?;
    Ok(mutants
        .into_iter()
        .enumerate()
        .filter(|(_, mutant)| mutant.name().contains(asked))
        .map(|(number, mutant)| {
            let mut files: Files = files.clone();
            files.insert("lib.rs".to_owned(), mutant.text.clone());
            Candidate {
                exercise,
                subject: Subject::generated(exercise, number, files),
                key: key(exercise, &mutant, toolchain, options),
                mutant,
                fate: Mutex::default(),
            }
        })
        .collect())
}

/// Runs the tests of one kind on those that have survived so far.
fn test(
    lab: &Lab<'_>,
    kind: Kind,
    open: &[&Candidate<'_>],
    control: &Control<'_>,
    cache: &Cache,
    observer: &dyn Observer,
) -> Result<()> {
    let alive: Vec<&Candidate<'_>> = open.iter().copied().filter(|it| it.is_open()).collect();
    let Some(exercise) = alive.first().map(|candidate| candidate.exercise) else {
        return Ok(());
    };
    let tests: Vec<&Test> = exercise
        .tests
        .iter()
        .filter(|test| test.kind == kind)
        .collect();
    let limits = limits(exercise, &tests, control, lab, observer)?;
    let trials: Vec<Trial<'_>> = alive
        .iter()
        .map(|candidate| Trial {
            subject: candidate.subject.clone(),
            tests: tests.clone(),
            limits: limits.clone(),
            stop: Stop::WhenCaught,
        })
        .collect();
    observer.on(Event::Planned {
        tests: trials.len() * tests.len(),
    });
    let reports = lab.conduct(&trials, &|trial, test, finding| {
        let report = judge::test(&alive[trial].subject, tests[test], &finding);
        observer.on(Event::TestEnded {
            topic: &exercise.topic,
            test: &report,
        });
        alive[trial].found(tests[test], &finding);
    })?;
    for (candidate, report) in alive.iter().zip(&reports) {
        candidate.built(report);
        candidate.remember(cache);
    }
    Ok(())
}

/// How long each test may take, by what the reference solution takes, which has to pass it.
fn limits(
    exercise: &Exercise,
    tests: &[&Test],
    control: &Control<'_>,
    lab: &Lab<'_>,
    observer: &dyn Observer,
) -> Result<Vec<Duration>> {
    let mut unknown = tests.to_vec();
    unknown.retain(|test| control.outcome(exercise, test).is_none());
    if !unknown.is_empty() {
        control.run(lab, &[(exercise, unknown)], observer)?;
    }
    tests
        .iter()
        .map(|test| match control.outcome(exercise, test) {
            Some(Outcome::Passed(seconds)) => {
                Ok(FLOOR.max(Duration::from_secs_f64(seconds * MULTIPLE)))
            }
            outcome => {
                let why = match outcome {
                    Some(Outcome::Broken(Some(message))) => format!(": {message}"),
                    _ => String::new(),
                };
                let (topic, test) = (&exercise.topic, &test.name);
                bail!("the reference solution of `{topic}` does not pass {test} here{why}")
            }
        })
        .collect()
}

impl Candidate<'_> {
    fn is_open(&self) -> bool {
        self.fate().is_none()
    }

    fn found(&self, test: &Test, finding: &Finding) {
        if finding.verdict.is_caught() {
            self.settle(Fate::Caught {
                by: test.name.clone(),
                verdict: finding.verdict,
            });
        }
    }

    fn built(&self, report: &BuildReport) {
        if report.refusal.is_some() {
            self.settle(Fate::Unviable);
        }
    }

    /// What is found first, counts.
    fn settle(&self, fate: Fate) {
        self.fate().get_or_insert(fate);
    }

    fn remember(&self, cache: &Cache) {
        if let Some(fate) = &*self.fate() {
            cache.store(&self.key, fate);
        }
    }

    fn fate(&self) -> std::sync::MutexGuard<'_, Option<Fate>> {
        self.fate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known of a topic in the end, with the author's list taken into account.
fn survey(exercise: &Exercise, asked: &str, candidates: &[Candidate<'_>]) -> Result<TopicSurvey> {
    let fates = candidates
        .iter()
        .filter(|candidate| candidate.exercise.topic == exercise.topic)
        .map(|it| (it.mutant.clone(), it.fate().clone().unwrap_or(Fate::Missed)));
    let mut list = equivalents::of(&exercise.topic)?;
    list.retain(|entry| entry.mutant.contains(asked));
    Ok(accounted(&exercise.topic, fates.collect(), &list))
}

fn accounted(topic: &str, mut mutants: Vec<(Generated, Fate)>, list: &[Equivalent]) -> TopicSurvey {
    let mut problems = Vec::new();
    for entry in list {
        let mut is_there = false;
        let mut survives = false;
        for (_, fate) in mutants.iter_mut().filter(|(mutant, _)| entry.is(mutant)) {
            is_there = true;
            if *fate == Fate::Missed {
                survives = true;
                let reason = entry.reason.clone();
                *fate = Fate::Equivalent { reason };
            }
        }
        let (mutant, line) = (entry.mutant.clone(), entry.line.clone());
        if !is_there {
            problems.push(Problem::NoSuchEquivalent { mutant, line });
        } else if !survives {
            problems.push(Problem::NotEquivalent { mutant, line });
        }
    }
    TopicSurvey {
        topic: topic.to_owned(),
        mutants,
        problems,
    }
}

/// The question that the fate of a mutant answers.
fn key(exercise: &Exercise, mutant: &Generated, toolchain: &Toolchain, options: &Options) -> Key {
    let topic = &exercise.topic;
    let suites = KINDS.iter().filter_map(|kind| catalog::suite(topic, *kind));
    Key::new([
        "generated",
        embedded::grader(),
        &toolchain.version,
        topic,
        &fingerprint(suites),
        &exercise.allow.join(" "),
        &format!("{:?} {}", options.effort, options.seed),
        &mutant.text,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::verdict::Verdict;

    fn entry(mutant: &str) -> Equivalent {
        Equivalent {
            mutant: mutant.to_owned(),
            line: "fn f() { g(); }".to_owned(),
            reason: "`g` does nothing.".to_owned(),
        }
    }

    fn survey(fate: Fate, list: &[Equivalent]) -> TopicSurvey {
        let mutants = operators::mutants("fn f() { g(); }").expect("valid Rust");
        let fates = mutants.into_iter().map(|mutant| (mutant, fate.clone()));
        accounted("lock", fates.collect(), list)
    }

    #[test]
    fn a_survivor_is_missed_unless_it_is_listed() {
        let list = [
            entry("f: replace the body with `()`"),
            entry("f: delete `g();`"),
        ];
        assert_eq!(survey(Fate::Missed, &[]).missed().count(), 2);
        assert!(!survey(Fate::Missed, &[]).ok());
        assert_eq!(survey(Fate::Missed, &list[..1]).missed().count(), 1);
        assert!(survey(Fate::Missed, &list).ok());
    }

    #[test]
    fn an_entry_for_nothing_or_for_what_is_caught_is_wrong() {
        let unknown = survey(Fate::Unviable, &[entry("f: delete `h();`")]);
        assert_eq!(unknown.problems.len(), 1);
        let caught = survey(
            Fate::Caught {
                by: "model::x".to_owned(),
                verdict: Verdict::Failed,
            },
            &[entry("f: delete `g();`")],
        );
        assert_eq!(caught.problems.len(), 1);
        assert!(!caught.ok());
    }
}
