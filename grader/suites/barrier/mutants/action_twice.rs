//! mutant: action-twice
//! idea: The last party runs the action, and so does the first to wake.
//! caught-by: model::the_action_runs_before_anyone_is_released = data_race

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

pub struct Barrier {
    parties: usize,
    state: Mutex<State>,
    ended: Condvar,
}

struct State {
    arrived: usize,
    cycle: Arc<Cycle>,
    action: Option<Action>,
}

#[derive(Default)]
struct Cycle {
    broken: AtomicBool,
}

type Action = Box<dyn FnMut() + Send>;

impl Barrier {
    pub fn new(parties: usize) -> Self {
        Self::build(parties, None)
    }

    pub fn with_action(parties: usize, action: impl FnMut() + Send + 'static) -> Self {
        Self::build(parties, Some(Box::new(action)))
    }

    fn build(parties: usize, action: Option<Action>) -> Self {
        assert!(parties > 0, "a barrier needs at least one party");
        Self {
            parties,
            state: Mutex::new(State {
                arrived: 0,
                cycle: Arc::default(),
                action,
            }),
            ended: Condvar::new(),
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
        let cycle = Arc::clone(&state.cycle);
        if cycle.broken.load(Relaxed) {
            return Err(BrokenBarrier);
        }
        let index = state.arrived;
        state.arrived += 1;
        if state.arrived == self.parties {
            self.complete(state);
            return Ok(index);
        }
        loop {
            state = match left(deadline) {
                None => self.ended.wait(state).unwrap(),
                Some(Duration::ZERO) => {
                    self.break_cycle(&mut state);
                    return Err(BrokenBarrier);
                }
                Some(left) => self.ended.wait_timeout(state, left).unwrap().0,
            };
            if cycle.broken.load(Relaxed) {
                return Err(BrokenBarrier);
            }
            if !Arc::ptr_eq(&cycle, &state.cycle) {
                if index == 0
                    && let Some(action) = &mut state.action
                {
                    action();
                }
                return Ok(index);
            }
        }
    }

    fn complete(&self, mut state: MutexGuard<'_, State>) {
        if let Some(action) = &mut state.action
            && let Err(panic) = catch_unwind(AssertUnwindSafe(action))
        {
            self.break_cycle(&mut state);
            drop(state);
            resume_unwind(panic);
        }
        state.arrived = 0;
        state.cycle = Arc::default();
        self.ended.notify_all();
    }

    fn break_cycle(&self, state: &mut State) {
        state.cycle.broken.store(true, Relaxed);
        state.arrived = 0;
        self.ended.notify_all();
    }

    pub fn reset(&self) {
        let mut state = self.state.lock().unwrap();
        self.break_cycle(&mut state);
        state.cycle = Arc::default();
    }

    pub fn abort(&self) {
        self.break_cycle(&mut self.state.lock().unwrap());
    }

    pub fn parties(&self) -> usize {
        self.parties
    }

    pub fn n_waiting(&self) -> usize {
        self.state.lock().unwrap().arrived
    }

    pub fn is_broken(&self) -> bool {
        self.state.lock().unwrap().cycle.broken.load(Relaxed)
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
