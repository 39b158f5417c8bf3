//! `std::panic`, less what reaches beyond the calling thread.

use std::any::Any;

pub use std::panic::{AssertUnwindSafe, Location, RefUnwindSafe, UnwindSafe, panic_any};

use super::raw;
use crate::outcome::Failure;

/// See `std::panic::catch_unwind`. What a hidden test found out passes through.
///
/// # Errors
///
/// When `body` panics: its payload.
pub fn catch_unwind<F: FnOnce() -> R + UnwindSafe, R>(body: F) -> std::thread::Result<R> {
    raw::catch(body).map_err(|payload| {
        if payload.is::<Failure>() {
            resume_unwind(payload);
        }
        payload
    })
}

/// See `std::panic::resume_unwind`.
pub fn resume_unwind(payload: Box<dyn Any + Send>) -> ! {
    raw::resume_unwind(payload)
}
