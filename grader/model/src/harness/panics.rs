//! Remembers panics, so that a record can say where a test failed.

use std::cell::{Cell, RefCell};
use std::panic::{self, PanicHookInfo};
use std::sync::{Mutex, Once, PoisonError};

use super::order::ORDER;
use crate::outcome::{Diagnosis, Failure};

/// What the hook saw of a panic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanicNote {
    /// Its text; `None` when the payload is not a text.
    pub message: Option<String>,
    /// The source file, as rustc was given it.
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1.
    pub column: u32,
    /// What is wrong, where a test has said so itself.
    pub diagnosis: Option<Diagnosis>,
}

/// Sees every panic of an OS thread before it unwinds.
pub(crate) type Watcher = fn(&PanicNote);

thread_local! {
    static LAST: RefCell<Option<PanicNote>> = const { RefCell::new(None) };
    static WATCHER: Cell<Option<Watcher>> = const { Cell::new(None) };
}

/// What ended threads that nobody was watching, the earliest first.
static DEATHS: Mutex<Vec<PanicNote>> = Mutex::new(Vec::new());

/// The latest panic of this OS thread, also when it was caught.
pub fn last_panic() -> Option<PanicNote> {
    LAST.try_with(|last| last.borrow().clone()).ok().flatten()
}

/// Makes a panic of another thread, which this one passes on, this one's latest.
#[cfg(feature = "real")]
pub(crate) fn adopt(note: Option<PanicNote>) {
    let _ = LAST.try_with(|last| *last.borrow_mut() = note);
}

/// Remembers that the calling thread ends by its latest panic.
#[cfg(feature = "real")]
pub(crate) fn mourn() {
    let Some(note) = last_panic() else { return };
    let mut deaths = DEATHS.lock().unwrap_or_else(PoisonError::into_inner);
    deaths.push(note);
}

/// Lets a function see the panics of the calling OS thread as they are raised.
///
/// A watched thread prints nothing when it panics.
#[cfg(feature = "orderings")]
pub(crate) fn watch(watcher: Watcher) {
    take_notes();
    WATCHER.set(Some(watcher));
}

/// Sees to it that [`last_panic`] has something to tell.
pub(crate) fn take_notes() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if is_end_of_coroutine(info) {
                return;
            }
            let note = note(info);
            let watcher = WATCHER.try_with(Cell::get).ok().flatten();
            let _ = LAST.try_with(|last| {
                if let Ok(mut last) = last.try_borrow_mut() {
                    *last = Some(note.clone());
                }
            });
            match watcher {
                Some(watcher) => watcher(&note),
                None if ORDER.get().is_some() => {}
                None => before(info),
            }
        }));
    });
}

/// loom's coroutines end by a panic without a text, which is none of anybody's business.
fn is_end_of_coroutine(info: &PanicHookInfo<'_>) -> bool {
    info.payload_as_str().is_none()
        && info.location().is_some_and(|location| {
            let file = location.file();
            file.contains("generator-0.") && file.ends_with("yield_.rs")
        })
}

fn note(info: &PanicHookInfo<'_>) -> PanicNote {
    let (file, line, column) = info.location().map_or(("", 0, 0), |location| {
        (location.file(), location.line(), location.column())
    });
    let failure = info.payload().downcast_ref::<Failure>();
    let told = || failure.and_then(|failure| failure.message.clone());
    PanicNote {
        message: info.payload_as_str().map(str::to_owned).or_else(told),
        file: file.to_owned(),
        line,
        column,
        diagnosis: failure.map(|failure| failure.diagnosis),
    }
}

/// The failure behind a panic that has reached the end of the test.
///
/// `join().unwrap()` of a thread that panicked says nothing but `Any { .. }`: then the
/// panic of that thread is the story.
pub(super) fn cause(note: Option<PanicNote>, text: Option<String>) -> Failure {
    let hides_another = text
        .as_deref()
        .is_some_and(|text| text.ends_with("Any { .. }") || text == "a scoped thread panicked");
    let deaths = DEATHS.lock().unwrap_or_else(PoisonError::into_inner);
    let note = match deaths.first() {
        Some(death) if hides_another => Some(death.clone()),
        _ => note,
    };
    let file = note.as_ref().map_or("", |note| &note.file);
    let said = note.as_ref().and_then(|note| note.diagnosis);
    Failure {
        diagnosis: said.unwrap_or_else(|| diagnose(file)),
        message: note.as_ref().and_then(|note| note.message.clone()).or(text),
        location: note
            .as_ref()
            .map(|note| (note.file.clone(), note.line, note.column)),
        exploration: None,
        counterexample: None,
    }
}

/// A panic of the hidden test is an assertion; one raised elsewhere is the learner's.
pub(crate) fn diagnose(file: &str) -> Diagnosis {
    if file.ends_with("suite.rs") {
        Diagnosis::Assertion
    } else {
        Diagnosis::Panic
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(file: &str, message: &str) -> PanicNote {
        PanicNote {
            message: Some(message.to_owned()),
            file: file.to_owned(),
            line: 3,
            column: 5,
            diagnosis: None,
        }
    }

    #[test]
    fn a_panic_in_the_suite_is_an_assertion() {
        let failure = cause(Some(at("tests/learner/suite.rs", "left != right")), None);
        assert_eq!(failure.diagnosis, Diagnosis::Assertion);
        assert_eq!(failure.message.as_deref(), Some("left != right"));
    }

    #[test]
    fn a_panic_elsewhere_is_the_learners() {
        let failure = cause(Some(at("subjects/learner/lock/src/lib.rs", "oh")), None);
        assert_eq!(failure.diagnosis, Diagnosis::Panic);
        assert_eq!(
            failure.location,
            Some(("subjects/learner/lock/src/lib.rs".to_owned(), 3, 5))
        );
    }
}
