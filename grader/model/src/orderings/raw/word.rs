//! A word that threads share: loom's atomic, with cures for what loom forgets.

use std::rc::Rc;
use std::sync::atomic::Ordering::{self, AcqRel, Release, SeqCst};

use crate::orderings::scene::Side;
use crate::orderings::world::{self, switching};

/// loom remembers one last access of an atomic, so that a store that comes after a load of its
/// own thread does not hear of an earlier load by another thread, and the order in which that
/// load comes later is never tried. So each thread has a mark of its own here. Whoever has
/// loaded touches its own mark, and whoever has stored touches those of all others. Two loads
/// still have nothing to do with each other.
///
/// Nobody comes between an access and its marks, so no order of threads is tried twice.
pub(super) struct Word {
    atomic: Rc<loom::sync::atomic::AtomicU64>,
    /// One for each thread. To notify nobody is an operation of loom that depends on every
    /// other one of the same object, and does nothing.
    marks: Vec<loom::sync::Condvar>,
}

impl Word {
    pub(super) fn new() -> Word {
        Word {
            atomic: world::atomic(),
            marks: (0..loom::MAX_THREADS)
                .map(|_| loom::sync::Condvar::new())
                .collect(),
        }
    }

    pub(super) fn load(&self, order: Ordering) -> u64 {
        switching(|| {
            fence_before(order);
            let value = self.atomic.load(order);
            self.touch(|thread, me| thread == me);
            fence_after(order);
            value
        })
    }

    /// As a swap: loom orders a plain store too weakly against failed swaps. It acquires nothing.
    pub(super) fn store(&self, value: u64, order: Ordering) {
        let released = if order == SeqCst { Release } else { order };
        self.change(order, |word| word.swap(value, released));
    }

    /// The newest value, and what came before it: for its owner, who may have it from an `Arc`
    /// that loom knows nothing of.
    pub(super) fn latest(&self) -> u64 {
        switching(|| {
            let value = self.atomic.fetch_add(0, AcqRel);
            self.touch(|thread, me| thread != me);
            value
        })
    }

    /// A read-modify-write with this ordering.
    pub(super) fn change<R>(
        &self,
        order: Ordering,
        access: impl FnOnce(&loom::sync::atomic::AtomicU64) -> R,
    ) -> R {
        switching(|| {
            fence_before(order);
            let result = access(&self.atomic);
            self.touch(|thread, me| thread != me);
            fence_after(order);
            result
        })
    }

    pub(super) fn compare_exchange(
        &self,
        current: u64,
        new: u64,
        (success, failure): (Ordering, Ordering),
    ) -> Result<u64, u64> {
        switching(|| {
            // Which of the two it will be is not known yet, so the stronger one counts.
            fence_before(if failure == SeqCst { failure } else { success });
            let word = &self.atomic;
            let result = word.compare_exchange(current, new, success, failure);
            self.touch(|thread, me| thread != me);
            fence_after(if result.is_ok() { success } else { failure });
            result
        })
    }

    /// Touches the marks of these threads, of those that there are.
    fn touch(&self, whose: impl Fn(usize, usize) -> bool) {
        let (me, threads) = (usize::from(world::current()), world::threads());
        // A thread that comes later comes after everything that its parent has done, and what
        // it loads is held against the last store by loom itself.
        if threads == 1 {
            return;
        }
        loom::stop_exploring();
        for (thread, mark) in self.marks.iter().enumerate().take(threads) {
            if whose(thread, me) {
                mark.notify_one();
            }
        }
        loom::explore();
    }
}

/// loom takes sequentially consistent accesses for acquire and release ones, but it knows
/// sequentially consistent fences. One between any two such accesses of a thread is enough, so
/// all of them have one on the same side. On both sides, they would order the weaker accesses
/// around them, too; see [`Side`].
fn fence_before(order: Ordering) {
    world::note_order(order);
    if order == SeqCst && world::side() == Side::Before {
        loom::sync::atomic::fence(SeqCst);
    }
}

fn fence_after(order: Ordering) {
    if order == SeqCst && world::side() == Side::After {
        loom::sync::atomic::fence(SeqCst);
    }
}
