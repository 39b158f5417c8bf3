//! Seeded schedules for programs that are too large to search, of three kinds in turn: each
//! finds what the others miss.
//!
//! Probabilistic concurrency testing: threads have random priorities, the highest
//! that can go on does, and at a few random points the running thread's priority
//! drops below all others. Burckhardt, Kothari, Musuvathi and Nagarakatte, "A
//! Randomized Scheduler with Probabilistic Guarantees of Finding Bugs" (ASPLOS 2010).
//!
//! A uniform random walk: each thread goes on with a chance in proportion to the operations
//! that it is expected to have left, so that each order of all operations is about as likely.
//!
//! And a plain random one: each thread goes on with the same chance.

use super::clock::MAX_THREADS;
use super::search::{Situation, members};

/// Points of an execution at which the running thread's priority drops.
const CHANGE_POINTS: usize = 3;

/// One in this many sleeps ends spuriously or early.
const DISTURBANCE_ODDS: u64 = 8;

#[derive(Debug, Clone, Copy)]
enum Kind {
    Priorities,
    /// The same, but the main thread starts all others first.
    MainFirst,
    Walk,
    Plain,
}

/// Draws schedules. The same seed draws the same schedules.
#[derive(Debug)]
pub(super) struct Sampler {
    random: fastrand::Rng,
    kind: Kind,
    /// How many operations each thread has done in this execution, and in the longest one of its own.
    done: [u32; MAX_THREADS],
    lengths: [u32; MAX_THREADS],
    priorities: [u64; MAX_THREADS],
    change_points: [usize; CHANGE_POINTS],
    steps: usize,
    /// The longest execution so far: change points are spread over that many steps.
    longest: usize,
    /// The decisions of the latest execution, and how many of them to repeat.
    log: Vec<u8>,
    repeat: usize,
    decisions: usize,
}

impl Sampler {
    pub(super) fn new(seed: u64) -> Sampler {
        Sampler {
            random: fastrand::Rng::with_seed(seed),
            kind: Kind::Priorities,
            done: [0; MAX_THREADS],
            lengths: [0; MAX_THREADS],
            priorities: [0; MAX_THREADS],
            change_points: [0; CHANGE_POINTS],
            steps: 0,
            longest: 50,
            log: Vec::new(),
            repeat: 0,
            decisions: 0,
        }
    }

    /// Draws the next execution.
    pub(super) fn advance(&mut self) {
        self.log.clear();
        self.kind = match self.kind {
            Kind::Priorities => Kind::MainFirst,
            Kind::MainFirst => Kind::Walk,
            Kind::Walk => Kind::Plain,
            Kind::Plain => Kind::Priorities,
        };
    }

    /// Begins an execution: the next one, or after no [`advance`](Sampler::advance) the same again.
    pub(super) fn begin(&mut self) {
        self.repeat = self.log.len();
        self.decisions = 0;
        self.longest = self.longest.max(self.steps);
        self.steps = 0;
        for (length, done) in self.lengths.iter_mut().zip(&mut self.done) {
            *length = std::mem::take(done).max(*length);
        }
        for priority in &mut self.priorities {
            *priority = self.random.u64(CHANGE_POINTS as u64..);
        }
        if matches!(self.kind, Kind::MainFirst) {
            self.priorities[0] = u64::MAX;
        }
        for point in &mut self.change_points {
            *point = self.random.usize(0..self.longest);
        }
    }

    pub(super) fn pick(&mut self, situation: Situation) -> usize {
        let thread = match self.kind {
            Kind::Priorities | Kind::MainFirst => self.draw_by_priority(situation),
            Kind::Walk => self.draw_by_weight(situation, |sampler, thread| {
                let left = sampler.lengths[thread].saturating_sub(sampler.done[thread]);
                u64::from(left.max(1))
            }),
            Kind::Plain => self.draw_by_weight(situation, |_, _| 1),
        };
        let thread = usize::from(self.decide(thread as u8));
        self.done[thread] += 1;
        thread
    }

    pub(super) fn choose(&mut self, options: u8, disturbs: bool) -> u8 {
        let taken = if disturbs && self.random.u64(0..DISTURBANCE_ODDS) != 0 {
            0
        } else {
            self.random.u8(u8::from(disturbs)..options)
        };
        self.decide(taken)
    }

    /// Takes the decision drawn, unless an earlier execution is being repeated.
    fn decide(&mut self, drawn: u8) -> u8 {
        let at = self.decisions;
        self.decisions += 1;
        if at < self.repeat {
            return self.log[at];
        }
        self.log.push(drawn);
        drawn
    }

    fn draw_by_weight(
        &mut self,
        situation: Situation,
        weight: impl Fn(&Sampler, usize) -> u64,
    ) -> usize {
        let total = members(situation.eager)
            .map(|thread| weight(self, thread))
            .sum();
        let mut drawn = self.random.u64(0..total);
        for thread in members(situation.eager) {
            match drawn.checked_sub(weight(self, thread)) {
                Some(rest) => drawn = rest,
                None => return thread,
            }
        }
        unreachable!("the weights of all threads make their sum")
    }

    fn draw_by_priority(&mut self, situation: Situation) -> usize {
        let highest = |sampler: &Sampler| {
            members(situation.eager)
                .max_by_key(|&thread| sampler.priorities[thread])
                .expect("somebody can go on")
        };
        let step = self.steps;
        self.steps += 1;
        for (drop, point) in self.change_points.into_iter().enumerate() {
            if point == step {
                self.priorities[highest(self)] = drop as u64;
            }
        }
        highest(self)
    }
}
