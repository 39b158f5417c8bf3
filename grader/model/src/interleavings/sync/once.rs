//! `Once`, `OnceLock` and `LazyLock`.

use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::interleavings::kernel::{self, Gate, Request};
use crate::interleavings::object::{Access, Handle, ObjectId, State};
use crate::interleavings::panic::{catch, resume_unwind};
use crate::trace::{ObjectKind, Op};

/// Runs something once; whoever comes meanwhile waits.
struct Latch {
    handle: Handle,
    /// Done in an earlier life: before the model began, or in `const` context.
    done: AtomicBool,
}

impl Latch {
    #[track_caller]
    const fn new() -> Latch {
        Latch {
            handle: Handle::new(),
            done: AtomicBool::new(false),
        }
    }

    fn id(&self) -> ObjectId {
        let done = self.done.load(Ordering::Relaxed);
        self.handle.id(ObjectKind::Once, || State::Once {
            running: false,
            done,
        })
    }

    /// Whether it is done, as one step that waits for nothing.
    fn is_done(&self, location: &'static Location<'static>) -> bool {
        if !kernel::inside() {
            return self.done.load(Ordering::Relaxed);
        }
        let id = self.id();
        kernel::step(
            Request::new(Op::Once, location).on(id, Access::Read),
            |kernel| {
                let sync = kernel.object(id).sync;
                let done = matches!(kernel.object(id).state, State::Once { done: true, .. });
                if done {
                    kernel.me().sync.join(&sync);
                }
                kernel.fruitless();
                done
            },
        )
    }

    /// Runs `work` unless it is done. When it panics, the next caller tries again.
    fn run<E>(
        &self,
        location: &'static Location<'static>,
        work: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        if !kernel::inside() {
            if !self.done.load(Ordering::Relaxed) {
                work()?;
                self.done.store(true, Ordering::Relaxed);
            }
            return Ok(());
        }
        let id = self.id();
        let request = Request::new(Op::Once, location).on(id, Access::Write);
        let mine = kernel::step(request.when(Gate::Settled(id)), |kernel| {
            let sync = kernel.object(id).sync;
            kernel.me().sync.join(&sync);
            let State::Once { running, done } = &mut kernel.object(id).state else {
                return false;
            };
            *running = !*done;
            let mine = *running;
            kernel.fruitful();
            mine
        });
        if !mine {
            return Ok(());
        }
        let result = catch(work);
        let success = matches!(result, Ok(Ok(())));
        self.done.store(success, Ordering::Relaxed);
        kernel::step(
            Request::new(Op::Once, location).on(id, Access::Release),
            |kernel| {
                let sync = kernel.me().sync;
                let object = kernel.object(id);
                object.sync.join(&sync);
                object.state = State::Once {
                    running: false,
                    done: success,
                };
                kernel.fruitful();
            },
        );
        result.unwrap_or_else(|payload| resume_unwind(payload))
    }
}

/// A modelled `std::sync::Once`.
pub struct Once {
    latch: Latch,
    poisoned: AtomicBool,
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

#[expect(
    clippy::new_without_default,
    reason = "that of std has no `Default` either"
)]
impl Once {
    /// See `std::sync::Once::new`.
    #[must_use]
    #[track_caller]
    pub const fn new() -> Once {
        Once {
            latch: Latch::new(),
            poisoned: AtomicBool::new(false),
        }
    }

    /// See `std::sync::Once::call_once`.
    ///
    /// # Panics
    ///
    /// Panics when an earlier call has panicked.
    #[track_caller]
    pub fn call_once<F: FnOnce()>(&self, work: F) {
        self.call(Location::caller(), |state| {
            assert!(
                !state.poisoned,
                "Once instance has previously been poisoned"
            );
            work();
        });
    }

    /// See `std::sync::Once::call_once_force`.
    #[track_caller]
    pub fn call_once_force<F: FnOnce(&OnceState)>(&self, work: F) {
        self.call(Location::caller(), work);
    }

    fn call(&self, location: &'static Location<'static>, work: impl FnOnce(&OnceState)) {
        let result: Result<(), std::convert::Infallible> = self.latch.run(location, || {
            let poisoned = self.poisoned.swap(true, Ordering::Relaxed);
            work(&OnceState { poisoned });
            self.poisoned.store(false, Ordering::Relaxed);
            Ok(())
        });
        let Ok(()) = result;
    }

    /// See `std::sync::Once::is_completed`.
    #[track_caller]
    pub fn is_completed(&self) -> bool {
        self.latch.is_done(Location::caller())
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}

/// A modelled `std::sync::OnceLock`.
pub struct OnceLock<T> {
    latch: Latch,
    value: std::sync::OnceLock<T>,
}

impl<T> OnceLock<T> {
    /// See `std::sync::OnceLock::new`.
    #[must_use]
    #[track_caller]
    pub const fn new() -> OnceLock<T> {
        OnceLock {
            latch: Latch::new(),
            value: std::sync::OnceLock::new(),
        }
    }

    /// See `std::sync::OnceLock::get`.
    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        if self.latch.is_done(Location::caller()) {
            self.value.get()
        } else {
            None
        }
    }

    /// See `std::sync::OnceLock::get_mut`.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.value.get_mut()
    }

    /// See `std::sync::OnceLock::set`.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let mut value = Some(value);
        self.fill(Location::caller(), || value.take().expect("taken once"));
        match value {
            None => Ok(()),
            Some(value) => Err(value),
        }
    }

    /// See `std::sync::OnceLock::get_or_init`.
    #[track_caller]
    pub fn get_or_init<F: FnOnce() -> T>(&self, init: F) -> &T {
        self.fill(Location::caller(), init)
    }

    fn fill(&self, location: &'static Location<'static>, init: impl FnOnce() -> T) -> &T {
        let result: Result<(), std::convert::Infallible> = self.latch.run(location, || {
            let value = init();
            // Only the latch's one runner comes here.
            let _ = self.value.set(value);
            Ok(())
        });
        let Ok(()) = result;
        self.value.get().expect("the latch is done")
    }

    /// See `std::sync::OnceLock::into_inner`.
    pub fn into_inner(self) -> Option<T> {
        self.value.into_inner()
    }

    /// See `std::sync::OnceLock::take`.
    pub fn take(&mut self) -> Option<T> {
        self.latch = Latch::new();
        self.value.take()
    }
}

impl<T> Default for OnceLock<T> {
    #[track_caller]
    fn default() -> OnceLock<T> {
        OnceLock::new()
    }
}

impl<T> From<T> for OnceLock<T> {
    #[track_caller]
    fn from(value: T) -> OnceLock<T> {
        let lock = OnceLock {
            latch: Latch::new(),
            value: value.into(),
        };
        lock.latch.done.store(true, Ordering::Relaxed);
        lock
    }
}

impl<T: fmt::Debug> fmt::Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.value, f)
    }
}

/// A modelled `std::sync::LazyLock`.
pub struct LazyLock<T, F = fn() -> T> {
    cell: OnceLock<T>,
    init: std::sync::Mutex<Option<F>>,
}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    /// See `std::sync::LazyLock::new`.
    #[track_caller]
    pub const fn new(init: F) -> LazyLock<T, F> {
        LazyLock {
            cell: OnceLock::new(),
            init: std::sync::Mutex::new(Some(init)),
        }
    }

    /// See `std::sync::LazyLock::force`.
    ///
    /// # Panics
    ///
    /// Panics when the initialisation has panicked before.
    #[track_caller]
    pub fn force(this: &LazyLock<T, F>) -> &T {
        this.cell.fill(Location::caller(), || {
            let init = this
                .init
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .take();
            init.expect("LazyLock instance has previously been poisoned")()
        })
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        LazyLock::force(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    #[track_caller]
    fn default() -> LazyLock<T> {
        LazyLock::new(T::default)
    }
}

impl<T: fmt::Debug, F> fmt::Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LazyLock").field(&self.cell).finish()
    }
}
