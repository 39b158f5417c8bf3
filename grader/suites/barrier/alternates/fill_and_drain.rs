//! alternate: fill and drain
//! idea: The barrier fills, then it drains, and late comers wait at the door: CPython's way.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

pub struct Barrier {
    parties: usize,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    phase: Phase,
    /// How many are inside: they fill the barrier, or it drains.
    inside: usize,
    /// What the barrier is when nobody drains: broken or filling.
    broken: bool,
    action: Option<Action>,
}

#[derive(Clone, Copy, PartialEq)]
enum Phase {
    Filling,
    /// The cycle was complete, and its parties leave.
    Draining,
    /// The cycle was broken, and its parties leave.
    Resetting,
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
        let state = State {
            phase: Phase::Filling,
            inside: 0,
            broken: false,
            action,
        };
        Self {
            parties,
            state: Mutex::new(state),
            changed: Condvar::new(),
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
        let mut state = self.enter()?;
        let index = state.inside;
        state.inside += 1;
        if state.inside == self.parties {
            state = self.release(state);
        }
        while state.phase == Phase::Filling {
            state = match left(deadline) {
                None => self.changed.wait(state).unwrap(),
                Some(Duration::ZERO) => {
                    self.send_away(&mut state, true);
                    state
                }
                Some(left) => self.changed.wait_timeout(state, left).unwrap().0,
            };
        }
        let answer = match state.phase {
            Phase::Draining => Ok(index),
            _ => Err(BrokenBarrier),
        };
        self.leave(&mut state);
        answer
    }

    /// Waits until the barrier has drained.
    fn enter(&self) -> Result<MutexGuard<'_, State>, BrokenBarrier> {
        let mut state = self.state.lock().unwrap();
        while state.phase != Phase::Filling && !state.broken {
            state = self.changed.wait(state).unwrap();
        }
        if state.broken {
            Err(BrokenBarrier)
        } else {
            Ok(state)
        }
    }

    /// The last party lets everybody go.
    fn release<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        if let Some(action) = &mut state.action
            && let Err(panic) = catch_unwind(AssertUnwindSafe(action))
        {
            self.send_away(&mut state, true);
            self.leave(&mut state);
            drop(state);
            resume_unwind(panic);
        }
        state.phase = Phase::Draining;
        self.changed.notify_all();
        state
    }

    fn leave(&self, state: &mut State) {
        state.inside -= 1;
        if state.inside == 0 {
            state.phase = Phase::Filling;
            self.changed.notify_all();
        }
    }

    fn send_away(&self, state: &mut State, broken: bool) {
        state.broken = broken;
        if state.phase == Phase::Filling && state.inside > 0 {
            state.phase = Phase::Resetting;
        }
        self.changed.notify_all();
    }

    pub fn reset(&self) {
        self.send_away(&mut self.state.lock().unwrap(), false);
    }

    pub fn abort(&self) {
        self.send_away(&mut self.state.lock().unwrap(), true);
    }

    pub fn parties(&self) -> usize {
        self.parties
    }

    pub fn n_waiting(&self) -> usize {
        let state = self.state.lock().unwrap();
        if state.phase == Phase::Filling {
            state.inside
        } else {
            0
        }
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
