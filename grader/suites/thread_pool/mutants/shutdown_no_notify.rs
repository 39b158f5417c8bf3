//! mutant: shutdown-no-notify
//! idea: The workers will see the flag when they next look.
//! caught-by: model::idle_workers_end = lost_wakeup
//! caught-by: stress::idle_workers_sleep = deadlock
//! caught-by: stress::many_threads_submit = deadlock

use std::any::Any;
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

pub struct ThreadPool {
    workers: usize,
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    work: Condvar,
    ended: Condvar,
}

struct State {
    queue: VecDeque<Arc<dyn Job>>,
    shut_down: bool,
    alive: Vec<ThreadId>,
}

impl ThreadPool {
    pub fn new(workers: usize) -> Self {
        assert!(workers > 0, "a thread pool needs at least one worker");
        let state = State {
            queue: VecDeque::new(),
            shut_down: false,
            alive: Vec::new(),
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            work: Condvar::new(),
            ended: Condvar::new(),
        });
        let pool = ThreadPool { workers, shared };
        for _ in 0..workers {
            let mut state = pool.shared.state.lock().unwrap();
            let shared = Arc::clone(&pool.shared);
            let worker = thread::spawn(move || shared.work());
            state.alive.push(worker.thread().id());
        }
        pool
    }

    pub fn submit<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Future<T>, ShutDown> {
        let task = Arc::new(Task::new(task));
        let mut state = self.shared.state.lock().unwrap();
        if state.shut_down {
            return Err(ShutDown);
        }
        state.queue.push_back(Arc::clone(&task) as Arc<dyn Job>);
        self.shared.work.notify_one();
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
        drop(state);
        for job in cancelled {
            job.cancel();
        }
        let mut state = self.shared.state.lock().unwrap();
        while state.alive.iter().any(|id| *id != me) {
            state = self.shared.ended.wait(state).unwrap();
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
        while let Some(job) = self.next() {
            job.run();
        }
        let me = thread::current().id();
        let mut state = self.state.lock().unwrap();
        state.alive.retain(|id| *id != me);
        self.ended.notify_all();
    }

    fn next(&self) -> Option<Arc<dyn Job>> {
        let mut state = self.state.lock().unwrap();
        loop {
            while let Some(job) = state.queue.pop_front() {
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
