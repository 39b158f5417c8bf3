use std::sync::Arc;
use std::sync::atomic::Ordering::{self, *};

use kata_model::Diagnosis;
use kata_model::interleavings::sync::atomic::{AtomicBool, AtomicUsize};
use kata_model::interleavings::{Tracked, hint, thread};

use crate::{fails, passes};

/// The spin lock of "Rust Atomics and Locks", with these orderings.
fn spin_lock(lock: Ordering, unlock: Ordering, hinting: bool) -> impl Fn() + 'static {
    move || {
        let shared = Arc::new((AtomicBool::new(false), Tracked::new(0)));
        let work = move |shared: &(AtomicBool, Tracked<i32>)| {
            while shared.0.swap(true, lock) {
                if hinting {
                    hint::spin_loop();
                }
            }
            shared.1.update(|n| n + 1);
            shared.0.store(false, unlock);
        };
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || work(&other));
        work(&shared);
        thread.join().unwrap();
    }
}

#[test]
fn a_spin_lock_of_swap_and_store_is_no_deadlock() {
    println!("{:?}", passes(spin_lock(Acquire, Release, true)));
}

#[test]
fn a_spin_lock_without_a_hint_is_no_deadlock() {
    println!("{:?}", passes(spin_lock(Acquire, Release, false)));
}

#[test]
fn a_relaxed_unlock_is_a_data_race() {
    fails(Diagnosis::DataRace, spin_lock(Acquire, Relaxed, true));
}

#[test]
fn a_relaxed_lock_is_a_data_race() {
    fails(Diagnosis::DataRace, spin_lock(Relaxed, Release, true));
}

#[test]
fn fences_order_relaxed_operations() {
    use kata_model::interleavings::sync::atomic::fence;
    passes(|| {
        let shared = Arc::new((AtomicBool::new(false), Tracked::new(0)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            other.1.set(1);
            fence(Release);
            other.0.store(true, Relaxed);
        });
        if shared.0.load(Relaxed) {
            fence(Acquire);
            assert_eq!(shared.1.get(), 1);
        }
        thread.join().unwrap();
    });
}

#[test]
fn check_then_set_lets_two_in() {
    fails(Diagnosis::DataRace, || {
        let shared = Arc::new((AtomicBool::new(false), Tracked::new(0)));
        let work = |shared: &(AtomicBool, Tracked<i32>)| {
            while shared.0.load(SeqCst) {
                hint::spin_loop();
            }
            shared.0.store(true, SeqCst);
            shared.1.update(|n| n + 1);
            shared.0.store(false, SeqCst);
        };
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || work(&other));
        work(&shared);
        thread.join().unwrap();
    });
}

#[test]
fn a_weak_exchange_may_fail_spuriously() {
    fails(Diagnosis::SpuriousWakeup, || {
        let count = AtomicUsize::new(0);
        assert!(count.compare_exchange_weak(0, 1, SeqCst, SeqCst).is_ok());
    });
}

#[test]
fn dekker_with_seqcst_excludes() {
    passes(|| {
        let flags = Arc::new((
            AtomicBool::new(false),
            AtomicBool::new(false),
            Tracked::new(0),
        ));
        let other = Arc::clone(&flags);
        let thread = thread::spawn(move || {
            other.0.store(true, SeqCst);
            if !other.1.load(SeqCst) {
                other.2.set(1);
            }
        });
        flags.1.store(true, SeqCst);
        if !flags.0.load(SeqCst) {
            flags.2.set(2);
        }
        thread.join().unwrap();
    });
}

#[test]
fn spinning_on_what_nobody_changes_is_a_livelock() {
    fails(Diagnosis::Livelock, || {
        let flag = AtomicBool::new(false);
        while !flag.load(Acquire) {
            hint::spin_loop();
        }
    });
}

#[test]
fn spinning_where_one_should_sleep_is_a_busy_wait() {
    fails(Diagnosis::BusyWait, || {
        let flag = Arc::new(AtomicBool::new(false));
        let other = Arc::clone(&flag);
        let waiter = thread::spawn(move || {
            while !other.load(Acquire) {
                thread::yield_now();
            }
        });
        waiter.wait_until_blocked();
        flag.store(true, Release);
        waiter.join().unwrap();
    });
}

/// A lock that spins a while and then sleeps, but does not look again before it does.
#[test]
fn spinning_before_sleeping_does_not_hide_a_lost_wakeup() {
    use std::collections::VecDeque;

    use kata_model::interleavings::sync::Mutex;
    use kata_model::interleavings::thread::Thread;

    struct Lock {
        taken: AtomicBool,
        queue: Mutex<VecDeque<Thread>>,
    }

    impl Lock {
        fn acquire(&self) {
            for _ in 0..100 {
                if !self.taken.swap(true, Acquire) {
                    return;
                }
                hint::spin_loop();
            }
            while self.taken.swap(true, Acquire) {
                self.queue.lock().unwrap().push_back(thread::current());
                thread::park();
            }
        }

        fn release(&self) {
            self.taken.store(false, Release);
            let first = self.queue.lock().unwrap().pop_front();
            if let Some(first) = first {
                first.unpark();
            }
        }
    }

    fails(Diagnosis::LostWakeup, || {
        let lock = Arc::new(Lock {
            taken: AtomicBool::new(false),
            queue: Mutex::default(),
        });
        lock.acquire();
        let other = Arc::clone(&lock);
        let thread = thread::spawn(move || {
            other.acquire();
            other.release();
        });
        lock.release();
        thread.join().unwrap();
    });
}

#[test]
fn code_that_behaves_differently_each_time_is_not_called_explored() {
    use std::sync::atomic::AtomicUsize as RealUsize;

    use kata_model::interleavings::Explore;
    use kata_model::outcome::Completeness;

    let runs = RealUsize::new(0);
    let exploration = Explore::new()
        .try_run(move || {
            let shared = Arc::new(AtomicUsize::new(0));
            let other = Arc::clone(&shared);
            let odd = runs.fetch_add(1, Relaxed) % 2 == 1;
            let thread = thread::spawn(move || {
                if odd {
                    other.load(SeqCst);
                    thread::park_timeout(std::time::Duration::from_secs(1));
                }
                other.store(1, SeqCst);
            });
            shared.load(SeqCst);
            thread.join().unwrap();
        })
        .expect("nothing fails");
    assert!(
        matches!(exploration.completeness, Completeness::Incomplete(_)),
        "{exploration:?}"
    );
}
