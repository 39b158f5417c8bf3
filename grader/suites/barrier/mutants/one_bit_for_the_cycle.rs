//! mutant: one-bit-for-the-cycle
//! idea: One bit tells this cycle from the next, and nobody can be further behind.
//! caught-by: model::more_threads_than_parties_may_come = deadlock
//! caught-by: model::newcomers_meet_after_a_reset = deadlock

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
    /// Turned over when a cycle ends.
    sense: bool,
    arrived: usize,
    /// How many have yet to see that the last cycle has ended.
    leaving: usize,
    /// How the last cycle ended.
    complete: bool,
    broken: bool,
    action: Option<Action>,
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
            sense: false,
            arrived: 0,
            leaving: 0,
            complete: false,
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
        let mut state = self.state.lock().unwrap();
        if state.broken {
            return Err(BrokenBarrier);
        }
        let (sense, index) = (state.sense, state.arrived);
        state.arrived += 1;
        if state.arrived == self.parties {
            self.complete(state);
            return Ok(index);
        }
        while state.sense == sense {
            state = match left(deadline) {
                None => self.changed.wait(state).unwrap(),
                Some(Duration::ZERO) => {
                    state.broken = true;
                    state.arrived -= 1;
                    self.end(&mut state, false);
                    return Err(BrokenBarrier);
                }
                Some(left) => self.changed.wait_timeout(state, left).unwrap().0,
            };
        }
        state.leaving = state.leaving.saturating_sub(1);
        if state.leaving == 0 {
            self.changed.notify_all();
        }
        if state.complete {
            Ok(index)
        } else {
            Err(BrokenBarrier)
        }
    }

    fn complete(&self, mut state: MutexGuard<'_, State>) {
        if let Some(action) = &mut state.action
            && let Err(panic) = catch_unwind(AssertUnwindSafe(action))
        {
            state.broken = true;
            state.arrived -= 1;
            self.end(&mut state, false);
            drop(state);
            resume_unwind(panic);
        }
        state.arrived -= 1;
        self.end(&mut state, true);
    }

    /// Ends the cycle, which all that count as arrived have yet to see.
    fn end(&self, state: &mut State, complete: bool) {
        state.sense = !state.sense;
        state.complete = complete;
        state.leaving = std::mem::take(&mut state.arrived);
        self.changed.notify_all();
    }

    pub fn reset(&self) {
        self.send_away(false);
    }

    pub fn abort(&self) {
        self.send_away(true);
    }

    fn send_away(&self, broken: bool) {
        let mut state = self.state.lock().unwrap();
        state.broken = broken;
        // While anybody leaves nobody can have arrived, and the end that they have yet
        // to see stays as it is.
        if state.arrived > 0 {
            self.end(&mut state, false);
        }
        self.changed.notify_all();
    }

    pub fn parties(&self) -> usize {
        self.parties
    }

    pub fn n_waiting(&self) -> usize {
        self.state.lock().unwrap().arrived
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
