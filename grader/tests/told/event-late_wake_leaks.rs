//! Source: a first port of Folly Baton / rsevents (a futex wait must be in a loop; futex(2) "spurious wake-ups").
//! Bug: set changes the word and wakes in two steps; a late wake-up of one set lets in a thread that waits for the next one.
//! Scenario: B: set (word), A: wait returns, A: clear, A: wait again (sleeps), B: wakes all: A returns though nobody has set.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

fn locked<T: ?Sized>(m: &Mutex<T>) -> MutexGuard<'_, T> { m.lock().unwrap_or_else(PoisonError::into_inner) }

fn after(t: Duration) -> Option<Instant> { Instant::now().checked_add(t) }

#[derive(Debug)]
struct Node { thread: Thread, woken: AtomicBool }
/// A futex in miniature: sleep only while the word still has the expected value.
#[derive(Debug, Default)]
struct Lot { line: Mutex<VecDeque<Arc<Node>>> }
impl Lot {
    /// `false`: the time was over and nobody woke us.
    fn wait(&self, word: &AtomicU32, expect: u32, end: Option<Instant>) -> bool {
        let node = Arc::new(Node { thread: thread::current(), woken: AtomicBool::new(false) });
        {
            let mut line = locked(&self.line);
            if word.load(Ordering::SeqCst) != expect { return true; }
            line.push_back(Arc::clone(&node));
        }
        loop {
            if node.woken.load(Ordering::Acquire) { return true; }
            match end {
                None => thread::park(),
                Some(e) => {
                    let left = e.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        let mut line = locked(&self.line);
                        let Some(at) = line.iter().position(|n| Arc::ptr_eq(n, &node)) else { return true };
                        line.remove(at);
                        return false;
                    }
                    thread::park_timeout(left);
                }
            }
        }
    }
    fn wake(&self, most: usize) {
        let mut line = locked(&self.line);
        for _ in 0..most {
            let Some(n) = line.pop_front() else { break };
            n.woken.store(true, Ordering::Release);
            n.thread.unpark();
        }
    }
}

/// A flag to wait for.
#[derive(Debug)]
pub struct Event { word: AtomicU32, lot: Lot }
impl Event {
    pub fn new() -> Self { Event { word: AtomicU32::new(0), lot: Lot::default() } }
    pub fn set(&self) {
        let was = self.word.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |w| (w & 1 == 0).then(|| w.wrapping_add(2) | 1));
        if was.is_ok() { self.lot.wake(usize::MAX); }
    }
    pub fn clear(&self) { self.word.fetch_and(!1, Ordering::SeqCst); }
    pub fn is_set(&self) -> bool { self.word.load(Ordering::SeqCst) & 1 == 1 }
    pub fn wait(&self) { self.until(None); }
    pub fn wait_timeout(&self, timeout: Duration) -> bool { self.until(after(timeout)) }
    fn until(&self, end: Option<Instant>) -> bool {
        let seen = self.word.load(Ordering::SeqCst);
        if seen & 1 == 1 { return true; }
        self.lot.wait(&self.word, seen, end)
    }
}

impl Default for Event { fn default() -> Self { Self::new() } }
