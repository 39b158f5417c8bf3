//! mutant: relaxed-complete
//! idea: The word is atomic, so its ordering does not matter.
//! caught-by: loom::what_was_written_before_wait_is_read_after_it = data_race
//! caught-by: loom::what_was_written_before_a_timed_wait_is_read_after_it = data_race
//! caught-by: model::two_threads_meet = data_race

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::*};
use std::sync::{Arc, Mutex};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

pub struct Barrier {
    parties: usize,
    current: Mutex<Current>,
}

struct Current {
    cycle: Arc<Cycle>,
    action: Option<Action>,
}

#[derive(Default)]
struct Cycle {
    /// How many have arrived, or how the cycle has ended.
    word: AtomicUsize,
    asleep: Mutex<Vec<Thread>>,
}

const COMPLETE: usize = usize::MAX;
const BROKEN: usize = usize::MAX - 1;

type Action = Box<dyn FnMut() + Send>;

impl Cycle {
    /// Ends the cycle if it has not ended yet; whether it did.
    fn end(&self, word: usize) -> bool {
        let ended = self
            .word
            .fetch_update(AcqRel, Acquire, |now| (now < BROKEN).then_some(word))
            .is_ok();
        for thread in self.asleep.lock().unwrap().drain(..) {
            thread.unpark();
        }
        ended
    }

    /// Sleeps until the cycle has ended; breaks it at the deadline.
    fn wait(&self, deadline: Option<Instant>) -> Result<(), BrokenBarrier> {
        self.asleep.lock().unwrap().push(thread::current());
        loop {
            match self.word.load(Relaxed) {
                COMPLETE => return Ok(()),
                BROKEN => return Err(BrokenBarrier),
                _ => {}
            }
            match left(deadline) {
                None => thread::park(),
                Some(Duration::ZERO) => _ = self.end(BROKEN),
                Some(left) => thread::park_timeout(left),
            }
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
        let current = Current {
            cycle: Arc::default(),
            action,
        };
        Self {
            parties,
            current: Mutex::new(current),
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
        loop {
            let cycle = Arc::clone(&self.current.lock().unwrap().cycle);
            let last = self.parties - 1;
            let arrival = cycle
                .word
                .fetch_update(AcqRel, Acquire, |now| (now < last).then(|| now + 1));
            match arrival {
                Ok(index) => return cycle.wait(deadline).map(|()| index),
                Err(BROKEN) => return Err(BrokenBarrier),
                Err(_) => {}
            }
            if self.complete(&cycle) {
                return Ok(last);
            }
        }
    }

    /// Completes the cycle as its last party, if it is still the current one and whole.
    fn complete(&self, cycle: &Arc<Cycle>) -> bool {
        let mut current = self.current.lock().unwrap();
        if !Arc::ptr_eq(cycle, &current.cycle) || cycle.word.load(Acquire) == BROKEN {
            return false;
        }
        let mut run = || match &mut current.action {
            Some(action) => catch_unwind(AssertUnwindSafe(action)),
            None => Ok(()),
        };
        if let Err(panic) = run() {
            drop(current);
            cycle.end(BROKEN);
            resume_unwind(panic);
        }
        if !cycle.end(COMPLETE) {
            return false;
        }
        current.cycle = Arc::default();
        true
    }

    pub fn reset(&self) {
        let old = std::mem::take(&mut self.current.lock().unwrap().cycle);
        old.end(BROKEN);
    }

    pub fn abort(&self) {
        self.current.lock().unwrap().cycle.end(BROKEN);
    }

    pub fn parties(&self) -> usize {
        self.parties
    }

    pub fn n_waiting(&self) -> usize {
        match self.current.lock().unwrap().cycle.word.load(Acquire) {
            COMPLETE | BROKEN => 0,
            arrived => arrived,
        }
    }

    pub fn is_broken(&self) -> bool {
        self.current.lock().unwrap().cycle.word.load(Acquire) == BROKEN
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
