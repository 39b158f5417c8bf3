//! mutant: next-cycle-steals-an-exit
//! idea: As many as there are parties may leave; who it is does not matter.
//! caught-by: model::two_threads_meet_again = deadlock
//! caught-by: model::who_is_early_waits_for_the_next_cycle = deadlock

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

pub struct Barrier {
    parties: usize,
    state: Mutex<State>,
    way_in: Condvar,
    way_out: Condvar,
}

struct State {
    arrived: usize,
    /// How many may still leave through the second turnstile after a complete cycle.
    exits: usize,
    /// How many are still to be sent away after a broken one.
    refusals: usize,
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
            arrived: 0,
            exits: 0,
            refusals: 0,
            broken: false,
            action,
        };
        Self {
            parties,
            state: Mutex::new(state),
            way_in: Condvar::new(),
            way_out: Condvar::new(),
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
        let index = state.arrived;
        state.arrived += 1;
        if state.arrived == self.parties {
            self.complete(state);
            return Ok(index);
        }
        while state.exits + state.refusals == 0 {
            state = match left(deadline) {
                None => self.way_out.wait(state).unwrap(),
                Some(Duration::ZERO) => {
                    state.arrived -= 1;
                    self.refuse(&mut state, true);
                    return Err(BrokenBarrier);
                }
                Some(left) => self.way_out.wait_timeout(state, left).unwrap().0,
            };
        }
        let answer = if state.exits > 0 {
            state.exits -= 1;
            Ok(index)
        } else {
            state.refusals -= 1;
            Err(BrokenBarrier)
        };
        if state.exits + state.refusals == 0 {
            self.way_in.notify_all();
        }
        answer
    }

    fn complete(&self, mut state: MutexGuard<'_, State>) {
        if let Some(action) = &mut state.action
            && let Err(panic) = catch_unwind(AssertUnwindSafe(action))
        {
            state.arrived -= 1;
            self.refuse(&mut state, true);
            drop(state);
            resume_unwind(panic);
        }
        state.arrived = 0;
        state.exits += self.parties - 1;
        self.way_out.notify_all();
    }

    /// Sends away all that have arrived.
    fn refuse(&self, state: &mut State, broken: bool) {
        state.broken = broken;
        state.refusals += std::mem::take(&mut state.arrived);
        self.way_out.notify_all();
        self.way_in.notify_all();
    }

    pub fn reset(&self) {
        self.refuse(&mut self.state.lock().unwrap(), false);
    }

    pub fn abort(&self) {
        self.refuse(&mut self.state.lock().unwrap(), true);
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
