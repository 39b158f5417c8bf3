//! One program under both searches.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::rc::Rc;

use kata_model::interleavings::Explore;
use kata_model::outcome::{Completeness, Failure};

use super::perform::{self, Log};
use super::program::Program;

/// What became of a comparison.
pub(crate) enum Compared {
    /// So many searches were within the budget, and saw the same.
    Same { searches: u64 },
    /// What differs, for a person.
    Different(String),
}

/// The bounds under which a program is searched.
const BOUNDS: [Option<u32>; 4] = [Some(0), Some(1), Some(2), None];

/// Compares both searches under each bound. `budget` is in operations.
pub(crate) fn compare(program: &Program, budget: u64) -> Compared {
    let mut searches = 0;
    for bound in BOUNDS {
        let Some(everything) = outcomes(program, bound, true, budget) else {
            continue;
        };
        let Some(reduced) = outcomes(program, bound, false, 10 * budget) else {
            let text = format!("bound {bound:?}: the reduced search takes longer\n{program:?}");
            return Compared::Different(text);
        };
        if reduced != everything {
            let mut text = format!("bound {bound:?}: {program:?}\n");
            for lost in everything.difference(&reduced).take(2) {
                let _ = writeln!(text, "    lost:     {lost}");
            }
            for extra in reduced.difference(&everything).take(2) {
                let _ = writeln!(text, "    invented: {extra}");
            }
            return Compared::Different(text);
        }
        searches += 1;
    }
    Compared::Same { searches }
}

/// Everything that the threads may see; `None` when the budget does not suffice.
fn outcomes(
    program: &Program,
    bound: Option<u32>,
    exhaustive: bool,
    budget: u64,
) -> Option<BTreeSet<String>> {
    let seen = Rc::new(RefCell::new(BTreeSet::new()));
    let log: Log = Rc::default();
    let mut explore = Explore::new().only(bound, budget).stuck_is_legal();
    if !program.spurious {
        explore = explore.no_spurious();
    }
    if exhaustive {
        explore = explore.exhaustive();
    }
    let (note, latest, of) = (Rc::clone(&seen), Rc::clone(&log), program.clone());
    let result = explore.try_run(move || {
        // A thread that is blocked for ever says so by what it has not seen.
        remember(&note, &latest);
        *latest.borrow_mut() = vec![Vec::new(); of.threads.len()];
        perform::run(&of, &latest);
    });
    remember(&seen, &log);
    match result {
        Ok(exploration) => {
            let whole = !matches!(exploration.completeness, Completeness::Incomplete(_));
            whole.then(|| seen.take())
        }
        // The first failure ends a search, so there is only whether and how one fails.
        Err(failure) => Some(BTreeSet::from([said(&failure)])),
    }
}

fn said(failure: &Failure) -> String {
    format!("{:?}", failure.diagnosis)
}

fn remember(seen: &RefCell<BTreeSet<String>>, log: &Log) {
    let log = log.borrow();
    if !log.is_empty() {
        seen.borrow_mut().insert(format!("{log:?}"));
    }
}
