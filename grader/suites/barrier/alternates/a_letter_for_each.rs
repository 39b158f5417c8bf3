//! alternate: a letter for each
//! idea: The last party writes a letter to every sleeper and wakes it; there are no cycles at all.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU8, Ordering::*};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

pub struct Barrier {
    parties: usize,
    state: Mutex<State>,
}

struct State {
    /// All but the last party of the current cycle.
    asleep: Vec<Arc<Sleeper>>,
    broken: bool,
    action: Option<Action>,
}

struct Sleeper {
    thread: Thread,
    news: AtomicU8,
}

const NO_NEWS: u8 = 0;
const COMPLETE: u8 = 1;
const BROKEN: u8 = 2;

type Action = Box<dyn FnMut() + Send>;

impl State {
    fn tell_all(&mut self, news: u8) {
        for sleeper in self.asleep.drain(..) {
            sleeper.news.store(news, Release);
            sleeper.thread.unpark();
        }
    }
}

impl Barrier {
    pub fn new(parties: usize) -> Self {
        Self::build(parties, None)
    }

    pub fn with_action(parties: usize, action: impl FnMut() + Send + 'static) -> Self {
        Self::build(parties, Some(Box::new(action)))
    }

    fn build(parties: usize, action: Option<Action>) -> Self {
        assert!(parties > 0, "a barrier needs at least one party");
        let state = State {
            asleep: Vec::new(),
            broken: false,
            action,
        };
        Self {
            parties,
            state: Mutex::new(state),
        }
    }

    pub fn wait(&self) -> Result<usize, BrokenBarrier> {
        self.wait_until(None)
    }

    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, BrokenBarrier> {
        // No deadline means for ever.
        self.wait_until(Instant::now().checked_add(timeout))
    }

    fn wait_until(&self, deadline: Option<Instant>) -> Result<usize, BrokenBarrier> {
        let mut state = self.state.lock().unwrap();
        if state.broken {
            return Err(BrokenBarrier);
        }
        let index = state.asleep.len();
        if index + 1 == self.parties {
            if let Some(action) = &mut state.action
                && let Err(panic) = catch_unwind(AssertUnwindSafe(action))
            {
                state.broken = true;
                state.tell_all(BROKEN);
                drop(state);
                resume_unwind(panic);
            }
            state.tell_all(COMPLETE);
            return Ok(index);
        }
        let me = Arc::new(Sleeper {
            thread: thread::current(),
            news: AtomicU8::new(NO_NEWS),
        });
        state.asleep.push(Arc::clone(&me));
        drop(state);
        loop {
            match me.news.load(Acquire) {
                COMPLETE => return Ok(index),
                BROKEN => return Err(BrokenBarrier),
                _ => {}
            }
            match left(deadline) {
                None => thread::park(),
                Some(Duration::ZERO) => {
                    let mut state = self.state.lock().unwrap();
                    // The news may have come in the meantime.
                    if me.news.load(Acquire) == NO_NEWS {
                        state.broken = true;
                        state.tell_all(BROKEN);
                    }
                }
                Some(left) => thread::park_timeout(left),
            }
        }
    }

    pub fn reset(&self) {
        let mut state = self.state.lock().unwrap();
        state.broken = false;
        state.tell_all(BROKEN);
    }

    pub fn abort(&self) {
        let mut state = self.state.lock().unwrap();
        state.broken = true;
        state.tell_all(BROKEN);
    }

    pub fn parties(&self) -> usize {
        self.parties
    }

    pub fn n_waiting(&self) -> usize {
        self.state.lock().unwrap().asleep.len()
    }

    pub fn is_broken(&self) -> bool {
        self.state.lock().unwrap().broken
    }
}

fn left(deadline: Option<Instant>) -> Option<Duration> {
    deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier")
            .field("parties", &self.parties)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenBarrier;

impl fmt::Display for BrokenBarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl Error for BrokenBarrier {}
