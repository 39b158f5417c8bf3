use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::orderings::object::Core;
use crate::orderings::world::{self, Detail, event};
use crate::trace::{ObjectKind, Op, Outcome};

const FRESH: u8 = 0;
const POISONED: u8 = 1;
const RUNNING: u8 = 2;
const DONE: u8 = 3;

/// See `std::sync::Once`.
pub struct Once {
    core: Core,
    /// Changed only in the monitor.
    state: AtomicU8,
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
    #[track_caller]
    pub const fn new() -> Once {
        Once {
            core: Core::new(ObjectKind::Once, Location::caller()),
            state: AtomicU8::new(FRESH),
        }
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
        let (object, monitor) = self.core.monitor();
        let event = event(Op::Once, Location::caller()).on(object);
        world::intend(event);
        let entered = monitor.enter();
        let done = self.state.load(Ordering::Relaxed) == DONE;
        drop(entered);
        if done {
            world::record(event);
        } else {
            world::record_look(event.with_outcome(Some(Outcome::Busy)));
        }
        done
    }

    /// See `std::sync::Once::wait`.
    ///
    /// # Panics
    ///
    /// When the once is poisoned.
    #[track_caller]
    pub fn wait(&self) {
        let state = self.wait_for(|state| matches!(state, DONE | POISONED));
        assert!(state == DONE, "Once instance has previously been poisoned");
    }

    /// See `std::sync::Once::wait_force`.
    #[track_caller]
    pub fn wait_force(&self) {
        self.wait_for(|state| state == DONE);
    }

    #[track_caller]
    fn wait_for(&self, enough: impl Fn(u8) -> bool) -> u8 {
        let (object, monitor) = self.core.monitor();
        let event = event(Op::Once, Location::caller()).on(object);
        world::intend(event);
        let entered = monitor
            .enter()
            .wait_while(|| !enough(self.state.load(Ordering::Relaxed)));
        let state = self.state.load(Ordering::Relaxed);
        drop(entered);
        world::record(event);
        state
    }

    #[track_caller]
    fn call(&self, force: bool, body: impl FnOnce(&OnceState)) {
        let (object, monitor) = self.core.monitor();
        let event = event(Op::Once, Location::caller()).on(object);
        world::intend(event);
        let entered = monitor
            .enter()
            .wait_while(|| self.state.load(Ordering::Relaxed) == RUNNING);
        let state = self.state.load(Ordering::Relaxed);
        if state != DONE && (force || state != POISONED) {
            self.state.store(RUNNING, Ordering::Relaxed);
        }
        drop(entered);
        world::record(event);
        match state {
            DONE => return,
            POISONED if !force => panic!("Once instance has previously been poisoned"),
            _ => {}
        }
        let mut running = Running {
            once: self,
            ends_as: POISONED,
        };
        body(&OnceState {
            poisoned: state == POISONED,
        });
        running.ends_as = DONE;
    }
}

/// Says how a call ended when it is dropped.
struct Running<'a> {
    once: &'a Once,
    ends_as: u8,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let (_, monitor) = self.once.core.monitor();
        let entered = monitor.enter();
        self.once.state.store(self.ends_as, Ordering::Relaxed);
        entered.notify_all();
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}

/// See `std::sync::OnceLock`.
pub struct OnceLock<T> {
    once: Once,
    value: std::sync::OnceLock<T>,
}

impl<T> OnceLock<T> {
    /// See `std::sync::OnceLock::new`.
    #[track_caller]
    pub const fn new() -> OnceLock<T> {
        OnceLock {
            once: Once::new(),
            value: std::sync::OnceLock::new(),
        }
    }

    /// See `std::sync::OnceLock::get`.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        if self.once.is_completed() {
            self.value.get()
        } else {
            None
        }
    }

    /// See `std::sync::OnceLock::get_mut`.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }

    /// See `std::sync::OnceLock::wait`.
    #[track_caller]
    pub fn wait(&self) -> &T {
        self.once.wait_force();
        self.present()
    }

    /// See `std::sync::OnceLock::set`.
    ///
    /// # Errors
    ///
    /// When there is a value already: the new one.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.once.call_once_force(|_| {
            if let Some(value) = value.take() {
                let _ = self.value.set(value);
            }
        });
        value.map_or(Ok(()), Err)
    }

    /// See `std::sync::OnceLock::get_or_init`.
    ///
    /// # Panics
    ///
    /// When `init` does.
    #[track_caller]
    pub fn get_or_init<F: FnOnce() -> T>(&self, init: F) -> &T {
        self.once.call_once_force(|_| {
            let _ = self.value.set(init());
        });
        self.present()
    }

    /// See `std::sync::OnceLock::into_inner`.
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// See `std::sync::OnceLock::take`.
    pub fn take(&mut self) -> Option<T> {
        *self.once.state.get_mut() = FRESH;
        self.value.take()
    }

    fn present(&self) -> &T {
        match self.value.get() {
            Some(value) => value,
            None => unreachable!("the call has left a value"),
        }
    }
}

impl<T> Default for OnceLock<T> {
    #[track_caller]
    fn default() -> Self {
        OnceLock::new()
    }
}

impl<T> From<T> for OnceLock<T> {
    #[track_caller]
    fn from(value: T) -> Self {
        let mut once = Once::new();
        *once.state.get_mut() = DONE;
        OnceLock {
            once,
            value: value.into(),
        }
    }
}

impl<T: Clone> Clone for OnceLock<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        match self.get() {
            Some(value) => value.clone().into(),
            None => OnceLock::new(),
        }
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceLock<T> {}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// See `std::sync::LazyLock`.
pub struct LazyLock<T, F = fn() -> T> {
    value: OnceLock<T>,
    /// Taken by whoever runs it.
    init: Mutex<Option<F>>,
}

impl<T: RefUnwindSafe + UnwindSafe, F: UnwindSafe> RefUnwindSafe for LazyLock<T, F> {}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// See `std::sync::LazyLock::new`.
    #[track_caller]
    pub const fn new(init: F) -> LazyLock<T, F> {
        LazyLock {
            value: OnceLock::new(),
            init: Mutex::new(Some(init)),
        }
    }

    /// See `std::sync::LazyLock::force`.
    ///
    /// # Panics
    ///
    /// When the initialisation panics or has panicked.
    #[track_caller]
    pub fn force(this: &LazyLock<T, F>) -> &T {
        this.value.get_or_init(|| {
            let init = this
                .init
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            match init {
                Some(init) => init(),
                None => panic!("LazyLock instance has previously been poisoned"),
            }
        })
    }

    /// See `std::sync::LazyLock::force_mut`.
    ///
    /// # Panics
    ///
    /// When the initialisation panics or has panicked.
    #[track_caller]
    pub fn force_mut(this: &mut LazyLock<T, F>) -> &mut T {
        LazyLock::force(this);
        match this.value.get_mut() {
            Some(value) => value,
            None => unreachable!("the call has left a value"),
        }
    }
}

impl<T, F> LazyLock<T, F> {
    /// See `std::sync::LazyLock::get`.
    #[track_caller]
    pub fn get(this: &LazyLock<T, F>) -> Option<&T> {
        this.value.get()
    }

    /// See `std::sync::LazyLock::get_mut`.
    pub fn get_mut(this: &mut LazyLock<T, F>) -> Option<&mut T> {
        this.value.get_mut()
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        LazyLock::force(self)
    }
}

impl<T, F: FnOnce() -> T> DerefMut for LazyLock<T, F> {
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        LazyLock::force_mut(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    #[track_caller]
    fn default() -> Self {
        LazyLock::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shape = f.debug_tuple("LazyLock");
        match self.value.value.get() {
            Some(value) => shape.field(value),
            None => shape.field(&format_args!("<uninit>")),
        };
        shape.finish()
    }
}
