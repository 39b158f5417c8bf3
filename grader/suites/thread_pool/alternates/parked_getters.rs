//! alternate: parked getters
//! idea: How far a task is stands in an atomic; who waits for its answer parks, and is unparked.

use std::any::Any;
use std::collections::VecDeque;
use std::error::Error;
use std::fmt;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU8, Ordering::*};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, Thread, ThreadId};
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
        self.shared.work.notify_all();
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

const QUEUED: u8 = 0;
const RUNNING: u8 = 1;
const DONE: u8 = 2;
const CANCELLED: u8 = 3;

struct Task<T> {
    phase: AtomicU8,
    body: Mutex<Option<Box<dyn FnOnce() -> T + Send>>>,
    answer: Mutex<Option<Result<T, TaskError>>>,
    /// Who is parked until there is an answer.
    waiter: Mutex<Option<Thread>>,
}

impl<T> Task<T> {
    fn new(body: impl FnOnce() -> T + Send + 'static) -> Self {
        Task {
            phase: AtomicU8::new(QUEUED),
            body: Mutex::new(Some(Box::new(body))),
            answer: Mutex::new(None),
            waiter: Mutex::new(None),
        }
    }

    fn answer(&self, answer: Result<T, TaskError>, phase: u8) {
        *self.answer.lock().unwrap() = Some(answer);
        self.phase.store(phase, Release);
        if let Some(waiter) = self.waiter.lock().unwrap().take() {
            waiter.unpark();
        }
    }

    fn cancel(&self) -> bool {
        match self
            .phase
            .compare_exchange(QUEUED, CANCELLED, AcqRel, Acquire)
        {
            Ok(_) => {
                self.answer(Err(TaskError::Cancelled), CANCELLED);
                let body = self.body.lock().unwrap().take();
                drop(body);
                true
            }
            Err(phase) => phase == CANCELLED,
        }
    }
}

impl<T: Send> Job for Task<T> {
    fn begin(&self) -> bool {
        self.phase
            .compare_exchange(QUEUED, RUNNING, AcqRel, Acquire)
            .is_ok()
    }

    fn run(&self) {
        let body = self.body.lock().unwrap().take();
        let Some(body) = body else { return };
        let outcome = catch_unwind(AssertUnwindSafe(body));
        self.answer(
            outcome.map_err(|payload| TaskError::Panicked(message(payload))),
            DONE,
        );
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
        loop {
            *self.task.waiter.lock().unwrap() = Some(thread::current());
            if let Some(answer) = self.task.answer.lock().unwrap().take() {
                return answer;
            }
            thread::park();
        }
    }

    pub fn result_timeout(self, timeout: Duration) -> Result<Result<T, TaskError>, Future<T>> {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            return Ok(self.result());
        };
        loop {
            *self.task.waiter.lock().unwrap() = Some(thread::current());
            if let Some(answer) = self.task.answer.lock().unwrap().take() {
                return Ok(answer);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                *self.task.waiter.lock().unwrap() = None;
                return Err(self);
            }
            thread::park_timeout(left);
        }
    }

    pub fn cancel(&self) -> bool {
        self.task.cancel()
    }

    pub fn is_done(&self) -> bool {
        let phase = self.task.phase.load(Acquire);
        phase == DONE || phase == CANCELLED
    }

    pub fn is_running(&self) -> bool {
        self.task.phase.load(Acquire) == RUNNING
    }

    pub fn is_cancelled(&self) -> bool {
        self.task.phase.load(Acquire) == CANCELLED
    }
}

impl<T> fmt::Debug for Future<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Future")
            .field("done", &self.is_done())
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
