//! What an OS thread that searches says when it is done.

use crate::harness::PanicNote;
use crate::outcome::Failure;
use crate::trace::{Event, ObjectInfo, ThreadIndex};

/// As many as loom can have.
pub(super) const MAX_THREADS: usize = loom::MAX_THREADS;

/// What a search cannot know before it has met it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Settings {
    /// Locks are built from monitors, so that `try_lock` and panics work.
    pub(super) careful: bool,
    /// Atomics to create before the first thread starts, for those first used later.
    pub(super) atomics: usize,
    /// Where the fences of sequentially consistent accesses stand.
    pub(super) side: Side,
}

/// On which side of each sequentially consistent access a fence stands.
///
/// Either makes these accesses what they should be among themselves. But the fence also orders
/// weaker accesses before it against such an access after it, or the other way round, and so
/// hides what the language allows. What one side hides is shown by the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Side {
    #[default]
    Before,
    After,
}

/// Why a search ended before its time.
#[derive(Debug)]
pub(super) enum End {
    /// loom panicked.
    Engine(PanicNote),
    /// A thread panicked in the test, and nobody else will hear of it.
    Panicked(Option<PanicNote>),
    /// The test has said what is wrong.
    Failed(Failure),
    /// The search must begin anew.
    Restart(Settings),
    /// This cannot be modelled.
    Beyond(String),
}

/// The execution in which a search ended.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) end: End,
    /// Executions of this search, this one included.
    pub(super) executions: u64,
    pub(super) threads: Vec<String>,
    pub(super) objects: Vec<ObjectInfo>,
    pub(super) events: Vec<Event>,
    /// Who ran last.
    pub(super) current: ThreadIndex,
    /// What each thread was doing, by index; nothing once it has ended.
    pub(super) pending: [Option<Event>; MAX_THREADS],
    /// Panics that ended threads.
    pub(super) deaths: Vec<PanicNote>,
}

impl Scene {
    pub(super) fn without_a_story(end: End) -> Scene {
        Scene {
            end,
            executions: 0,
            threads: Vec::new(),
            objects: Vec::new(),
            events: Vec::new(),
            current: 0,
            pending: [None; MAX_THREADS],
            deaths: Vec::new(),
        }
    }

    /// How often another thread went on.
    pub(super) fn switches(&self) -> u32 {
        let pairs = self.events.windows(2);
        let switches = pairs.filter(|pair| pair[0].thread != pair[1].thread);
        switches.count().try_into().unwrap_or(u32::MAX)
    }
}

/// A search that came to its end.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) executions: u64,
    /// Whether it did not vary what comes after threads have waited in a loop for long.
    pub(super) cut: bool,
    /// Whether there were sequentially consistent accesses and weaker ones.
    pub(super) mixed: bool,
}

/// How a search ended.
pub(super) type Report = Result<Done, Box<Scene>>;
