//! alternate: combining tree
//! idea: The parties pair up in the leaves of a tree; who comes second climbs on, and the root ends the cycle.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering::*};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

pub struct Barrier {
    parties: usize,
    current: Mutex<Current>,
}

struct Current {
    cycle: Arc<Cycle>,
    action: Option<Action>,
}

struct Cycle {
    tickets: AtomicUsize,
    /// The tree, level by level: how many of its children each node still waits for.
    levels: Vec<Vec<AtomicUsize>>,
    /// Whether the cycle was complete, once it has ended.
    end: Mutex<Option<bool>>,
    ended: Condvar,
}

type Action = Box<dyn FnMut() + Send>;

impl Cycle {
    fn new(parties: usize) -> Arc<Self> {
        let mut levels = Vec::new();
        let mut children = parties;
        while children > 1 {
            let sizes = (0..children)
                .step_by(2)
                .map(|first| (children - first).min(2));
            let level: Vec<_> = sizes.map(AtomicUsize::new).collect();
            children = level.len();
            levels.push(level);
        }
        Arc::new(Self {
            tickets: AtomicUsize::new(0),
            levels,
            end: Mutex::new(None),
            ended: Condvar::new(),
        })
    }

    /// Climbs the tree for as long as the others of each node are there already. Returns
    /// whether that leads to the root: then everybody is there.
    fn climb(&self, ticket: usize) -> bool {
        let mut node = ticket;
        self.levels.iter().all(|level| {
            node /= 2;
            level[node].fetch_sub(1, AcqRel) == 1
        })
    }

    /// Ends the cycle if it has not ended yet.
    fn finish(&self, complete: bool) {
        self.end.lock().unwrap().get_or_insert(complete);
        self.ended.notify_all();
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
            cycle: Cycle::new(parties),
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
            if *cycle.end.lock().unwrap() == Some(false) {
                return Err(BrokenBarrier);
            }
            let ticket = cycle.tickets.fetch_add(1, Relaxed);
            if ticket < self.parties {
                if cycle.climb(ticket) {
                    self.complete(&cycle);
                }
                return self.wait_for_end(&cycle, deadline).map(|()| ticket);
            }
            // This cycle has all its parties. Wait for the next.
            let mut end = cycle.end.lock().unwrap();
            while end.is_none() {
                end = cycle.ended.wait(end).unwrap();
            }
        }
    }

    fn wait_for_end(&self, cycle: &Cycle, deadline: Option<Instant>) -> Result<(), BrokenBarrier> {
        let mut end = cycle.end.lock().unwrap();
        loop {
            end = match (*end, left(deadline)) {
                (Some(true), _) => return Ok(()),
                (Some(false), _) => return Err(BrokenBarrier),
                (None, None) => cycle.ended.wait(end).unwrap(),
                (None, Some(Duration::ZERO)) => {
                    *end = Some(false);
                    cycle.ended.notify_all();
                    end
                }
                (None, Some(left)) => cycle.ended.wait_timeout(end, left).unwrap().0,
            };
        }
    }

    /// Everybody is there.
    fn complete(&self, cycle: &Arc<Cycle>) {
        let mut current = self.current.lock().unwrap();
        if cycle.end.lock().unwrap().is_some() {
            return;
        }
        if let Some(action) = &mut current.action
            && let Err(panic) = catch_unwind(AssertUnwindSafe(action))
        {
            drop(current);
            cycle.finish(false);
            resume_unwind(panic);
        }
        let mut end = cycle.end.lock().unwrap();
        // A party may have run out of time just now.
        if end.is_none() {
            *end = Some(true);
            current.cycle = Cycle::new(self.parties);
            cycle.ended.notify_all();
        }
    }

    pub fn reset(&self) {
        let new = Cycle::new(self.parties);
        let old = std::mem::replace(&mut self.current.lock().unwrap().cycle, new);
        old.finish(false);
    }

    pub fn abort(&self) {
        self.current.lock().unwrap().cycle.finish(false);
    }

    pub fn parties(&self) -> usize {
        self.parties
    }

    pub fn n_waiting(&self) -> usize {
        let cycle = &self.current.lock().unwrap().cycle;
        match *cycle.end.lock().unwrap() {
            None => cycle.tickets.load(Relaxed).min(self.parties),
            Some(_) => 0,
        }
    }

    pub fn is_broken(&self) -> bool {
        *self.current.lock().unwrap().cycle.end.lock().unwrap() == Some(false)
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
