//! # Daemon threads
//!
//! When does a program end? In Rust, when `main` returns, whatever its threads are doing:
//! a thread that was saving a file is cut off in the middle of it. In Python, it ends when
//! the main thread *and all other threads* are done, and so a thread that waits for work
//! for ever keeps the program alive for ever. That is why Python knows two kinds of threads.
//! A *foreground* thread is waited for. A *daemon* is not: it serves the others, and when
//! they have gone, nobody needs it any more.
//!
//! In this kata you build that rule. A [`Process`] owns threads, as Python's interpreter
//! does. [`Process::run`] runs a main function and returns when it and all foreground
//! threads are done, however many daemons are still about.
//!
//! ```no_run
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
//!
//! ## Your task
//!
//! Fill in every `todo!()`. Names and signatures stay as they are; add all the private
//! fields and functions that you like. `cargo grader check daemon_threads` tells how you
//! are doing, and `cargo grader hint daemon_threads` helps you on.
//!
//! You may use `thread::spawn`, `thread_local!`, `Mutex`, `Condvar`, the atomics, and
//! `thread::park` with `Thread::unpark`, all from `std`, and everything in `std` that has
//! nothing to do with threads, like `panic::catch_unwind`. No `unsafe`, no `static` (but
//! for the one in a `thread_local!`), no other crate.
//!
//! ## Which threads belong to whom
//!
//! The threads of a process are those that were started by one of its three `spawn`
//! methods, and while its `main` runs, the thread that it runs on. Any thread that can get
//! at a [`Process`] may start threads in it: main, a foreground thread, a daemon, a thread
//! of another process, or one that std's `thread::spawn` has started.
//!
//! A thread is *alive* from the moment that `spawn` returns, or earlier, until its body has
//! returned or panicked. From then on it is *finished*.
//!
//! ## What holds everywhere
//!
//! * **Waiting is sleeping.** A thread that waits for another to finish uses no processor
//!   time: it does not look again and again, it sleeps until it is woken.
//! * **What one thread wrote, the next one reads.** Everything that a thread wrote before it
//!   finished is visible to whoever has joined it, and to whoever comes back from `run`.
//! * **A timeout of zero** means "try once". **`Duration::MAX`** means "for ever"; take
//!   care that no sum overflows. A wait never gives up before its time, and it ends soon
//!   after it. A thread that has given up leaves no trace: others wait as before.
//! * **A panic breaks nothing.** A panic of a thread ends that thread and no other.
//! * Every type here can be sent to and shared between threads (`Send` and `Sync`).
//! * `{:?}` never waits, and neither does a method that is not said to wait.

use std::time::Duration;

/// Stands for the running program: owns threads, and ends when those that count are done.
///
/// A clone is another handle of the same process.
#[derive(Debug, Clone)]
pub struct Process {
    // Your fields.
}

impl Process {
    /// Makes a process, runs `main` in it on the calling thread, and waits until all its
    /// foreground threads are finished. Returns what `main` returned.
    ///
    /// Foreground threads that are started while it waits are waited for as well, whoever
    /// starts them. Daemons are never waited for.
    ///
    /// What happens when `run` is called inside of `run` is not defined.
    ///
    /// # Panics
    ///
    /// If `main` panics, with the same panic; but not before all foreground threads are
    /// finished. A panic of another thread is no concern of `run`.
    pub fn run<R>(main: impl FnOnce(&Process) -> R) -> R {
        let _ = main;
        todo!("run main, wait for the foreground threads, return what main returned")
    }

    /// Starts a thread that is what its creator is: started by a daemon of this process, it
    /// is a daemon as well; started by any other thread, it is a foreground thread.
    ///
    /// A daemon of *another* process is "any other thread".
    pub fn spawn(&self, body: impl FnOnce() + Send + 'static) -> Thread {
        let _ = body;
        todo!("start a thread that is a daemon if the calling thread is one")
    }

    /// Starts a daemon, whoever calls this.
    pub fn spawn_daemon(&self, body: impl FnOnce() + Send + 'static) -> Thread {
        let _ = body;
        todo!("start a daemon")
    }

    /// Starts a foreground thread, whoever calls this.
    pub fn spawn_foreground(&self, body: impl FnOnce() + Send + 'static) -> Thread {
        let _ = body;
        todo!("start a thread that `run` waits for")
    }

    /// The number of threads of this process that are alive, foreground threads and daemons.
    ///
    /// Main counts as well, also when it has returned, until `run` returns. A thread that
    /// somebody has joined does not count.
    pub fn active_count(&self) -> usize {
        todo!("how many threads are alive?")
    }
}

/// A handle of a thread of a [`Process`].
///
/// A clone is another handle of the same thread. Dropping all handles changes nothing for
/// the thread.
#[derive(Debug, Clone)]
pub struct Thread {
    // Your fields.
}

impl Thread {
    /// Waits until the thread is finished. Returns at once if it is already.
    ///
    /// Any number of threads may wait at the same time, and any number of times. It does
    /// not matter whether the thread returned or panicked, or whether it is a daemon. A
    /// thread that joins itself is not defined.
    pub fn join(&self) {
        todo!("sleep until the thread is finished")
    }

    /// Like [`join`](Thread::join), but gives up when `timeout` has passed.
    ///
    /// Returns whether the thread is finished. `false` never comes before the whole
    /// `timeout` has passed.
    pub fn join_timeout(&self, timeout: Duration) -> bool {
        todo!("sleep until the thread is finished or {timeout:?} have passed")
    }

    /// Whether the thread is not finished yet.
    ///
    /// `true` as soon as `spawn` has returned, and still for a moment after the last
    /// statement of the body; `false` for whoever has joined the thread or, if it is a
    /// foreground thread, has come back from [`run`](Process::run).
    pub fn is_alive(&self) -> bool {
        todo!("has the thread not finished yet?")
    }

    /// Whether the thread is a daemon. That never changes.
    pub fn is_daemon(&self) -> bool {
        todo!("is the thread a daemon?")
    }

    /// Whether the thread has finished by a panic. `false` while it is alive.
    pub fn panicked(&self) -> bool {
        todo!("has the thread panicked?")
    }
}
