//! From the end of a search to what it says about the code under test.

use super::plot::Plot;
use super::scene::{End, Scene, Settings};
use crate::harness::{self, PanicNote};
use crate::outcome::{Diagnosis, Failure};
use crate::trace::Op;

/// What a scene amounts to.
pub(super) enum Judgement {
    Failed(Box<Failure>),
    /// The search cannot tell; why.
    Beyond(String),
    /// The search must begin anew with these settings.
    Restart(Settings),
}

/// Events in a row that change nothing, after which an endless execution is a livelock
/// and not a long computation.
const FRUITLESS: usize = 200;

pub(super) fn judge(scene: &Scene, execution: u64, preemptions: u32) -> Judgement {
    match &scene.end {
        End::Restart(settings) => Judgement::Restart(*settings),
        End::Beyond(reason) => Judgement::Beyond(reason.clone()),
        End::Engine(note) => engine(scene, note, execution, preemptions),
        End::Panicked(note) => {
            let note = note.clone();
            panicked(scene, note, execution, preemptions)
        }
        End::Failed(failure) => {
            let plot = Plot::new(scene);
            let story = plot.conflict();
            Judgement::Failed(Box::new(Failure {
                counterexample: Some(plot.counterexample(story, execution, preemptions)),
                ..failure.clone()
            }))
        }
    }
}

/// A panic of the code under test, or of the test.
fn panicked(scene: &Scene, note: Option<PanicNote>, execution: u64, preemptions: u32) -> Judgement {
    // `join().unwrap()` says nothing of the panic that it passes on.
    let relayed = note.as_ref().is_none_or(|note| {
        note.message
            .as_ref()
            .is_some_and(|text| text.ends_with("Any { .. }") || text == "a scoped thread panicked")
    });
    let note = if relayed {
        scene.deaths.first().cloned().or(note)
    } else {
        note
    };
    let plot = Plot::new(scene);
    let story = plot.conflict();
    let file = note.as_ref().map_or("", |note| &note.file);
    Judgement::Failed(Box::new(Failure {
        diagnosis: harness::diagnose(file),
        message: note.as_ref().and_then(|note| note.message.clone()),
        location: note.map(|note| (note.file, note.line, note.column)),
        exploration: None,
        counterexample: Some(plot.counterexample(story, execution, preemptions)),
    }))
}

/// A panic of loom, which says by its text what it means.
fn engine(scene: &Scene, note: &PanicNote, execution: u64, preemptions: u32) -> Judgement {
    let text = note.message.as_deref().unwrap_or_default();
    let failed = |diagnosis, plot: &Plot<'_>, story| {
        Judgement::Failed(Box::new(Failure {
            diagnosis,
            message: None,
            location: None,
            exploration: None,
            counterexample: Some(plot.counterexample(story, execution, preemptions)),
        }))
    };
    if text.starts_with("deadlock; ") {
        // Whoever waits for a thread that has died does so because it has died.
        if let Some(death) = scene.deaths.first() {
            return panicked(scene, Some(death.clone()), execution, preemptions);
        }
        if scene
            .pending
            .iter()
            .flatten()
            .any(|event| is_timed(event.op))
        {
            return Judgement::Beyond(
                "a thread waits with a timeout, and no time passes here".to_owned(),
            );
        }
        let plot = Plot::at_a_standstill(scene);
        let (diagnosis, story) = plot.stuck();
        return failed(diagnosis, &plot, story);
    }
    if text.contains("Causality violation") {
        let plot = Plot::new(scene);
        let story = plot.race();
        return failed(Diagnosis::DataRace, &plot, story);
    }
    if text.contains("exceeded maximum number of branches") {
        let plot = Plot::new(scene);
        if plot.fruitless_tail() >= FRUITLESS {
            let story = plot.last_of_each();
            return failed(Diagnosis::Livelock, &plot, story);
        }
        return Judgement::Beyond("an execution has too many steps".to_owned());
    }
    Judgement::Beyond(format!("loom: {}", text.trim()))
}

fn is_timed(op: Op) -> bool {
    matches!(op, Op::WaitTimeout | Op::ParkTimeout | Op::RecvTimeout)
}
