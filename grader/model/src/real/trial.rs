//! Limits and repetition of stress tests.

use std::ops::RangeInclusive;
use std::panic::{self, AssertUnwindSafe, Location};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::cpu::Watch;
use super::task::Fare;
use super::{asleep, noise, thread};
use crate::harness::{self, Effort};
use crate::outcome::{Diagnosis, Failure};

/// How often [`within`] looks whether it has waited long enough.
const TICK: Duration = Duration::from_millis(20);

/// How many times its limit a body may take that keeps the processor busy.
const WHILE_BUSY: u32 = 3;

/// A process that could use a larger share of a core than this is busy. What blocked threads
/// want is less, also where some of them nap instead of sleeping, or the test looks now
/// and then whether they are through.
const BUSY: f64 = 0.2;

/// Time counts at least this much, however little of the processor a busy process gets.
const LEAST: f64 = 0.25;

/// Runs `body` on a thread of its own and gives its result.
///
/// `expectation` says what should happen in that time: "every thread gets the lock".
/// What `body` panics with goes on in the caller.
///
/// Time counts in full only while the process has nothing to do. Threads that wait without
/// sleeping get on slowly, above all on a busy machine, and a deadlock is not what is wrong
/// with them.
///
/// # Panics
///
/// Fails the test as a deadlock when `body` cannot come back in time, as all threads sleep
/// that long and only one of them could wake another, if the system tells. Otherwise when it
/// is not back after `limit`, or if the process has been busy, after three times that; time
/// in which others had the processor that it wanted counts by what it got. The test ends
/// then, as the threads that are stuck cannot be joined.
#[track_caller]
pub fn within<R: Send + 'static>(
    limit: Duration,
    expectation: &str,
    body: impl FnOnce() -> R + Send + 'static,
) -> R {
    await_value(limit, expectation, Box::new(body), Location::caller())
}

/// The body is behind a pointer, so that this is compiled once for each type of result, and
/// not for each closure of a test.
fn await_value<R: Send + 'static>(
    limit: Duration,
    expectation: &str,
    body: Box<dyn FnOnce() -> R + Send>,
    place: &Location<'_>,
) -> R {
    let slot = Arc::new(Mutex::new(None));
    let left = Arc::clone(&slot);
    let leave = move || {
        let value = body();
        *left.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    };
    await_end(limit, expectation, Box::new(leave), place);
    let value = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    value.expect("a body that has come back has left its value")
}

/// Runs a body, and is back when it is. Nothing of this depends on its result.
fn await_end(
    limit: Duration,
    expectation: &str,
    body: Box<dyn FnOnce() + Send>,
    place: &Location<'_>,
) {
    let (done, result) = mpsc::channel();
    thread::spawn(move || {
        let result = panic::catch_unwind(AssertUnwindSafe(body));
        let note = result.is_err().then(harness::last_panic).flatten();
        // The caller may have given up already.
        let _ = done.send((result, note));
    });
    match receive(&result, limit) {
        Ok((Ok(()), _)) => {}
        Ok((Err(payload), note)) => {
            harness::adopt(note);
            panic::resume_unwind(payload)
        }
        Err(why) => {
            let why = match why {
                Stuck::ForEver => {
                    "that never happens: all threads sleep, and no thread is left that could wake one"
                        .to_owned()
                }
                Stuck::TooLong => format!("not within {} s", limit.as_secs_f64()),
            };
            let mut failure = Failure::new(Diagnosis::Deadlock, format!("{expectation}: {why}"));
            failure.location = Some((place.file().to_owned(), place.line(), place.column()));
            harness::finish(failure)
        }
    }
}

/// Why it makes no sense to wait any longer.
enum Stuck {
    ForEver,
    TooLong,
}

/// Waits for what is sent as [`within`] says.
fn receive<T>(result: &mpsc::Receiver<T>, limit: Duration) -> Result<T, Stuck> {
    let mut patience = Patience::new(limit);
    let mut watch = Watch::start();
    loop {
        match result.recv_timeout(TICK.min(limit / 20)) {
            Ok(answer) => return Ok(answer),
            Err(RecvTimeoutError::Disconnected) => return Err(Stuck::ForEver),
            Err(RecvTimeoutError::Timeout) => {}
        }
        let (time, fare) = watch.lap();
        patience.spend(time, fare);
        if asleep::others_are_stuck_until(Instant::now() + patience.idle) {
            // What was sent before they fell asleep is an answer.
            return result.try_recv().map_err(|_| Stuck::ForEver);
        }
        if patience.is_over() {
            return Err(Stuck::TooLong);
        }
    }
}

/// What is left of the time that a body may take.
struct Patience {
    /// While the process has nothing to do.
    idle: Duration,
    /// In any case.
    total: Duration,
}

impl Patience {
    fn new(limit: Duration) -> Patience {
        Patience {
            idle: limit,
            total: limit * WHILE_BUSY,
        }
    }

    /// Takes off some time, in which the process has fared like this.
    fn spend(&mut self, time: Duration, fare: Fare) {
        let wanted = fare.ran + fare.delayed;
        if wanted <= time.mul_f64(BUSY) {
            self.idle = self.idle.saturating_sub(time);
            self.total = self.total.saturating_sub(time);
        } else {
            let got = fare.ran.div_duration_f64(wanted).max(LEAST);
            self.total = self.total.saturating_sub(time.mul_f64(got));
        }
    }

    fn is_over(&self) -> bool {
        self.idle.is_zero() || self.total.is_zero()
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

/// How many threads, turns or the like a test takes: `usual`, and at thorough effort a number
/// that is drawn from `all`, another one each time that it is asked for.
///
/// The same seed draws the same numbers, as long as one thread asks for them.
///
/// # Panics
///
/// At thorough effort, when `all` is empty.
pub fn size(usual: usize, all: RangeInclusive<usize>) -> usize {
    static DRAWS: AtomicU64 = AtomicU64::new(0);
    match harness::effort() {
        Effort::Quick | Effort::Normal => usual,
        Effort::Thorough => pick(&all, noise::draw(DRAWS.fetch_add(1, Ordering::Relaxed))),
    }
}

fn pick(all: &RangeInclusive<usize>, draw: u64) -> usize {
    let place = draw % (all.end() - all.start() + 1) as u64;
    all.start() + place as usize
}

/// Runs `body` and makes a panic in it into its message.
///
/// What a hidden test found out passes through.
pub fn catch_panic<R>(body: impl FnOnce() -> R) -> Result<R, String> {
    harness::catch(body, |_| false)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(2);
    const SECOND: Duration = Duration::from_secs(1);

    fn seconds_until_over(ran: Duration, delayed: Duration) -> usize {
        let mut patience = Patience::new(LIMIT);
        let mut seconds = 0;
        while !patience.is_over() {
            let fare = Fare {
                ran,
                delayed,
                pushed: 1,
            };
            patience.spend(SECOND, fare);
            seconds += 1;
        }
        seconds
    }

    #[test]
    fn every_size_is_drawn_and_no_other() {
        let mut sizes: Vec<_> = (0..200)
            .map(|nth| pick(&(2..=6), noise::draw(nth)))
            .collect();
        sizes.sort_unstable();
        sizes.dedup();
        assert_eq!(sizes, [2, 3, 4, 5, 6]);
        assert_eq!(
            size(5, 7..=9),
            5,
            "outside a test program the effort is normal"
        );
    }

    #[test]
    fn who_keeps_the_processor_busy_is_given_more_time() {
        assert_eq!(seconds_until_over(Duration::ZERO, Duration::ZERO), 2);
        assert_eq!(seconds_until_over(SECOND / 100, SECOND / 100), 2);
        assert_eq!(seconds_until_over(SECOND, Duration::ZERO), 6);
        assert_eq!(seconds_until_over(3 * SECOND, Duration::ZERO), 6);
    }

    #[test]
    fn who_is_kept_from_the_processor_is_given_still_more() {
        assert_eq!(seconds_until_over(SECOND / 2, SECOND / 2), 12);
        assert_eq!(seconds_until_over(SECOND / 100, SECOND), 24);
    }
}
