//! The second gate: what rustc says about a crate is passed on, and the crate is run, only once
//! it is known to have read nothing but its own files.

use crate::building::cargo::Diagnostic;
use crate::building::compile_errors::{self, Origin};
use crate::building::dep_info::Read;
use crate::results::refusal::Elsewhere;
use crate::results::verdict::Kind;
use crate::submission::subject::SubjectSources;

/// What is known of a trial's crate, and what waits for it.
#[derive(Debug, Default)]
pub(super) struct Gate {
    read: Option<Read>,
    held: Vec<(Kind, Diagnostic)>,
}

impl Gate {
    /// Takes what is known by now about what the crate has read.
    pub(super) fn learn(&mut self, read: Option<Read>) {
        if !matches!(self.read, Some(Read::Elsewhere(_))) {
            self.read = read.or(self.read);
        }
    }

    /// Whether anything is known.
    pub(super) fn is_decided(&self) -> bool {
        self.read.is_some()
    }

    /// What the crate has read that it should not have.
    pub(super) fn elsewhere(&self) -> Option<Elsewhere> {
        match self.read? {
            Read::Own => None,
            Read::Elsewhere(what) => Some(what),
        }
    }

    /// Keeps a diagnostic until it may be shown.
    pub(super) fn hold(&mut self, kind: Kind, diagnostic: Diagnostic) {
        self.held.push((kind, diagnostic));
    }

    /// Hands out what may be shown.
    pub(super) fn release(&mut self) -> Vec<(Kind, Diagnostic)> {
        match self.read {
            Some(Read::Own) => std::mem::take(&mut self.held),
            Some(Read::Elsewhere(_)) => {
                self.held.clear();
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// Hands out what may be shown of a crate that rustc gave up before it wrote down what it
    /// had read: what speaks of the crate's own files alone, in words that no macro can have read
    /// elsewhere.
    pub(super) fn release_unknown(&mut self, sources: &SubjectSources) -> Vec<(Kind, Diagnostic)> {
        if self.is_decided() {
            return self.release();
        }
        let may_read = sources.files.values().any(|text| {
            // However it is written, a name stands in the text as it is.
            ["include", "env"].iter().any(|name| text.contains(name))
        });
        let mut told = Vec::new();
        for (kind, diagnostic) in std::mem::take(&mut self.held) {
            match compile_errors::origin(&diagnostic, sources) {
                Origin::Macro if may_read => {}
                Origin::OwnFiles | Origin::Macro => told.push((kind, diagnostic)),
                Origin::OtherFiles => {
                    self.read = Some(Read::Elsewhere(Elsewhere::File));
                    return Vec::new();
                }
            }
        }
        told
    }
}
