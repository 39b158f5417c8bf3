//! What a poisoned lock makes of results, and how locks and guards are shown.

use std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};

/// `Err` when poisoned.
pub(super) fn verdict<T>(poisoned: bool, value: T) -> LockResult<T> {
    if poisoned {
        Err(PoisonError::new(value))
    } else {
        Ok(value)
    }
}

/// The data of std's own lock, which is poisoned whenever the modelled lock is, and never
/// by itself.
pub(super) fn whatever<T>(data: LockResult<T>) -> T {
    data.unwrap_or_else(PoisonError::into_inner)
}

/// As [`whatever`]; `None` when somebody else has the data.
pub(super) fn whatever_is_free<T>(data: TryLockResult<T>) -> Option<T> {
    match data {
        Ok(data) => Some(data),
        Err(TryLockError::Poisoned(poison)) => Some(poison.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// What can be done with the guards of all locks.
macro_rules! guards {
    ($($name:ident)*) => { $(
        impl<T: ?Sized> std::ops::Deref for $name<'_, T> {
            type Target = T;

            fn deref(&self) -> &T {
                super::raw::looks_at_data();
                self.data.as_ref().expect("a guard has its data")
            }
        }

        impl<T: ?Sized + std::fmt::Debug> std::fmt::Debug for $name<'_, T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<T: ?Sized + std::fmt::Display> std::fmt::Display for $name<'_, T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                (**self).fmt(f)
            }
        }
    )* };
}

/// As [`guards`], for those through which the data can be changed.
macro_rules! guards_mut {
    ($($name:ident)*) => { $(
        impl<T: ?Sized> std::ops::DerefMut for $name<'_, T> {
            fn deref_mut(&mut self) -> &mut T {
                super::raw::changes_data();
                self.data.as_mut().expect("a guard has its data")
            }
        }
    )* };
}

/// What all locks have in common: `$try` is how one looks at the data without waiting.
macro_rules! locks {
    ($($name:ident: $try:ident)*) => { $(
        impl<T: Default> Default for $name<T> {
            #[track_caller]
            fn default() -> Self {
                $name::new(T::default())
            }
        }

        impl<T> From<T> for $name<T> {
            #[track_caller]
            fn from(value: T) -> Self {
                $name::new(value)
            }
        }

        impl<T: ?Sized + std::fmt::Debug> std::fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut shape = f.debug_struct(stringify!($name));
                match self.$try() {
                    Ok(guard) => shape.field("data", &&*guard),
                    Err(std::sync::TryLockError::Poisoned(poison)) => {
                        shape.field("data", &&**poison.get_ref())
                    }
                    Err(std::sync::TryLockError::WouldBlock) => {
                        shape.field("data", &format_args!("<locked>"))
                    }
                };
                shape.field("poisoned", &self.is_poisoned());
                shape.finish_non_exhaustive()
            }
        }
    )* };
}

pub(super) use {guards, guards_mut, locks};
