//! Limits and repetition of stress tests.

use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::{noise, thread};
use crate::harness::{self, Effort};
use crate::outcome::{Diagnosis, Failure};

/// Runs `body` on a thread of its own and gives its result.
///
/// `expectation` says what should happen in that time: "every thread gets the lock".
/// What `body` panics with goes on in the caller.
///
/// # Panics
///
/// Fails the test as a deadlock when `body` is not back after `limit`. The process ends
/// then, as the threads that are stuck cannot be joined.
#[track_caller]
pub fn within<R: Send + 'static>(
    limit: Duration,
    expectation: &str,
    body: impl FnOnce() -> R + Send + 'static,
) -> R {
    let place = panic::Location::caller();
    let (done, result) = mpsc::channel();
    thread::spawn(move || {
        let result = panic::catch_unwind(AssertUnwindSafe(body));
        let note = result.is_err().then(harness::last_panic).flatten();
        // The caller may have given up already.
        let _ = done.send((result, note));
    });
    match result.recv_timeout(limit) {
        Ok((Ok(value), _)) => value,
        Ok((Err(payload), note)) => {
            harness::adopt(note);
            panic::resume_unwind(payload)
        }
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            let mut failure = Failure::new(
                Diagnosis::Deadlock,
                format!("{expectation}: not within {} s", limit.as_secs_f64()),
            );
            failure.location = Some((place.file().to_owned(), place.line(), place.column()));
            harness::finish(failure)
        }
    }
}

/// Runs `body` several times with different noise: `count` times at normal effort, a
/// quarter of that at quick, eight times as often at thorough, and at least once.
///
/// `body` is told which round it is, counted from 0.
pub fn rounds(count: usize, mut body: impl FnMut(usize)) {
    let count = match harness::effort() {
        Effort::Quick => count / 4,
        Effort::Normal => count,
        Effort::Thorough => count * 8,
    };
    for round in 0..count.max(1) {
        noise::begin_round(round as u64);
        body(round);
    }
}

/// Runs `body` and makes a panic in it into its message.
///
/// What a hidden test found out passes through.
pub fn catch_panic<R>(body: impl FnOnce() -> R) -> Result<R, String> {
    harness::catch(body, |_| false)
}
