//! An event from a flag, a counter of how often it was set, and a condition variable.
//!
//! The flag alone is not enough. A thread that wakes up some time after a `set` may find
//! that a `clear` has already followed; if it looked at the flag, it would go back to
//! sleep although it was released. So a waiter notes the number of the last `set` when it
//! begins to wait, and sleeps until there is a later one. No `clear` takes that back.
//!
//! ```
//! use event::Event;
//! use std::time::Duration;
//!
//! let event = Event::new();
//! assert!(!event.wait_timeout(Duration::ZERO)); // it has not happened yet
//! event.set();
//! event.wait(); // it has happened: no need to wait
//! assert!(event.is_set()); // and waiting does not take it away
//! event.clear();
//! assert!(!event.is_set());
//! ```

use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

/// A flag that threads can wait for. Clear at first.
#[derive(Debug, Default)]
pub struct Event {
    state: Mutex<State>,
    /// Notified each time that `state.sets` grows.
    was_set: Condvar,
}

#[derive(Debug, Default)]
struct State {
    is_set: bool,
    /// How often the event has been set. Only whether it has changed matters.
    sets: u64,
}

impl Event {
    /// Makes an event that is clear.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the flag and releases every thread that is waiting at this moment.
    pub fn set(&self) {
        let mut state = self.state.lock().unwrap();
        state.is_set = true;
        state.sets += 1;
        // All of them: this is news for everybody who waits, not for just one.
        self.was_set.notify_all();
    }

    /// Clears the flag: whoever comes from now on waits until the next `set`.
    pub fn clear(&self) {
        // The counter stays, so those who have been released stay released.
        self.state.lock().unwrap().is_set = false;
    }

    /// Whether the flag is set.
    pub fn is_set(&self) -> bool {
        self.state.lock().unwrap().is_set
    }

    /// Returns at once if the flag is set, and otherwise waits for the next `set`.
    pub fn wait(&self) {
        let mut state = self.state.lock().unwrap();
        if state.is_set {
            return;
        }
        let before = state.sets;
        // `while`, as a wait may also end for no reason at all. And no look at `is_set`:
        // what counts is whether it was set since we came, not whether it is still.
        while state.sets == before {
            state = self.was_set.wait(state).unwrap();
        }
    }

    /// Like [`wait`](Event::wait), but returns `false` when `timeout` has passed.
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        // Fixed once, so that a wait that was woken in vain does not begin anew.
        let Some(deadline) = Instant::now().checked_add(timeout) else {
            // Further away than the clock can tell: that is for ever.
            self.wait();
            return true;
        };
        let mut state = self.state.lock().unwrap();
        if state.is_set {
            return true;
        }
        let before = state.sets;
        while state.sets == before {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            (state, _) = self.was_set.wait_timeout(state, left).unwrap();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_set_releases_all_who_wait() {
        let event = Event::new();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| event.wait());
            }
            event.set();
        });
        assert!(event.is_set());
    }

    #[test]
    fn waiting_does_not_clear_it() {
        let event = Event::new();
        event.set();
        event.set();
        event.wait();
        assert!(event.wait_timeout(Duration::ZERO));
        event.clear();
        assert!(!event.wait_timeout(Duration::ZERO));
    }

    #[test]
    fn a_pulse_releases_whoever_waits() {
        let event = Event::new();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| event.wait_timeout(Duration::MAX));
            // When exactly the thread begins to wait, we cannot see from here.
            while !waiting.is_finished() {
                event.set();
                event.clear();
                thread::yield_now();
            }
            assert!(waiting.join().unwrap());
        });
        assert!(!event.is_set());
    }

    #[test]
    fn a_timed_wait_waits_its_time() {
        let event = Event::new();
        let timeout = Duration::from_millis(20);
        let start = Instant::now();
        assert!(!event.wait_timeout(timeout));
        assert!(start.elapsed() >= timeout);
    }
}
