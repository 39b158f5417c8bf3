//! Which interleaving comes next: the tree of decisions and the walk through it.
//!
//! The walk is stateless: an execution is a path of decisions from the root, and
//! the next execution repeats a prefix of it and then decides differently. Only
//! reversals of *races* (two operations on the same object that neither thread had
//! to do in that order) are tried: dynamic partial-order reduction, after
//! Flanagan and Godefroid, "Dynamic Partial-Order Reduction for Model Checking
//! Software" (POPL 2005). Under a bound on disturbances each reversal is also
//! tried where the running thread had been switched to, at which place it may cost
//! no preemption: Coons, Musuvathi and McKinley, "Bounded Partial-Order Reduction"
//! (OOPSLA 2013).
//!
//! A *disturbance* is a preemption, a spurious wake-up, or a time-out that comes
//! while others could still run.

mod pauses;
mod races;

use super::clock::{Clock, MAX_THREADS};
use super::object::{Access, ObjectId};

/// A set of threads, one bit each.
pub(super) type Threads = u16;

const _: () = assert!(Threads::BITS as usize == MAX_THREADS);

/// The set that holds one thread.
pub(super) fn only(thread: usize) -> Threads {
    1 << thread
}

/// The set of these threads.
pub(super) fn set_of(threads: impl Iterator<Item = usize>) -> Threads {
    threads.fold(0, |set, thread| set | only(thread))
}

/// The threads of a set, in order.
pub(super) fn members(mut set: Threads) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (set != 0).then(|| {
            let thread = set.trailing_zeros() as usize;
            set &= set - 1;
            thread
        })
    })
}

/// The situation in which a thread has to be picked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Situation {
    /// The threads whose next operation can be done now.
    pub enabled: Threads,
    /// The threads that the default order may pick: those that have not yielded.
    pub eager: Threads,
    /// The threads that could go on, had they not yielded.
    pub paused: Threads,
    /// The thread that did the last operation, if it could go on: leaving it is a preemption.
    pub running: Option<usize>,
    /// Whose turn it is otherwise.
    pub next: usize,
}

/// One decision of a path.
#[derive(Debug, Clone)]
enum Node {
    Schedule(Schedule),
    Choice {
        options: u8,
        taken: u8,
        disturbs: bool,
    },
}

#[derive(Debug, Clone)]
struct Schedule {
    situation: Situation,
    /// The thread picked in the current execution.
    thread: usize,
    /// Threads to try here, those tried already included.
    backtrack: Threads,
    done: Threads,
    /// Those of the paused for which it has been seen to that they pause earlier.
    paused_earlier: Threads,
    /// Disturbances on the path before this decision.
    spent: u32,
    /// Where the uninterrupted run of `thread` that this decision belongs to began.
    block: usize,
    /// Which operation of `thread` this is.
    local: u16,
}

impl Schedule {
    /// Leaving a thread that could go on is a disturbance, and so is picking one whose turn
    /// it is not: one that sleeps, or has just had a long turn.
    fn cost_of(&self, thread: usize) -> u32 {
        let preempts = self
            .situation
            .running
            .is_some_and(|running| running != thread);
        u32::from(preempts || self.situation.eager & only(thread) == 0)
    }
}

/// A walk through all executions with at most `bound` disturbances.
#[derive(Debug)]
pub(super) struct Search {
    path: Vec<Node>,
    /// Decisions of the current execution so far.
    depth: usize,
    /// The first decision that the current execution does not share with the one before.
    fresh_from: usize,
    /// Disturbances of the current execution so far.
    spent: u32,
    bound: Option<u32>,
    /// Whether the bound has kept anything from being tried.
    cut: bool,
    /// Try every enabled thread everywhere: the reference that the reduction is tested against.
    exhaustive: bool,
    last_schedule: Option<usize>,
    /// What the operations of the current execution have touched, in their order.
    touches: Vec<Touch>,
    /// The decisions for the operations of each thread in the current execution.
    positions: Vec<Vec<usize>>,
    /// Changes and yields of the current execution, in their order.
    moments: Vec<Moment>,
}

#[derive(Debug, Clone, Copy)]
struct Touch {
    /// The decision for the operation.
    at: usize,
    object: ObjectId,
    access: Access,
}

/// An operation by which threads may go on, or one may not.
#[derive(Debug, Clone, Copy)]
struct Moment {
    /// The decision for the operation.
    at: usize,
    /// What the thread knows that has yielded by it, if one has.
    pause: Option<Clock>,
}

/// An operation that could come earlier than it does.
pub(super) struct Racer {
    pub thread: usize,
    /// What its thread knows of each thread's operations; of its own, those before it.
    pub past: Clock,
}

impl Racer {
    fn knows(&self, thread: usize, local: u16) -> bool {
        self.past.get(thread) >= local
    }
}

impl Search {
    pub(super) fn new(bound: Option<u32>, exhaustive: bool) -> Search {
        Search {
            path: Vec::new(),
            depth: 0,
            fresh_from: 0,
            spent: 0,
            bound,
            cut: false,
            exhaustive,
            last_schedule: None,
            touches: Vec::new(),
            positions: vec![Vec::new(); MAX_THREADS],
            moments: Vec::new(),
        }
    }

    /// Whether the bound has kept anything from being tried so far.
    pub(super) fn was_cut(&self) -> bool {
        self.cut
    }

    pub(super) fn bound(&self) -> Option<u32> {
        self.bound
    }

    /// Begins an execution: the next one, or after no [`advance`](Search::advance) the same again.
    pub(super) fn begin(&mut self) {
        self.depth = 0;
        self.spent = 0;
        self.last_schedule = None;
        self.touches.clear();
        self.moments.clear();
        self.positions.iter_mut().for_each(Vec::clear);
    }

    /// Picks the thread that does the next operation, its `local`-th (given by a function
    /// of the thread). `None` if the same decisions led elsewhere the last time.
    pub(super) fn pick(
        &mut self,
        situation: Situation,
        local: impl Fn(usize) -> u16,
    ) -> Option<usize> {
        let at = self.depth;
        self.depth += 1;
        if at == self.path.len() {
            let thread = default_thread(situation);
            let backtrack = if self.exhaustive {
                situation.enabled
            } else {
                only(thread)
            };
            self.path.push(Node::Schedule(Schedule {
                situation,
                thread,
                backtrack,
                done: only(thread),
                paused_earlier: 0,
                spent: self.spent,
                block: at,
                local: 0,
            }));
        }
        let block = self.block_before(at);
        let last = self.last_schedule;
        let Node::Schedule(node) = &mut self.path[at] else {
            return None;
        };
        if node.situation.enabled != situation.enabled {
            return None;
        }
        node.local = local(node.thread);
        node.block = match last {
            Some(_) if block.1 == node.thread => block.0,
            _ => at,
        };
        self.spent += node.cost_of(node.thread);
        self.last_schedule = Some(at);
        let (thread, local) = (node.thread, node.local);
        self.positions[thread].push(at);
        debug_assert_eq!(self.positions[thread].len(), usize::from(local));
        Some(thread)
    }

    /// Chooses between `options` ways to go on; other ways than 0 may count as
    /// disturbances. `None` if the same decisions led elsewhere the last time.
    pub(super) fn choose(&mut self, options: u8, disturbs: bool) -> Option<u8> {
        let at = self.depth;
        self.depth += 1;
        if at == self.path.len() {
            self.path.push(Node::Choice {
                options,
                taken: 0,
                disturbs,
            });
        }
        let Node::Choice {
            options: known,
            taken,
            ..
        } = self.path[at]
        else {
            return None;
        };
        if known != options {
            return None;
        }
        if disturbs && taken > 0 {
            self.spent += 1;
        }
        Some(taken)
    }

    /// The index of the latest decision for a thread: that of the operation now being done.
    pub(super) fn current(&self) -> usize {
        self.last_schedule.expect("an operation without a decision")
    }

    /// Whether the latest decision is new, so that its races are not known yet.
    pub(super) fn is_fresh(&self) -> bool {
        self.depth > self.fresh_from
    }

    /// Which operation of which thread the decision at an index was.
    pub(super) fn operation(&self, at: usize) -> (usize, u16) {
        let node = self.schedule(at);
        (node.thread, node.local)
    }

    /// Prepares the next execution; false when there is none.
    pub(super) fn advance(&mut self) -> bool {
        self.path.truncate(self.depth);
        while let Some(mut node) = self.path.pop() {
            let found = match &mut node {
                Node::Schedule(node) => {
                    let mut found = false;
                    for thread in members(node.backtrack & !node.done) {
                        if self
                            .bound
                            .is_some_and(|bound| node.spent + node.cost_of(thread) > bound)
                        {
                            self.cut = true;
                            continue;
                        }
                        node.thread = thread;
                        node.done |= only(thread);
                        found = true;
                        break;
                    }
                    found
                }
                Node::Choice {
                    options,
                    taken,
                    disturbs,
                } => {
                    if *taken + 1 == *options {
                        false
                    } else if *disturbs && *taken == 0 && self.spent_before_end() {
                        self.cut = true;
                        false
                    } else {
                        *taken += 1;
                        true
                    }
                }
            };
            if found {
                self.path.push(node);
                self.fresh_from = self.path.len() - 1;
                return true;
            }
        }
        false
    }

    /// Whether the bound is used up by the decisions that are left on the path.
    fn spent_before_end(&self) -> bool {
        let Some(bound) = self.bound else {
            return false;
        };
        let spent: u32 = self
            .path
            .iter()
            .map(|node| match node {
                Node::Schedule(node) => node.cost_of(node.thread),
                Node::Choice {
                    taken, disturbs, ..
                } => u32::from(*disturbs && *taken > 0),
            })
            .sum();
        spent >= bound
    }

    fn schedule(&self, at: usize) -> &Schedule {
        match &self.path[at] {
            Node::Schedule(node) => node,
            Node::Choice { .. } => unreachable!("no operation was decided here"),
        }
    }

    /// The block and the thread of the decision for a thread before `at`.
    fn block_before(&self, at: usize) -> (usize, usize) {
        match self.last_schedule {
            Some(last) => {
                let node = self.schedule(last);
                (node.block, node.thread)
            }
            None => (at, usize::MAX),
        }
    }

    fn schedule_before(&self, at: usize) -> Option<usize> {
        (0..at)
            .rev()
            .find(|&index| matches!(self.path[index], Node::Schedule(_)))
    }
}

/// Without a reason to switch, the running thread goes on.
fn default_thread(situation: Situation) -> usize {
    situation.running.unwrap_or(situation.next)
}
