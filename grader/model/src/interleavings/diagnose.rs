//! From a stuck or broken execution to the name of the bug and the events that tell it.

use std::any::Any;

use super::kernel::{Kernel, Stop};
use super::panics::text;
use super::plot::{Plot, is_test_code};
use crate::outcome::{Diagnosis, Failure};
use crate::trace::{Counterexample, Story};

/// Whether a sleeper goes on when it is woken although nobody notified it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rescue {
    /// What it waits for is there: only the wake-up was missing.
    GoesOn,
    /// It waits for something that has not happened.
    SleepsOn,
}

/// A diagnosis, or all of it but the answer to one question.
pub(super) enum Told {
    Whole(Box<Failure>),
    /// Would this thread go on if it were woken?
    Sleeper {
        thread: usize,
        told: Box<dyn FnOnce(Rescue) -> Box<Failure>>,
    },
}

/// Tells what became of the execution that the kernel has been through.
pub(super) fn tell(
    kernel: &mut Kernel,
    stop: &Stop,
    payload: Option<Box<dyn Any + Send>>,
    execution: u64,
) -> Told {
    let kernel = &*kernel;
    let (diagnosis, message) = match stop {
        Stop::Panicked => return Told::Whole(panicked(kernel, payload, execution)),
        Stop::Stuck => return stuck(kernel, execution),
        Stop::Bug(diagnosis, message) => (*diagnosis, Some(message.clone())),
        Stop::TooLong | Stop::Diverged => (kernel.endless(), None),
    };
    let plot = Plot::new(kernel);
    let story = match diagnosis {
        Diagnosis::DataRace => plot.race(),
        Diagnosis::BusyWait => plot.last_of_the_busy(),
        _ => plot.last_of_each(),
    };
    Told::Whole(failure(kernel, diagnosis, message, None, execution, story))
}

fn panicked(kernel: &Kernel, payload: Option<Box<dyn Any + Send>>, execution: u64) -> Box<Failure> {
    let spurious = kernel.spurious > 0;
    let payload = match payload.map(|payload| payload.downcast::<Failure>()) {
        Some(Ok(found)) => {
            let story = Plot::new(kernel).conflict();
            return failure(
                kernel,
                found.diagnosis,
                found.message,
                found.location,
                execution,
                story,
            );
        }
        Some(Err(payload)) => Some(payload),
        None => None,
    };
    let last = kernel.panics.iter().rfind(|panic| panic.thread == 0);
    // `join().unwrap()` says nothing of the panic that it passes on.
    let relayed = last.is_none_or(|panic| panic.message.ends_with("Any { .. }"));
    let escaped = kernel.panics.iter().find(|panic| panic.escaped);
    let panic = if relayed { escaped.or(last) } else { last };
    let (message, location) = match panic {
        Some(panic) => (panic.message.clone(), Some(panic.location.clone())),
        None => (payload.as_deref().map(text).unwrap_or_default(), None),
    };
    let in_test = location
        .as_ref()
        .is_some_and(|(file, ..)| is_test_code(file));
    let said = panic.and_then(|panic| panic.diagnosis);
    let diagnosis = match (said, spurious, in_test) {
        (Some(said), ..) => said,
        (None, true, _) => Diagnosis::SpuriousWakeup,
        (None, false, true) => Diagnosis::Assertion,
        (None, false, false) => Diagnosis::Panic,
    };
    let plot = Plot::new(kernel);
    let story = if spurious {
        plot.spurious()
    } else {
        plot.conflict()
    };
    failure(kernel, diagnosis, Some(message), location, execution, story)
}

fn stuck(kernel: &Kernel, execution: u64) -> Told {
    let plot = Plot::new(kernel);
    if let Some(thread) = plot.waits_for_itself() {
        let story = plot.holders(&[thread]);
        return Told::Whole(failure(
            kernel,
            Diagnosis::SelfDeadlock,
            None,
            None,
            execution,
            story,
        ));
    }
    if let Some(circle) = plot.circle() {
        let story = plot.holders(&circle);
        return Told::Whole(failure(
            kernel,
            Diagnosis::LockCycle,
            None,
            None,
            execution,
            story,
        ));
    }
    let Some(sleeper) = plot.sleeper() else {
        let story = plot.last_of_each();
        return Told::Whole(failure(
            kernel,
            Diagnosis::Deadlock,
            None,
            None,
            execution,
            story,
        ));
    };
    let missing = if plot.wasted(sleeper) {
        (Diagnosis::WrongWakeup, plot.wrong_wakeup(sleeper))
    } else {
        (Diagnosis::LostWakeup, plot.lost_wakeup(sleeper))
    };
    let goes_on = failure(kernel, missing.0, None, None, execution, missing.1);
    let quitter = plot.woke_a_quitter(sleeper);
    let (diagnosis, story) = match (quitter, plot.forgotten(sleeper)) {
        (Some(story), _) => (Diagnosis::WrongWakeup, story),
        (None, Some(story)) => (Diagnosis::LostWakeup, story),
        (None, None) => (Diagnosis::Deadlock, plot.last_of_each()),
    };
    let sleeps_on = failure(kernel, diagnosis, None, None, execution, story);
    let told = move |rescue| match rescue {
        Rescue::GoesOn => goes_on,
        Rescue::SleepsOn => sleeps_on,
    };
    Told::Sleeper {
        thread: sleeper,
        told: Box::new(told),
    }
}

fn failure(
    kernel: &Kernel,
    diagnosis: Diagnosis,
    message: Option<String>,
    location: Option<(String, u32, u32)>,
    execution: u64,
    story: Story,
) -> Box<Failure> {
    let plot = Plot::new(kernel);
    let counterexample = Counterexample {
        execution,
        preemptions: kernel.preemptions,
        spurious: kernel.spurious,
        timeouts: kernel.timeouts,
        threads: (0..kernel.threads.len())
            .map(|thread| kernel.thread_name(thread))
            .collect(),
        objects: kernel.objects.iter().map(|object| object.info).collect(),
        events: plot.events(),
        story,
        blocked: plot.blocked(),
    };
    Box::new(Failure {
        diagnosis,
        message,
        location,
        exploration: None,
        counterexample: Some(counterexample.to_json()),
    })
}
