//! What a random program may do to atomics, under either engine.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering::{self, Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use kata_model::outcome::{Completeness, Exploration, Failure};

/// One access to one of two atomics, or a fence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Touch {
    Load(usize, Ordering),
    /// Which atomic, and the value.
    Store(usize, usize, Ordering),
    Swap(usize, usize, Ordering),
    /// Adds one.
    Add(usize, Ordering),
    /// From this value to [`EXCHANGED`]; the orderings are those of success and failure.
    Exchange(usize, usize, (Ordering, Ordering)),
    Fence(Ordering),
}

/// What a successful exchange stores.
pub(crate) const EXCHANGED: usize = 5;

/// What a touch has seen: nothing, the value before, or that and whether it was exchanged.
pub(crate) type Seen = Option<Result<usize, usize>>;

/// An engine with atomics and threads.
pub(crate) trait Engine {
    type Atomic: Send + Sync + 'static;
    type Handle;
    fn atomic() -> Self::Atomic;
    fn touch(atomics: &[Self::Atomic; 2], touch: Touch) -> Seen;
    fn spawn(life: impl FnOnce() + Send + 'static) -> Self::Handle;
    fn join(handle: Self::Handle);
    /// Searches under this bound alone, or without one. `budget` is in what the engine counts.
    fn search(
        bound: Option<u32>,
        budget: u64,
        test: impl Fn() + Send + Sync + 'static,
    ) -> Result<Exploration, Box<Failure>>;
}

macro_rules! engines {
    ($($name:ident $engine:ident $explore:expr;)*) => { $(
        pub(crate) struct $name;

        impl Engine for $name {
            type Atomic = kata_model::$engine::sync::atomic::AtomicUsize;
            type Handle = kata_model::$engine::thread::JoinHandle<()>;

            fn atomic() -> Self::Atomic {
                Self::Atomic::new(0)
            }

            fn touch(atomics: &[Self::Atomic; 2], touch: Touch) -> Seen {
                match touch {
                    Touch::Load(at, order) => Some(Ok(atomics[at].load(order))),
                    Touch::Store(at, value, order) => {
                        atomics[at].store(value, order);
                        None
                    }
                    Touch::Swap(at, value, order) => Some(Ok(atomics[at].swap(value, order))),
                    Touch::Add(at, order) => Some(Ok(atomics[at].fetch_add(1, order))),
                    Touch::Exchange(at, from, (success, failure)) => {
                        Some(atomics[at].compare_exchange(from, EXCHANGED, success, failure))
                    }
                    Touch::Fence(order) => {
                        kata_model::$engine::sync::atomic::fence(order);
                        None
                    }
                }
            }

            fn spawn(life: impl FnOnce() + Send + 'static) -> Self::Handle {
                kata_model::$engine::thread::spawn(life)
            }

            fn join(handle: Self::Handle) {
                handle.join().expect("no thread of a program panics");
            }

            fn search(
                bound: Option<u32>,
                budget: u64,
                test: impl Fn() + Send + Sync + 'static,
            ) -> Result<Exploration, Box<Failure>> {
                $explore.only(bound, budget).try_run(test)
            }
        }
    )* };
}

engines! {
    Interleavings interleavings kata_model::interleavings::Explore::new().exhaustive();
    Orderings orderings kata_model::orderings::Explore::new();
}

impl Touch {
    pub(crate) fn perform<E: Engine>(self, atomics: &[E::Atomic; 2]) -> Seen {
        E::touch(atomics, self)
    }
}

/// What each thread of a program has seen, and the values that are left.
pub(crate) type Outcome = (Vec<Vec<Seen>>, [usize; 2]);

/// What a search of a program over atomics has come to.
pub(crate) struct Searched {
    pub(crate) outcomes: BTreeSet<Outcome>,
    pub(crate) exploration: Exploration,
}

impl Searched {
    /// Whether the search says that nothing is left to try under its bound.
    pub(crate) fn is_whole(&self) -> bool {
        !matches!(self.exploration.completeness, Completeness::Incomplete(_))
    }
}

/// Everything that the threads of a program may see under an engine.
pub(crate) fn search<E: Engine>(
    program: &[Vec<Touch>],
    bound: Option<u32>,
    budget: u64,
) -> Result<Searched, Box<Failure>> {
    let outcomes: Arc<Mutex<BTreeSet<Outcome>>> = Arc::default();
    let (note, program) = (Arc::clone(&outcomes), program.to_vec());
    let exploration = E::search(bound, budget, move || {
        let outcome = run::<E>(&program);
        locked(&note).insert(outcome);
    })?;
    let outcomes = std::mem::take(&mut *locked(&outcomes));
    Ok(Searched {
        outcomes,
        exploration,
    })
}

/// The main thread of a program.
fn run<E: Engine>(program: &[Vec<Touch>]) -> Outcome {
    let atomics = Arc::new([E::atomic(), E::atomic()]);
    let log: Arc<Mutex<Vec<Vec<Seen>>>> = Arc::new(Mutex::new(vec![Vec::new(); program.len()]));
    let live = |thread: usize| {
        let (atomics, log, touches) = (
            Arc::clone(&atomics),
            Arc::clone(&log),
            program[thread].clone(),
        );
        move || {
            for touch in touches {
                let seen = touch.perform::<E>(&atomics);
                locked(&log)[thread].push(seen);
            }
        }
    };
    let handles: Vec<_> = (1..program.len()).map(|it| E::spawn(live(it))).collect();
    live(0)();
    handles.into_iter().for_each(E::join);
    let left = [0, 1].map(|at| match E::touch(&atomics, Touch::Load(at, Relaxed)) {
        Some(Ok(value)) => value,
        seen => unreachable!("a load has seen {seen:?}"),
    });
    let seen = locked(&log).clone();
    (seen, left)
}

/// Modelled threads share one OS thread, so nobody waits for these locks.
fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
