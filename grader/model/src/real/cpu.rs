//! How busy a thread is that has nothing to do.

use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};

use super::{noise, thread};
use crate::outcome::{Diagnosis, fail};

/// A thread that burns a larger share of a core than this while it waits is not asleep.
///
/// A loop of timed waits of no length burns 0.11; a thread that sleeps burns less than
/// a thousandth, also when it wakes now and then.
const ASLEEP: f64 = 0.05;

/// The share of a core that a thread burns in `block`, which blocks until `release`
/// lets it go; `None` where the system does not tell.
///
/// `release` is called after `time`, by when `block` should have been blocked for long.
///
/// # Panics
///
/// When `block` or `release` does.
pub fn cpu_while_blocked(
    time: Duration,
    block: impl FnOnce() + Send + 'static,
    release: impl FnOnce(),
) -> Option<f64> {
    let blocked = thread::spawn(move || {
        // Its sleeps would make a thread that spins look less busy.
        noise::silence();
        let wall = Instant::now();
        let burnt = ThreadTime::try_now().ok();
        block();
        let burnt = burnt.and_then(|burnt| burnt.try_elapsed().ok());
        // A thread that has come late, or was not blocked, has not burnt its share in no time.
        burnt.map(|burnt| burnt.as_secs_f64() / wall.elapsed().max(time).as_secs_f64())
    });
    std::thread::sleep(time);
    release();
    match blocked.join() {
        Ok(share) => share,
        Err(payload) => std::panic::resume_unwind(payload),
    }
}

/// Fails the test as a busy wait when the thread in `block` does not sleep.
///
/// `who` begins the sentence: "a thread in `acquire`". Passes where the system does not
/// tell how busy a thread is.
///
/// # Panics
///
/// As [`cpu_while_blocked`], and to fail the test.
#[track_caller]
pub fn sleeps_while_blocked(
    who: &str,
    time: Duration,
    block: impl FnOnce() + Send + 'static,
    release: impl FnOnce(),
) {
    if let Some(share) = cpu_while_blocked(time, block, release)
        && share > ASLEEP
    {
        fail(
            Diagnosis::BusyWait,
            format!("{who} uses {:.0} % of a core while it waits", share * 100.0),
        );
    }
}

/// The share of a core that the whole process burns in `body`, all threads together;
/// `None` where the system does not tell.
///
/// For what waits on threads of its own, like the workers of a pool. Only tests that
/// run alone may ask.
pub fn cpu_while(body: impl FnOnce()) -> Option<f64> {
    let wall = Instant::now();
    let burnt = ProcessTime::try_now().ok();
    body();
    let burnt = burnt.and_then(|burnt| burnt.try_elapsed().ok());
    burnt.map(|burnt| burnt.as_secs_f64() / wall.elapsed().as_secs_f64())
}
