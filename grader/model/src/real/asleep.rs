//! Tells whether another thread is asleep.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::thread::{self, JoinHandle, ScopedJoinHandle, ThreadId};
use std::time::{Duration, Instant};

/// How the system calls a thread.
type Task = String;

/// The threads that have passed a point of noise and have not ended.
static TASKS: LazyLock<Mutex<HashMap<ThreadId, Task>>> = LazyLock::new(Mutex::default);

thread_local! {
    static ENTRY: Entry = Entry::of_this_thread();
}

struct Entry(ThreadId);

impl Entry {
    fn of_this_thread() -> Entry {
        let id = thread::current().id();
        if let Some(task) = task() {
            tasks(|tasks| tasks.insert(id, task));
        }
        Entry(id)
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        tasks(|tasks| tasks.remove(&self.0));
    }
}

/// Makes the calling thread known until it ends.
pub(super) fn register() {
    let _ = ENTRY.try_with(|_| ());
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

/// How much processor time a thread that can be watched may have used since it was started
/// before it is taken for one that never sleeps. Not wall-clock time: on a busy machine a
/// thread may get none.
const LIMIT: Duration = Duration::from_millis(50);

/// How long a thread is waited for in any case.
const PATIENCE: Duration = Duration::from_secs(2);

/// Waits until a thread sleeps or has ended.
///
/// The best that can be had, not a proof: on Linux the system is asked, elsewhere it is a
/// matter of waiting long enough, and a thread that keeps running is given up. Build on
/// it only tests that a thread which is not asleep yet passes too.
pub fn wait_until_asleep(thread: &impl HasThread) {
    let start = Instant::now();
    let mut asleep: Option<(Instant, Sleep)> = None;
    while start.elapsed() < PATIENCE && !thread.has_ended() {
        let task = tasks(|tasks| tasks.get(&thread.id()).cloned());
        match task.as_deref().map(look) {
            None if cfg!(target_os = "linux") => {}
            None | Some(Look::Unknown) if start.elapsed() > GRACE => return,
            None | Some(Look::Unknown) => asleep = None,
            Some(Look::Awake(burnt)) => {
                asleep = None;
                if burnt > LIMIT {
                    return;
                }
            }
            Some(Look::Asleep(now)) => match &asleep {
                Some((since, before)) if *before == now => {
                    if since.elapsed() >= STILL {
                        return;
                    }
                }
                _ => asleep = Some((Instant::now(), now)),
            },
        }
        thread::sleep(STILL / 8);
    }
}

fn tasks<R>(act: impl FnOnce(&mut HashMap<ThreadId, Task>) -> R) -> R {
    act(&mut TASKS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What the system says of a thread.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
enum Look {
    Unknown,
    /// Runs, or would like to, and has used that much processor time since it was started.
    Awake(Duration),
    Asleep(Sleep),
}

/// One sleep of a thread is told from the next by how often it has gone to sleep.
#[derive(PartialEq)]
struct Sleep(u64);

#[cfg(target_os = "linux")]
fn task() -> Option<Task> {
    let link = std::fs::read_link("/proc/thread-self").ok()?;
    Some(link.file_name()?.to_str()?.to_owned())
}

#[cfg(target_os = "linux")]
fn look(task: &str) -> Look {
    let Ok(status) = std::fs::read_to_string(format!("/proc/self/task/{task}/status")) else {
        return Look::Unknown;
    };
    let field = |name: &str| {
        status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .map(str::trim)
    };
    let burnt = std::fs::read_to_string(format!("/proc/self/task/{task}/schedstat"));
    let burnt = burnt
        .ok()
        .and_then(|stat| stat.split(' ').next()?.parse().ok());
    let sleeps = field("voluntary_ctxt_switches:").and_then(|count| count.parse().ok());
    match (field("State:"), sleeps) {
        (Some(state), Some(count)) if state.starts_with('S') => Look::Asleep(Sleep(count)),
        (Some(_), Some(_)) => burnt.map_or(Look::Unknown, |nanos| {
            Look::Awake(Duration::from_nanos(nanos))
        }),
        _ => Look::Unknown,
    }
}

#[cfg(not(target_os = "linux"))]
fn task() -> Option<Task> {
    None
}

#[cfg(not(target_os = "linux"))]
fn look(_: &str) -> Look {
    Look::Unknown
}
