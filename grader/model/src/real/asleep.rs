//! Tells whether another thread is asleep.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread::{self, JoinHandle, ScopedJoinHandle, ThreadId};
use std::time::{Duration, Instant};

use super::task::{self, State, Task};

/// The threads that have passed a point of noise and have not ended.
static KNOWN: LazyLock<Mutex<HashMap<ThreadId, Known>>> = LazyLock::new(Mutex::default);

struct Known {
    task: Task,
    /// When the wait ends by itself that it is in.
    until: Option<Instant>,
}

thread_local! {
    static ENTRY: Entry = Entry::of_this_thread();
}

struct Entry(ThreadId);

impl Entry {
    fn of_this_thread() -> Entry {
        let id = thread::current().id();
        if let Some(task) = Task::current() {
            known(|known| known.insert(id, Known { task, until: None }));
        }
        Entry(id)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        known(|known| known.remove(&self.0));
    }
}

/// Makes the calling thread known until it ends.
pub(super) fn register() {
    let _ = ENTRY.try_with(|_| ());
}

/// The longest wait that is told from a longer one.
const LONGEST: Duration = Duration::from_secs(1 << 32);

/// Runs an operation of the calling thread that waits for up to this time.
pub(super) fn waiting<R>(timeout: Duration, operation: impl FnOnce() -> R) -> R {
    let set = |until| {
        let id = ENTRY.try_with(|entry| entry.0).ok()?;
        known(|known| std::mem::replace(&mut known.get_mut(&id)?.until, until))
    };
    let before = set(Some(Instant::now() + timeout.min(LONGEST)));
    let result = operation();
    set(before);
    result
}

/// Whether all other threads of the process sleep, no other one can wake any of them, and
/// none wakes by itself before `then`. `false` where the system does not tell.
pub(super) fn others_are_stuck_until(then: Instant) -> bool {
    task::others_are_stuck(|task| {
        known(|known| {
            let mut waits = known.values().filter(|it| it.task == *task);
            waits.any(|it| it.until.is_some_and(|until| until > then))
        })
    })
}

/// A handle of a thread that may still run.
pub trait HasThread {
    /// Which thread.
    fn id(&self) -> ThreadId;
    /// Whether it has ended.
    fn has_ended(&self) -> bool;
}

impl<T> HasThread for JoinHandle<T> {
    fn id(&self) -> ThreadId {
        self.thread().id()
    }

    fn has_ended(&self) -> bool {
        self.is_finished()
    }
}

impl<T> HasThread for ScopedJoinHandle<'_, T> {
    fn id(&self) -> ThreadId {
        self.thread().id()
    }

    fn has_ended(&self) -> bool {
        self.is_finished()
    }
}

/// Longer than any sleep that noise puts in.
const STILL: Duration = Duration::from_millis(2);

/// How long a thread that cannot be watched is given to fall asleep.
const GRACE: Duration = Duration::from_millis(50);

/// How much processor time a thread that can be watched may use meanwhile before it is
/// taken for one that never sleeps. Not wall-clock time: on a busy machine a thread may
/// get none.
const LIMIT: Duration = Duration::from_millis(20);

/// How long a thread is waited for in any case.
const PATIENCE: Duration = Duration::from_secs(2);

/// Waits until a thread sleeps or has ended.
///
/// The best that can be had, not a proof: on Linux the system is asked, elsewhere it is a
/// matter of waiting long enough, and a thread that keeps running is given up. Build on
/// it only tests that a thread which is not asleep yet passes too.
pub fn wait_until_asleep(thread: &impl HasThread) {
    let start = Instant::now();
    let mut burnt_before = None;
    let mut asleep: Option<(Instant, u64)> = None;
    while start.elapsed() < PATIENCE && !thread.has_ended() {
        let task = known(|known| known.get(&thread.id()).map(|it| it.task.clone()));
        let state = task.as_ref().and_then(Task::state);
        let burnt = task.as_ref().and_then(Task::fare).map(|fare| fare.ran);
        match (state, burnt) {
            (Some(State::Asleep(now)), _) => match asleep {
                Some((since, before)) if before == now => {
                    if since.elapsed() >= STILL {
                        return;
                    }
                }
                _ => asleep = Some((Instant::now(), now)),
            },
            (Some(State::Awake), Some(burnt)) => {
                asleep = None;
                if burnt.saturating_sub(*burnt_before.get_or_insert(burnt)) > LIMIT {
                    return;
                }
            }
            // It has not begun yet.
            _ if cfg!(target_os = "linux") && task.is_none() => {}
            _ if start.elapsed() > GRACE => return,
            _ => asleep = None,
        }
        thread::sleep(STILL / 8);
    }
}

fn known<R>(act: impl FnOnce(&mut HashMap<ThreadId, Known>) -> R) -> R {
    act(&mut KNOWN.lock().unwrap_or_else(PoisonError::into_inner))
}
