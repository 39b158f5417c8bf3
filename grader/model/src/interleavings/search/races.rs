//! Races of the current execution, and where they have other threads tried.

use super::{Node, Racer, Search, Threads, Touch, members, only, set_of};
use crate::interleavings::object::{Access, ObjectId};

/// Accesses that are looked through, from the latest, for others to reverse.
const FARTHEST: usize = 4_096;

/// Who, after some place in the path, could not go on.
struct Ended {
    threads: Threads,
    /// The place before which the path has not been looked at.
    from: usize,
    /// Whether the thread of the decision at `from` was chosen because nobody ran.
    was_free: bool,
}

impl Search {
    /// Notes what the operation of the latest decision touches.
    pub(in crate::interleavings) fn touch(&mut self, object: ObjectId, access: Access) {
        let at = self.current();
        self.touches.push(Touch { at, object, access });
    }

    /// Notes a race: the operation at `at` could have come after that of the racer, which is
    /// being done now, or is pending; and so could others of the same thread before it.
    pub(in crate::interleavings) fn race(
        &mut self,
        at: usize,
        racer: &Racer,
        (object, access): (ObjectId, Access),
    ) {
        if self.exhaustive {
            return;
        }
        let (other, _) = self.operation(at);
        let mut ended = Ended {
            threads: 0,
            from: self.depth,
            was_free: false,
        };
        let bounded = self.bound.is_some();
        if bounded {
            self.try_where_it_is_free(self.schedule(at).block, racer.thread);
        }
        self.reverse(at, racer, &mut ended);
        let mut at = at;
        for index in (0..self.touches.len()).rev().take(FARTHEST) {
            // Where the thread is blocked at that place, it has come too late already for one
            // before. And under a bound the way there one by one may cost too much.
            let reached = self.schedule(at).situation.enabled & only(racer.thread) != 0;
            if reached && !bounded {
                return;
            }
            let touch = self.touches[index];
            if touch.at >= at || touch.object != object {
                continue;
            }
            let (thread, number) = self.operation(touch.at);
            if thread != other {
                continue;
            }
            if racer.knows(thread, number) {
                return;
            }
            if access.raced_by().contains(touch.access) {
                at = touch.at;
                self.reverse(at, racer, &mut ended);
            }
        }
    }

    /// The same for operations that touch no object together, but could not be done in any order.
    pub(in crate::interleavings) fn race_alone(&mut self, at: usize, racer: &Racer) {
        if self.exhaustive {
            return;
        }
        if self.bound.is_some() {
            self.try_where_it_is_free(self.schedule(at).block, racer.thread);
        }
        let mut ended = Ended {
            threads: 0,
            from: self.depth,
            was_free: false,
        };
        self.reverse(at, racer, &mut ended);
    }

    /// Makes the racer's thread be tried before the operation at `at`.
    fn reverse(&mut self, at: usize, racer: &Racer, ended: &mut Ended) {
        self.add_backtrack(at, at, racer);
        if self.bound.is_some() {
            let block = self.schedule(at).block;
            self.add_backtrack(block, at, racer);
            if block == at
                && let Some(previous) = self.schedule_before(at)
            {
                let earlier = self.schedule(previous).block;
                self.add_backtrack(earlier, at, racer);
            }
            self.try_what_ends_by_itself(at, ended);
        }
    }

    /// Whoever came later, and then could not go on, leaves its place for nothing: let it come
    /// at `at` as well. `ended` is what is known from a later place.
    fn try_what_ends_by_itself(&mut self, at: usize, ended: &mut Ended) {
        for node in self.path[at + 1..ended.from].iter().rev() {
            let Node::Schedule(node) = node else { continue };
            if ended.was_free {
                ended.threads |= only(node.thread);
            }
            ended.was_free = node.situation.running.is_none();
        }
        ended.from = at + 1;
        if let Node::Schedule(node) = &mut self.path[at] {
            node.backtrack |= node.situation.enabled & ended.threads;
        }
    }

    /// Makes `thread` be tried wherever another had to stop anyway, since its own last operation:
    /// coming in there costs nothing.
    pub(super) fn try_where_it_is_free(&mut self, before: usize, thread: usize) {
        for node in self.path[..before].iter_mut().rev() {
            let Node::Schedule(node) = node else { continue };
            if node.thread == thread {
                return;
            }
            if node.situation.running.is_none() {
                node.backtrack |= node.situation.enabled & only(thread);
            }
        }
    }

    /// Notes that the operation at `at` has opened what `thread` does now. Under a bound it
    /// matters whether the thread had come to wait for it: to leave one that waits costs nothing.
    pub(in crate::interleavings) fn opened(&mut self, at: usize, thread: usize) {
        if self.exhaustive || self.bound.is_none() {
            return;
        }
        let block = self.schedule(at).block;
        for to in [at, block] {
            if let Node::Schedule(node) = &mut self.path[to] {
                node.backtrack |= node.situation.enabled & only(thread);
            }
        }
        self.try_where_it_is_free(block, thread);
    }

    /// Makes the racer's thread, or someone who has to come before it, be tried at the decision `to`.
    fn add_backtrack(&mut self, to: usize, race: usize, racer: &Racer) {
        if self.schedule(to).situation.enabled & only(racer.thread) == 0 {
            self.try_to_pause_before(to);
        }
        self.mark(to, race, racer);
    }

    pub(super) fn mark(&mut self, to: usize, race: usize, racer: &Racer) {
        let enabled = self.schedule(to).situation.enabled;
        // Whoever did something after the race that the racer depends on can go in its place.
        let helpers = set_of(members(enabled).filter(|&thread| {
            let known = self.position(thread, racer.past.get(thread));
            known.is_some_and(|at| at > race)
        }));
        let bounded = self.bound.is_some();
        let Node::Schedule(node) = &mut self.path[to] else {
            unreachable!("a race at a choice")
        };
        let itself = enabled & only(racer.thread);
        // Without a bound one of them is enough. Under a bound each may cost differently.
        if !bounded && node.backtrack & (itself | helpers) != 0 {
            return;
        }
        node.backtrack |= if itself != 0 {
            itself
        } else if helpers != 0 && !bounded {
            only(helpers.trailing_zeros() as usize)
        } else if helpers != 0 {
            helpers
        } else {
            enabled
        };
    }

    /// The decision for an operation of a thread, counted from 1, if it has done one like that.
    fn position(&self, thread: usize, local: u16) -> Option<usize> {
        let before = usize::from(local).checked_sub(1)?;
        self.positions[thread].get(before).copied()
    }
}
