//! Seeded delays, so that threads meet where they would rarely meet by themselves.
//!
//! Each thread draws from a generator of its own, whose seed derives from the test's
//! seed, the round and the place of the thread among those that its parent started.
//! The same seed gives the same delays; what the scheduler makes of them is its affair. On
//! a busy machine, where to give up the processor for a moment is to lose it for long, a
//! thread is spared the next delays for a while.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::asleep;
use crate::harness;

/// The round that is running; a thread that sees a new one starts a new sequence.
static ROUND: AtomicU64 = AtomicU64::new(0);

/// Hands a number to each thread that was not started through this module.
static STRANGERS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static SOURCE: Source = const {
        Source {
            state: Cell::new(0),
            round: Cell::new(u64::MAX),
            lineage: Cell::new(0),
            children: Cell::new(0),
            sleepiness: Cell::new(0),
            silent: Cell::new(false),
            spared: Cell::new(None),
        }
    };
}

struct Source {
    /// The generator's state.
    state: Cell<u64>,
    /// The round that the state belongs to.
    round: Cell<u64>,
    /// Which thread this is; 0 until that is known.
    lineage: Cell<u64>,
    /// Threads started in this round.
    children: Cell<u64>,
    /// A draw of ten bits below this one sleeps.
    sleepiness: Cell<u64>,
    /// Held up nowhere.
    silent: Cell<bool>,
    /// Not made to give up the processor before then.
    spared: Cell<Option<Instant>>,
}

/// For how many times as long as it was away a thread is spared.
const SPARED: u32 = 4;

/// Who was away for less time than this was not kept away by others.
const LONG: Duration = Duration::from_micros(500);

/// A place where the calling thread may be held up.
///
/// Most calls cost a few nanoseconds. Out of 1024, about 60 give up the processor, 30
/// spin for up to a microsecond and, depending on the thread's mood, none to 6 sleep for up to
/// 200 microseconds.
pub(super) fn point() {
    let _ = SOURCE.try_with(|source| {
        source.settle();
        if source.silent.get() {
            return;
        }
        let draw = source.next();
        let choice = draw & 0x3ff;
        if choice < source.sleepiness.get() {
            source.leave(|| std::thread::sleep(Duration::from_micros(20 + (draw >> 10) % 180)));
        } else if choice < 66 {
            source.leave(std::thread::yield_now);
        } else if choice < 96 {
            for _ in 0..(draw >> 10) & 0xff {
                std::hint::spin_loop();
            }
        }
    });
}

/// Runs an operation with a point on either side.
#[inline]
pub(super) fn around<R>(operation: impl FnOnce() -> R) -> R {
    point();
    let result = operation();
    point();
    result
}

/// What a thread that is about to be started draws from.
pub(super) fn child() -> u64 {
    SOURCE
        .try_with(|source| {
            source.settle();
            let place = source.children.get() + 1;
            source.children.set(place);
            mix(source.lineage.get() ^ mix(place))
        })
        .unwrap_or(1)
}

/// Makes the calling thread the one that [`child`] announced.
pub(super) fn adopt(lineage: u64) {
    let _ = SOURCE.try_with(|source| source.lineage.set(lineage));
}

/// Holds the calling thread up nowhere from now on.
pub(super) fn silence() {
    let _ = SOURCE.try_with(|source| source.silent.set(true));
}

/// Runs `body` without delays in the calling thread: what it does in a row happens as close
/// together as the machine allows.
pub fn undisturbed<R>(body: impl FnOnce() -> R) -> R {
    let silent = SOURCE.try_with(|source| source.silent.replace(true));
    let result = body();
    let _ = SOURCE.try_with(|source| source.silent.set(silent == Ok(true)));
    result
}

/// The `nth` of the numbers that the test's seed gives to whoever asks, and not to one thread.
pub(super) fn draw(nth: u64) -> u64 {
    mix(harness::seed() ^ mix(!nth))
}

/// Starts another sequence in every thread.
pub(super) fn begin_round(round: u64) {
    ROUND.store(round, Ordering::Relaxed);
}

impl Source {
    fn settle(&self) {
        let round = ROUND.load(Ordering::Relaxed);
        if self.round.get() == round {
            return;
        }
        asleep::register();
        if self.lineage.get() == 0 {
            self.lineage
                .set(mix(STRANGERS.fetch_add(1, Ordering::Relaxed) + 1));
        }
        self.round.set(round);
        self.children.set(0);
        self.state
            .set(mix(harness::seed() ^ mix(round) ^ self.lineage.get()));
        self.sleepiness
            .set([0, 1, 2, 6][(self.next() & 3) as usize]);
    }

    /// Gives up the processor.
    fn leave(&self, way: impl FnOnce()) {
        let start = Instant::now();
        if self.spared.get().is_some_and(|until| start < until) {
            return;
        }
        way();
        let away = start.elapsed();
        self.spared
            .set((away > LONG).then(|| start + away * (1 + SPARED)));
    }

    fn next(&self) -> u64 {
        let state = self.state.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.state.set(state);
        mix(state)
    }
}

/// The finaliser of splitmix64.
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
