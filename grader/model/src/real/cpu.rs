//! How busy threads are that have nothing to do.
//!
//! A share is of the time in which a thread could have had a core: what others kept from
//! it does not count, and so a thread that spins is found out on a busy machine too.

use std::collections::HashMap;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use cpu_time::{ProcessTime, ThreadTime};

use super::task::{self, Fare, Task};
use super::{noise, thread};
use crate::outcome::{Diagnosis, fail};

/// A thread that burns a larger share of a core than this while it waits is not asleep.
///
/// A loop of timed waits of no length burns 0.11; a thread that sleeps burns less than
/// a thousandth, also when it wakes now and then.
const ASLEEP: f64 = 0.05;

/// Who could have had a core for less than this part of the time has not shown much, and
/// what it burnt is set against this; unless it was pushed off a core [`MANY`] times.
const LEAST: f64 = 0.25;

/// Who is about to sleep does so within a turn or two. A thread that so many times lost its core
/// while it would have gone on is not about to. On a busy machine one that yields has turns of
/// a few microseconds, and seldom: 40 a second beside 16 others on two cores.
const MANY: u64 = 20;

/// How many times the time is waited, at most, for threads that others keep from the cores.
const PATIENCE: u32 = 40;

/// The share of a core that a thread burns in `block`, which blocks until `release`
/// lets it go; `None` where the system does not tell.
///
/// `release` is called after `time`, by when `block` should have been blocked for long; on
/// a busy machine later, so that the thread could have had a core for that long.
///
/// # Panics
///
/// When `block` or `release` does.
pub fn cpu_while_blocked(
    time: Duration,
    block: impl FnOnce() + Send + 'static,
    release: impl FnOnce(),
) -> Option<f64> {
    let (tell, told) = mpsc::channel();
    let blocked = thread::spawn(move || {
        // Its sleeps would make a thread that spins look less busy.
        noise::silence();
        let task = Task::current();
        let fare = || task.as_ref().and_then(Task::fare);
        let before = fare();
        // Nobody listens any more, perhaps.
        let _ = tell.send(task.clone());
        let wall = Instant::now();
        let burnt = ThreadTime::try_now().ok();
        block();
        let ran = burnt?.try_elapsed().ok()?;
        let since = fare().unwrap_or_default().since(before.unwrap_or_default());
        Some(share(Fare { ran, ..since }, wall.elapsed(), time))
    });
    let task = told.recv().ok().flatten();
    let fares = || {
        let task = task.clone()?;
        let fare = task.fare()?;
        Some(HashMap::from([(task, fare)]))
    };
    wait_out(time, &fares);
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
            format!("{who} uses {} of a core while it waits", percent(share)),
        );
    }
}

/// The share of a core that all other threads of the process burn together while the
/// caller sleeps for `time`, or longer on a busy machine; `None` where the system does not
/// tell.
fn cpu_of_others(time: Duration) -> Option<f64> {
    let burnt = ProcessTime::try_now().ok();
    let (wall, fares) = wait_out(time, &task::others);
    match fares {
        Some(fares) => Some(fares.into_iter().map(|fare| share(fare, wall, time)).sum()),
        None => Some(burnt?.try_elapsed().ok()?.div_duration_f64(wall)),
    }
}

/// Fails the test as a busy wait when the other threads of the process do not sleep for
/// `time`.
///
/// For what waits on threads of its own, like the workers of a pool. Only tests that
/// run alone may ask.
///
/// `sentence` is given the share of a core that they use: "45 %". Passes where the system
/// does not tell.
///
/// # Panics
///
/// To fail the test.
#[track_caller]
pub fn others_sleep(time: Duration, sentence: impl FnOnce(&str) -> String) {
    if let Some(share) = cpu_of_others(time)
        && share > ASLEEP
    {
        fail(Diagnosis::BusyWait, sentence(&percent(share)));
    }
}

/// Sleeps for `time`, and on while others keep one of these threads from the cores, until
/// it has shown what it does. Returns how long that took, and how each of them has fared
/// meanwhile, if the system tells.
fn wait_out(
    time: Duration,
    fares: &dyn Fn() -> Option<HashMap<Task, Fare>>,
) -> (Duration, Option<Vec<Fare>>) {
    let start = Instant::now();
    let before = fares();
    loop {
        std::thread::sleep(time);
        let elapsed = start.elapsed();
        let (Some(before), Some(now)) = (&before, fares()) else {
            return (elapsed, None);
        };
        let fares: Vec<Fare> = changes(before, &now).collect();
        let has_shown =
            |fare: &Fare| elapsed.saturating_sub(fare.delayed) >= time || fare.pushed >= MANY;
        if fares.iter().all(has_shown) || elapsed > time * PATIENCE {
            return (elapsed, Some(fares));
        }
    }
}

/// How the threads that are there now have fared since, or since they were started.
fn changes(before: &HashMap<Task, Fare>, now: &HashMap<Task, Fare>) -> impl Iterator<Item = Fare> {
    now.iter()
        .map(|(task, fare)| fare.since(before.get(task).copied().unwrap_or_default()))
}

/// The share of a core that a thread has used which fared like this in that much time, and
/// was to be looked at for `time`.
fn share(fare: Fare, wall: Duration, time: Duration) -> f64 {
    let free = wall.saturating_sub(fare.delayed).max(fare.ran);
    let free = match fare.pushed < MANY {
        true => free.max(time.mul_f64(LEAST)),
        false => free,
    };
    if free.is_zero() {
        return 0.0;
    }
    fare.ran.div_duration_f64(free)
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// Watches the other threads of the process.
pub(super) struct Watch {
    since: Instant,
    burnt: Option<ProcessTime>,
    others: Option<HashMap<Task, Fare>>,
}

impl Watch {
    pub(super) fn start() -> Watch {
        Watch {
            since: Instant::now(),
            burnt: ProcessTime::try_now().ok(),
            others: task::others(),
        }
    }

    /// How long the lap was that ends now, and how all of them together have fared in it,
    /// as far as the system tells. Another lap begins.
    pub(super) fn lap(&mut self) -> (Duration, Fare) {
        let last = std::mem::replace(self, Watch::start());
        let fare = match (&last.others, &self.others) {
            (Some(before), Some(now)) => changes(before, now).sum(),
            _ => Fare {
                ran: last
                    .burnt
                    .and_then(|burnt| burnt.try_elapsed().ok())
                    .unwrap_or_default(),
                ..Fare::default()
            },
        };
        (self.since - last.since, fare)
    }
}
