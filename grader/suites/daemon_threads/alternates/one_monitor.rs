//! alternate: one monitor
//! idea: One mutex and one condition variable for the whole process; everybody is woken whenever a thread ends.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug, Clone)]
pub struct Process {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    one_less: Condvar,
}

#[derive(Debug, Default)]
struct State {
    main_is_over: bool,
    /// All that were ever started, by their number.
    threads: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    daemon: bool,
    alive: bool,
    panicked: bool,
}

thread_local! {
    static MEMBERSHIP: RefCell<Option<(Process, bool)>> = const { RefCell::new(None) };
}

impl Process {
    pub fn run<R>(main: impl FnOnce(&Process) -> R) -> R {
        let process = Process {
            shared: Arc::default(),
        };
        let result = catch_unwind(AssertUnwindSafe(|| main(&process)));
        let mut state = process
            .shared
            .one_less
            .wait_while(process.state(), |state| {
                state
                    .threads
                    .iter()
                    .any(|entry| entry.alive && !entry.daemon)
            })
            .unwrap();
        state.main_is_over = true;
        drop(state);
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
        let state = self.state();
        let others = state.threads.iter().filter(|entry| entry.alive).count();
        others + usize::from(!state.main_is_over)
    }

    fn start(&self, daemon: bool, body: impl FnOnce() + Send + 'static) -> Thread {
        let mut state = self.state();
        let number = state.threads.len();
        state.threads.push(Entry {
            daemon,
            alive: true,
            panicked: false,
        });
        drop(state);
        let process = self.clone();
        thread::spawn(move || {
            MEMBERSHIP.set(Some((process.clone(), daemon)));
            let panicked = catch_unwind(AssertUnwindSafe(body)).is_err();
            let mut state = process.state();
            state.threads[number].alive = false;
            state.threads[number].panicked = panicked;
            process.shared.one_less.notify_all();
        });
        Thread {
            process: self.clone(),
            number,
            daemon,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }
}

#[derive(Debug, Clone)]
pub struct Thread {
    process: Process,
    number: usize,
    daemon: bool,
}

impl Thread {
    pub fn join(&self) {
        let shared = &self.process.shared;
        let alive = |state: &mut State| state.threads[self.number].alive;
        drop(
            shared
                .one_less
                .wait_while(self.process.state(), alive)
                .unwrap(),
        );
    }

    pub fn join_timeout(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        let mut state = self.process.state();
        while state.threads[self.number].alive {
            let one_less = &self.process.shared.one_less;
            state = match deadline.map(|at| at.saturating_duration_since(Instant::now())) {
                None => one_less.wait(state).unwrap(),
                Some(Duration::ZERO) => return false,
                Some(left) => one_less.wait_timeout(state, left).unwrap().0,
            };
        }
        true
    }

    pub fn is_alive(&self) -> bool {
        self.process.state().threads[self.number].alive
    }

    pub fn is_daemon(&self) -> bool {
        self.daemon
    }

    pub fn panicked(&self) -> bool {
        self.process.state().threads[self.number].panicked
    }
}
