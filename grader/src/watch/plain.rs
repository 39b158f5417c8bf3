//! Watching without a screen: each answer is printed below the one before. It ends with Ctrl-C.

use std::sync::mpsc::Receiver;

use anyhow::{Result, bail};

use super::checks::Checks;
use super::news::{Happened, Outcome};
use super::wish::Ended;
use crate::messages::watch as say;
use crate::report::look::Look;
use crate::report::{human, output, watch};
use crate::support::interrupt;

/// Prints an answer whenever the kata is saved.
pub(super) fn watch(
    topic: &str,
    look: &Look,
    checks: &mut Checks,
    happened: &Receiver<Happened>,
) -> Result<Ended> {
    output::print(&format!("{}\n", say::plain(topic)))?;
    checks.turn_to(topic);
    while !interrupt::requested() {
        checks.start_if_due()?;
        match happened.recv_timeout(checks.wait()) {
            Ok(Happened::Ended(number, outcome)) => {
                let counts = checks.counts(number);
                checks.has_ended(number);
                match outcome {
                    Outcome::Panicked => bail!(say::BROKE_DOWN),
                    _ if !counts => {}
                    Outcome::Answered(report) => {
                        output::print(&format!("\n{}", human::render(&report, look)))?;
                    }
                    Outcome::Broken(error) => {
                        output::print(&format!("\n{}", watch::broken(&error, look)))?;
                    }
                    Outcome::Cancelled => {}
                }
            }
            Ok(Happened::Warned(said)) => output::warn(&said, look),
            event => {
                checks.look(matches!(event, Ok(Happened::Nudge)));
            }
        }
    }
    Ok(Ended::Interrupted)
}
