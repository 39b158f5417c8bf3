//! Threads that are waited for and threads that are not, from two counters and a condition
//! variable for the process, and a state and a condition variable for each thread.
//!
//! The idea is to *count*, and not to keep a list of handles and join them one by one.
//! A list would be out of date as soon as a thread starts another one. The counter goes up
//! before the new thread exists and down when it has finished, so it cannot be zero while
//! there is a thread to wait for, or one that might still start such a thread.
//!
//! No code but our own ever runs under one of the mutexes, so a panic cannot poison them
//! and the `unwrap`s cannot fail.
//!
//! ```
//! use daemon_threads::Process;
//! use std::{thread, time::Duration};
//!
//! let answer = Process::run(|process| {
//!     process.spawn_daemon(|| loop {
//!         thread::sleep(Duration::from_secs(1));
//!         println!("still here");
//!     });
//!     process.spawn(|| println!("this is printed, whenever main ends"));
//!     42
//! });
//! assert_eq!(answer, 42);
//! ```

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// Stands for the running program: owns threads, and ends when those that count are done.
#[derive(Debug, Clone)]
pub struct Process {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    census: Mutex<Census>,
    /// Notified when the last foreground thread has finished.
    last_one_gone: Condvar,
}

#[derive(Debug)]
struct Census {
    /// Threads that are alive, main included.
    active: usize,
    /// Of these, the ones that `run` has to wait for, main not included.
    foreground: usize,
}

thread_local! {
    /// The process that the current thread belongs to, and whether it is a daemon there.
    /// Main has no entry: like any stranger, it starts foreground threads.
    static MEMBERSHIP: RefCell<Option<(Process, bool)>> = const { RefCell::new(None) };
}

impl Process {
    /// Runs `main` and waits until all foreground threads are finished.
    ///
    /// # Panics
    ///
    /// If `main` panics.
    pub fn run<R>(main: impl FnOnce(&Process) -> R) -> R {
        let process = Process {
            shared: Arc::new(Shared {
                census: Mutex::new(Census {
                    active: 1,
                    foreground: 0,
                }),
                last_one_gone: Condvar::new(),
            }),
        };
        // The panic is kept, not lost: it goes on once the others are done.
        let result = catch_unwind(AssertUnwindSafe(|| main(&process)));
        let mut census = process.census();
        while census.foreground > 0 {
            census = process.shared.last_one_gone.wait(census).unwrap();
        }
        census.active -= 1;
        drop(census);
        result.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Starts a thread that is a daemon if the calling thread is a daemon of this process.
    pub fn spawn(&self, body: impl FnOnce() + Send + 'static) -> Thread {
        let daemon = MEMBERSHIP.with_borrow(|membership| match membership {
            Some((process, daemon)) => *daemon && Arc::ptr_eq(&process.shared, &self.shared),
            None => false,
        });
        self.start(daemon, body)
    }

    /// Starts a daemon.
    pub fn spawn_daemon(&self, body: impl FnOnce() + Send + 'static) -> Thread {
        self.start(true, body)
    }

    /// Starts a foreground thread.
    pub fn spawn_foreground(&self, body: impl FnOnce() + Send + 'static) -> Thread {
        self.start(false, body)
    }

    /// The number of threads that are alive.
    pub fn active_count(&self) -> usize {
        self.census().active
    }

    fn start(&self, daemon: bool, body: impl FnOnce() + Send + 'static) -> Thread {
        let thread = Thread {
            life: Arc::new(Life {
                daemon,
                stage: Mutex::new(Stage::Alive),
                finished: Condvar::new(),
            }),
        };
        // Counted here, and not by the new thread: it may take its time to begin, and
        // until then `run` would not know of it.
        let mut census = self.census();
        census.active += 1;
        census.foreground += usize::from(!daemon);
        drop(census);
        let (process, itself) = (self.clone(), thread.clone());
        thread::spawn(move || {
            MEMBERSHIP.set(Some((process.clone(), daemon)));
            // Whatever happens in `body`, the thread has to be reported as finished.
            let result = catch_unwind(AssertUnwindSafe(body));
            process.has_finished(&itself, result.is_err());
        });
        thread
    }

    /// Does three things, and the order matters: whoever has seen that the thread is
    /// finished must not find it counted, and when `run` returns, the foreground threads
    /// must be finished.
    fn has_finished(&self, thread: &Thread, panicked: bool) {
        self.census().active -= 1;
        thread.finish(panicked);
        if !thread.is_daemon() {
            let mut census = self.census();
            census.foreground -= 1;
            if census.foreground == 0 {
                self.shared.last_one_gone.notify_one();
            }
        }
    }

    fn census(&self) -> MutexGuard<'_, Census> {
        self.shared.census.lock().unwrap()
    }
}

/// A handle of a thread of a [`Process`].
#[derive(Debug, Clone)]
pub struct Thread {
    life: Arc<Life>,
}

#[derive(Debug)]
struct Life {
    daemon: bool,
    stage: Mutex<Stage>,
    /// Notified when `stage` is no longer `Alive`.
    finished: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Alive,
    Returned,
    Panicked,
}

impl Thread {
    /// Waits until the thread is finished.
    pub fn join(&self) {
        let mut stage = self.life.stage.lock().unwrap();
        while *stage == Stage::Alive {
            stage = self.life.finished.wait(stage).unwrap();
        }
    }

    /// Like [`join`](Thread::join), but returns `false` when `timeout` has passed.
    pub fn join_timeout(&self, timeout: Duration) -> bool {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            // Further away than the clock can tell: that is for ever.
            self.join();
            return true;
        };
        let mut stage = self.life.stage.lock().unwrap();
        while *stage == Stage::Alive {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            (stage, _) = self.life.finished.wait_timeout(stage, left).unwrap();
        }
        true
    }

    /// Whether the thread is not finished yet.
    pub fn is_alive(&self) -> bool {
        self.stage() == Stage::Alive
    }

    /// Whether the thread is a daemon.
    pub fn is_daemon(&self) -> bool {
        self.life.daemon
    }

    /// Whether the thread has finished by a panic.
    pub fn panicked(&self) -> bool {
        self.stage() == Stage::Panicked
    }

    fn stage(&self) -> Stage {
        *self.life.stage.lock().unwrap()
    }

    fn finish(&self, panicked: bool) {
        *self.life.stage.lock().unwrap() = match panicked {
            true => Stage::Panicked,
            false => Stage::Returned,
        };
        // All: any number of threads may be waiting for this one.
        self.life.finished.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    const A_MOMENT: Duration = Duration::from_millis(20);

    #[test]
    fn run_waits_for_the_thread_of_a_thread() {
        let done = Arc::new(AtomicBool::new(false));
        let grandchild_done = Arc::clone(&done);
        Process::run(|process| {
            let inside = process.clone();
            process.spawn(move || {
                thread::sleep(A_MOMENT);
                inside.spawn(move || {
                    thread::sleep(A_MOMENT);
                    grandchild_done.store(true, Relaxed);
                });
            });
        });
        assert!(done.load(Relaxed));
    }

    #[test]
    fn run_does_not_wait_for_daemons_or_their_children() {
        let process = Process::run(|process| {
            let inside = process.clone();
            process.spawn_daemon(move || {
                inside.spawn(|| thread::sleep(Duration::MAX)).join();
            });
            process.clone()
        });
        assert!(process.active_count() > 0);
    }

    #[test]
    fn a_panic_ends_one_thread() {
        Process::run(|process| {
            let thread = process.spawn(|| panic!("on purpose"));
            thread.join();
            assert!(thread.panicked() && !thread.is_alive());
            assert_eq!(process.active_count(), 1);
        });
    }

    #[test]
    fn a_timed_join_gives_up_and_can_be_tried_again() {
        Process::run(|process| {
            let thread = process.spawn(|| thread::sleep(5 * A_MOMENT));
            assert!(!thread.join_timeout(A_MOMENT));
            assert!(thread.join_timeout(Duration::MAX));
        });
    }
}
