//! mutant: registry-lock-held-in-join
//! idea: Lock the list, and join one thread after the other.
//! caught-by: model::run_waits_for_the_thread_of_a_thread = deadlock
//! caught-by: stress::run_waits_for_threads_of_threads = deadlock

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

#[derive(Debug, Clone)]
pub struct Process {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    active: AtomicUsize,
    list: Mutex<Vec<Thread>>,
}

thread_local! {
    static MEMBERSHIP: RefCell<Option<(Process, bool)>> = const { RefCell::new(None) };
}

impl Process {
    pub fn run<R>(main: impl FnOnce(&Process) -> R) -> R {
        let process = Process {
            shared: Arc::new(Shared {
                active: AtomicUsize::new(1),
                list: Mutex::default(),
            }),
        };
        let result = catch_unwind(AssertUnwindSafe(|| main(&process)));
        while let Some(thread) = process.shared.list.lock().unwrap().pop() {
            thread.join();
        }
        process.shared.active.fetch_sub(1, SeqCst);
        match result {
            Ok(value) => value,
            Err(panic) => resume_unwind(panic),
        }
    }

    pub fn spawn(&self, body: impl FnOnce() + Send + 'static) -> Thread {
        let daemon = MEMBERSHIP.with_borrow(|membership| match membership {
            Some((process, daemon)) => *daemon && Arc::ptr_eq(&process.shared, &self.shared),
            None => false,
        });
        self.start(daemon, body)
    }

    pub fn spawn_daemon(&self, body: impl FnOnce() + Send + 'static) -> Thread {
        self.start(true, body)
    }

    pub fn spawn_foreground(&self, body: impl FnOnce() + Send + 'static) -> Thread {
        self.start(false, body)
    }

    pub fn active_count(&self) -> usize {
        self.shared.active.load(SeqCst)
    }

    fn start(&self, daemon: bool, body: impl FnOnce() + Send + 'static) -> Thread {
        let thread = Thread(Arc::new(Inner {
            daemon,
            panicked: AtomicBool::new(false),
            over: Mutex::new(false),
            bell: Condvar::new(),
            handle: Mutex::new(None),
        }));
        self.shared.active.fetch_add(1, SeqCst);
        let (process, itself) = (self.clone(), thread.clone());
        let handle = thread::spawn(move || {
            MEMBERSHIP.set(Some((process.clone(), daemon)));
            let panicked = catch_unwind(AssertUnwindSafe(body)).is_err();
            itself.0.panicked.store(panicked, SeqCst);
            process.shared.active.fetch_sub(1, SeqCst);
            *itself.0.over.lock().unwrap() = true;
            itself.0.bell.notify_all();
        });
        *thread.0.handle.lock().unwrap() = Some(handle);
        if !daemon {
            self.shared.list.lock().unwrap().push(thread.clone());
        }
        thread
    }
}

#[derive(Debug, Clone)]
pub struct Thread(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    daemon: bool,
    panicked: AtomicBool,
    over: Mutex<bool>,
    bell: Condvar,
    handle: Mutex<Option<JoinHandle<()>>>,
}

impl Thread {
    pub fn join(&self) {
        let over = self.0.over.lock().unwrap();
        drop(self.0.bell.wait_while(over, |over| !*over).unwrap());
        self.reap();
    }

    pub fn join_timeout(&self, timeout: Duration) -> bool {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            self.join();
            return true;
        };
        let mut over = self.0.over.lock().unwrap();
        while !*over {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            (over, _) = self.0.bell.wait_timeout(over, left).unwrap();
        }
        drop(over);
        self.reap();
        true
    }

    fn reap(&self) {
        let mut handle = self.0.handle.lock().unwrap();
        if let Some(handle) = handle.take() {
            let _ = handle.join();
        }
    }

    pub fn is_alive(&self) -> bool {
        let handle = self.0.handle.lock().unwrap();
        handle.as_ref().is_some_and(|handle| !handle.is_finished())
    }

    pub fn is_daemon(&self) -> bool {
        self.0.daemon
    }

    pub fn panicked(&self) -> bool {
        self.0.panicked.load(SeqCst)
    }
}
