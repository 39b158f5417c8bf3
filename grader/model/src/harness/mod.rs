//! Runs one hidden test in a process of its own and writes down what came of it.
//!
//! The grader starts a test program without arguments and hands it an order on
//! standard input. The program runs the test that the order names and leaves a
//! record in the file that it names. Only the record counts: exit status 0
//! without one is a crash.

mod order;
mod panics;
mod record;

use std::any::Any;
use std::io;
use std::panic;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::outcome::{Completeness, Exploration, Failure};

pub use order::Effort;
pub use panics::{PanicNote, last_panic};
#[cfg(feature = "real")]
pub(crate) use panics::{adopt, mourn, take_notes};
#[cfg(feature = "orderings")]
pub(crate) use panics::{diagnose, watch};

use order::{ORDER, Order};
use record::Record;

static EXPLORED: Mutex<Option<Exploration>> = Mutex::new(None);
static REASON: Mutex<Option<String>> = Mutex::new(None);
static FINISHED: AtomicBool = AtomicBool::new(false);

/// Runs the test that the order on standard input asks for.
///
/// Exit status: 0 when the record was written, whatever it says; 2 when the order
/// cannot be carried out; 3 when the record cannot be written.
pub fn main(tests: &[(&str, fn())]) -> ExitCode {
    let order = match Order::read(io::stdin().lock()) {
        Ok(order) => order,
        Err(error) => return refuse(2, &error),
    };
    let Some(&(_, test)) = tests.iter().find(|(name, _)| *name == order.test()) else {
        return refuse(2, &format!("there is no test called {:?}", order.test()));
    };
    if ORDER.set(order).is_err() {
        return refuse(2, "a test program runs one test");
    }
    panics::take_notes();
    let record = match panic::catch_unwind(test) {
        Ok(()) => passed(),
        Err(payload) => Record::failed(failure(payload)),
    };
    match write(&record) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(3, &error),
    }
}

fn refuse(status: u8, reason: &str) -> ExitCode {
    eprintln!("{reason}");
    ExitCode::from(status)
}

/// The number that all chance in this test derives from; 0 outside a test program.
pub fn seed() -> u64 {
    ORDER.get().map_or(0, Order::seed)
}

/// How much work the test may make of itself; normal outside a test program.
pub fn effort() -> Effort {
    ORDER.get().map_or(Effort::Normal, Order::effort)
}

/// Whether there is somebody to write a record for.
#[cfg(any(feature = "interleavings", feature = "orderings"))]
pub(crate) fn is_active() -> bool {
    ORDER.get().is_some()
}

/// Adds what a search has done to the record of this test.
pub fn explored(exploration: Exploration) {
    let mut total = EXPLORED.lock().unwrap_or_else(PoisonError::into_inner);
    *total = Some(total.map_or(exploration, |before| before.and(exploration)));
}

/// Adds to the record why a search is incomplete, where an engine gave up with words.
pub fn gave_up(reason: impl Into<String>) {
    let mut first = REASON.lock().unwrap_or_else(PoisonError::into_inner);
    first.get_or_insert(reason.into());
}

/// Writes the record of a failed test and ends the process, for whoever cannot unwind.
///
/// # Panics
///
/// Outside a test program, with the failure as payload.
pub fn finish(failure: Failure) -> ! {
    if ORDER.get().is_none() {
        panic::panic_any(failure);
    }
    let status = match write(&Record::failed(failure)) {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("{error}");
            3
        }
    };
    std::process::exit(status)
}

/// The message of a panic, if it has one.
pub(crate) fn text_of(payload: &(dyn Any + Send)) -> Option<String> {
    payload
        .downcast_ref::<&'static str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
}

/// What the panic of a test says about the code under test.
fn failure(payload: Box<dyn Any + Send>) -> Failure {
    let note = last_panic();
    let mut failure = match payload.downcast::<Failure>() {
        Ok(failure) => *failure,
        Err(payload) => panics::cause(note.clone(), text_of(&*payload)),
    };
    if failure.location.is_none() {
        failure.location = note.map(|note| (note.file, note.line, note.column));
    }
    // A payload that panics when it is dropped must not get in the way of the record.
    let total = *EXPLORED.lock().unwrap_or_else(PoisonError::into_inner);
    failure.exploration = match (total, failure.exploration) {
        (Some(before), Some(last)) => Some(before.and(last)),
        (before, last) => last.or(before),
    };
    failure
}

fn passed() -> Record {
    let exploration = *EXPLORED.lock().unwrap_or_else(PoisonError::into_inner);
    let incomplete = exploration
        .is_some_and(|exploration| matches!(exploration.completeness, Completeness::Incomplete(_)));
    let reason = REASON.lock().unwrap_or_else(PoisonError::into_inner).take();
    if incomplete {
        Record::incomplete(exploration, reason)
    } else {
        Record::passed(exploration)
    }
}

/// The first record is the one that counts: a test that has failed stays failed while
/// its process winds down.
fn write(record: &Record) -> Result<(), String> {
    if FINISHED.swap(true, Ordering::SeqCst) {
        // Whoever came first is about to end the process.
        loop {
            std::thread::park();
        }
    }
    let order = ORDER.get().ok_or("there is no order")?;
    record.write(order)
}

/// Runs a closure and makes a panic in it into data.
///
/// `passes` tells the payloads that are not for the caller and go on unwinding.
#[cfg(feature = "real")]
pub(crate) fn catch<R>(
    body: impl FnOnce() -> R,
    passes: impl Fn(&(dyn Any + Send)) -> bool,
) -> Result<R, String> {
    panic::catch_unwind(panic::AssertUnwindSafe(body)).map_err(|payload| {
        if payload.is::<Failure>() || passes(&*payload) {
            panic::resume_unwind(payload);
        }
        message_of(&*payload)
    })
}

/// What a panic says, or that it says nothing.
pub(crate) fn message_of(payload: &(dyn Any + Send)) -> String {
    text_of(payload).unwrap_or_else(|| "a panic without a message".to_owned())
}
