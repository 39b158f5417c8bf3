//! alternate: counting down
//! idea: Who is still missing is counted, not who has come, so the last party gets the index 0: Java's way.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

pub struct Barrier {
    parties: usize,
    state: Mutex<State>,
    ended: Condvar,
}

struct State {
    number: u64,
    parties: usize,
    missing: usize,
    broken: bool,
    /// How each past cycle ended, while parties of it are asleep.
    ledger: BTreeMap<u64, Entry>,
    action: Option<Action>,
}

struct Entry {
    complete: bool,
    asleep: usize,
}

type Action = Box<dyn FnMut() + Send>;

impl State {
    /// Ends the current cycle, of which so many are asleep.
    fn end(&mut self, complete: bool, asleep: usize) {
        if asleep > 0 {
            self.ledger.insert(self.number, Entry { complete, asleep });
        }
        self.number += 1;
        self.missing = self.parties;
    }

    fn arrived(&self) -> usize {
        self.parties - self.missing
    }

    /// How a cycle has ended, if it has, told to one of its parties.
    fn look_up(&mut self, number: u64) -> Option<bool> {
        let entry = self.ledger.get_mut(&number)?;
        let complete = entry.complete;
        entry.asleep -= 1;
        if entry.asleep == 0 {
            self.ledger.remove(&number);
        }
        Some(complete)
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
            number: 0,
            parties,
            missing: parties,
            broken: false,
            ledger: BTreeMap::new(),
            action,
        };
        Self {
            parties,
            state: Mutex::new(state),
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
        if state.broken {
            return Err(BrokenBarrier);
        }
        state.missing -= 1;
        let (number, index) = (state.number, state.missing);
        if index == 0 {
            self.complete(state);
            return Ok(index);
        }
        loop {
            state = match left(deadline) {
                None => self.ended.wait(state).unwrap(),
                Some(Duration::ZERO) => {
                    state.broken = true;
                    let others = state.arrived() - 1;
                    state.end(false, others);
                    self.ended.notify_all();
                    return Err(BrokenBarrier);
                }
                Some(left) => self.ended.wait_timeout(state, left).unwrap().0,
            };
            match state.look_up(number) {
                Some(true) => return Ok(index),
                Some(false) => return Err(BrokenBarrier),
                None => {}
            }
        }
    }

    fn complete(&self, mut state: MutexGuard<'_, State>) {
        if let Some(action) = &mut state.action
            && let Err(panic) = catch_unwind(AssertUnwindSafe(action))
        {
            state.broken = true;
            state.end(false, self.parties - 1);
            self.ended.notify_all();
            drop(state);
            resume_unwind(panic);
        }
        state.end(true, self.parties - 1);
        self.ended.notify_all();
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
        let asleep = state.arrived();
        state.end(false, asleep);
        self.ended.notify_all();
    }

    pub fn parties(&self) -> usize {
        self.parties
    }

    pub fn n_waiting(&self) -> usize {
        self.state.lock().unwrap().arrived()
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
