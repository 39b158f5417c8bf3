//! What cargo says while it builds, and what it means for each trial.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Error, Result};

use super::engines::Engines;
use super::gate::Gate;
use super::trial::Trial;
use crate::building::cargo::{Diagnostic, Message};
use crate::building::compile_errors::{self, Errors};
use crate::building::dep_info::{DepInfos, Read};
use crate::results::event::{Event, Observer};
use crate::results::verdict::Kind;
use crate::submission::subject::Subject;

/// What is known about a trial while it is being built.
#[derive(Default)]
pub(super) struct Progress {
    pub(super) gate: Gate,
    pub(super) errors: Errors,
    pub(super) warnings: Vec<String>,
    pub(super) built: HashMap<Kind, PathBuf>,
}

/// What a package of the workspace is.
#[derive(Clone, Copy)]
pub(super) enum Role {
    Unit,
    Tests,
}

/// What the manifests of the graded crates and of their tests belong to: which trial, which kind.
pub(super) type Packages = HashMap<PathBuf, (usize, Kind, Role)>;

/// Listens to one run of cargo.
pub(super) struct Listener<'a> {
    pub(super) observer: &'a dyn Observer,
    /// Whether rustc's errors have colours.
    pub(super) color: bool,
    pub(super) trials: &'a [Trial<'a>],
    pub(super) packages: Packages,
    pub(super) infos: DepInfos,
    pub(super) progress: &'a mut [Progress],
    /// Trials that will not be run.
    pub(super) refused: &'a [AtomicBool],
    /// Called with each test executable.
    pub(super) on_built: &'a dyn Fn(usize, Kind, PathBuf),
    /// The engines, until they are built.
    pub(super) engines: Option<Engines<'a>>,
    /// How many crates were compiled.
    pub(super) crates: usize,
    /// What could not be found out about what a crate reads.
    pub(super) unknown: Option<Error>,
    /// rustc's first error in the engines.
    pub(super) broken: Option<String>,
}

impl Listener<'_> {
    /// Says that the graded crates come now.
    pub(super) fn crates_begin(&self) {
        let topic = |trial: &Trial<'_>| trial.subject.exercise.topic.clone();
        let mut topics: Vec<String> = self.trials.iter().map(topic).collect();
        topics.dedup();
        self.observer.on(Event::Building { topics: &topics });
    }

    /// Takes a message.
    pub(super) fn hear(&mut self, message: Message) {
        match message {
            Message::CompilerArtifact {
                manifest_path,
                target,
                executable,
                filenames,
                fresh,
            } => {
                self.crates += usize::from(!fresh);
                match (self.packages.get(&manifest_path), executable) {
                    (Some(&(trial, _, Role::Unit)), _) => {
                        let subject = &self.trials[trial].subject;
                        match self.infos.of_artifact(&filenames, &subject.sources) {
                            Ok(read) => self.progress[trial].gate.learn(Some(read)),
                            Err(error) => self.unknown = Some(error),
                        }
                        self.release(trial);
                    }
                    (Some(&(trial, kind, Role::Tests)), Some(executable)) => {
                        let built = &mut self.progress[trial].built;
                        built.insert(kind, executable.clone());
                        (self.on_built)(trial, kind, executable);
                    }
                    (None, _) if target.is_the_crate() => {
                        let engines = self.engines.as_mut();
                        if engines.is_some_and(|engines| engines.are_done_with(&manifest_path)) {
                            self.engines = None;
                            self.crates_begin();
                        }
                    }
                    _ => {}
                }
            }
            Message::CompilerMessage {
                manifest_path,
                message,
            } => match self.packages.get(&manifest_path) {
                Some(&(trial, kind, Role::Unit)) => self.of_the_subject(trial, kind, message),
                Some(&(trial, _, Role::Tests)) => {
                    let subject = &self.trials[trial].subject;
                    self.progress[trial].errors.add_interface(&message, subject);
                    self.refuse_if(trial, !self.progress[trial].errors.is_empty());
                }
                None if message.level.starts_with("error") => {
                    let text = message.rendered.unwrap_or(message.message);
                    self.broken.get_or_insert(text);
                }
                None => {}
            },
            Message::Tick => self.engines.iter().for_each(Engines::tell),
            Message::Downloading => self.observer.on(Event::Downloading),
            Message::Other => {}
        }
    }

    /// cargo has ended: what it has not told of is decided now.
    ///
    /// # Errors
    ///
    /// It could not be found out what a crate reads.
    pub(super) fn end(&mut self) -> Result<()> {
        if let Some(error) = self.unknown.take() {
            return Err(error);
        }
        for trial in 0..self.trials.len() {
            let subject = &self.trials[trial].subject;
            let read = self.read_since_start(subject);
            let gate = &mut self.progress[trial].gate;
            gate.learn(read);
            for (kind, diagnostic) in gate.release_unknown(&subject.sources) {
                self.show(trial, kind, &diagnostic);
            }
            self.refuse_if(trial, self.progress[trial].gate.elsewhere().is_some());
        }
        Ok(())
    }

    /// rustc says something about a graded crate. It waits until it is known what that reads.
    fn of_the_subject(&mut self, trial: usize, kind: Kind, message: Diagnostic) {
        let subject = &self.trials[trial].subject;
        self.progress[trial].gate.hold(kind, message);
        if !self.progress[trial].gate.is_decided() {
            let read = self.read_since_start(subject);
            self.progress[trial].gate.learn(read);
        }
        self.release(trial);
    }

    /// Passes on what rustc has said about a crate, as far as it may be shown by now.
    fn release(&mut self, trial: usize) {
        for (kind, diagnostic) in self.progress[trial].gate.release() {
            self.show(trial, kind, &diagnostic);
        }
        let Progress { gate, errors, .. } = &self.progress[trial];
        self.refuse_if(trial, !errors.is_empty() || gate.elsewhere().is_some());
    }

    fn show(&mut self, trial: usize, kind: Kind, message: &Diagnostic) {
        let subject = &self.trials[trial].subject;
        let progress = &mut self.progress[trial];
        if let Some(error) = progress.errors.add_own(message, subject, self.color) {
            let topic = &subject.exercise.topic;
            self.observer.on(Event::CompileError { topic, error });
        }
        if kind == Kind::Stress {
            let warning = compile_errors::warning(message, subject);
            progress.warnings.extend(warning);
        }
    }

    fn read_since_start(&self, subject: &Subject<'_>) -> Option<Read> {
        let name = &subject.exercise.topic;
        self.infos.since_start(name, &subject.sources)
    }

    fn refuse_if(&self, trial: usize, is_refused: bool) {
        self.refused[trial].fetch_or(is_refused, Ordering::Relaxed);
    }
}
