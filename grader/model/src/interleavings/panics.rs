//! Panics of modelled threads, which std's own bookkeeping would ascribe to the wrong one.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, PanicHookInfo};
use std::sync::Once;

use super::kernel::{self, PanicInfo};
use crate::outcome::Failure;

/// As that of std.
pub(super) fn resume_unwind(payload: Box<dyn Any + Send>) -> ! {
    if kernel::inside() {
        kernel::with(|kernel| kernel.me().panicking = true);
    }
    std::panic::resume_unwind(payload)
}

/// Catches every panic of the calling modelled thread.
pub(super) fn catch<F: FnOnce() -> R, R>(body: F) -> std::thread::Result<R> {
    let result = std::panic::catch_unwind(AssertUnwindSafe(body));
    if result.is_err() && kernel::inside() {
        kernel::with(|kernel| kernel.me().panicking = false);
    }
    result
}

/// The text of a panic's payload.
pub(super) fn text(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else if let Some(failure) = payload.downcast_ref::<Failure>() {
        failure.message.clone().unwrap_or_default()
    } else {
        "a panic without a text".to_owned()
    }
}

thread_local! {
    static LISTENING: Cell<bool> = const { Cell::new(false) };
}

/// Takes note of panics of modelled threads on this OS thread, in place of printing them.
pub(super) fn listen() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if LISTENING.get() && kernel::inside() {
                note(info);
            } else {
                before(info);
            }
        }));
    });
    LISTENING.set(true);
}

fn note(info: &PanicHookInfo<'_>) {
    let message = text(info.payload());
    let failure = info.payload().downcast_ref::<Failure>();
    let diagnosis = failure.map(|failure| failure.diagnosis);
    let location = info.location().map_or((String::new(), 0, 0), |location| {
        let file = location.file().to_owned();
        (file, location.line(), location.column())
    });
    kernel::with(|kernel| {
        kernel.me().panicking = true;
        let thread = kernel.current;
        kernel.panics.push(PanicInfo {
            thread,
            message,
            location,
            diagnosis,
            escaped: false,
        });
    });
}
