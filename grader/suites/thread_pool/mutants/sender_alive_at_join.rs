//! mutant: sender-alive-at-join
//! idea: Dropping a pool waits until its workers have run out of tasks.
//! caught-by: model::idle_workers_end = deadlock
//! caught-by: stress::the_threads_end = deadlock
//! caught-by: stress::a_task_is_run_once_and_answered = deadlock

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, Instant};

pub struct ThreadPool {
    workers: usize,
    /// The way into the queue, while the pool is open.
    jobs: Mutex<Option<Sender<Arc<dyn Job>>>>,
    cancelled: Arc<AtomicBool>,
    lives: Vec<Life>,
}

/// Gives one message when the worker ends, and then disconnects.
struct Life {
    worker: ThreadId,
    /// Whoever gets in second finds it disconnected.
    end: Mutex<Receiver<()>>,
}

impl ThreadPool {
    pub fn new(workers: usize) -> Self {
        assert!(workers > 0, "a pool must have a worker, zero is not enough");
        let (jobs, queue) = mpsc::channel::<Arc<dyn Job>>();
        let queue = Arc::new(Mutex::new(queue));
        let cancelled = Arc::new(AtomicBool::new(false));
        let lives = (0..workers)
            .map(|_| {
                let (queue, cancelled) = (Arc::clone(&queue), Arc::clone(&cancelled));
                let (alive, end) = mpsc::channel();
                let worker = thread::spawn(move || {
                    loop {
                        let Ok(job) = queue.lock().unwrap().recv() else {
                            break;
                        };
                        if cancelled.load(SeqCst) {
                            job.cancel();
                        } else if job.begin() {
                            job.run();
                        }
                    }
                    let _ = alive.send(());
                });
                Life {
                    worker: worker.thread().id(),
                    end: Mutex::new(end),
                }
            })
            .collect();
        ThreadPool {
            workers,
            jobs: Mutex::new(Some(jobs)),
            cancelled,
            lives,
        }
    }

    pub fn submit<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Future<T>, ShutDown> {
        let jobs = self.jobs.lock().unwrap();
        let (task, future) = promise(task);
        jobs.as_ref()
            .ok_or(ShutDown)?
            .send(task)
            .map_err(|_| ShutDown)?;
        Ok(future)
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
        if pending == Pending::Cancel {
            self.cancelled.store(true, SeqCst);
        }
        let _jobs = self.jobs.lock().unwrap().take();
        let me = thread::current().id();
        for life in self.lives.iter().filter(|life| life.worker != me) {
            let _ = life.end.lock().unwrap().recv();
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

trait Job: Send + Sync {
    fn begin(&self) -> bool;
    fn run(&self);
    fn cancel(&self);
}

const QUEUED: u8 = 0;
const RUNNING: u8 = 1;
const DONE: u8 = 2;
const CANCELLED: u8 = 3;

/// What to run, and where to send the answer.
type Order<T> = (Box<dyn FnOnce() -> T + Send>, Sender<Result<T, TaskError>>);

struct Task<T> {
    phase: Arc<AtomicU8>,
    /// Until somebody takes it.
    order: Mutex<Option<Order<T>>>,
}

impl<T> Task<T> {
    fn begin(&self) -> bool {
        self.phase
            .compare_exchange(QUEUED, RUNNING, SeqCst, SeqCst)
            .is_ok()
    }

    fn cancel(&self) -> bool {
        match self
            .phase
            .compare_exchange(QUEUED, CANCELLED, SeqCst, SeqCst)
        {
            Ok(_) => {
                let order = self.order.lock().unwrap().take();
                if let Some((_, answer)) = order {
                    let _ = answer.send(Err(TaskError::Cancelled));
                }
                true
            }
            Err(phase) => phase == CANCELLED,
        }
    }
}

impl<T: Send> Job for Task<T> {
    fn begin(&self) -> bool {
        Task::begin(self)
    }

    fn run(&self) {
        let order = self.order.lock().unwrap().take();
        let Some((body, answer)) = order else { return };
        let result = catch_unwind(AssertUnwindSafe(body));
        let _ = answer.send(result.map_err(|payload| TaskError::Panicked(message(payload))));
        self.phase.store(DONE, SeqCst);
    }

    fn cancel(&self) {
        Task::cancel(self);
    }
}

pub struct Future<T> {
    task: Arc<Task<T>>,
    /// A receiver is not `Sync`; in a mutex it is.
    answer: Mutex<Receiver<Result<T, TaskError>>>,
}

fn promise<T>(body: impl FnOnce() -> T + Send + 'static) -> (Arc<Task<T>>, Future<T>) {
    let (send, receive) = mpsc::channel();
    let task = Arc::new(Task {
        phase: Arc::new(AtomicU8::new(QUEUED)),
        order: Mutex::new(Some((Box::new(body), send))),
    });
    (
        Arc::clone(&task),
        Future {
            task,
            answer: Mutex::new(receive),
        },
    )
}

impl<T> Future<T> {
    pub fn result(self) -> Result<T, TaskError> {
        let answer = self.answer.into_inner().unwrap().recv();
        answer.unwrap_or(Err(TaskError::Cancelled))
    }

    pub fn result_timeout(self, timeout: Duration) -> Result<Result<T, TaskError>, Future<T>> {
        if Instant::now().checked_add(timeout).is_none() {
            return Ok(self.result());
        }
        let answer = self.answer.lock().unwrap().recv_timeout(timeout);
        answer.map_err(|_| self)
    }

    pub fn cancel(&self) -> bool {
        self.task.cancel()
    }

    pub fn is_done(&self) -> bool {
        self.task.phase.load(SeqCst) >= DONE
    }

    pub fn is_running(&self) -> bool {
        self.task.phase.load(SeqCst) == RUNNING
    }

    pub fn is_cancelled(&self) -> bool {
        self.task.phase.load(SeqCst) == CANCELLED
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
