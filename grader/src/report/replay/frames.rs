//! From a story to frames: one for the beginning, one for each step, one for each thread that
//! never goes on.

use super::standing::{ObjectState, Standing};
use super::world::World;
use crate::messages::{replay as say, steps, summary};
use crate::results::place::Place;
use crate::results::report::{Story, TraceStep};

/// A moment of an execution, after one of its steps.
#[derive(Debug, Clone)]
pub struct Frame<'a> {
    /// What has just happened, or what a thread is blocked in; [`None`] at the beginning.
    pub step: Option<&'a TraceStep>,
    /// The step never came to pass: its thread is blocked in it for good.
    pub is_stuck: bool,
    pub disturbances: Vec<Disturbance<'a>>,
    /// So many steps before this one are not told.
    pub left_out: usize,
    /// The place in the learner's code to look at; [`None`] if no step is there.
    pub focus: Option<Place>,
    /// In the order of their creation.
    pub threads: Vec<ThreadView<'a>>,
    /// By name, in the order in which they are used first.
    pub objects: Vec<(&'a str, ObjectState<'a>)>,
}

/// A thread at a moment.
#[derive(Debug, Clone)]
pub struct ThreadView<'a> {
    pub name: &'a str,
    pub standing: Standing<'a>,
    /// Where it is in the learner's code; [`None`] in the hidden test's own.
    pub place: Option<Place>,
    /// The learner's function that was called.
    pub call: Option<&'a str>,
}

/// What the search had to do for the bug to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disturbance<'a> {
    /// A switch away from this thread, which could have gone on.
    Switch(&'a str),
    /// A wake-up that nobody asked for.
    Spurious,
    /// A wait that gave up.
    Timeout,
}

impl std::fmt::Display for Disturbance<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Disturbance::Switch(from) => f.write_str(&say::switch(from)),
            Disturbance::Spurious => f.write_str(say::SPURIOUS),
            Disturbance::Timeout => f.write_str(say::TIMEOUT),
        }
    }
}

impl Frame<'_> {
    /// What has happened, in a sentence.
    pub fn sentence(&self) -> String {
        match self.step {
            None => say::BEGINNING.to_owned(),
            Some(step) if self.is_stuck => say::thread_is_stuck(step),
            Some(step) => say::thread_does(step),
        }
    }

    /// What there is to say beside the sentence.
    pub fn notes(&self) -> Vec<String> {
        let left_out = (self.left_out > 0).then(|| say::left_out(self.left_out));
        let disturbances = self.disturbances.iter().map(|it| it.to_string());
        let again = self.step.and_then(|step| {
            let again = step.again?;
            Some(summary::steps_again(step.step, again))
        });
        left_out
            .into_iter()
            .chain(disturbances)
            .chain(again)
            .collect()
    }

    /// Which step it is, of so many.
    pub fn position(&self, last: usize) -> String {
        match self.step {
            Some(_) if self.is_stuck => say::THE_END.to_owned(),
            step => say::position(step.map_or(0, |step| step.step), last),
        }
    }

    /// The number that the answer of the check gives to the step.
    pub fn mark(&self) -> Option<u32> {
        self.step?.mark
    }

    /// The thread that the frame is about.
    pub fn thread(&self) -> Option<&str> {
        self.step.map(|step| step.thread.as_str())
    }
}

/// The frames of a story; none if it has no steps.
pub fn frames(story: &Story) -> Vec<Frame<'_>> {
    let trace = &story.trace;
    if trace.is_empty() {
        return Vec::new();
    }
    let mut teller = Teller::new(story);
    let mut frames = vec![teller.frame(0, None)];
    let mut expected = 1;
    for (at, step) in trace.iter().enumerate() {
        let is_stuck = steps::is_blocked(step);
        let left_out = match is_stuck {
            true => 0,
            false => step.step.saturating_sub(expected),
        };
        if left_out > 0 {
            teller.world.forget();
        }
        let disturbances = match is_stuck || left_out > 0 {
            true => Vec::new(),
            false => teller.disturbances(at),
        };
        teller.take(at);
        frames.push(Frame {
            is_stuck,
            left_out,
            disturbances,
            ..teller.frame(at + 1, Some(step))
        });
        let again = step
            .again
            .map_or(0, |it| it.steps as usize * it.times as usize);
        if !is_stuck {
            expected = step.step + 1 + again;
        }
    }
    let is_told = |stuck: &TraceStep| {
        let mut ends = trace.iter().filter(|step| steps::is_blocked(step));
        ends.any(|end| end.thread == stuck.thread)
    };
    for stuck in story.blocked.iter().filter(|stuck| !is_told(stuck)) {
        teller.see(stuck);
        frames.push(Frame {
            is_stuck: true,
            ..teller.frame(trace.len(), Some(stuck))
        });
    }
    // Before anybody has come to the learner's code, it is seen where that will be.
    let first = frames.iter().find_map(|frame| frame.focus.clone());
    for frame in frames.iter_mut().take_while(|frame| frame.focus.is_none()) {
        frame.focus.clone_from(&first);
    }
    frames
}

/// The number of the last step that came to pass.
pub(super) fn last_step(story: &Story) -> usize {
    let steps = story.trace.iter().filter(|step| !steps::is_blocked(step));
    steps.map(|step| step.step).max().unwrap_or(0)
}

/// Where a thread is in the learner's code, and what it was called with.
#[derive(Debug, Clone, Default)]
struct Position<'a> {
    place: Option<Place>,
    call: Option<&'a str>,
}

/// Goes through a story step by step.
struct Teller<'a> {
    story: &'a Story,
    world: World<'a>,
    positions: Vec<Position<'a>>,
    focus: Option<Place>,
    objects: Vec<&'a str>,
}

impl<'a> Teller<'a> {
    fn new(story: &'a Story) -> Teller<'a> {
        let mut objects: Vec<&str> = Vec::new();
        for step in story.trace.iter().chain(&story.blocked) {
            if let Some(object) = step.object.as_deref()
                && !objects.contains(&object)
            {
                objects.push(object);
            }
        }
        Teller {
            story,
            world: World::before(story),
            positions: vec![Position::default(); story.threads.len()],
            focus: None,
            objects,
        }
    }

    /// Has a step happen.
    fn take(&mut self, at: usize) {
        let step = &self.story.trace[at];
        self.world.take(step, &self.story.trace[at + 1..]);
        self.see(step);
    }

    /// Goes to where a step is.
    fn see(&mut self, step: &'a TraceStep) {
        let place = place(step);
        if place.is_some() {
            self.focus.clone_from(&place);
        }
        let thread = self.story.threads.iter().position(|it| *it == step.thread);
        if let Some(position) = thread.and_then(|thread| self.positions.get_mut(thread)) {
            let call = step.call.as_deref();
            *position = Position { place, call };
        }
    }

    /// The frame when so many steps have been taken, the last of them being `step`.
    fn frame(&self, taken: usize, step: Option<&'a TraceStep>) -> Frame<'a> {
        let threads = self.story.threads.iter().enumerate();
        let threads = threads.map(|(index, name)| self.thread(index, name, taken, step));
        Frame {
            step,
            is_stuck: false,
            disturbances: Vec::new(),
            left_out: 0,
            focus: self.focus.clone(),
            threads: threads.collect(),
            objects: self
                .objects
                .iter()
                .map(|name| (*name, self.world.object(name)))
                .collect(),
        }
    }

    fn thread(
        &self,
        index: usize,
        name: &'a str,
        taken: usize,
        step: Option<&'a TraceStep>,
    ) -> ThreadView<'a> {
        let Position { place, call } = self.positions[index].clone();
        let next = self.next(name, taken);
        let standing = self.standing(name, taken);
        let is_over = taken == self.story.trace.len();
        let standing = match (standing, next) {
            (standing @ (Standing::Ended | Standing::Panicked), _) => standing,
            (_, Some((stuck, true))) if is_over || steps_are_over(&self.story.trace[taken..]) => {
                Standing::Stuck(stuck)
            }
            (standing @ (Standing::AsleepOn(_) | Standing::Parked), _) => standing,
            _ if step.is_some_and(|step| step.thread == name) => Standing::Running,
            (standing, _) => standing,
        };
        // Who waits stands before the step that it cannot do.
        let waits = matches!(
            standing,
            Standing::WaitsForLock { .. }
                | Standing::WaitsForMessage(_)
                | Standing::Stuck(_)
                | Standing::WaitsForEnd(_)
        );
        let (place, call) = match next {
            Some((next, _)) if waits => (self::place(next), next.call.as_deref()),
            _ => (place, call),
        };
        ThreadView {
            name,
            standing,
            place,
            call,
        }
    }

    /// How a thread stands when so many steps have been taken and it is not its turn.
    fn standing(&self, thread: &str, taken: usize) -> Standing<'a> {
        let standing = |thread| {
            let next = self.next(thread, taken);
            self.world.standing(thread, next.map(|(step, _)| step))
        };
        match standing(thread) {
            Standing::WaitsForBlock(target) => match standing(target) {
                Standing::Ready | Standing::NotStarted => Standing::WaitsForBlock(target),
                _ => Standing::Ready,
            },
            standing => standing,
        }
    }

    /// What a thread does next when so many steps have been taken, and whether it is blocked in
    /// that for good.
    fn next(&self, thread: &str, taken: usize) -> Option<(&'a TraceStep, bool)> {
        let rest = self.story.trace[taken..].iter();
        let mut rest = rest.map(|step| (step, steps::is_blocked(step)));
        let blocked = self.story.blocked.iter().map(|step| (step, true));
        rest.find(|(step, _)| step.thread == thread).or_else(|| {
            let mut told = self
                .story
                .trace
                .iter()
                .filter(|step| steps::is_blocked(step));
            let told = told
                .find(|step| step.thread == thread)
                .map(|step| (step, true));
            told.or_else(|| blocked.clone().find(|(step, _)| step.thread == thread))
        })
    }

    /// What had to be done for this step, beyond letting a thread go on.
    fn disturbances(&self, at: usize) -> Vec<Disturbance<'a>> {
        let step = &self.story.trace[at];
        let is_spurious =
            step.op == "spurious_wakeup" || step.outcome.as_deref() == Some("spurious");
        let spurious = is_spurious.then_some(Disturbance::Spurious);
        let timeout = steps::gives_up(step).then_some(Disturbance::Timeout);
        let switch = self.left(at).map(Disturbance::Switch);
        switch.into_iter().chain(spurious).chain(timeout).collect()
    }

    /// The thread that this step's thread was let go on instead of.
    fn left(&self, at: usize) -> Option<&'a str> {
        let step = &self.story.trace[at];
        let before = self.story.trace.get(at.checked_sub(1)?)?;
        // Who yields has asked for it.
        let is_over = ["yield", "spin", "finish", "panic"].contains(&before.op.as_str());
        if before.thread == step.thread || is_over {
            return None;
        }
        // Who is not blocked in the end, and does nothing more, could have gone on.
        let standing = self.standing(&before.thread, at);
        (standing == Standing::Ready).then_some(&*before.thread)
    }
}

/// Whether nothing comes to pass any more.
fn steps_are_over(rest: &[TraceStep]) -> bool {
    rest.iter().all(steps::is_blocked)
}

/// Where a step is in the learner's code.
pub(super) fn place(step: &TraceStep) -> Option<Place> {
    let is_learners = !step.file.is_empty();
    is_learners.then(|| Place {
        file: step.file.clone(),
        line: step.line,
        column: step.column,
    })
}
