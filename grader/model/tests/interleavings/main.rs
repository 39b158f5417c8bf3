//! What the interleavings engine promises, one file per primitive. Names are claims.

mod atomic;
mod barrier;
mod channel;
mod condvar;
mod false_alarms;
mod found;
mod long;
mod mutex;
mod once;
mod park;
mod rest;
mod rwlock;
mod sampling;
mod search;
mod threads;
mod time;

use kata_model::Diagnosis;
use kata_model::interleavings::Explore;
use kata_model::outcome::{Completeness, Exploration, Failure};

/// Explores a correct program: there must be no alarm.
#[track_caller]
fn passes(test: impl Fn() + 'static) -> Exploration {
    match Explore::new().try_run(test) {
        Ok(exploration) => {
            assert!(
                !matches!(exploration.completeness, Completeness::Incomplete(_)),
                "not explored far enough: {exploration:?}"
            );
            exploration
        }
        Err(failure) => panic!("a false alarm: {}", told(&failure)),
    }
}

/// Explores a wrong program: the bug must be found and named.
#[track_caller]
fn fails(diagnosis: Diagnosis, test: impl Fn() + 'static) -> Failure {
    match Explore::new().try_run(test) {
        Ok(exploration) => panic!("not caught: {exploration:?}"),
        Err(failure) => {
            assert_eq!(failure.diagnosis, diagnosis, "{}", told(&failure));
            *failure
        }
    }
}

/// How many preemptions a counterexample has.
fn preemptions(failure: &Failure) -> u64 {
    failure.counterexample.as_ref().expect("a counterexample")["preemptions"]
        .as_u64()
        .expect("a number")
}

/// A failure as a person would want to read it here.
fn told(failure: &Failure) -> String {
    let mut text = format!("{:?} {:?}\n", failure.diagnosis, failure.message);
    let counterexample = failure.counterexample.as_ref().expect("a counterexample");
    for step in counterexample["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .take(80)
    {
        let field = |name: &str| step[name].to_string();
        text += &format!(
            "{:>2} {:<18} object {:<5} {:<12} target {:<5} line {:<4} {} {}\n",
            field("thread"),
            field("op"),
            field("object"),
            field("outcome"),
            field("target"),
            field("line"),
            field("value"),
            field("mark"),
        );
    }
    text
}
