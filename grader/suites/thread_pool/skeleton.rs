//! # Thread pool
//!
//! To start a thread takes time and memory. A program with thousands of small tasks does
//! not start thousands of threads: it keeps a few, the *workers* of a *thread pool*, and
//! hands them the tasks. Each worker takes a task, runs it, and takes the next.
//!
//! Who hands in a task gets a *future* for it: a voucher that can be exchanged for the
//! task's answer once there is one. Until then the holder of the future does other things.
//!
//! ```no_run
//! use thread_pool::{Pending, ThreadPool};
//!
//! let pool = ThreadPool::new(2);
//! let answer = pool.submit(|| 6 * 7).unwrap();
//! assert_eq!(answer.result(), Ok(42));
//! assert_eq!(pool.map(vec![1, 2, 3], |n| n * n), Ok(vec![1, 4, 9]));
//! pool.shutdown(Pending::Run);
//! assert!(pool.submit(|| ()).is_err());
//! ```
//!
//! ## Your task
//!
//! Fill in every `todo!()`. Names and signatures stay as they are; add all the private
//! fields, types and functions that you like. `cargo grader check thread_pool` tells how
//! you are doing, and `cargo grader hint thread_pool` helps you on.
//!
//! You may use `Mutex`, `Condvar`, the atomics, `thread::park` with `Thread::unpark`,
//! `thread::spawn` and its relatives, and the channels of `mpsc`, all from `std`, and
//! everything in `std` that has nothing to do with threads. No `unsafe`, no `static`, no
//! other crate.
//!
//! ## What holds everywhere
//!
//! * **Waiting is sleeping.** A worker without a task, and a thread that waits for an
//!   answer or for the workers to end, use no processor time: they do not look again and
//!   again, they sleep until they are woken.
//! * **What one thread wrote, the next one reads.** Everything that a thread wrote before
//!   it submitted a task is visible to the task, and everything that the task wrote is
//!   visible to the thread that gets its answer or has waited for the workers.
//! * **A timeout of zero** means "try once". **`Duration::MAX`** means "for ever"; take
//!   care that no sum overflows. A wait never gives up before its time, and it ends soon
//!   after it. It leaves no trace: the answer, when it comes, is still there to be fetched.
//! * **No future stays without an answer.** Whatever becomes of its task and of the pool,
//!   whoever waits for it hears of it.
//! * **A panic breaks nothing.** A task that panics costs its own future and nothing else:
//!   the worker goes on to the next task.
//! * Every type here can be sent to and shared between threads (`Send` and `Sync`), as long
//!   as the answers can be sent.
//! * `{:?}` of a pool or a future never waits.

use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

/// A fixed number of threads that run the tasks that are handed to them.
///
/// There are never more threads than were asked for, and that many tasks can be running at
/// once. The same threads are used for all tasks.
///
/// Tasks *start* in the order in which they were submitted. When they end is another
/// matter: with several workers, a short task may overtake a long one. A task has started
/// when its future says that it [is running](Future::is_running).
///
/// Dropping the pool is the same as [`shutdown(Pending::Run)`](ThreadPool::shutdown).
///
/// A task may itself use the pool that runs it. It may submit further tasks, and if it owns
/// the last handle of the pool, it may drop that.
#[derive(Debug)]
pub struct ThreadPool {
    // Your fields.
}

/// What [`ThreadPool::shutdown`] does with the tasks that have not started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// All of them are still run.
    Run,
    /// None of them is run. Their futures answer [`TaskError::Cancelled`].
    Cancel,
}

impl ThreadPool {
    /// Makes a pool of `workers` threads.
    ///
    /// # Panics
    ///
    /// Panics if `workers` is zero, with a sentence that says what is wrong.
    pub fn new(workers: usize) -> Self {
        todo!("a pool of {workers} threads")
    }

    /// Hands in a task and returns the future of its answer, without waiting for it.
    ///
    /// # Errors
    ///
    /// [`ShutDown`] if the pool has been shut down. The task is not run then.
    pub fn submit<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Future<T>, ShutDown> {
        let _ = task;
        todo!("queue the task and wake a worker")
    }

    /// Runs `f` on each of the items, as tasks of this pool, and waits for the answers.
    ///
    /// They come in the order of the items, whichever is ready first.
    ///
    /// # Errors
    ///
    /// [`TaskError::Panicked`] if `f` panicked, and [`TaskError::Cancelled`] if the pool is
    /// shut down, so that not every item gets its turn. When several things went wrong it
    /// may be the error of any; whether the other items are done by then is left open.
    pub fn map<I, T>(
        &self,
        items: Vec<I>,
        f: impl Fn(I) -> T + Send + Sync + 'static,
    ) -> Result<Vec<T>, TaskError>
    where
        I: Send + 'static,
        T: Send + 'static,
    {
        let _ = f;
        todo!("apply the function to {} items", items.len())
    }

    /// Closes the pool: no further task is accepted, and the workers end.
    ///
    /// With [`Pending::Run`] they first run all tasks that were accepted, with
    /// [`Pending::Cancel`] only those that have started. Returns when the workers are
    /// through.
    ///
    /// May be called again, also while an earlier call is still waiting, and waits like the
    /// first. (What it means when the two calls disagree about the pending tasks is left
    /// open.)
    ///
    /// When a task calls this, it cannot wait for the worker that it runs on itself. It
    /// waits for the others only. (What two tasks that both shut their pool down do about each
    /// other is left open, and not graded.)
    pub fn shutdown(&self, pending: Pending) {
        todo!("close the pool, {pending:?} what has not started, and wait for the workers")
    }

    /// The number of threads that the pool was made with.
    pub fn workers(&self) -> usize {
        todo!("how many workers?")
    }
}

impl Drop for ThreadPool {
    /// The same as [`shutdown(Pending::Run)`](ThreadPool::shutdown).
    fn drop(&mut self) {
        todo!("shut down, and let the accepted tasks run first")
    }
}

/// The answer to a task, which may still have to come. Made by [`ThreadPool::submit`].
///
/// A future whose pool is gone still gives its answer. Dropping a future changes nothing
/// for its task: it is run all the same.
#[derive(Debug)]
pub struct Future<T> {
    // Your fields. This one only makes that `T` is used; you will not need it.
    answer: PhantomData<T>,
}

impl<T> Future<T> {
    /// Waits for the task's answer and returns it.
    ///
    /// # Errors
    ///
    /// [`TaskError::Panicked`] if the task panicked, and [`TaskError::Cancelled`] if it was
    /// cancelled before it started.
    pub fn result(self) -> Result<T, TaskError> {
        todo!("sleep until there is {:?}", self.answer)
    }

    /// Like [`result`](Future::result), but gives up when `timeout` has passed.
    ///
    /// With a timeout of zero it takes the answer if it is there, and does not wait for
    /// it. With `Duration::MAX` it is `result`.
    ///
    /// # Errors
    ///
    /// The future itself, to be asked again later, if there was no answer within the whole
    /// `timeout`. What the task said, be it a value or an error, is in the `Ok`.
    pub fn result_timeout(self, timeout: Duration) -> Result<Result<T, TaskError>, Future<T>> {
        todo!("sleep until there is an answer or {timeout:?} have passed")
    }

    /// Cancels the task if it has not started.
    ///
    /// Returns `true` if the task is cancelled now. Then it will never start. Asking again
    /// gives `true` again. Returns `false`, and changes nothing, if the task is running or
    /// has ended. Never waits for the task.
    pub fn cancel(&self) -> bool {
        todo!("cancel the task unless it has started")
    }

    /// Whether there is an answer: the task has returned, panicked, or been cancelled.
    ///
    /// Never waits for the task.
    pub fn is_done(&self) -> bool {
        todo!("is there an answer?")
    }

    /// Whether the task has started and not ended. Never waits for the task.
    pub fn is_running(&self) -> bool {
        todo!("is the task running?")
    }

    /// Whether the task was cancelled. Never waits for the task.
    pub fn is_cancelled(&self) -> bool {
        todo!("was the task cancelled?")
    }
}

/// Why there is no value. The error of [`Future::result`] and [`ThreadPool::map`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskError {
    /// The task panicked. This is the panic's message: the text that was given to
    /// `panic!`.
    Panicked(String),
    /// The task was cancelled before it started.
    Cancelled,
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TaskError::Panicked(message) => write!(f, "the task panicked: {message}"),
            TaskError::Cancelled => f.write_str("the task was cancelled before it started"),
        }
    }
}

impl Error for TaskError {}

/// The error of [`ThreadPool::submit`]: the pool has been shut down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShutDown;

impl fmt::Display for ShutDown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the pool has been shut down and accepts no more tasks")
    }
}

impl Error for ShutDown {}
