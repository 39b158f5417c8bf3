//! What tests of the orderings engine ask of a search.

use kata_model::orderings::Explore;
use kata_model::outcome::{Completeness, Diagnosis, Exploration, Failure};

/// Searches and expects nothing wrong.
#[track_caller]
pub(crate) fn passes(test: impl Fn() + Send + Sync + 'static) -> Exploration {
    match Explore::new().try_run(test) {
        Ok(exploration) => {
            assert!(
                !matches!(exploration.completeness, Completeness::Incomplete(_)),
                "{exploration:?}"
            );
            exploration
        }
        Err(failure) => panic!("a false alarm: {failure:#?}"),
    }
}

/// Searches and expects to find this.
#[track_caller]
pub(crate) fn fails(diagnosis: Diagnosis, test: impl Fn() + Send + Sync + 'static) -> Failure {
    match Explore::new().try_run(test) {
        Ok(exploration) => panic!("nothing found: {exploration:?}"),
        Err(failure) => {
            assert_eq!(failure.diagnosis, diagnosis, "{failure:#?}");
            *failure
        }
    }
}
