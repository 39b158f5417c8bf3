//! Vector clocks over the few threads of a model.

/// The most threads that one execution may have, the main closure included.
pub const MAX_THREADS: usize = 16;

/// How much of each thread's past is known: one counter per thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Clock([u16; MAX_THREADS]);

impl Clock {
    /// The counter of one thread.
    pub(super) fn get(&self, thread: usize) -> u16 {
        self.0[thread]
    }

    /// One more step of a thread; returns its new counter.
    pub(super) fn tick(&mut self, thread: usize) -> u16 {
        self.0[thread] += 1;
        self.0[thread]
    }

    /// The same, but for the counter of one thread.
    pub(super) fn with(mut self, thread: usize, counter: u16) -> Clock {
        self.0[thread] = counter;
        self
    }

    /// Learns everything that another clock knows.
    pub(super) fn join(&mut self, other: &Clock) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_learns_the_later_of_both() {
        let (mut a, mut b) = (Clock::default(), Clock::default());
        a.tick(0);
        a.tick(0);
        b.tick(1);
        b.join(&a);
        assert_eq!((b.get(0), b.get(1)), (2, 1));
    }
}
