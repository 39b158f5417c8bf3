//! Building: from cargo's messages to executables, refusals and warnings.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use anyhow::{Result, bail};

use super::clock::Clock;
use super::engines::Engines;
use super::listener::{Listener, Packages, Progress, Role};
use super::trial::{BuildReport, Purpose, Trial};
use crate::building::cargo::{self, Build, Ended, Finished};
use crate::building::dep_info::DepInfos;
use crate::building::toolchain::Toolchain;
use crate::building::workspace::Workspace;
use crate::katas::embedded;
use crate::results::event::Observer;
use crate::results::options::Options;
use crate::results::refusal::Refusal;
use crate::results::timings::Phase;
use crate::results::verdict::Kind;
use crate::submission::subject::Subject;
use crate::support::disk;
use crate::support::fingerprint::fingerprint;
use crate::support::interrupt::Cancel;

/// Where and how things are built.
pub(super) struct Builder<'a> {
    pub(super) toolchain: &'a Toolchain,
    pub(super) options: &'a Options,
    pub(super) observer: &'a dyn Observer,
    pub(super) purpose: Purpose,
    pub(super) workspace: Workspace,
    /// cargo's target directory.
    pub(super) target: PathBuf,
    pub(super) cancel: Cancel,
}

impl Builder<'_> {
    /// Builds everything, calling `on_built` with each test executable as it is ready. What cargo
    /// prints goes into the file `log`.
    pub(super) fn build(
        &self,
        trials: &[Trial<'_>],
        log: &Path,
        progress: &mut [Progress],
        refused: &[AtomicBool],
        on_built: &dyn Fn(usize, Kind, PathBuf),
    ) -> Result<(Finished, Phase)> {
        let clock = Clock::start();
        let packages = self.packages(trials);
        let stamp = self.target.join(".engines");
        let engines = fingerprint([embedded::engines(), &self.toolchain.version]);
        let has_engines = std::fs::read(&stamp).is_ok_and(|it| it == engines.as_bytes());
        let build = Build {
            toolchain: self.toolchain,
            workspace: self.workspace.root(),
            target: &self.target,
            log,
            jobs: self.options.jobs,
            color: self.options.color,
            timings: self.options.timings,
            cancel: &self.cancel,
        };
        let mut listener = Listener {
            observer: self.observer,
            color: self.options.color,
            trials,
            infos: DepInfos::before_building(self.workspace.root(), &self.target),
            progress,
            refused,
            on_built,
            engines: match has_engines {
                true => None,
                false => Some(Engines::missing(&build, self.observer, &packages)?),
            },
            packages,
            crates: 0,
            unknown: None,
            broken: None,
        };
        if has_engines {
            listener.crates_begin();
        }
        let Ended { finished, cpu } = build.run(&mut |message| listener.hear(message))?;
        listener.end()?;
        let (crates, broken) = (listener.crates, listener.broken);
        if let Some(rendered) = broken {
            if let Some(trouble) = trouble_of(&rendered) {
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

    /// cargo's own report on the last build, if it was asked to write one.
    pub(super) fn cargo_timings(&self) -> Option<PathBuf> {
        let report = self.target.join(cargo::TIMINGS);
        (self.options.timings && report.is_file()).then_some(report)
    }

    /// What each package's manifest belongs to.
    fn packages(&self, trials: &[Trial<'_>]) -> Packages {
        let manifest = |folder: String| self.workspace.root().join(folder).join("Cargo.toml");
        let mut packages = HashMap::new();
        for (index, trial) in trials.iter().enumerate() {
            for kind in trial.kinds() {
                let unit = trial.subject.unit_folder(kind);
                let tests = trial.subject.tests_folder(kind);
                for (folder, role) in [(unit, Role::Unit), (tests, Role::Tests)] {
                    let other = packages.insert(manifest(folder), (index, kind, role));
                    assert!(other.is_none(), "two trials of one crate at once");
                }
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
            let elsewhere = progress.gate.elsewhere();
            let refusal = match &finished {
                _ if elsewhere.is_some() => elsewhere.map(|what| Refusal::ReadsElsewhere {
                    src: subject.sources.display.clone(),
                    what,
                }),
                _ if is_built => None,
                Finished::Stopped(patience) if progress.errors.is_empty() => {
                    Some(Refusal::CompilerTookTooLong {
                        src: subject.sources.display.clone(),
                        limit: *patience,
                    })
                }
                Finished::Failed(log) => {
                    self.blame(subject, &kinds, progress, log)?;
                    let ended = kinds
                        .iter()
                        .find_map(|kind| how_rustc_ended(log, &subject.unit_package(*kind)));
                    Some(progress.errors.to_refusal(subject, ended))
                }
                _ => Some(progress.errors.to_refusal(subject, None)),
            };
            reports.push(BuildReport {
                forbidden: elsewhere.is_some(),
                certain: elsewhere.is_some()
                    || (refusal.is_some() && progress.errors.are_the_learners()),
                explained: refusal.is_some() && progress.errors.are_explained(),
                refusal,
                warnings: match elsewhere {
                    Some(_) => Vec::new(),
                    None => progress.warnings.clone(),
                },
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
