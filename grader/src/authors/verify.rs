//! Verifies the suites themselves: the skeleton fails, the reference solution and every alternate
//! pass, and every mutant is caught by the tests that its header names.

use std::time::Instant;

use anyhow::Result;

use crate::building::toolchain::Toolchain;
use crate::grading::control;
use crate::grading::exam::Exam;
use crate::grading::grade::exercises;
use crate::katas::catalog::{self, Exercise, Test};
use crate::katas::header::Mutant;
use crate::katas::skeleton;
use crate::results::changes::Changes;
use crate::results::event::{Event, Observer};
use crate::results::matrix::{Cell, Matrix, Problem, Role, Row, Spent, TopicMatrix};
use crate::results::options::Options;
use crate::results::verdict::{Diagnosis, Verdict};
use crate::running::lab::{Lab, Purpose, Stop, Trial};
use crate::submission::intake::{self, Intake};
use crate::submission::policy::{self, Examined};
use crate::submission::project::Project;
use crate::submission::subject::Subject;
use crate::support::cache::Cache;
use crate::support::interrupt::Cancel;

/// A subject, and what it has to show.
struct Candidate<'a> {
    role: Role,
    name: String,
    idea: String,
    mutant: Option<Mutant>,
    problems: Vec<Problem>,
    exam: Exam<'a>,
}

/// Verifies these topics, or what of them has changed.
///
/// # Errors
///
/// A topic does not exist, an author's file is wrong, the machine or the toolchain broke down,
/// or the user interrupted the grader.
pub fn verify(
    project: &Project,
    topics: &[String],
    changes: &Changes,
    options: &Options,
    observer: &dyn Observer,
) -> Result<Matrix> {
    let started = Instant::now();
    let exercises = exercises(topics)?;
    let cache = Cache::at(project.scratch().join("cache"));
    let toolchain = Toolchain::find(cache.directory())?;
    let examine = |subject| Exam::new(subject, &cache, &toolchain, options);
    let mut candidates = Vec::new();
    let mut partial = Vec::new();
    for exercise in &exercises {
        let mut of_topic = candidates_of(exercise, project, &examine)?;
        let all = of_topic.len();
        of_topic.retain(|candidate| candidate.is_among(changes));
        partial.push(of_topic.len() < all);
        candidates.extend(of_topic);
    }
    let open: Vec<(&Candidate<'_>, Trial<'_>)> = candidates
        .iter()
        .filter_map(|candidate| Some((candidate, candidate.trial(options)?)))
        .collect();
    let mut spent = None;
    if !open.is_empty() {
        let lab = Lab::open(
            project,
            &toolchain,
            options,
            observer,
            Purpose::Verify,
            &Cancel::never(),
        )?;
        run(&lab, &open, observer)?;
        spent = Some(Spent {
            phases: lab.timings(),
            wall: started.elapsed(),
            cargo: lab.cargo_timings(),
        });
    }
    let topics = exercises
        .iter()
        .zip(partial)
        .map(|(exercise, partial)| TopicMatrix {
            topic: exercise.topic.clone(),
            columns: exercise
                .tests
                .iter()
                .map(|test| test.name.clone())
                .collect(),
            rows: candidates
                .iter()
                .filter(|candidate| candidate.exam.subject().exercise.topic == exercise.topic)
                .map(Candidate::row)
                .collect(),
            partial,
            excluded: exercise.excluded.clone(),
        })
        .filter(|topic| !topic.rows.is_empty())
        .collect();
    Ok(Matrix { topics, spent })
}

fn run(lab: &Lab<'_>, open: &[(&Candidate<'_>, Trial<'_>)], observer: &dyn Observer) -> Result<()> {
    observer.on(Event::Planned {
        tests: open.iter().map(|(_, trial)| trial.tests.len()).sum(),
    });
    let trials: Vec<Trial<'_>> = open.iter().map(|(_, trial)| trial.clone()).collect();
    let reports = lab.conduct(&trials, &|trial, test, finding| {
        let spec = trials[trial].tests[test];
        let report = open[trial].0.exam.settle(spec, &finding);
        let topic = &trials[trial].subject.exercise.topic;
        observer.on(Event::TestEnded {
            topic,
            test: &report,
        });
    })?;
    for ((candidate, _), report) in open.iter().zip(&reports) {
        candidate.exam.remember();
        candidate.exam.remember_build(report);
    }
    Ok(())
}

fn candidates_of<'a>(
    exercise: &'a Exercise,
    project: &Project,
    examine: &dyn Fn(Subject<'a>) -> Exam<'a>,
) -> Result<Vec<Candidate<'a>>> {
    let mut candidates = Vec::new();
    let new = |role, name: &str, idea: &str, subject| Candidate {
        role,
        name: name.to_owned(),
        idea: idea.to_owned(),
        mutant: None,
        problems: Vec::new(),
        exam: examine(subject),
    };
    if let Some(subject) = Subject::skeleton(exercise) {
        let mut candidate = new(Role::Skeleton, "skeleton", &exercise.summary, subject);
        candidate
            .problems
            .extend(skeleton_problem(exercise, project)?);
        candidates.push(candidate);
    }
    let reference = Subject::reference(exercise)?;
    candidates.push(new(
        Role::Reference,
        "reference",
        &exercise.summary,
        reference,
    ));
    for alternate in catalog::alternates(&exercise.topic)? {
        let subject = Subject::alternate(exercise, &alternate);
        candidates.push(new(
            Role::Alternate,
            &alternate.name,
            &alternate.idea,
            subject,
        ));
    }
    for mutant in catalog::mutants(exercise)? {
        let subject = Subject::mutant(exercise, &mutant);
        let candidate = new(Role::Mutant, &mutant.name, &mutant.idea, subject);
        candidates.push(Candidate {
            mutant: Some(mutant),
            ..candidate
        });
    }
    for candidate in &mut candidates {
        let sources = &candidate.exam.subject().sources;
        if let Examined::Forbidden(items) = policy::examine(&sources.files, &sources.display)? {
            let problems = items.into_iter().map(Problem::Forbidden);
            candidate.problems.extend(problems);
        }
    }
    Ok(candidates)
}

/// Where there is a folder of exercises, it has to hold the skeleton that the grader knows.
fn skeleton_problem(exercise: &Exercise, project: &Project) -> Result<Option<Problem>> {
    let source = project.exercises();
    let src = source.src(&exercise.topic);
    let (Some(skeleton), true) = (catalog::skeleton(&exercise.topic), src.is_dir()) else {
        return Ok(None);
    };
    let is_same = match intake::take(&source, &exercise.topic)? {
        Intake::Taken(files) => skeleton::is_untouched(&files, &skeleton),
        _ => false,
    };
    let topic = exercise.topic.clone();
    Ok((!is_same).then_some(Problem::SkeletonDiffers { topic }))
}

/// Whether a subject has changed: itself, or the mutant that it is a variation of.
fn has_changed(changes: &Changes, topic: &str, name: &str, mutant: Option<&Mutant>) -> bool {
    let varied = mutant.and_then(Mutant::varied);
    changes.contain(topic, name) || varied.is_some_and(|it| changes.contain(topic, it))
}

impl<'a> Candidate<'a> {
    fn is_among(&self, changes: &Changes) -> bool {
        let topic = &self.exam.subject().exercise.topic;
        has_changed(changes, topic, &self.name, self.mutant.as_ref())
    }

    /// What is still to be run, if anything is.
    fn trial(&self, options: &Options) -> Option<Trial<'a>> {
        if self.exam.is_finished() && self.exam.remembered_build().is_some() {
            return None;
        }
        let mut tests = self.exam.open_tests();
        if self.role == Role::Skeleton && self.exam.remembered_build().is_none() {
            // What rustc says about it matters too, and only building tells.
            tests = self.exam.subject().exercise.tests.iter().collect();
        }
        tests.retain(|test| self.is_wanted(test));
        let limits = vec![control::patience(options.effort); tests.len()];
        let subject = self.exam.subject().clone();
        (!tests.is_empty()).then_some(Trial {
            subject,
            tests,
            limits,
            stop: Stop::Never,
        })
    }

    /// A mutant is run in the tests that have to catch it. Only if no other may fail, in all.
    fn is_wanted(&self, test: &Test) -> bool {
        match &self.mutant {
            Some(mutant) => mutant.only || self.expected(test).is_some(),
            None => true,
        }
    }

    fn expected(&self, test: &Test) -> Option<Diagnosis> {
        self.mutant.as_ref()?.diagnosis_of(&test.name)
    }

    fn row(&self) -> Row {
        let mut problems = self.problems.clone();
        let build = self.exam.remembered_build();
        if let Some(refusal) = build.as_ref().and_then(|build| build.refusal.as_ref()) {
            problems.push(Problem::DoesNotBuild(refusal.clone()));
        }
        if self.role == Role::Skeleton {
            let warnings = build.map(|build| build.warnings).unwrap_or_default();
            let told = warnings.into_iter();
            problems.extend(told.map(|warning| Problem::SkeletonWarns { warning }));
        }
        Row {
            role: self.role,
            name: self.name.clone(),
            idea: self.idea.clone(),
            base: self.mutant.as_ref().map(|it| it.base.to_string()),
            difference: self.mutant.as_ref().and_then(|it| it.difference.clone()),
            cells: self
                .exam
                .subject()
                .exercise
                .tests
                .iter()
                .map(|test| self.cell(test))
                .collect(),
            problems,
        }
    }

    fn cell(&self, test: &Test) -> Cell {
        let expected = self.expected(test);
        let report = self.exam.result(test).filter(|_| self.is_wanted(test));
        let Some(report) = report else {
            return Cell {
                verdict: Verdict::NotRun,
                diagnosis: None,
                expected,
                ok: !self.is_wanted(test),
                message: None,
                seconds: 0.0,
            };
        };
        let ok = match self.role {
            Role::Skeleton => report.verdict != Verdict::Passed,
            _ => report.has_found(expected),
        };
        Cell {
            verdict: report.verdict,
            diagnosis: report.diagnosis,
            expected,
            ok,
            message: report.message,
            seconds: report.seconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authors::changed;

    #[test]
    fn a_mutant_has_changed_when_the_one_that_it_varies_has() {
        let lock = catalog::exercise("lock").expect("a topic");
        let mutants = catalog::mutants(&lock).expect("mutants");
        let variation = mutants.iter().find(|mutant| mutant.varied().is_some());
        let variation = variation.expect("a variation");
        let varied = variation.varied().expect("a mutant");
        let file = |name: &str| {
            let name = name.replace('-', "_");
            changed::of([&*format!("grader/suites/lock/mutants/{name}.rs")])
        };
        let names = |changes: &Changes| -> Vec<&str> {
            let changed = mutants
                .iter()
                .filter(|it| has_changed(changes, "lock", &it.name, Some(it)));
            changed.map(|it| it.name.as_str()).collect()
        };
        assert_eq!(names(&file(&variation.name)), [variation.name.as_str()]);
        let all = names(&file(varied));
        assert!(
            all.contains(&varied) && all.contains(&&*variation.name),
            "{all:?}"
        );
        assert!(all.len() < mutants.len());
    }
}
