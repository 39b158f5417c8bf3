//! The state of one execution, and the step that every modelled operation makes.
//!
//! An operation announces itself ([`step`]), the search picks who goes on, and the
//! picked thread's operation is done in one piece: its effect on the kernel, its
//! event in the trace, its place in the happens-before order. Everything that the
//! learner's code does between two operations belongs to the first of them.

use std::cell::RefCell;
use std::time::Duration;

use super::calls::Calls;
use super::clock::Clock;
use super::coroutine;
use super::object::{Object, ObjectId, State};
use super::request::Request;
use super::sampler::Sampler;
use super::search::{Search, Threads};
use super::threads::Thread;
use crate::outcome::Diagnosis;
use crate::trace::{Event, ObjectInfo, ObjectKind, Place};

/// Why an execution ended before all its threads had.
#[derive(Debug, Clone)]
pub(super) enum Stop {
    /// Nobody can go on.
    Stuck,
    /// The main thread has panicked.
    Panicked,
    /// A bug seen on the spot.
    Bug(Diagnosis, String),
    /// More operations than an execution is granted.
    TooLong,
    /// The same decisions did not lead to the same operations.
    Diverged,
}

/// What the driver has to do next.
#[derive(Debug, Clone)]
pub(super) enum Next {
    Run(usize),
    End,
    Stop(Stop),
    /// The execution is longer or wider than can be modelled; in words, why.
    GiveUp(&'static str),
}

/// How executions are picked.
#[derive(Debug)]
pub(super) enum Strategy {
    Search(Search),
    Sample(Box<Sampler>),
}

/// What a test allows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub spurious: u32,
    pub timeouts: u32,
    pub blocked_is_legal: bool,
    /// The same for every thread, at any time.
    pub stuck_is_legal: bool,
    /// An execution need not end.
    pub endless_is_legal: bool,
    /// When nobody can go on, wakes this sleeper, once.
    pub rescue: Option<usize>,
}

/// A panic that a modelled thread raised.
#[derive(Debug, Clone)]
pub(super) struct PanicInfo {
    pub thread: usize,
    pub message: String,
    pub location: (String, u32, u32),
    /// What is wrong, where a test has said so itself.
    pub diagnosis: Option<Diagnosis>,
    /// It has ended its thread.
    pub escaped: bool,
}

pub(super) struct Kernel {
    pub active: bool,
    /// Tells executions apart, so that an object knows in which one it has its id.
    pub generation: u64,
    pub current: usize,
    pub threads: Vec<Thread>,
    pub objects: Vec<Object>,
    pub events: Vec<Event>,
    /// The latest events at the moments at which data under a lock may have changed.
    pub changes: Vec<usize>,
    /// Who called, where that is asked.
    pub calls: Option<Box<Calls>>,
    pub strategy: Strategy,
    pub rules: Rules,
    pub next: Next,
    pub now: Duration,
    pub clock_object: ObjectId,
    pub preemptions: u32,
    pub spurious: u32,
    pub early_timeouts: u32,
    pub timeouts: u32,
    /// Operations in all executions.
    pub steps: u64,
    pub panics: Vec<PanicInfo>,
    pub previous: Option<usize>,
    /// Operations in a row of the thread that did the previous one.
    pub turn: u32,
    /// Operations without effect since the last one with.
    pub idle_steps: u32,
    /// Somebody has seen a thread at rest, in any execution of the test.
    pub rests_matter: bool,
    /// It is followed who rests.
    pub follows_rests: bool,
    /// The threads that rested at the latest decision.
    pub resting: Threads,
    /// The decisions for operations that have ended the rest of a thread, and of which one.
    pub rests_left: Vec<(usize, usize)>,
    /// Those for operations that saw a thread at rest, and which one, as long as it rests.
    pub rests_seen: Vec<(usize, usize)>,
}

thread_local! {
    static KERNEL: RefCell<Kernel> = RefCell::new(Kernel::idle());
}

/// Works on the kernel of this OS thread.
pub(super) fn with<R>(work: impl FnOnce(&mut Kernel) -> R) -> R {
    KERNEL.with_borrow_mut(work)
}

/// Whether the caller is a thread of a running execution.
pub(super) fn inside() -> bool {
    coroutine::inside()
}

/// Announces an operation, waits until it is picked and can be done, and does it.
///
/// `effect` is what the operation does to the kernel; it must not call the kernel.
pub(super) fn step<R>(request: Request, effect: impl FnOnce(&mut Kernel) -> R) -> R {
    let mut effect = Some(effect);
    let done = with(|kernel| {
        let me = kernel.current;
        kernel.threads[me].pending = request;
        if let Some(calls) = &mut kernel.calls {
            calls.announce(me);
        }
        kernel.decide();
        matches!(kernel.next, Next::Run(thread) if thread == me).then(|| {
            kernel.commit();
            effect.take().map(|effect| effect(kernel))
        })
    });
    if let Some(Some(result)) = done {
        return result;
    }
    coroutine::suspend();
    let effect = effect.take().expect("an operation is done once");
    with(|kernel| {
        kernel.commit();
        effect(kernel)
    })
}

/// The test cannot go on; the thread is left where it is.
pub(super) fn stop_here(stop: Stop) -> ! {
    with(|kernel| kernel.stop(stop));
    leave()
}

/// The execution has been ended; the thread is left where it is.
pub(super) fn leave() -> ! {
    coroutine::suspend();
    unreachable!("an execution that has been ended goes on")
}

impl Kernel {
    fn idle() -> Kernel {
        Kernel {
            active: false,
            generation: 0,
            current: 0,
            threads: Vec::new(),
            objects: Vec::new(),
            events: Vec::new(),
            changes: Vec::new(),
            calls: None,
            strategy: Strategy::Search(Search::new(Some(0), false)),
            rules: Rules {
                spurious: 0,
                timeouts: 0,
                blocked_is_legal: false,
                stuck_is_legal: false,
                endless_is_legal: false,
                rescue: None,
            },
            next: Next::End,
            now: Duration::ZERO,
            clock_object: ObjectId(0),
            preemptions: 0,
            spurious: 0,
            early_timeouts: 0,
            timeouts: 0,
            steps: 0,
            panics: Vec::new(),
            previous: None,
            turn: 0,
            idle_steps: 0,
            rests_matter: false,
            follows_rests: false,
            resting: 0,
            rests_left: Vec::new(),
            rests_seen: Vec::new(),
        }
    }

    /// Forgets the execution before and starts one with a main thread that runs `job`.
    pub(super) fn begin(&mut self, job: Box<dyn FnOnce()>, location: Place) {
        self.active = true;
        self.generation += 1;
        self.current = 0;
        self.threads.clear();
        self.objects.clear();
        self.events.clear();
        self.changes.clear();
        self.now = Duration::ZERO;
        (
            self.preemptions,
            self.spurious,
            self.early_timeouts,
            self.timeouts,
        ) = (0, 0, 0, 0);
        self.panics.clear();
        self.previous = None;
        self.turn = 0;
        self.idle_steps = 0;
        self.resting = 0;
        self.rests_left.clear();
        self.rests_seen.clear();
        match &mut self.strategy {
            Strategy::Search(search) => search.begin(),
            Strategy::Sample(sampler) => sampler.begin(),
        }
        self.clock_object = self.register(ObjectInfo {
            kind: ObjectKind::Clock,
            created: location,
        });
        self.add_thread(job, None, location);
        self.next = Next::Run(0);
        self.decide();
    }

    /// Ends the execution because of a limit. The calling operation must not go on.
    pub(super) fn give_up(&mut self, why: &'static str) {
        if !matches!(self.next, Next::Stop(_)) {
            self.next = Next::GiveUp(why);
        }
    }

    /// Adds an object; its state is that of a fresh one of its kind.
    pub(super) fn register(&mut self, info: ObjectInfo) -> ObjectId {
        let id = ObjectId(u16::try_from(self.objects.len()).expect("too many modelled objects"));
        self.objects.push(Object::new(info));
        id
    }

    /// Adds a thread that is about to start `job`.
    pub(super) fn add_thread(
        &mut self,
        job: Box<dyn FnOnce()>,
        name: Option<String>,
        location: Place,
    ) -> usize {
        let object = self.register(ObjectInfo {
            kind: ObjectKind::Thread,
            created: location,
        });
        let parker = self.register(ObjectInfo {
            kind: ObjectKind::Thread,
            created: location,
        });
        self.object(parker).state = State::Parker {
            asleep: false,
            token: false,
        };
        let thread = self.threads.len();
        let (order, sync) = match self.threads.get(self.current) {
            Some(parent) => (parent.order, parent.sync),
            None => (Clock::default(), Clock::default()),
        };
        self.threads.push(Thread {
            order,
            sync,
            name,
            job: Some(job),
            ..Thread::new(object, parker, location)
        });
        thread
    }

    pub(super) fn me(&mut self) -> &mut Thread {
        &mut self.threads[self.current]
    }

    pub(super) fn object(&mut self, id: ObjectId) -> &mut Object {
        &mut self.objects[usize::from(id.0)]
    }

    /// The event of the operation being done.
    pub(super) fn event(&mut self) -> &mut Event {
        self.events
            .last_mut()
            .expect("every operation has an event")
    }

    /// Ends the execution because of a bug. The calling operation must not go on.
    pub(super) fn stop(&mut self, stop: Stop) {
        if !matches!(self.next, Next::Stop(_)) {
            self.next = Next::Stop(stop);
        }
    }

    /// Chooses between several outcomes of the operation being done.
    pub(super) fn choose(&mut self, options: u8, disturbs: bool) -> u8 {
        if options < 2 {
            return 0;
        }
        match &mut self.strategy {
            Strategy::Search(search) => search.choose(options, disturbs).unwrap_or_else(|| {
                self.next = Next::Stop(Stop::Diverged);
                0
            }),
            Strategy::Sample(sampler) => sampler.choose(options, disturbs),
        }
    }

    /// Moves the virtual clock on.
    pub(super) fn pass(&mut self, duration: Duration) {
        self.now += duration;
        self.rouse_in_time();
    }

    /// Moves the virtual clock just past a deadline, unless it is so already: no real
    /// clock is ever read at the very deadline, and std's own loops count on that.
    pub(super) fn reach(&mut self, deadline: Duration) {
        self.now = self
            .now
            .max(deadline.saturating_add(Duration::from_nanos(1)));
        self.rouse_in_time();
    }

    pub(super) fn thread_name(&self, thread: usize) -> String {
        match (&self.threads[thread].name, thread) {
            (Some(name), _) => name.clone(),
            (None, 0) => "main".to_owned(),
            (None, _) => format!("thread {thread}"),
        }
    }
}
