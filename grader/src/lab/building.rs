//! Building: from cargo's messages to executables, refusals and warnings.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, bail};

use super::timings::{Clock, Phase};
use super::{BuildReport, Lab, Trial};
use crate::cargo::{Build, Diagnostic, Ended, Finished, Message};
use crate::compile_errors::{self, Errors};
use crate::disk;
use crate::embedded;
use crate::event::Event;
use crate::messages::engine as say;
use crate::subject::Subject;
use crate::verdict::Kind;

/// What is known about a trial while it is being built.
#[derive(Default)]
pub(super) struct Progress {
    errors: Errors,
    warnings: Vec<String>,
    pub(super) built: HashMap<Kind, PathBuf>,
}

/// What a package of the workspace is.
#[derive(Clone, Copy)]
enum Role {
    Unit,
    Tests,
}

impl Lab<'_> {
    /// Builds everything, calling `on_built` with each test executable as it is ready.
    pub(super) fn build(
        &self,
        trials: &[Trial<'_>],
        progress: &mut [Progress],
        refused: &[AtomicBool],
        on_built: &dyn Fn(usize, Kind, PathBuf),
    ) -> Result<(Finished, Phase)> {
        let clock = Clock::start();
        let mut crates = 0;
        let packages = self.packages(trials);
        let mut topics: Vec<String> = trials
            .iter()
            .map(|trial| trial.subject.exercise.topic.clone())
            .collect();
        topics.dedup();
        let stamp = self.target.join(".engines");
        let engines = embedded::fingerprint([embedded::engines(), &self.toolchain.version]);
        let has_engines = std::fs::read(&stamp).is_ok_and(|it| it == engines.as_bytes());
        if !has_engines {
            self.observer.on(Event::EnginesBuilding);
        }
        self.observer.on(Event::Building { topics: &topics });
        let mut broken = Vec::new();
        let log = self.runs.file("cargo.log");
        let build = Build {
            toolchain: self.toolchain,
            workspace: self.workspace.root(),
            target: &self.target,
            log: &log,
            jobs: self.options.jobs,
            color: self.options.color,
            timings: self.options.timings,
        };
        let Ended { finished, cpu } = build.run(&mut |message| match message {
            Message::CompilerArtifact {
                manifest_path,
                target,
                executable,
                fresh,
            } => {
                crates += usize::from(!fresh);
                match (packages.get(&manifest_path), executable) {
                    (Some(&(trial, kind, Role::Tests)), Some(executable)) => {
                        progress[trial].built.insert(kind, executable.clone());
                        on_built(trial, kind, executable);
                    }
                    (None, _) if !has_engines && !fresh => {
                        self.observer.on(Event::EngineBuilt {
                            package: &target.name,
                        });
                    }
                    _ => {}
                }
            }
            Message::CompilerMessage {
                manifest_path,
                message,
            } => match packages.get(&manifest_path) {
                Some(&(trial, kind, role)) => {
                    let subject = &trials[trial].subject;
                    self.diagnostic(subject, kind, role, &message, &mut progress[trial]);
                    let failed = !progress[trial].errors.is_empty();
                    refused[trial].fetch_or(failed, Ordering::Relaxed);
                }
                None if message.level.starts_with("error") => {
                    broken.push(message.rendered.unwrap_or(message.message));
                }
                None => {}
            },
            Message::Other => {}
        })?;
        if let Some(rendered) = broken.first() {
            if let Some(trouble) = trouble_of(rendered) {
                bail!("building in {}: {trouble}", self.target.display());
            }
            let rustc = self.toolchain.rustc.display();
            bail!("the grader's engines do not compile with {rustc}:\n{rendered}");
        }
        if finished == Finished::Built && !has_engines {
            disk::write(&stamp, engines.as_bytes())?;
        }
        let phase = Phase {
            cpu,
            ..clock.phase(crates)
        };
        Ok((finished, phase))
    }

    fn diagnostic(
        &self,
        subject: &Subject<'_>,
        kind: Kind,
        role: Role,
        message: &Diagnostic,
        progress: &mut Progress,
    ) {
        match role {
            Role::Unit => {
                if let Some(rendered) =
                    progress
                        .errors
                        .add_own(message, subject, self.options.color)
                {
                    let topic = &subject.exercise.topic;
                    self.observer.on(Event::CompileError {
                        topic,
                        rendered: &rendered,
                    });
                }
                if kind == Kind::Stress {
                    progress
                        .warnings
                        .extend(compile_errors::warning(message, subject));
                }
            }
            Role::Tests => progress.errors.add_interface(message, subject),
        }
    }

    /// What each package's manifest belongs to.
    fn packages(&self, trials: &[Trial<'_>]) -> HashMap<PathBuf, (usize, Kind, Role)> {
        let manifest = |folder: String| self.workspace.root().join(folder).join("Cargo.toml");
        let mut packages = HashMap::new();
        for (index, trial) in trials.iter().enumerate() {
            for kind in trial.kinds() {
                let unit = trial.subject.unit_folder(kind);
                packages.insert(manifest(unit), (index, kind, Role::Unit));
                let tests = trial.subject.tests_folder(kind);
                packages.insert(manifest(tests), (index, kind, Role::Tests));
            }
        }
        packages
    }

    /// Says of each trial whether it was built, and if not, why.
    pub(super) fn reports(
        &self,
        trials: &[Trial<'_>],
        progress: &[Progress],
        finished: Finished,
    ) -> Result<Vec<BuildReport>> {
        let mut reports = Vec::new();
        for (trial, progress) in trials.iter().zip(progress) {
            let subject = &trial.subject;
            let kinds = trial.kinds();
            let is_built = kinds.iter().all(|kind| progress.built.contains_key(kind));
            let refusal = match &finished {
                _ if is_built => None,
                Finished::Stopped(patience) if progress.errors.is_empty() => Some(
                    say::compiler_took_too_long(&subject.sources.display, *patience),
                ),
                Finished::Failed(log) => {
                    self.blame(subject, &kinds, progress, log)?;
                    let ended = kinds
                        .iter()
                        .find_map(|kind| how_rustc_ended(log, &subject.unit_package(*kind)));
                    Some(progress.errors.to_text(subject, ended))
                }
                _ => Some(progress.errors.to_text(subject, None)),
            };
            reports.push(BuildReport {
                certain: refusal.is_some() && progress.errors.are_the_learners(),
                explained: refusal.is_some() && progress.errors.are_explained(),
                refusal,
                warnings: progress.warnings.clone(),
            });
        }
        Ok(reports)
    }

    /// Makes sure that it was this subject that could not be compiled, and not that cargo broke.
    fn blame(
        &self,
        subject: &Subject<'_>,
        kinds: &[Kind],
        progress: &Progress,
        log: &str,
    ) -> Result<()> {
        if progress.errors.are_the_learners() {
            return Ok(());
        }
        let placeless = progress.errors.placeless();
        if let Some(trouble) = trouble_of(log).or_else(|| trouble_of(&placeless)) {
            bail!("building in {}: {trouble}", self.target.display());
        }
        let names_it = kinds
            .iter()
            .any(|kind| log.contains(&format!("`{}", subject.unit_package(*kind))));
        if !names_it {
            bail!(
                "cargo could not build the workspace {}:\n{}",
                self.workspace.root().display(),
                log.trim()
            );
        }
        Ok(())
    }
}

/// How cargo says that rustc ended over a package: "signal: 9, SIGKILL: kill".
fn how_rustc_ended<'log>(log: &'log str, package: &str) -> Option<&'log str> {
    let (_, after) = log.split_once(&format!("could not compile `{package}`"))?;
    let mut lines = after
        .lines()
        .take_while(|line| !line.contains("could not compile"));
    let line = lines.find(|line| line.contains("process didn't exit successfully"))?;
    let (_, end) = line.rsplit_once('(')?;
    end.strip_suffix(')')
}

/// What the machine says when it is at the end of its tether.
fn trouble_of(text: &str) -> Option<&'static str> {
    [
        "No space left on device",
        "Read-only file system",
        "Disk quota exceeded",
    ]
    .into_iter()
    .find(|trouble| text.contains(trouble))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_says_how_rustc_ended() {
        let log = "error: could not compile `a-lock-real` (lib) due to 1 previous error\n\
            error: could not compile `b-lock-real` (lib)\n\n\
            Caused by:\n  \
            process didn't exit successfully: `/bin/rustc --check-cfg 'cfg(test)' b` (signal: 9, SIGKILL: kill)\n";
        assert_eq!(how_rustc_ended(log, "a-lock-real"), None);
        let ended = how_rustc_ended(log, "b-lock-real");
        assert_eq!(ended, Some("signal: 9, SIGKILL: kill"));
        assert_eq!(how_rustc_ended(log, "c-lock-real"), None);
    }
}
