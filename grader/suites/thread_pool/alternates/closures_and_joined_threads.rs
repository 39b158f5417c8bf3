//! alternate: closures and joined threads
//! idea: A queue of closures, one condition variable that always wakes everybody, and a shutdown that joins the threads.

use std::any::Any;
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle, ThreadId};
use std::time::{Duration, Instant};

pub struct ThreadPool {
    workers: usize,
    shared: Arc<Shared>,
    /// Locked one at a time, by whoever waits for that worker.
    handles: Vec<(ThreadId, Mutex<Option<JoinHandle<()>>>)>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    queue: VecDeque<Box<dyn FnOnce(Pending) + Send>>,
    shut_down: bool,
}

impl ThreadPool {
    pub fn new(workers: usize) -> Self {
        assert!(workers > 0, "a thread pool needs at least one worker");
        let state = State {
            queue: VecDeque::new(),
            shut_down: false,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        let handles = (0..workers)
            .map(|_| {
                let shared = Arc::clone(&shared);
                let worker = thread::spawn(move || shared.work());
                (worker.thread().id(), Mutex::new(Some(worker)))
            })
            .collect();
        ThreadPool {
            workers,
            shared,
            handles,
        }
    }

    pub fn submit<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Future<T>, ShutDown> {
        let task = Arc::new(Task::new(task));
        let job = Arc::clone(&task);
        let mut state = self.shared.state.lock().unwrap();
        if state.shut_down {
            return Err(ShutDown);
        }
        state
            .queue
            .push_back(Box::new(move |pending| match pending {
                Pending::Cancel => Job::cancel(&*job),
                Pending::Run if job.begin() => job.run(),
                Pending::Run => {}
            }));
        self.shared.changed.notify_all();
        Ok(Future { task })
    }

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
        let mut futures = Vec::new();
        for item in items {
            let f = Arc::clone(&f);
            let future = self.submit(move || f(item));
            futures.push(future.map_err(|ShutDown| TaskError::Cancelled)?);
        }
        futures.into_iter().map(Future::result).collect()
    }

    pub fn shutdown(&self, pending: Pending) {
        let me = thread::current().id();
        let mut state = self.shared.state.lock().unwrap();
        state.shut_down = true;
        let cancelled = match pending {
            Pending::Run => VecDeque::new(),
            Pending::Cancel => mem::take(&mut state.queue),
        };
        self.shared.changed.notify_all();
        drop(state);
        for job in cancelled {
            job(Pending::Cancel);
        }
        for (_, handle) in self.handles.iter().filter(|(id, _)| *id != me) {
            let mut handle = handle.lock().unwrap();
            if let Some(worker) = handle.take() {
                let _ = worker.join();
            }
        }
    }

    pub fn workers(&self) -> usize {
        self.workers
    }
}

impl Drop for ThreadPool {
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
    fn work(&self) {
        let mut state = self.state.lock().unwrap();
        loop {
            if let Some(job) = state.queue.pop_front() {
                drop(state);
                job(Pending::Run);
                state = self.state.lock().unwrap();
            } else if state.shut_down {
                return;
            } else {
                state = self.changed.wait(state).unwrap();
            }
        }
    }
}

trait Job: Send + Sync {
    fn begin(&self) -> bool;
    fn run(&self);
    fn cancel(&self);
}

struct Task<T> {
    progress: Mutex<Progress<T>>,
    answered: Condvar,
}

struct Progress<T> {
    phase: Phase,
    body: Option<Box<dyn FnOnce() -> T + Send>>,
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

    fn cancel(&self) -> bool {
        let mut progress = self.progress.lock().unwrap();
        if progress.phase != Phase::Queued {
            return progress.phase == Phase::Cancelled;
        }
        progress.phase = Phase::Cancelled;
        progress.answer = Some(Err(TaskError::Cancelled));
        self.answered.notify_one();
        let body = progress.body.take();
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
        let answer = catch_unwind(AssertUnwindSafe(body))
            .map_err(|payload| TaskError::Panicked(message(payload)));
        let mut progress = self.progress.lock().unwrap();
        progress.phase = Phase::Done;
        progress.answer = Some(answer);
        self.answered.notify_one();
    }

    fn cancel(&self) {
        Task::cancel(self);
    }
}

pub struct Future<T> {
    task: Arc<Task<T>>,
}

impl<T> Future<T> {
    pub fn result(self) -> Result<T, TaskError> {
        let mut progress = self.task.progress.lock().unwrap();
        loop {
            if let Some(answer) = progress.answer.take() {
                return answer;
            }
            progress = self.task.answered.wait(progress).unwrap();
        }
    }

    pub fn result_timeout(self, timeout: Duration) -> Result<Result<T, TaskError>, Future<T>> {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
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

    pub fn cancel(&self) -> bool {
        self.task.cancel()
    }

    pub fn is_done(&self) -> bool {
        matches!(self.task.phase(), Phase::Done | Phase::Cancelled)
    }

    pub fn is_running(&self) -> bool {
        self.task.phase() == Phase::Running
    }

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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    Run,
    Cancel,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskError {
    Panicked(String),
    Cancelled,
}

impl fmt::Display for TaskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TaskError::Panicked(message) => write!(f, "the task panicked: {message}"),
            TaskError::Cancelled => f.write_str("the task was cancelled"),
        }
    }
}

impl Error for TaskError {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShutDown;

impl fmt::Display for ShutDown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the pool has been shut down")
    }
}

impl Error for ShutDown {}

fn message(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast::<&str>() {
            Ok(text) => (*text).to_owned(),
            Err(_) => "a panic without a message".to_owned(),
        },
    }
}
