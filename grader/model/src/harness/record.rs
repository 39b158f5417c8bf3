//! What a test program leaves behind.

use std::fs;

use serde_json::{Value, json};

use super::order::Order;
use crate::outcome::{Exploration, Failure};

/// The outcome of one test, short of the order that it answers.
#[derive(Debug)]
pub(super) struct Record {
    verdict: &'static str,
    failure: Option<Failure>,
    reason: Option<String>,
    exploration: Option<Exploration>,
}

impl Record {
    pub(super) fn passed(exploration: Option<Exploration>) -> Record {
        Record {
            verdict: "passed",
            failure: None,
            reason: None,
            exploration,
        }
    }

    pub(super) fn incomplete(exploration: Option<Exploration>, reason: Option<String>) -> Record {
        Record {
            verdict: "incomplete",
            failure: None,
            reason,
            exploration,
        }
    }

    pub(super) fn failed(failure: Failure) -> Record {
        Record {
            verdict: "failed",
            reason: None,
            exploration: failure.exploration,
            failure: Some(failure),
        }
    }

    /// Writes beside the result and renames, so that a reader never sees half a record.
    pub(super) fn write(&self, order: &Order) -> Result<(), String> {
        let path = order.result();
        let mut name = path.as_os_str().to_owned();
        name.push(".part");
        let text = self.to_json(order).to_string();
        fs::write(&name, text)
            .and_then(|()| fs::rename(&name, path))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))
    }

    fn to_json(&self, order: &Order) -> Value {
        let failure = self.failure.as_ref();
        json!({
            "nonce": order.nonce(),
            "test": order.test(),
            "verdict": self.verdict,
            "diagnosis": failure.map(|failure| failure.diagnosis.name()),
            "message": failure
                .and_then(|failure| failure.message.as_ref())
                .or(self.reason.as_ref()),
            "location": failure.and_then(|failure| failure.location.as_ref()).map(
                |(file, line, column)| json!({ "file": file, "line": line, "column": column }),
            ),
            "exploration": self.exploration.map(Exploration::to_json),
            "counterexample": failure.and_then(|failure| failure.counterexample.as_ref()),
        })
    }
}
