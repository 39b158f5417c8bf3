//! Races of the current execution, and where they have other threads tried.

use super::{Node, Search, Threads, Touch, only};
use crate::interleavings::object::{Access, ObjectId};

/// Accesses that are looked through, from the latest, for others to reverse.
const FARTHEST: usize = 4_096;

impl Search {
    /// Notes what the operation of the latest decision touches.
    pub(in crate::interleavings) fn touch(&mut self, object: ObjectId, access: Access) {
        let at = self.current();
        self.touches.push(Touch { at, object, access });
    }

    /// Notes a race: the operation at `at` could have come after `thread`'s one that is
    /// being done now, or is pending, and touches `object`. `knows(thread, local)` says whether
    /// `thread`'s past holds that operation.
    pub(in crate::interleavings) fn race(
        &mut self,
        at: usize,
        thread: usize,
        (object, access): (ObjectId, Access),
        knows: impl Fn(usize, u16) -> bool,
    ) {
        if self.exhaustive {
            return;
        }
        self.reverse(at, thread, &knows);
        let mut at = at;
        for index in (0..self.touches.len()).rev().take(FARTHEST) {
            // Where the thread is blocked at that place, it has come too late already for one
            // before. And under a bound the way there one by one may cost too much.
            let reached = self.schedule(at).situation.enabled & only(thread) != 0;
            if reached && self.bound.is_none() {
                return;
            }
            let touch = self.touches[index];
            if touch.at >= at || touch.object != object {
                continue;
            }
            let (other, number) = self.operation(touch.at);
            if other != thread && access.raced_by().contains(touch.access) && !knows(other, number)
            {
                at = touch.at;
                self.reverse(at, thread, &knows);
            }
        }
    }

    /// Makes `thread` be tried before the operation at `at`.
    fn reverse(&mut self, at: usize, thread: usize, knows: &impl Fn(usize, u16) -> bool) {
        self.add_backtrack(at, at, thread, knows);
        if self.bound.is_some() {
            let block = self.schedule(at).block;
            self.add_backtrack(block, at, thread, knows);
            if block == at
                && let Some(previous) = self.schedule_before(at)
            {
                let earlier = self.schedule(previous).block;
                self.add_backtrack(earlier, at, thread, knows);
            }
            self.try_where_it_is_free(block, thread);
            self.try_what_ends_by_itself(at);
        }
    }

    /// Whoever came later, and then could not go on, leaves its place for nothing: let it come
    /// at `at` as well.
    fn try_what_ends_by_itself(&mut self, at: usize) {
        let mut ended: Threads = 0;
        let mut before = None;
        for node in &self.path[at + 1..self.depth] {
            let Node::Schedule(node) = node else { continue };
            if node.situation.running.is_none() {
                ended |= before.map_or(0, only);
            }
            before = Some(node.thread);
        }
        if let Node::Schedule(node) = &mut self.path[at] {
            node.backtrack |= node.situation.enabled & ended;
        }
    }

    /// Makes `thread` be tried wherever another had to stop anyway, since its own last operation:
    /// coming in there costs nothing.
    fn try_where_it_is_free(&mut self, before: usize, thread: usize) {
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

    /// Makes `thread`, or someone who has to come before it, be tried at the decision `to`.
    fn add_backtrack(
        &mut self,
        to: usize,
        race: usize,
        thread: usize,
        knows: &impl Fn(usize, u16) -> bool,
    ) {
        let enabled = self.schedule(to).situation.enabled;
        // Whoever did something later that `thread` depends on can go in its place.
        let mut helpers: Threads = 0;
        for node in &self.path[race + 1..self.depth] {
            if let Node::Schedule(node) = node
                && helpers & only(node.thread) == 0
                && enabled & only(node.thread) != 0
                && knows(node.thread, node.local)
            {
                helpers |= only(node.thread);
            }
        }
        let bounded = self.bound.is_some();
        let Node::Schedule(node) = &mut self.path[to] else {
            unreachable!("a race at a choice")
        };
        let itself = enabled & only(thread);
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
}
