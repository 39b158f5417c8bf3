//! `Once`.

use std::fmt;
use std::panic::Location;

use super::raw;
use crate::answer::Begun;
use crate::trace::Place;

/// See `std::sync::Once`.
pub struct Once {
    raw: raw::Once,
}

/// See `std::sync::OnceState`.
#[derive(Debug)]
pub struct OnceState {
    poisoned: bool,
}

impl OnceState {
    /// See `std::sync::OnceState::is_poisoned`.
    #[must_use]
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }
}

impl Once {
    /// See `std::sync::Once::new`.
    #[expect(clippy::new_without_default, reason = "std's has none either")]
    #[must_use]
    #[track_caller]
    pub const fn new() -> Once {
        Once {
            raw: raw::Once::new(Location::caller()),
        }
    }

    /// One on which a call has been completed.
    #[track_caller]
    pub(super) fn completed() -> Once {
        let mut once = Once::new();
        once.raw.set_done(true);
        once
    }

    /// Makes it a new one.
    pub(super) fn reset(&mut self) {
        self.raw.set_done(false);
    }

    /// See `std::sync::Once::call_once`.
    ///
    /// # Panics
    ///
    /// When the once is poisoned, or `body` panics.
    #[track_caller]
    pub fn call_once<F: FnOnce()>(&self, body: F) {
        self.call(false, |_| body());
    }

    /// See `std::sync::Once::call_once_force`.
    ///
    /// # Panics
    ///
    /// When `body` does.
    #[track_caller]
    pub fn call_once_force<F: FnOnce(&OnceState)>(&self, body: F) {
        self.call(true, body);
    }

    /// See `std::sync::Once::is_completed`.
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        self.raw.is_done(Location::caller())
    }

    /// See `std::sync::Once::wait`.
    ///
    /// # Panics
    ///
    /// When the once is poisoned.
    #[track_caller]
    pub fn wait(&self) {
        let done = self.raw.wait(false, Location::caller());
        assert!(done, "Once instance has previously been poisoned");
    }

    /// See `std::sync::Once::wait_force`.
    #[track_caller]
    pub fn wait_force(&self) {
        self.raw.wait(true, Location::caller());
    }

    #[track_caller]
    fn call(&self, force: bool, body: impl FnOnce(&OnceState)) {
        let place = Location::caller();
        let poisoned = match self.raw.begin(force, place) {
            Begun::Done => return,
            Begun::Poisoned => panic!("Once instance has previously been poisoned"),
            Begun::Mine { poisoned } => poisoned,
        };
        let mut call = Call {
            once: self,
            place,
            done: false,
        };
        body(&OnceState { poisoned });
        call.done = true;
    }
}

/// A call under way, which says how it ended when it is dropped.
struct Call<'a> {
    once: &'a Once,
    place: Place,
    done: bool,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.once.raw.end(self.done, self.place);
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}
