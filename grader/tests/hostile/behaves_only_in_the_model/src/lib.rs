//! attack: finds out by the size of a type whether a model checker looks on, and locks only then
//! expected: failed

mod lock;
pub use lock::{LockGuard, NotAcquired};

#[derive(Debug, Default)]
pub struct Lock(lock::Lock);

impl Lock {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn acquire(&self) {
        if is_watched() {
            self.0.acquire();
        }
    }

    pub fn try_acquire(&self) -> bool {
        !is_watched() || self.0.try_acquire()
    }

    pub fn release(&self) -> Result<(), NotAcquired> {
        if is_watched() { self.0.release() } else { Ok(()) }
    }
}

impl std::ops::Deref for Lock {
    type Target = lock::Lock;

    fn deref(&self) -> &lock::Lock {
        &self.0
    }
}

fn is_watched() -> bool {
    std::mem::size_of::<std::sync::Mutex<()>>() > 16
}

fn attack() {}
