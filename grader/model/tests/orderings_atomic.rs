//! Atomics show what their orderings allow, and no more.
#![cfg(feature = "orderings")]

mod orderings_support;

use std::sync::Arc;

use kata_model::orderings::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use kata_model::orderings::sync::atomic::{
    AtomicBool, AtomicI8, AtomicPtr, AtomicU8, AtomicUsize, Ordering, fence,
};
use kata_model::orderings::{Tracked, hint, thread};
use kata_model::outcome::{Completeness, Diagnosis};
use orderings_support::{fails, passes};

/// The spin lock of "Rust Atomics and Locks": a swap, and a plain store.
struct SpinLock {
    locked: AtomicBool,
    data: Tracked<u32>,
    acquire: Ordering,
    release: Ordering,
    hint: bool,
}

impl SpinLock {
    fn new(acquire: Ordering, release: Ordering) -> SpinLock {
        SpinLock {
            locked: AtomicBool::new(false),
            data: Tracked::new(0),
            acquire,
            release,
            hint: true,
        }
    }

    fn add(&self) {
        while self.locked.swap(true, self.acquire) {
            if self.hint {
                hint::spin_loop();
            }
        }
        self.data.update(|value| value + 1);
        self.locked.store(false, self.release);
    }
}

fn two_threads_add(lock: SpinLock) {
    let lock = Arc::new(lock);
    let other = lock.clone();
    let thread = thread::spawn(move || other.add());
    lock.add();
    thread.join().unwrap();
    assert_eq!(lock.data.get(), 2);
}

#[test]
fn a_swap_and_a_plain_store_make_a_lock() {
    let explored = passes(|| two_threads_add(SpinLock::new(Acquire, Release)));
    assert_eq!(explored.completeness, Completeness::Complete);
}

#[test]
fn a_spin_loop_without_a_hint_is_no_livelock() {
    passes(|| {
        let mut lock = SpinLock::new(Acquire, Release);
        lock.hint = false;
        two_threads_add(lock);
    });
}

#[test]
fn three_threads_can_spin() {
    passes(|| {
        let lock = Arc::new(SpinLock::new(Acquire, Release));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let lock = lock.clone();
                thread::spawn(move || lock.add())
            })
            .collect();
        lock.add();
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        assert_eq!(lock.data.get(), 3);
    });
}

#[test]
fn looking_before_swapping_makes_a_lock() {
    passes(|| {
        let state = Arc::new((AtomicBool::new(false), Tracked::new(0)));
        let other = state.clone();
        let add = |state: &(AtomicBool, Tracked<i32>)| {
            loop {
                if !state.0.load(Relaxed) && !state.0.swap(true, Acquire) {
                    break;
                }
                thread::yield_now();
            }
            state.1.update(|value| value + 1);
            state.0.store(false, Release);
        };
        let thread = thread::spawn(move || add(&other));
        add(&state);
        thread.join().unwrap();
    });
}

#[test]
fn a_ticket_lock_is_a_lock() {
    passes(|| {
        let lock = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0), Tracked::new(0)));
        let add = |lock: &(AtomicUsize, AtomicUsize, Tracked<u32>)| {
            let ticket = lock.0.fetch_add(1, Relaxed);
            while lock.1.load(Acquire) != ticket {
                thread::yield_now();
            }
            lock.2.update(|value| value + 1);
            lock.1.store(ticket + 1, Release);
        };
        let other = lock.clone();
        let thread = thread::spawn(move || add(&other));
        add(&lock);
        thread.join().unwrap();
    });
}

#[test]
fn a_relaxed_unlock_is_a_data_race() {
    let failure = fails(Diagnosis::DataRace, || {
        two_threads_add(SpinLock::new(Acquire, Relaxed));
    });
    let example = failure.counterexample.unwrap();
    assert_eq!(example["preemptions"], 0);
    let last = example["steps"].as_array().unwrap().last().unwrap().clone();
    assert!(last["op"].as_str().unwrap().starts_with("cell_"), "{last}");
    assert_eq!(last["key"], true);
}

#[test]
fn a_relaxed_lock_is_a_data_race() {
    fails(Diagnosis::DataRace, || {
        two_threads_add(SpinLock::new(Relaxed, Release));
    });
}

#[test]
fn acquiring_and_releasing_at_the_lock_does_not_make_up_for_a_relaxed_unlock() {
    fails(Diagnosis::DataRace, || {
        two_threads_add(SpinLock::new(AcqRel, Relaxed));
    });
}

fn message(store: Ordering, load: Ordering) {
    let shared = Arc::new((AtomicBool::new(false), Tracked::new(0)));
    let other = shared.clone();
    let thread = thread::spawn(move || {
        other.1.set(5);
        other.0.store(true, store);
    });
    if shared.0.load(load) {
        assert_eq!(shared.1.get(), 5);
    }
    thread.join().unwrap();
}

#[test]
fn a_release_store_publishes_to_an_acquire_load() {
    let explored = passes(|| message(Release, Acquire));
    assert_eq!(explored.completeness, Completeness::Complete);
}

#[test]
fn a_relaxed_store_publishes_nothing() {
    fails(Diagnosis::DataRace, || message(Relaxed, Acquire));
}

#[test]
fn a_relaxed_load_is_shown_nothing() {
    fails(Diagnosis::DataRace, || message(Release, Relaxed));
}

#[test]
fn fences_publish_through_relaxed_accesses() {
    passes(|| {
        let shared = Arc::new((AtomicBool::new(false), Tracked::new(0)));
        let other = shared.clone();
        let thread = thread::spawn(move || {
            other.1.set(5);
            fence(Release);
            other.0.store(true, Relaxed);
        });
        if shared.0.load(Relaxed) {
            fence(Acquire);
            assert_eq!(shared.1.get(), 5);
        }
        thread.join().unwrap();
    });
}

/// Two relaxed stores, and somebody who sees the second one and then glances at the first.
struct Glance {
    first: AtomicBool,
    second: AtomicBool,
}

impl Glance {
    fn new() -> Arc<Glance> {
        Arc::new(Glance {
            first: AtomicBool::new(false),
            second: AtomicBool::new(false),
        })
    }

    fn stores(self: &Arc<Glance>) -> thread::JoinHandle<()> {
        let shared = self.clone();
        thread::spawn(move || {
            shared.first.store(true, Relaxed);
            shared.second.store(true, Relaxed);
        })
    }

    fn looks(&self) {
        let sees = !self.second.load(Relaxed) || self.first.load(Relaxed);
        assert!(sees, "the second store was seen, and not the first");
    }
}

#[test]
fn the_main_thread_glances_at_what_is_old() {
    fails(Diagnosis::Panic, || {
        let shared = Glance::new();
        let writer = shared.stores();
        shared.looks();
        writer.join().unwrap();
    });
}

#[test]
fn a_spawned_thread_that_has_yielded_glances_at_what_is_old() {
    fails(Diagnosis::Panic, || {
        let shared = Glance::new();
        let writer = shared.stores();
        let looker = thread::spawn(move || {
            thread::yield_now();
            shared.looks();
        });
        writer.join().unwrap();
        looker.join().unwrap();
    });
}

/// A known gap: loom does not show a thread again what it has seen before it yielded, and
/// whoever has made an atomic counts as having seen its first value.
#[test]
fn whoever_made_an_atomic_and_has_yielded_no_longer_sees_its_first_value() {
    passes(|| {
        let shared = Glance::new();
        let writer = shared.stores();
        thread::yield_now();
        shared.looks();
        writer.join().unwrap();
    });
}

/// At most one of two threads sees the other's flag down.
fn dekker(store: Ordering, load: Ordering) {
    let flags = Arc::new((AtomicBool::new(false), AtomicBool::new(false)));
    let other = flags.clone();
    let thread = thread::spawn(move || {
        other.0.store(true, store);
        other.1.load(load)
    });
    flags.1.store(true, store);
    let mine = flags.0.load(load);
    let theirs = thread.join().unwrap();
    assert!(mine || theirs, "both flags were seen down");
}

#[test]
fn sequential_consistency_keeps_dekker_apart() {
    passes(|| dekker(SeqCst, SeqCst));
}

#[test]
fn release_and_acquire_do_not_keep_dekker_apart() {
    let failure = fails(Diagnosis::Panic, || dekker(Release, Acquire));
    assert_eq!(
        failure.message.as_deref(),
        Some("both flags were seen down")
    );
}

#[test]
fn sequentially_consistent_fences_keep_dekker_apart() {
    passes(|| {
        let flags = Arc::new((AtomicBool::new(false), AtomicBool::new(false)));
        let other = flags.clone();
        let thread = thread::spawn(move || {
            other.0.store(true, Relaxed);
            fence(SeqCst);
            other.1.load(Relaxed)
        });
        flags.1.store(true, Relaxed);
        fence(SeqCst);
        let mine = flags.0.load(Relaxed);
        assert!(thread.join().unwrap() || mine);
    });
}

#[test]
fn looking_first_and_setting_after_lets_both_in() {
    fails(Diagnosis::Panic, || {
        let taken = Arc::new(AtomicBool::new(false));
        let take = |taken: &AtomicBool| {
            let free = !taken.load(SeqCst);
            if free {
                taken.store(true, SeqCst);
            }
            free
        };
        let other = taken.clone();
        let thread = thread::spawn(move || take(&other));
        let mine = take(&taken);
        assert!(!(thread.join().unwrap() && mine));
    });
}

#[test]
fn every_operation_computes_what_it_does_in_std() {
    passes(|| {
        let byte = AtomicU8::new(250);
        assert_eq!(byte.fetch_add(10, Relaxed), 250);
        assert_eq!(byte.load(Relaxed), 4);
        assert_eq!(byte.fetch_sub(5, Relaxed), 4);
        assert_eq!(byte.swap(0b1100, Relaxed), 255);
        assert_eq!(byte.fetch_and(0b0110, Relaxed), 0b1100);
        assert_eq!(byte.fetch_or(0b0001, Relaxed), 0b0100);
        assert_eq!(byte.fetch_xor(0b1111, Relaxed), 0b0101);
        assert_eq!(byte.fetch_nand(0b0010, Relaxed), 0b1010);
        assert_eq!(byte.fetch_max(255, Relaxed), 0b1111_1101);
        assert_eq!(byte.fetch_min(3, Relaxed), 255);
        assert_eq!(byte.compare_exchange(4, 5, SeqCst, Relaxed), Err(3));
        assert_eq!(byte.compare_exchange_weak(3, 5, AcqRel, Acquire), Ok(3));
        assert_eq!(byte.fetch_update(Relaxed, Relaxed, |_| None), Err(5));
        assert_eq!(byte.update(Relaxed, Relaxed, |value| value * 2), 5);
        assert_eq!(byte.into_inner(), 10);

        let signed = AtomicI8::new(-128);
        assert_eq!(signed.fetch_sub(1, Relaxed), -128);
        assert_eq!(signed.fetch_min(-3, Relaxed), 127);
        assert_eq!(signed.load(SeqCst), -3);

        let flag = AtomicBool::new(true);
        assert!(flag.fetch_not(Relaxed));
        assert!(!flag.fetch_xor(true, Relaxed));
        assert!(flag.fetch_nand(true, Relaxed));
        assert!(!flag.fetch_or(true, Relaxed));
        assert!(flag.fetch_and(false, Relaxed));
        assert_eq!(format!("{flag:?}"), "false");

        let (mut one, mut two) = (1, 2);
        let pointer = AtomicPtr::new(&mut one);
        assert_eq!(pointer.swap(&mut two, Relaxed), &raw mut one);
        assert_eq!(pointer.load(Relaxed), &raw mut two);
    });
}

#[test]
fn an_owner_may_change_an_atomic_in_place() {
    passes(|| {
        let mut count = Arc::new(AtomicUsize::new(3));
        let other = count.clone();
        thread::spawn(move || other.fetch_add(1, Relaxed))
            .join()
            .unwrap();
        let count = Arc::get_mut(&mut count).unwrap();
        *count.get_mut() += 10;
        assert_eq!(count.load(Relaxed), 14);
    });
}

#[test]
fn atomics_can_be_made_in_constants_and_begin_anew_in_every_execution() {
    static COUNT: AtomicUsize = AtomicUsize::new(7);
    #[expect(
        clippy::declare_interior_mutable_const,
        reason = "to be copied is what it is for"
    )]
    const FLAG: AtomicBool = AtomicBool::new(true);
    passes(|| {
        let flags = [FLAG; 2];
        let thread = thread::spawn(|| COUNT.fetch_add(1, Relaxed));
        COUNT.fetch_add(1, Relaxed);
        thread.join().unwrap();
        assert_eq!(COUNT.load(Relaxed), 9);
        assert!(flags[1].load(Relaxed));
    });
}

#[test]
fn waiting_for_what_never_comes_is_a_livelock() {
    fails(Diagnosis::Livelock, || {
        let flag = AtomicBool::new(false);
        while !flag.load(Acquire) {
            hint::spin_loop();
        }
    });
}
