//! mutant: nobody-tells-run
//! idea: `run` will see that the count is zero.
//! caught-by: model::run_waits_for_a_thread = lost_wakeup
//! caught-by: stress::run_waits_for_foreground_threads = deadlock
//! caught-by: stress::many_threads_come_and_go = deadlock

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, Clone)]
pub struct Process {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    census: Mutex<Census>,
    last_one_gone: Condvar,
}

#[derive(Debug)]
struct Census {
    active: usize,
    foreground: usize,
}

thread_local! {
    static MEMBERSHIP: RefCell<Option<(Process, bool)>> = const { RefCell::new(None) };
}

impl Process {
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
        let result = catch_unwind(AssertUnwindSafe(|| main(&process)));
        let mut census = process.census();
        while census.foreground > 0 {
            census = process.shared.last_one_gone.wait(census).unwrap();
        }
        census.active -= 1;
        drop(census);
        result.unwrap_or_else(|panic| resume_unwind(panic))
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
        let mut census = self.census();
        census.active += 1;
        census.foreground += usize::from(!daemon);
        drop(census);
        let (process, itself) = (self.clone(), thread.clone());
        thread::spawn(move || {
            MEMBERSHIP.set(Some((process.clone(), daemon)));
            let result = catch_unwind(AssertUnwindSafe(body));
            process.has_finished(&itself, result.is_err());
        });
        thread
    }

    fn has_finished(&self, thread: &Thread, panicked: bool) {
        self.census().active -= 1;
        thread.finish(panicked);
        if !thread.is_daemon() {
            let mut census = self.census();
            census.foreground -= 1;
        }
    }

    fn census(&self) -> MutexGuard<'_, Census> {
        self.shared.census.lock().unwrap()
    }
}

#[derive(Debug, Clone)]
pub struct Thread {
    life: Arc<Life>,
}

#[derive(Debug)]
struct Life {
    daemon: bool,
    stage: Mutex<Stage>,
    finished: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Alive,
    Returned,
    Panicked,
}

impl Thread {
    pub fn join(&self) {
        let mut stage = self.life.stage.lock().unwrap();
        while *stage == Stage::Alive {
            stage = self.life.finished.wait(stage).unwrap();
        }
    }

    pub fn join_timeout(&self, timeout: Duration) -> bool {
        let Some(deadline) = Instant::now().checked_add(timeout) else {
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

    pub fn is_alive(&self) -> bool {
        self.stage() == Stage::Alive
    }

    pub fn is_daemon(&self) -> bool {
        self.life.daemon
    }

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
        self.life.finished.notify_all();
    }
}
