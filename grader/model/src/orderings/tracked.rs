//! Shared data that nothing protects but the code under test.

use std::fmt;
use std::panic::Location;
use std::rc::Rc;

use super::object::Core;
use super::world::{self, event, switching};
use crate::trace::{ObjectIndex, ObjectKind, Op};

/// A value that threads read and write as plain memory.
///
/// Two accesses, one of them a write, that the code under test does not order fail the
/// test as a data race. Created, used and dropped inside `explore`.
pub struct Tracked<T> {
    core: Core,
    cell: loom::cell::UnsafeCell<T>,
}

// SAFETY: all modelled threads run on one OS thread, and an access to the cell lets no
// other modelled thread run before it is over. Unordered accesses end the search before
// they are made.
unsafe impl<T: Send> Send for Tracked<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Tracked<T> {}

impl<T: Copy> Tracked<T> {
    /// A cell that holds `value`.
    ///
    /// # Panics
    ///
    /// Outside `explore`.
    #[track_caller]
    pub fn new(value: T) -> Tracked<T> {
        world::with(|_| ());
        Tracked {
            core: Core::new(ObjectKind::Cell, Location::caller()),
            cell: loom::cell::UnsafeCell::new(value),
        }
    }

    /// Reads.
    #[track_caller]
    pub fn get(&self) -> T {
        let event = event(Op::CellRead, Location::caller()).on(self.object());
        world::intend(event);
        // SAFETY: the pointer is valid during the call, and loom has checked that no
        // write is unordered with this read.
        let value = switching(|| self.cell.with(|value| unsafe { *value }));
        world::record(event);
        value
    }

    /// Writes.
    #[track_caller]
    pub fn set(&self, value: T) {
        let event = event(Op::CellWrite, Location::caller()).on(self.object());
        world::intend(event);
        // SAFETY: the pointer is valid during the call, and loom has checked that no
        // other access is unordered with this write.
        switching(|| self.cell.with_mut(|place| unsafe { *place = value }));
        world::record(event);
    }

    /// Reads, then writes.
    #[track_caller]
    pub fn update(&self, change: impl FnOnce(T) -> T) {
        let value = self.get();
        self.set(change(value));
    }

    fn object(&self) -> ObjectIndex {
        self.core.get(|| Rc::new(())).0
    }
}

impl<T: Copy + Default> Default for Tracked<T> {
    #[track_caller]
    fn default() -> Self {
        Tracked::new(T::default())
    }
}

impl<T> fmt::Debug for Tracked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracked").finish_non_exhaustive()
    }
}
