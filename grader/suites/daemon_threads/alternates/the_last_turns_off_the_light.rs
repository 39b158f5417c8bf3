//! alternate: the last turns off the light
//! idea: Main and every foreground thread hold a token; `run` waits until the last of them has dropped it.

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
    active: Mutex<usize>,
    light: Arc<Light>,
    token: Weak<Token>,
}

#[derive(Debug)]
struct Light {
    on: Mutex<bool>,
    off: Condvar,
}

#[derive(Debug)]
struct Token(Arc<Light>);

impl Drop for Token {
    fn drop(&mut self) {
        *self.0.on.lock().unwrap() = false;
        self.0.off.notify_one();
    }
}

thread_local! {
    static MEMBERSHIP: RefCell<Option<(Process, bool)>> = const { RefCell::new(None) };
}

impl Process {
    pub fn run<R>(main: impl FnOnce(&Process) -> R) -> R {
        let light = Arc::new(Light {
            on: Mutex::new(true),
            off: Condvar::new(),
        });
        let token = Arc::new(Token(Arc::clone(&light)));
        let process = Process {
            shared: Arc::new(Shared {
                active: Mutex::new(1),
                light,
                token: Arc::downgrade(&token),
            }),
        };
        let result = catch_unwind(AssertUnwindSafe(|| main(&process)));
        drop(token);
        let light = &process.shared.light;
        let on = light.on.lock().unwrap();
        drop(light.off.wait_while(on, |on| *on).unwrap());
        *process.shared.active.lock().unwrap() -= 1;
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
        *self.shared.active.lock().unwrap()
    }

    fn start(&self, daemon: bool, body: impl FnOnce() + Send + 'static) -> Thread {
        let thread = Thread {
            life: Arc::new(Life {
                daemon,
                stage: Mutex::new(Stage::Alive),
                finished: Condvar::new(),
            }),
        };
        *self.shared.active.lock().unwrap() += 1;
        // Nobody has a token any more when `run` is about to return.
        let token = match daemon {
            true => None,
            false => self.shared.token.upgrade(),
        };
        let (process, itself) = (self.clone(), thread.clone());
        thread::spawn(move || {
            MEMBERSHIP.set(Some((process.clone(), daemon)));
            let result = catch_unwind(AssertUnwindSafe(body));
            *process.shared.active.lock().unwrap() -= 1;
            itself.finish(result.is_err());
            drop(token);
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
