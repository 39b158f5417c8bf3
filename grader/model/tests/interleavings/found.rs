//! Bugs that hide behind what is easily taken for no operation: the end of an initialisation, a
//! time-out, a look at a flag. A search that misses them must not call itself complete.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use kata_model::Diagnosis;
use kata_model::interleavings::sync::atomic::{AtomicBool, AtomicUsize};
use kata_model::interleavings::sync::{Barrier, Mutex, Once, OnceLock, RwLock, mpsc};
use kata_model::interleavings::time::{Duration, Instant};
use kata_model::interleavings::{Explore, thread};

use crate::{fails, preemptions};

#[test]
fn an_initialisation_that_ends_between_two_looks() {
    fails(Diagnosis::Assertion, || {
        let shared = Arc::new((Once::new(), AtomicUsize::new(0)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            other.0.call_once(|| {
                other.1.fetch_add(1, SeqCst);
                other.1.fetch_add(1, SeqCst);
            });
        });
        let value = shared.1.load(SeqCst);
        let done = shared.0.is_completed();
        thread.join().unwrap();
        assert!(!(value == 1 && done));
    });
}

#[test]
fn a_flag_that_is_raised_inside_of_an_initialisation() {
    fails(Diagnosis::Assertion, || {
        let shared = Arc::new((OnceLock::new(), AtomicBool::new(false)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            other.0.get_or_init(|| {
                other.1.store(true, SeqCst);
                1
            });
        });
        if shared.1.load(SeqCst) {
            assert!(shared.0.get().is_some());
        }
        thread.join().unwrap();
    });
}

#[test]
fn one_thread_that_leads_two_rounds_of_a_barrier() {
    fails(Diagnosis::Assertion, || {
        let barrier = Arc::new(Barrier::new(2));
        let twice = |barrier: &Barrier| (barrier.wait().is_leader(), barrier.wait().is_leader());
        let other = Arc::clone(&barrier);
        let thread = thread::spawn(move || twice(&other));
        let mine = twice(&barrier);
        thread.join().unwrap();
        assert!(mine.0 != mine.1, "somebody leads both rounds");
    });
}

#[test]
fn a_time_out_between_two_looks_at_the_clock() {
    fails(Diagnosis::Assertion, || {
        let (sender, receiver) = mpsc::channel::<()>();
        let thread = thread::spawn(move || {
            let _ = receiver.recv_timeout(Duration::from_millis(5));
        });
        let start = Instant::now();
        assert!(start.elapsed().is_zero());
        thread.join().unwrap();
        drop(sender);
    });
}

#[test]
fn a_sleep_that_begins_later_ends_later() {
    fails(Diagnosis::Assertion, || {
        let start = Instant::now();
        let thread = thread::spawn(|| thread::sleep(Duration::from_millis(5)));
        thread::sleep(Duration::from_millis(5));
        thread.join().unwrap();
        assert!(start.elapsed() < Duration::from_millis(10));
    });
}

#[test]
fn a_look_whether_a_lock_is_poisoned() {
    fails(Diagnosis::Assertion, || {
        let lock = Arc::new(Mutex::new(0));
        let other = Arc::clone(&lock);
        let thread = thread::spawn(move || {
            let _guard = other.lock().unwrap();
            panic!("under the lock")
        });
        let poisoned = lock.is_poisoned();
        let _ = thread.join();
        assert!(!poisoned);
    });
}

#[test]
fn poison_that_somebody_clears_in_between() {
    fails(Diagnosis::Assertion, || {
        let lock = Arc::new(RwLock::new(0));
        let other = Arc::clone(&lock);
        let thread = thread::spawn(move || {
            let _guard = other.write().unwrap();
            panic!("under the lock")
        });
        lock.clear_poison();
        let _ = thread.join();
        assert!(lock.read().is_err());
    });
}

#[test]
fn threads_that_look_twenty_times_before_anything_changes() {
    fails(Diagnosis::Assertion, || {
        let shared = Arc::new((
            AtomicUsize::new(0),
            AtomicUsize::new(0),
            Barrier::new(3),
            Barrier::new(3),
        ));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    shared.2.wait();
                    for _ in 0..20 {
                        shared.1.load(SeqCst);
                    }
                    let value = shared.0.load(SeqCst);
                    shared.3.wait();
                    value
                })
            })
            .collect();
        shared.2.wait();
        shared.0.store(1, SeqCst);
        shared.3.wait();
        let sum: usize = threads.into_iter().map(|it| it.join().unwrap()).sum();
        assert!(sum > 0, "nobody has seen the store");
    });
}

/// A thread that is left while it holds two locks blocks the other one, which then is left
/// for nothing.
#[test]
fn the_fewest_preemptions_are_the_fewest() {
    let test = || {
        let shared = Arc::new((Mutex::new(()), Mutex::new(0)));
        let other = Arc::clone(&shared);
        let nests = thread::spawn(move || {
            {
                let _outer = other.0.lock().unwrap();
                let _inner = other.1.lock().unwrap();
            }
            *other.1.lock().unwrap() += 1;
        });
        let other = Arc::clone(&shared);
        let tries = thread::spawn(move || {
            let busy = other.0.try_lock().is_err();
            busy && *other.1.lock().unwrap() == 1
        });
        nests.join().unwrap();
        assert!(!tries.join().unwrap());
    };
    let failure = Explore::new().no_spurious().try_run(test).unwrap_err();
    assert_eq!(preemptions(&failure), 1);
    for exhaustive in [false, true] {
        let mut explore = Explore::new().no_spurious().preemptions(1);
        if exhaustive {
            explore = explore.exhaustive();
        }
        explore.try_run(test).expect_err("one preemption is enough");
    }
}

/// Reduced from "reorder" of the benchmarks SCTBench: too many threads for a search, and few
/// schedules in a row find it.
#[test]
fn a_bug_among_many_threads_is_met_by_samples() {
    fails(Diagnosis::Assertion, || {
        let shared = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
        let mut threads = Vec::new();
        for _ in 0..9 {
            let shared = Arc::clone(&shared);
            threads.push(thread::spawn(move || {
                shared.0.store(1, SeqCst);
                shared.1.store(1, SeqCst);
            }));
        }
        let other = Arc::clone(&shared);
        threads.push(thread::spawn(move || {
            let (first, second) = (other.0.load(SeqCst), other.1.load(SeqCst));
            assert!(first == second, "half of it is there");
        }));
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

/// Reduced from "twostage" of SCTBench: one thread looks between the two stages of one of many.
#[test]
fn a_look_between_the_stages_of_one_among_many_is_met() {
    #[derive(Default)]
    struct Shared {
        first: Mutex<u32>,
        second: Mutex<u32>,
    }
    fails(Diagnosis::Assertion, || {
        let shared = Arc::new(Shared::default());
        let mut threads = Vec::new();
        for _ in 0..13 {
            let shared = Arc::clone(&shared);
            threads.push(thread::spawn(move || {
                *shared.first.lock().unwrap() = 1;
                let first = *shared.first.lock().unwrap();
                *shared.second.lock().unwrap() = first + 1;
            }));
        }
        let other = Arc::clone(&shared);
        threads.push(thread::spawn(move || {
            let first = *other.first.lock().unwrap();
            if first != 0 {
                let second = *other.second.lock().unwrap();
                assert!(second == first + 1, "the second stage is missing");
            }
        }));
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

/// Reduced from "wronglock" of SCTBench: all but one take another lock.
#[test]
fn a_wrong_lock_among_many_is_met() {
    #[derive(Default)]
    struct Shared {
        right: Mutex<()>,
        wrong: Mutex<()>,
        data: AtomicUsize,
    }
    fn increment(data: &AtomicUsize) -> usize {
        let before = data.load(SeqCst);
        data.store(before + 1, SeqCst);
        before
    }
    fails(Diagnosis::Assertion, || {
        let shared = Arc::new(Shared::default());
        let mut threads = Vec::new();
        for _ in 0..7 {
            let shared = Arc::clone(&shared);
            threads.push(thread::spawn(move || {
                let _guard = shared.wrong.lock().unwrap();
                increment(&shared.data);
            }));
        }
        let other = Arc::clone(&shared);
        threads.push(thread::spawn(move || {
            let _guard = other.right.lock().unwrap();
            let before = increment(&other.data);
            assert!(
                other.data.load(SeqCst) == before + 1,
                "somebody came between"
            );
        }));
        for thread in threads {
            thread.join().unwrap();
        }
    });
}
