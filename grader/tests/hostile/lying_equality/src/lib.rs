//! attack: has errors that are equal to everything, and returns nothing but them
//! expected: failed

mod lock;
pub use lock::LockGuard;

#[derive(Debug, Default)]
pub struct Lock(lock::Lock);

impl Lock {
    pub fn new() -> Self {
        Self(lock::Lock::new())
    }

    pub fn release(&self) -> Result<(), NotAcquired> {
        let _ = self.0.release();
        Err(NotAcquired)
    }
}

impl std::ops::Deref for Lock {
    type Target = lock::Lock;

    fn deref(&self) -> &lock::Lock {
        &self.0
    }
}

#[derive(Debug, Clone, Eq)]
pub struct NotAcquired;

impl PartialEq for NotAcquired {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl std::fmt::Display for NotAcquired {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("all is well")
    }
}

impl std::error::Error for NotAcquired {}

fn attack() {}
