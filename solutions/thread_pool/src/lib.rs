//! A pool from a queue of tasks, and workers that take from its front.
//!
//! There are two kinds of state, each under a mutex of its own. The *pool* knows the queue,
//! whether it still accepts tasks, and which workers have not ended. A *task* knows how far
//! it has come, what it has to run, and its answer; the queue and the future share it.
//!
//! Code that is not ours (a task, the destructor of what it captured) runs under neither
//! mutex: it may take for ever, use the pool, or panic. So neither mutex can be poisoned,
//! and the `unwrap`s cannot fail.
//!
//! ```
//! use thread_pool::{Pending, ThreadPool};
//!
//! let pool = ThreadPool::new(2);
//! let answer = pool.submit(|| 6 * 7).unwrap();
//! assert_eq!(answer.result(), Ok(42));
//! assert_eq!(pool.map(vec![1, 2, 3], |n| n * n), Ok(vec![1, 4, 9]));
//! pool.shutdown(Pending::Run);
//! assert!(pool.submit(|| ()).is_err());
//! ```

use std::any::Any;
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

/// A fixed number of threads that work off tasks in the order in which they came.
pub struct ThreadPool {
    workers: usize,
    shared: Arc<Shared>,
}

/// What the handle of a pool and its workers share.
struct Shared {
    state: Mutex<State>,
    /// Notified once for each task, and when the pool shuts down. The workers wait here.
    work: Condvar,
    /// Notified when an entry of `State::alive` goes or changes. `shutdown` waits here.
    fewer: Condvar,
}

struct State {
    /// Accepted and not begun, the oldest in front.
    queue: VecDeque<Arc<dyn Job>>,
    shut_down: bool,
    /// The workers that have not ended.
    alive: Vec<Worker>,
}

struct Worker {
    id: ThreadId,
    /// Its task waits in `shutdown` itself.
    shuts_down: bool,
}

/// What to do with the tasks that have not begun when a pool shuts down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// Run them all first.
    Run,
    /// Cancel them.
    Cancel,
}

impl ThreadPool {
    /// Starts a pool of `workers` threads.
    ///
    /// # Panics
    ///
    /// Panics if `workers` is zero.
    pub fn new(workers: usize) -> Self {
        assert!(workers > 0, "a thread pool needs at least one worker");
        let state = State {
            queue: VecDeque::new(),
            shut_down: false,
            alive: Vec::new(),
        };
        let shared = Shared {
            state: Mutex::new(state),
            work: Condvar::new(),
            fewer: Condvar::new(),
        };
        let shared = Arc::new(shared);
        // Should the system refuse a thread, the panic drops this pool, and with it end the
        // workers that there are.
        let pool = ThreadPool { workers, shared };
        for _ in 0..workers {
            // A worker that ends looks for its entry under the lock, so it finds it.
            let mut state = pool.shared.state.lock().unwrap();
            let shared = Arc::clone(&pool.shared);
            let worker = thread::spawn(move || shared.work());
            let id = worker.thread().id();
            let shuts_down = false;
            state.alive.push(Worker { id, shuts_down });
        }
        pool
    }

    /// Hands in a task. A worker runs it when all earlier ones have begun.
    ///
    /// # Errors
    ///
    /// [`ShutDown`] if the pool has been shut down.
    pub fn submit<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Future<T>, ShutDown> {
        let task = Arc::new(Task::new(task));
        let mut state = self.shared.state.lock().unwrap();
        // To look whether the pool is open and to queue the task must be one step: in
        // between, the pool could shut down, and the last worker leave.
        if state.shut_down {
            return Err(ShutDown);
        }
        state.queue.push_back(Arc::clone(&task) as Arc<dyn Job>);
        // One more task needs one more worker. If none is waiting, all are busy, and each
        // looks into the queue before it waits again.
        self.shared.work.notify_one();
        Ok(Future { task })
    }

    /// Runs `f` on every item, several at a time, and returns what it made of them, in the
    /// items' order.
    ///
    /// # Errors
    ///
    /// [`TaskError::Panicked`] if `f` panicked for an item, [`TaskError::Cancelled`] if the
    /// pool was shut down before every item had its turn.
    pub fn map<I, T>(
        &self,
        items: Vec<I>,
        f: impl Fn(I) -> T + Send + Sync + 'static,
    ) -> Result<Vec<T>, TaskError>
    where
        I: Send + 'static,
        T: Send + 'static,
    {
        let f = Arc::new(f);
        // All of them are handed in before the first is waited for. An iterator that does
        // both for one item after the other would keep one worker busy at a time.
        let mut futures = Vec::with_capacity(items.len());
        for item in items {
            let f = Arc::clone(&f);
            let future = self.submit(move || f(item));
            futures.push(future.map_err(|ShutDown| TaskError::Cancelled)?);
        }
        futures.into_iter().map(Future::result).collect()
    }

    /// Accepts no more tasks, runs or cancels those that have not begun, and waits until
    /// all workers have ended.
    ///
    /// Called from inside a task, it does not wait for the worker that runs this task.
    pub fn shutdown(&self, pending: Pending) {
        let me = thread::current().id();
        let mut state = self.shared.state.lock().unwrap();
        state.shut_down = true;
        let cancelled = match pending {
            Pending::Run => VecDeque::new(),
            Pending::Cancel => mem::take(&mut state.queue),
        };
        self.shared.work.notify_all();
        drop(state);
        // Cancelling drops what a task captured. That is not our code: not under the lock.
        for job in cancelled {
            job.cancel();
        }

        let mut state = self.shared.state.lock().unwrap();
        let inside = state.set_shuts_down(me, true);
        if inside {
            self.shared.fewer.notify_all();
        }
        // Tasks that all wait in here must not wait for each other either.
        while state
            .alive
            .iter()
            .any(|worker| worker.id != me && !(inside && worker.shuts_down))
        {
            state = self.shared.fewer.wait(state).unwrap();
        }
        state.set_shuts_down(me, false);
    }

    /// The number of threads that work for this pool.
    pub fn workers(&self) -> usize {
        self.workers
    }
}

impl Drop for ThreadPool {
    /// Like `shutdown(Pending::Run)`.
    fn drop(&mut self) {
        self.shutdown(Pending::Run);
    }
}

impl fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPool")
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// The life of a worker.
    fn work(&self) {
        while let Some(job) = self.next() {
            job.run();
            // The last owner of a task drops the answer that nobody fetched, and a
            // destructor may panic like any code. That must not cost a worker.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(job)));
        }
        let me = thread::current().id();
        let mut state = self.state.lock().unwrap();
        state.alive.retain(|worker| worker.id != me);
        self.fewer.notify_all();
    }

    /// Waits for a task and begins it; `None` when no more will come.
    fn next(&self) -> Option<Arc<dyn Job>> {
        let mut state = self.state.lock().unwrap();
        loop {
            // The queue comes before the flag: what was accepted is run.
            while let Some(job) = state.queue.pop_front() {
                // It begins while we have the lock, so none begins before an earlier one.
                if job.begin() {
                    return Some(job);
                }
            }
            if state.shut_down {
                return None;
            }
            state = self.work.wait(state).unwrap();
        }
    }
}

impl State {
    /// Notes whether a thread waits in `shutdown`. Returns whether it is one of the workers.
    fn set_shuts_down(&mut self, id: ThreadId, shuts_down: bool) -> bool {
        let worker = self.alive.iter_mut().find(|worker| worker.id == id);
        let is_worker = worker.is_some();
        if let Some(worker) = worker {
            worker.shuts_down = shuts_down;
        }
        is_worker
    }
}

/// A task whatever it returns, so that one queue can hold them all.
trait Job: Send + Sync {
    /// Marks the task as running, unless it was cancelled. Returns whether it is running now.
    fn begin(&self) -> bool;
    /// Runs a task that has begun.
    fn run(&self);
    /// Cancels the task, unless it has begun.
    fn cancel(&self);
}

/// What a future and the queue, and later a worker, share.
struct Task<T> {
    progress: Mutex<Progress<T>>,
    /// Notified when there is an answer.
    answered: Condvar,
}

struct Progress<T> {
    phase: Phase,
    /// What to run, until somebody takes it: the worker, or who cancels.
    body: Option<Box<dyn FnOnce() -> T + Send>>,
    /// There from the end of the task until the future fetches it.
    answer: Option<Result<T, TaskError>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Queued,
    Running,
    Done,
    Cancelled,
}

impl<T> Task<T> {
    fn new(body: impl FnOnce() -> T + Send + 'static) -> Self {
        let progress = Progress {
            phase: Phase::Queued,
            body: Some(Box::new(body)),
            answer: None,
        };
        Task {
            progress: Mutex::new(progress),
            answered: Condvar::new(),
        }
    }

    fn phase(&self) -> Phase {
        self.progress.lock().unwrap().phase
    }

    /// Cancels the task, unless it has begun. Returns whether it is cancelled now.
    fn cancel(&self) -> bool {
        let mut progress = self.progress.lock().unwrap();
        if progress.phase != Phase::Queued {
            return progress.phase == Phase::Cancelled;
        }
        progress.phase = Phase::Cancelled;
        progress.answer = Some(Err(TaskError::Cancelled));
        self.answered.notify_one();
        let body = progress.body.take();
        // What it captured is dropped without the lock.
        drop(progress);
        drop(body);
        true
    }
}

impl<T: Send> Job for Task<T> {
    fn begin(&self) -> bool {
        let mut progress = self.progress.lock().unwrap();
        let queued = progress.phase == Phase::Queued;
        if queued {
            progress.phase = Phase::Running;
        }
        queued
    }

    fn run(&self) {
        let body = self.progress.lock().unwrap().body.take();
        let Some(body) = body else { return };
        // `AssertUnwindSafe`, because what a panic leaves behind half done is the task's own
        // affair: we look at nothing that it may have been changing.
        let answer = catch_unwind(AssertUnwindSafe(body))
            .map_err(|payload| TaskError::Panicked(message(payload)));
        let mut progress = self.progress.lock().unwrap();
        progress.phase = Phase::Done;
        progress.answer = Some(answer);
        // A task has one future, so one at most is waiting.
        self.answered.notify_one();
    }

    fn cancel(&self) {
        Task::cancel(self);
    }
}

/// The text that a task panicked with.
fn message(payload: Box<dyn Any + Send>) -> String {
    // `panic!("a literal")` carries a `&str`, `panic!("with {arguments}")` a `String`.
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast::<&str>() {
            Ok(text) => (*text).to_owned(),
            Err(_) => "the task panicked without a message".to_owned(),
        },
    }
}

/// The answer of a task that may still have to come. Made by [`ThreadPool::submit`].
pub struct Future<T> {
    task: Arc<Task<T>>,
}

impl<T> Future<T> {
    /// Waits for the answer.
    ///
    /// # Errors
    ///
    /// [`TaskError::Panicked`] if the task panicked, [`TaskError::Cancelled`] if it was
    /// cancelled.
    pub fn result(self) -> Result<T, TaskError> {
        let mut progress = self.task.progress.lock().unwrap();
        loop {
            if let Some(answer) = progress.answer.take() {
                return answer;
            }
            progress = self.task.answered.wait(progress).unwrap();
        }
    }

    /// Like [`result`](Future::result), but gives up when `timeout` has passed.
    ///
    /// # Errors
    ///
    /// The future itself, if there was no answer in time.
    pub fn result_timeout(self, timeout: Duration) -> Result<Result<T, TaskError>, Future<T>> {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            // Further away than the clock can tell: that is for ever.
            return Ok(self.result());
        };
        let mut progress = self.task.progress.lock().unwrap();
        loop {
            if let Some(answer) = progress.answer.take() {
                return Ok(answer);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                drop(progress);
                return Err(self);
            }
            (progress, _) = self.task.answered.wait_timeout(progress, left).unwrap();
        }
    }

    /// Cancels the task, unless it has begun. Returns whether it is cancelled now.
    pub fn cancel(&self) -> bool {
        self.task.cancel()
    }

    /// Whether the task has its answer: it has returned, panicked or been cancelled.
    pub fn is_done(&self) -> bool {
        matches!(self.task.phase(), Phase::Done | Phase::Cancelled)
    }

    /// Whether a worker runs the task at the moment.
    pub fn is_running(&self) -> bool {
        self.task.phase() == Phase::Running
    }

    /// Whether the task was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.task.phase() == Phase::Cancelled
    }
}

impl<T> fmt::Debug for Future<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Future")
            .field("phase", &self.task.phase())
            .finish_non_exhaustive()
    }
}

/// Why a task has no value. The error of [`Future::result`] and [`ThreadPool::map`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskError {
    /// It panicked, with this message.
    Panicked(String),
    /// It was cancelled before it began.
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

/// The error of [`ThreadPool::submit`]: the pool accepts no more tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShutDown;

impl fmt::Display for ShutDown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the pool has been shut down")
    }
}

impl Error for ShutDown {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Barrier, mpsc};

    #[test]
    fn one_worker_runs_tasks_in_order() {
        let pool = ThreadPool::new(1);
        let (log, entries) = mpsc::channel();
        for number in 0..10 {
            let log = log.clone();
            pool.submit(move || log.send(number).unwrap()).unwrap();
        }
        pool.shutdown(Pending::Run);
        assert!(entries.try_iter().eq(0..10));
    }

    #[test]
    fn all_workers_work_at_once() {
        let pool = ThreadPool::new(2);
        let (ask, question) = mpsc::channel();
        let (answer, answered) = mpsc::channel();
        // Each of the two tasks needs the other one to be running.
        let first = pool.submit(move || {
            ask.send(()).unwrap();
            answered.recv().unwrap();
        });
        let second = pool.submit(move || {
            question.recv().unwrap();
            answer.send(()).unwrap();
        });
        assert_eq!(first.unwrap().result(), Ok(()));
        assert_eq!(second.unwrap().result(), Ok(()));
    }

    #[test]
    fn a_panic_costs_its_own_future_only() {
        let pool = ThreadPool::new(1);
        let panics = pool.submit(|| panic!("on purpose: {}", 1)).unwrap();
        let goes_on = pool.submit(|| 1).unwrap();
        let error: Result<(), _> = panics.result();
        assert_eq!(error, Err(TaskError::Panicked("on purpose: 1".to_owned())));
        assert_eq!(goes_on.result(), Ok(1));
    }

    #[test]
    fn what_has_not_begun_can_be_cancelled() {
        let pool = ThreadPool::new(1);
        let (open, gate) = mpsc::channel::<()>();
        let (entered, inside) = mpsc::channel();
        let running = pool.submit(move || {
            entered.send(()).unwrap();
            gate.recv().unwrap();
        });
        let running = running.unwrap();
        let by_hand = pool.submit(|| ()).unwrap();
        let by_shutdown = pool.submit(|| ()).unwrap();
        inside.recv().unwrap();
        assert!(by_hand.cancel() && by_hand.cancel() && by_hand.is_cancelled());
        assert!(running.is_running() && !running.cancel());
        let running = running
            .result_timeout(Duration::from_millis(5))
            .unwrap_err();
        thread::scope(|scope| {
            scope.spawn(|| pool.shutdown(Pending::Cancel));
            assert_eq!(by_shutdown.result(), Err(TaskError::Cancelled));
            assert!(!running.is_done());
            open.send(()).unwrap();
        });
        assert_eq!(running.result(), Ok(()));
    }

    #[test]
    fn the_last_task_may_take_the_pool_with_it() {
        let pool = ThreadPool::new(2);
        let (hand_over, pools) = mpsc::channel::<ThreadPool>();
        let dropped = pool.submit(move || drop(pools.recv().unwrap())).unwrap();
        let last = pool.submit(|| 1).unwrap();
        hand_over.send(pool).unwrap();
        assert_eq!(dropped.result(), Ok(()));
        assert_eq!(last.result(), Ok(1));
    }

    #[test]
    fn two_tasks_may_both_shut_the_pool_down() {
        let pool = Arc::new(ThreadPool::new(3));
        let together = Arc::new(Barrier::new(2));
        let closing = [1, 2].map(|number| {
            let (own, together) = (Arc::clone(&pool), Arc::clone(&together));
            let task = move || {
                together.wait();
                own.shutdown(Pending::Run);
                number
            };
            pool.submit(task).unwrap()
        });
        assert_eq!(closing.map(Future::result), [Ok(1), Ok(2)]);
    }
}
