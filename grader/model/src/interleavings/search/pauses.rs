//! Threads that let others go first, and where they could have done so earlier.
//!
//! A thread that has yielded goes on once another has changed something, or when everybody has
//! yielded and it has waited longest. So what it waits for depends on what had come before its
//! yield, although a yield touches no object: where a race finds a thread that has yielded, the
//! yield itself has to be tried before the changes and yields of others that it came after.

use super::{Moment, Node, Racer, Search, members};
use crate::interleavings::clock::Clock;

impl Search {
    /// Notes that the operation of the latest decision has changed something.
    pub(in crate::interleavings) fn changed(&mut self) {
        let at = self.current();
        self.moments.push(Moment { at, pause: None });
    }

    /// Notes that the thread of the latest decision lets others go first. `past` is what it knows.
    pub(in crate::interleavings) fn paused(&mut self, past: Clock) {
        let at = self.current();
        self.moments.push(Moment {
            at,
            pause: Some(past),
        });
    }

    /// Makes those who have yielded, and so cannot be tried at the decision `to`, do so earlier.
    pub(super) fn try_to_pause_before(&mut self, to: usize) {
        let Node::Schedule(node) = &mut self.path[to] else {
            return;
        };
        let late = node.situation.paused & !node.paused_earlier;
        node.paused_earlier |= late;
        for thread in members(late) {
            self.try_to_pause_earlier(thread, to);
        }
    }

    /// Makes the latest yield of `thread` before `to` be tried before what it came after.
    fn try_to_pause_earlier(&mut self, thread: usize, to: usize) {
        let before = self.moments.partition_point(|moment| moment.at < to);
        let last = self.moments[..before].iter().rposition(|moment| {
            moment.pause.is_some() && self.schedule(moment.at).thread == thread
        });
        let Some(last) = last else { return };
        let Moment { at, pause } = self.moments[last];
        let racer = Racer {
            thread,
            past: pause.unwrap_or_default(),
        };
        if self.bound.is_some() {
            self.try_where_it_is_free(self.schedule(at).block, thread);
        }
        let mut earlier = self.moments[..last].iter().rev().map(|moment| moment.at);
        let earlier = earlier.find(|&at| {
            let (other, number) = self.operation(at);
            other != thread && !racer.knows(other, number)
        });
        if let Some(earlier) = earlier {
            self.mark(earlier, earlier, &racer);
            if self.bound.is_some() {
                let block = self.schedule(earlier).block;
                self.mark(block, earlier, &racer);
                self.try_where_it_is_free(block, thread);
            }
        }
    }
}
