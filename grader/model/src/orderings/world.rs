//! What is known of the execution that runs on this OS thread, beside what loom knows.
//!
//! All modelled threads of a search are coroutines on one OS thread, so thread-locals and
//! cells hold what belongs to the execution.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

use super::scene::{Done, End, MAX_THREADS, Report, Scene, Settings, Side};
use crate::harness::PanicNote;
use crate::trace::{Event, ObjectIndex, ObjectInfo, Op, Place, ThreadIndex};

/// Looks in a row that change nothing, after which a thread lets others run.
const PATIENCE: u32 = 6;

/// Yields in a row, of whatever threads, between which nothing changes, after which the
/// rest of an execution is run but not varied. Threads that wait for a third in a loop can
/// go round for ever, and what may happen after many rounds may happen after few.
const ROUNDS: u32 = 4;

/// Numbers the executions of the process, so that an object knows whether what it was
/// given belongs to the one that runs.
static EPOCHS: AtomicU32 = AtomicU32::new(0);

thread_local! {
    static WORLD: World = const { World::new() };
}

pub(super) struct World {
    reports: RefCell<Option<mpsc::Sender<Report>>>,
    settings: Cell<Settings>,
    executions: Cell<u64>,
    epoch: Cell<u32>,
    current: Cell<ThreadIndex>,
    panicking: Cell<Option<ThreadIndex>>,
    /// The names of the threads, by index.
    names: RefCell<Vec<Option<String>>>,
    bodies: RefCell<Vec<Rc<dyn Any>>>,
    objects: RefCell<Vec<ObjectInfo>>,
    events: RefCell<Vec<Event>>,
    pending: [Cell<Option<Event>>; MAX_THREADS],
    deaths: RefCell<Vec<PanicNote>>,
    spare_atomics: RefCell<Vec<Rc<loom::sync::atomic::AtomicU64>>>,
    looker: Cell<ThreadIndex>,
    looks: Cell<u32>,
    rounds: Cell<u32>,
    /// Whether any execution was not varied to its end.
    cut: Cell<bool>,
    /// Whether any access was sequentially consistent, and whether any was weaker.
    orders: Cell<(bool, bool)>,
}

impl World {
    const fn new() -> World {
        World {
            reports: RefCell::new(None),
            settings: Cell::new(Settings {
                careful: false,
                atomics: 0,
                side: Side::Before,
            }),
            executions: Cell::new(0),
            epoch: Cell::new(0),
            current: Cell::new(0),
            panicking: Cell::new(None),
            names: RefCell::new(Vec::new()),
            bodies: RefCell::new(Vec::new()),
            objects: RefCell::new(Vec::new()),
            events: RefCell::new(Vec::new()),
            pending: [const { Cell::new(None) }; MAX_THREADS],
            deaths: RefCell::new(Vec::new()),
            spare_atomics: RefCell::new(Vec::new()),
            looker: Cell::new(0),
            looks: Cell::new(0),
            rounds: Cell::new(0),
            cut: Cell::new(false),
            orders: Cell::new((false, false)),
        }
    }

    fn note(&self, event: Event) {
        self.pending[usize::from(event.thread)].set(None);
        self.events.borrow_mut().push(event);
    }
}

/// Makes the calling OS thread the one that a search runs on.
pub(super) fn settle(settings: Settings, reports: mpsc::Sender<Report>) {
    WORLD.with(|world| {
        world.settings.set(settings);
        world.executions.set(0);
        world.cut.set(false);
        world.orders.set((false, false));
        *world.reports.borrow_mut() = Some(reports);
    });
    crate::harness::watch(|note| {
        if is_engine(note) {
            report(End::Engine(note.clone()));
        }
        WORLD.with(|world| world.panicking.set(Some(world.current.get())));
    });
}

/// Whether a panic is the engine's own, which no code under test may catch. The face
/// panics where std does.
fn is_engine(note: &PanicNote) -> bool {
    let file = note.file.replace('\\', "/");
    if file.contains("/src/orderings/../face/") {
        return false;
    }
    let parts = [
        "/loom-0.",
        "/loom/src/",
        "/generator-0.",
        "/generator/src/",
        "/src/orderings/",
    ];
    parts.iter().any(|part| file.contains(part))
}

/// Begins an execution. Called by its main thread before anything else.
pub(super) fn begin() {
    with(|world| {
        world.executions.set(world.executions.get() + 1);
        world
            .epoch
            .set(EPOCHS.fetch_add(1, Ordering::Relaxed).wrapping_add(1));
        world.current.set(0);
        world.panicking.set(None);
        world.bodies.borrow_mut().clear();
        world.objects.borrow_mut().clear();
        world.events.borrow_mut().clear();
        world.pending.iter().for_each(|pending| pending.set(None));
        world.deaths.borrow_mut().clear();
        world.looks.set(0);
        world.rounds.set(0);
        let mut names = world.names.borrow_mut();
        names.clear();
        names.push(None);
        let mut spare = world.spare_atomics.borrow_mut();
        spare.clear();
        for _ in 0..world.settings.get().atomics {
            spare.push(Rc::new(loom::sync::atomic::AtomicU64::new(0)));
        }
    });
}

/// What the search on this OS thread has done.
pub(super) fn done() -> Done {
    with(|world| Done {
        executions: world.executions.get(),
        cut: world.cut.get(),
        mixed: world.orders.get() == (true, true),
    })
}

/// Ends the search here and now: reports, and keeps the OS thread for ever.
///
/// It must not unwind: the destructors of the code under test would use a model that has
/// come to its end, and loom would panic a second time, which aborts the process. What
/// this keeps is one OS thread and the stacks of the execution.
pub(super) fn abandon(end: End) -> ! {
    report(end);
    stay();
}

fn stay() -> ! {
    loop {
        std::thread::park();
    }
}

/// Tells whoever began the search how it ended. Only the first time counts.
fn report(end: End) {
    WORLD.with(|world| {
        let Some(reports) = world.reports.take() else {
            return;
        };
        let scene = Scene {
            end,
            executions: world.executions.get(),
            threads: labels(&world.names.borrow()),
            objects: world.objects.take(),
            events: world.events.take(),
            current: world.current.get(),
            pending: std::array::from_fn(|thread| world.pending[thread].get()),
            deaths: world.deaths.take(),
        };
        // Nobody listens any more when the process is about to end.
        let _ = reports.send(Err(Box::new(scene)));
    });
}

/// How the record calls the threads.
fn labels(names: &[Option<String>]) -> Vec<String> {
    let label = |(index, name): (usize, &Option<String>)| match (name, index) {
        (Some(name), _) => name.clone(),
        (None, 0) => "main".to_owned(),
        (None, index) => format!("thread {index}"),
    };
    names.iter().enumerate().map(label).collect()
}

/// Whether the calling code is run by a search.
pub(super) fn inside() -> bool {
    WORLD.with(|world| world.reports.borrow().is_some())
}

/// # Panics
///
/// Outside a search.
pub(super) fn with<R>(act: impl FnOnce(&World) -> R) -> R {
    WORLD.with(|world| {
        assert!(
            world.reports.borrow().is_some(),
            "modelled threads and synchronisation work only inside `explore`"
        );
        act(world)
    })
}

/// Runs an operation of loom, after which another thread may have run.
///
/// A panic of loom gets no further than this. (Unless it comes from the very end of a
/// thread, where nothing of the code under test is left to unwind.) It is not held up in
/// the panic hook, as others may want to replace that.
pub(super) fn switching<R>(operation: impl FnOnce() -> R) -> R {
    struct Stay;
    impl Drop for Stay {
        fn drop(&mut self) {
            stay();
        }
    }
    with(|world| {
        let me = world.current.get();
        let last_resort = Stay;
        let result = operation();
        std::mem::forget(last_resort);
        world.current.set(me);
        result
    })
}

/// The running thread.
pub(super) fn current() -> ThreadIndex {
    with(|world| world.current.get())
}

/// Makes the calling coroutine known as this thread.
pub(super) fn become_thread(index: ThreadIndex) {
    with(|world| world.current.set(index));
}

/// The number of the execution that runs.
pub(super) fn epoch() -> u32 {
    with(|world| world.epoch.get())
}

/// What stands behind an object of this execution.
pub(super) fn body(object: ObjectIndex) -> Rc<dyn Any> {
    with(|world| world.bodies.borrow()[usize::from(object)].clone())
}

pub(super) fn add_object(body: Rc<dyn Any>, info: ObjectInfo) -> ObjectIndex {
    with(|world| {
        let mut bodies = world.bodies.borrow_mut();
        bodies.push(body);
        world.objects.borrow_mut().push(info);
        (bodies.len() - 1) as ObjectIndex
    })
}

/// Adds a thread that is about to be started.
pub(super) fn add_thread(name: Option<String>) -> ThreadIndex {
    with(|world| {
        let mut names = world.names.borrow_mut();
        if names.len() == MAX_THREADS {
            drop(names);
            abandon(End::Beyond(format!(
                "more than {} threads at once cannot be searched for memory orderings",
                MAX_THREADS - 1
            )));
        }
        names.push(name);
        (names.len() - 1) as ThreadIndex
    })
}

/// Remembers that the running thread ends by a panic.
pub(super) fn mourn(note: Option<PanicNote>) {
    with(|world| world.deaths.borrow_mut().extend(note));
}

/// Whether the running thread unwinds. std's own answer is that of the OS thread.
pub(super) fn panicking() -> bool {
    std::thread::panicking()
        && WORLD.with(|world| world.panicking.get() == Some(world.current.get()))
}

/// How many threads the execution has had so far.
pub(super) fn threads() -> usize {
    with(|world| world.names.borrow().len())
}

/// Where the fences of sequentially consistent accesses stand in this search.
pub(super) fn side() -> Side {
    with(|world| world.settings.get().side)
}

/// An atomic is accessed with this ordering.
pub(super) fn note_order(order: Ordering) {
    with(|world| {
        let (seq_cst, weaker) = world.orders.get();
        let is_seq_cst = order == Ordering::SeqCst;
        world
            .orders
            .set((seq_cst || is_seq_cst, weaker || !is_seq_cst));
    });
}

/// Whether locks are built from monitors in this search.
pub(super) fn careful() -> bool {
    with(|world| world.settings.get().careful)
}

/// Ends the search, to begin anew with locks that are built from monitors.
pub(super) fn be_careful() -> ! {
    let settings = with(|world| world.settings.get());
    abandon(End::Restart(Settings {
        careful: true,
        ..settings
    }))
}

/// An atomic that holds 0 and that every thread has seen created.
///
/// An atomic that is first used by two threads at once must not be created by either:
/// to loom, the other would use it before it exists.
pub(super) fn atomic() -> Rc<loom::sync::atomic::AtomicU64> {
    with(|world| {
        if world.names.borrow().len() == 1 {
            return Rc::new(loom::sync::atomic::AtomicU64::new(0));
        }
        world.spare_atomics.borrow_mut().pop().unwrap_or_else(|| {
            let settings = world.settings.get();
            abandon(End::Restart(Settings {
                atomics: settings.atomics + 1,
                ..settings
            }))
        })
    })
}

/// What an operation is about to do, for the case that it never comes back.
pub(super) fn intend(event: Event) {
    with(|world| world.pending[usize::from(event.thread)].set(Some(event)));
}

/// What an operation has done.
pub(super) fn record(event: Event) {
    with(|world| {
        world.note(event);
        world.looks.set(0);
        // A search that no longer varies this execution does not take it up again.
        if world.rounds.get() < ROUNDS {
            world.rounds.set(0);
        }
    });
}

/// What an operation has done that changed nothing, as in a loop that waits.
pub(super) fn record_look(event: Event) {
    let looks = with(|world| {
        world.note(event);
        let same = world.looker.replace(event.thread) == event.thread;
        let looks = if same { world.looks.get() + 1 } else { 1 };
        world.looks.set(looks);
        looks
    });
    if looks >= PATIENCE {
        give_way();
    }
}

/// Lets others run, and tells so.
pub(super) fn record_yield(event: Event) {
    with(|world| world.note(event));
    give_way();
}

/// Lets others run; counted, so that threads which give way to each other for ever are cut off.
pub(super) fn give_way() {
    with(|world| {
        world.looks.set(0);
        let rounds = world.rounds.get();
        world.rounds.set(rounds.saturating_add(1));
        if rounds + 1 == ROUNDS {
            world.cut.set(true);
            loom::skip_branch();
        }
    });
    switching(loom::thread::yield_now);
}

/// An event of the running thread.
pub(super) fn event(op: Op, location: Place) -> Event {
    Event::new(current(), op, location)
}
