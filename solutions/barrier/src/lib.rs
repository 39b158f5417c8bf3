//! A barrier from a mutex, a condition variable, and one small object per cycle.
//!
//! The difficulty is not to wait for the last party. It is that by the time a sleeper wakes
//! up the world may have moved on: the others are back and wait for the next cycle, or
//! somebody has broken the barrier, or has broken and mended it. What the barrier looks like
//! *now* says nothing about what became of the sleeper's own cycle.
//!
//! So each cycle is an object of its own, a `Cycle`, that every party of it keeps a handle
//! to. A sleeper asks two questions about *its* cycle: is it broken? And if not, is it still
//! the current one? If it is neither, it is complete. A cycle that is not the current one any
//! more is never touched again, so the answer cannot change.
//!
//! ```
//! use barrier::Barrier;
//! use std::thread;
//!
//! let barrier = Barrier::new(3);
//! let mut indices: Vec<usize> = thread::scope(|scope| {
//!     let parties = [(); 3].map(|()| scope.spawn(|| barrier.wait().unwrap()));
//!     parties.into_iter().map(|party| party.join().unwrap()).collect()
//! });
//! indices.sort();
//! assert_eq!(indices, [0, 1, 2]);
//! ```

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

/// A place where a fixed number of threads wait for each other, again and again.
pub struct Barrier {
    parties: usize,
    state: Mutex<State>,
    /// Notified when a cycle ends. All its parties have to go on, so always `notify_all`.
    ended: Condvar,
}

struct State {
    /// How many have come in the current cycle. Always less than `parties` when the mutex
    /// is free: the last party ends the cycle before it unlocks.
    arrived: usize,
    /// The current cycle. If it is broken, so is the barrier.
    cycle: Arc<Cycle>,
    action: Option<Box<dyn FnMut() + Send>>,
}

/// What became of one cycle.
#[derive(Default)]
struct Cycle {
    /// Only used under the mutex. It is atomic because several threads share it, and
    /// relaxed because the mutex orders everything already.
    broken: AtomicBool,
}

impl Barrier {
    /// Makes a barrier for this many parties.
    ///
    /// # Panics
    ///
    /// If `parties` is zero.
    pub fn new(parties: usize) -> Self {
        Self::build(parties, None)
    }

    /// Like [`new`](Barrier::new), and `action` runs once in each complete cycle, before
    /// anyone is released.
    ///
    /// # Panics
    ///
    /// If `parties` is zero.
    pub fn with_action(parties: usize, action: impl FnMut() + Send + 'static) -> Self {
        Self::build(parties, Some(Box::new(action)))
    }

    fn build(parties: usize, action: Option<Box<dyn FnMut() + Send>>) -> Self {
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

    /// Waits until all parties have come, and returns the caller's index in this cycle.
    ///
    /// # Errors
    ///
    /// [`BrokenBarrier`] if the cycle is broken, or the barrier already is.
    pub fn wait(&self) -> Result<usize, BrokenBarrier> {
        self.wait_until(None)
    }

    /// Like [`wait`](Barrier::wait), but breaks the barrier when `timeout` has passed.
    ///
    /// # Errors
    ///
    /// [`BrokenBarrier`], as for `wait`, and when the time is over.
    pub fn wait_timeout(&self, timeout: Duration) -> Result<usize, BrokenBarrier> {
        // A sum that the clock cannot hold is `None`: no deadline, that is for ever.
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
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            state = match left {
                None => self.ended.wait(state).unwrap(),
                // We get here only if our cycle had not ended when we last looked, and we
                // have held the mutex since. So it is us who break it.
                Some(Duration::ZERO) => {
                    self.break_cycle(&mut state);
                    return Err(BrokenBarrier);
                }
                Some(left) => self.ended.wait_timeout(state, left).unwrap().0,
            };
            // Why we woke up does not matter, only what became of our cycle.
            if cycle.broken.load(Relaxed) {
                return Err(BrokenBarrier);
            }
            if !Arc::ptr_eq(&cycle, &state.cycle) {
                return Ok(index);
            }
        }
    }

    /// The last party has come: runs the action and lets everybody go.
    fn complete(&self, mut state: MutexGuard<'_, State>) {
        // The action runs under the mutex, so nobody can wake up and leave before it is
        // done. Its panic must not get out from here with the mutex still locked, or the
        // mutex would be poisoned, and the others would sleep for ever.
        if let Some(action) = &mut state.action
            && let Err(panic) = catch_unwind(AssertUnwindSafe(action))
        {
            self.break_cycle(&mut state);
            drop(state);
            resume_unwind(panic);
        }
        // A new cycle begins, and the old one stays as it is: not broken.
        state.arrived = 0;
        state.cycle = Arc::default();
        self.ended.notify_all();
    }

    fn break_cycle(&self, state: &mut State) {
        state.cycle.broken.store(true, Relaxed);
        state.arrived = 0;
        self.ended.notify_all();
    }

    /// Makes the barrier whole and empty. All that wait now get [`BrokenBarrier`].
    pub fn reset(&self) {
        let mut state = self.state.lock().unwrap();
        self.break_cycle(&mut state);
        // Those whom we have just sent away keep the broken cycle; all others get this one.
        state.cycle = Arc::default();
    }

    /// Breaks the barrier, for all that wait now and all that come before the next
    /// [`reset`](Barrier::reset).
    pub fn abort(&self) {
        self.break_cycle(&mut self.state.lock().unwrap());
    }

    /// How many parties have to come.
    pub fn parties(&self) -> usize {
        self.parties
    }

    /// How many threads wait at the barrier.
    pub fn n_waiting(&self) -> usize {
        self.state.lock().unwrap().arrived
    }

    /// Whether the barrier is broken.
    pub fn is_broken(&self) -> bool {
        self.state.lock().unwrap().cycle.broken.load(Relaxed)
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Barrier");
        text.field("parties", &self.parties);
        // While the action runs the mutex is locked, and whoever only wants to look at the
        // barrier should not have to wait for that.
        if let Ok(state) = self.state.try_lock() {
            text.field("arrived", &state.arrived)
                .field("broken", &state.cycle.broken);
        }
        text.finish_non_exhaustive()
    }
}

/// The error of [`Barrier::wait`] and [`Barrier::wait_timeout`]: the parties will not meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenBarrier;

impl fmt::Display for BrokenBarrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the barrier is broken")
    }
}

impl Error for BrokenBarrier {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::thread;

    #[test]
    fn the_threads_stay_in_step() {
        let barrier = Barrier::new(3);
        let steps = [(); 3].map(|()| AtomicUsize::new(0));
        thread::scope(|scope| {
            for mine in &steps {
                let (barrier, steps) = (&barrier, &steps);
                scope.spawn(move || {
                    for step in 1..=100 {
                        mine.store(step, Relaxed);
                        barrier.wait().unwrap();
                        for other in steps {
                            let other = other.load(Relaxed);
                            assert!(other == step || other == step + 1);
                        }
                    }
                });
            }
        });
        assert_eq!(barrier.n_waiting(), 0);
    }

    #[test]
    fn a_time_out_breaks_the_barrier_until_it_is_reset() {
        let barrier = Barrier::new(2);
        let timeout = Duration::from_millis(20);
        let start = Instant::now();
        assert_eq!(barrier.wait_timeout(timeout), Err(BrokenBarrier));
        assert!(start.elapsed() >= timeout);
        assert_eq!(barrier.wait(), Err(BrokenBarrier));
        barrier.reset();
        thread::scope(|scope| {
            let other = scope.spawn(|| barrier.wait_timeout(Duration::MAX));
            assert!(barrier.wait().is_ok());
            assert!(other.join().unwrap().is_ok());
        });
    }

    #[test]
    fn a_panic_of_the_action_breaks_the_barrier() {
        let mut first = true;
        let barrier = Barrier::with_action(1, move || {
            assert!(!std::mem::replace(&mut first, false), "on purpose");
        });
        let panic = catch_unwind(AssertUnwindSafe(|| barrier.wait()));
        assert!(panic.is_err());
        assert!(barrier.is_broken());
        barrier.reset();
        assert_eq!(barrier.wait(), Ok(0));
    }
}
