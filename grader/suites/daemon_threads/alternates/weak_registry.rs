//! alternate: weak registry
//! idea: A registry of all threads that does not keep them; `run` joins any foreground thread in it that is alive, until there is none.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, Clone)]
pub struct Process {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    main_is_over: Mutex<bool>,
    registry: Mutex<Vec<Weak<Life>>>,
}

thread_local! {
    static MEMBERSHIP: RefCell<Option<(Process, bool)>> = const { RefCell::new(None) };
}

impl Process {
    pub fn run<R>(main: impl FnOnce(&Process) -> R) -> R {
        let process = Process {
            shared: Arc::new(Shared {
                main_is_over: Mutex::new(false),
                registry: Mutex::default(),
            }),
        };
        let result = catch_unwind(AssertUnwindSafe(|| main(&process)));
        loop {
            // The registry is not locked during the join.
            let next = process
                .living()
                .into_iter()
                .find(|thread| !thread.is_daemon());
            let Some(thread) = next else { break };
            thread.join();
        }
        *process.shared.main_is_over.lock().unwrap() = true;
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
        let main = usize::from(!*self.shared.main_is_over.lock().unwrap());
        self.living().len() + main
    }

    fn living(&self) -> Vec<Thread> {
        let registry = self.shared.registry.lock().unwrap();
        let threads = registry.iter().filter_map(Weak::upgrade);
        threads
            .map(|life| Thread { life })
            .filter(Thread::is_alive)
            .collect()
    }

    fn start(&self, daemon: bool, body: impl FnOnce() + Send + 'static) -> Thread {
        let thread = Thread {
            life: Arc::new(Life {
                daemon,
                stage: Mutex::new(Stage::Alive),
                finished: Condvar::new(),
            }),
        };
        let life = Arc::downgrade(&thread.life);
        self.shared.registry.lock().unwrap().push(life);
        let (process, itself) = (self.clone(), thread.clone());
        thread::spawn(move || {
            MEMBERSHIP.set(Some((process.clone(), daemon)));
            let result = catch_unwind(AssertUnwindSafe(body));
            itself.finish(result.is_err());
            // Whoever does not find the thread in the registry comes after this.
            let itself = Arc::downgrade(&itself.life);
            let mut registry = process.shared.registry.lock().unwrap();
            registry.retain(|life| !life.ptr_eq(&itself));
        });
        thread
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
