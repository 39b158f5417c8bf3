//! Counts who is inside.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::outcome::{Diagnosis, fail};

/// Counts the threads inside a section and fails the test when there are too many.
///
/// Its operations are relaxed: it orders nothing that the code under test should order.
#[derive(Debug)]
pub struct Gauge {
    max: usize,
    inside: AtomicUsize,
    peak: AtomicUsize,
}

/// A thread is inside until this is dropped.
#[derive(Debug)]
#[must_use = "the thread is inside only as long as this lives"]
pub struct Inside<'a> {
    gauge: &'a Gauge,
}

impl Gauge {
    /// A section that at most `max` threads may be in.
    pub const fn new(max: usize) -> Gauge {
        Gauge {
            max,
            inside: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        }
    }

    /// Enters the section.
    ///
    /// # Panics
    ///
    /// Fails the test when more threads than allowed are inside.
    #[track_caller]
    pub fn enter(&self) -> Inside<'_> {
        let now = self.inside.fetch_add(1, Ordering::Relaxed) + 1;
        self.peak.fetch_max(now, Ordering::Relaxed);
        let inside = Inside { gauge: self };
        if now > self.max {
            fail(
                Diagnosis::Assertion,
                format!("{now} threads are inside where {} may be", self.max),
            );
        }
        inside
    }

    /// Threads inside now.
    pub fn inside(&self) -> usize {
        self.inside.load(Ordering::Relaxed)
    }

    /// The most threads that were ever inside at once.
    pub fn peak(&self) -> usize {
        self.peak.load(Ordering::Relaxed)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.gauge.inside.fetch_sub(1, Ordering::Relaxed);
    }
}
