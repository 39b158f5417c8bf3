//! mutant: run-parks-once
//! idea: Park until the last one unparks.
//! caught-by: model::a_stray_unpark_does_no_harm = assertion
//! caught-by: model::run_waits_for_a_thread = spurious_wakeup

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering::*};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, Clone)]
pub struct Process {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    active: AtomicUsize,
    foreground: AtomicUsize,
    main: thread::Thread,
}

thread_local! {
    static MEMBERSHIP: RefCell<Option<(Process, bool)>> = const { RefCell::new(None) };
}

impl Process {
    pub fn run<R>(main: impl FnOnce(&Process) -> R) -> R {
        let process = Process {
            shared: Arc::new(Shared {
                active: AtomicUsize::new(1),
                foreground: AtomicUsize::new(0),
                main: thread::current(),
            }),
        };
        let result = catch_unwind(AssertUnwindSafe(|| main(&process)));
        if process.shared.foreground.load(Acquire) > 0 {
            thread::park();
        }
        process.shared.active.fetch_sub(1, AcqRel);
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
        self.shared.active.load(Acquire)
    }

    fn start(&self, daemon: bool, body: impl FnOnce() + Send + 'static) -> Thread {
        let thread = Thread(Arc::new(Inner {
            daemon,
            stage: AtomicU8::new(ALIVE),
            joiners: Mutex::default(),
        }));
        self.shared.active.fetch_add(1, AcqRel);
        if !daemon {
            self.shared.foreground.fetch_add(1, AcqRel);
        }
        let (process, itself) = (self.clone(), thread.clone());
        thread::spawn(move || {
            MEMBERSHIP.set(Some((process.clone(), daemon)));
            let result = catch_unwind(AssertUnwindSafe(body));
            process.shared.active.fetch_sub(1, AcqRel);
            itself.finish(if result.is_ok() { RETURNED } else { PANICKED });
            if !daemon && process.shared.foreground.fetch_sub(1, AcqRel) == 1 {
                process.shared.main.unpark();
            }
        });
        thread
    }
}

#[derive(Debug, Clone)]
pub struct Thread(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    daemon: bool,
    stage: AtomicU8,
    joiners: Mutex<Vec<thread::Thread>>,
}

const ALIVE: u8 = 0;
const RETURNED: u8 = 1;
const PANICKED: u8 = 2;

impl Thread {
    pub fn join(&self) {
        self.join_until(None);
    }

    pub fn join_timeout(&self, timeout: Duration) -> bool {
        self.join_until(Instant::now().checked_add(timeout))
    }

    fn join_until(&self, deadline: Option<Instant>) -> bool {
        let me = thread::current();
        self.0.joiners.lock().unwrap().push(me.clone());
        let finished = loop {
            if !self.is_alive() {
                break true;
            }
            match deadline.map(|at| at.saturating_duration_since(Instant::now())) {
                None => thread::park(),
                Some(Duration::ZERO) => break false,
                Some(left) => thread::park_timeout(left),
            }
        };
        let mut joiners = self.0.joiners.lock().unwrap();
        joiners.retain(|joiner| joiner.id() != me.id());
        finished
    }

    fn finish(&self, stage: u8) {
        self.0.stage.store(stage, Release);
        for joiner in self.0.joiners.lock().unwrap().iter() {
            joiner.unpark();
        }
    }

    pub fn is_alive(&self) -> bool {
        self.0.stage.load(Acquire) == ALIVE
    }

    pub fn is_daemon(&self) -> bool {
        self.0.daemon
    }

    pub fn panicked(&self) -> bool {
        self.0.stage.load(Acquire) == PANICKED
    }
}
