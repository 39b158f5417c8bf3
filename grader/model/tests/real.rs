//! Real threads with noise behave as std's do, and the tools of stress tests tell the truth.
#![cfg(feature = "real")]

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kata_model::real::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use kata_model::real::sync::{Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock, mpsc};
use kata_model::real::{self, Gauge, Tracked, implements, panic, thread};

#[test]
fn a_mutex_keeps_threads_apart() {
    let inside = Gauge::new(1);
    let count = Mutex::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..200 {
                    let mut count = count.lock().unwrap();
                    let _inside = inside.enter();
                    *count += 1;
                }
            });
        }
    });
    assert_eq!(count.into_inner().unwrap(), 800);
    assert_eq!(inside.peak(), 1);
}

#[test]
fn a_panic_poisons() {
    let mutex = Arc::new(Mutex::new(()));
    let held = mutex.clone();
    let caught = panic::catch_unwind(move || {
        let _guard = held.lock().unwrap();
        panic!("on purpose")
    });
    assert!(caught.is_err());
    assert!(mutex.lock().is_err());
    mutex.clear_poison();
    assert!(mutex.lock().is_ok());
}

#[test]
fn a_condvar_wakes_its_waiter() {
    let pair = Arc::new((Mutex::new(false), Condvar::new()));
    let other = pair.clone();
    let waiter = thread::spawn(move || {
        let (open, changed) = &*other;
        let guard = changed
            .wait_while(open.lock().unwrap(), |open| !*open)
            .unwrap();
        *guard
    });
    *pair.0.lock().unwrap() = true;
    pair.1.notify_one();
    assert!(waiter.join().unwrap());
}

#[test]
fn everything_works_in_constants_and_statics() {
    static COUNT: AtomicUsize = AtomicUsize::new(1);
    static TEXT: Mutex<String> = Mutex::new(String::new());
    static ONCE: Once = Once::new();
    static CELL: OnceLock<u32> = OnceLock::new();
    static LAZY: LazyLock<u32> = LazyLock::new(|| 5);
    static SHARED: RwLock<u32> = RwLock::new(0);
    COUNT.fetch_add(1, Ordering::SeqCst);
    TEXT.lock().unwrap().push('x');
    ONCE.call_once(|| *SHARED.write().unwrap() += 1);
    ONCE.call_once(|| *SHARED.write().unwrap() += 1);
    assert_eq!(*CELL.get_or_init(|| 3), 3);
    assert_eq!(*LAZY, 5);
    assert_eq!(*SHARED.read().unwrap(), 1);
    assert_eq!(COUNT.load(Ordering::SeqCst), 2);
}

#[test]
fn a_channel_ends_with_its_last_sender() {
    let (sender, receiver) = mpsc::channel();
    for part in 0..3 {
        let sender = sender.clone();
        thread::spawn(move || (0..10).for_each(|at| sender.send(part * 10 + at).unwrap()));
    }
    drop(sender);
    let mut all: Vec<i32> = receiver.into_iter().collect();
    all.sort();
    assert_eq!(all, (0..30).collect::<Vec<_>>());
}

#[test]
fn a_barrier_has_one_leader() {
    let barrier = Barrier::new(3);
    let leaders = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                if barrier.wait().is_leader() {
                    leaders.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(leaders.load(Ordering::SeqCst), 1);
}

#[test]
fn a_gauge_that_overflows_fails_the_test() {
    let gauge = Gauge::new(1);
    let _first = gauge.enter();
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _second = gauge.enter();
    }));
    let failure = failed.unwrap_err();
    let failure = failure
        .downcast_ref::<kata_model::outcome::Failure>()
        .unwrap();
    assert_eq!(
        failure.message.as_deref(),
        Some("2 threads are inside where 1 may be")
    );
}

#[test]
fn unprotected_updates_get_lost() {
    let cell = Tracked::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..5_000).for_each(|_| cell.update(|value: u32| value + 1)));
        }
    });
    assert!(cell.get() < 20_000, "{cell:?}");
}

#[test]
fn what_a_hidden_test_found_out_cannot_be_caught() {
    let passed_on = std::panic::catch_unwind(|| {
        let _ = panic::catch_unwind(|| real::fail(real::Diagnosis::Leak, "found"));
    });
    assert!(passed_on.is_err());
    assert_eq!(
        real::catch_panic(|| panic!("caught")),
        Err::<(), _>("caught".to_owned())
    );
}

#[test]
fn a_thread_that_parks_is_asleep_and_one_that_runs_is_not() {
    let sleeper = thread::spawn(thread::park);
    let start = Instant::now();
    real::wait_until_asleep(&sleeper);
    assert!(start.elapsed() < Duration::from_secs(2));
    sleeper.thread().unpark();
    sleeper.join().unwrap();

    if cfg!(target_os = "linux") {
        let stop = Arc::new(AtomicBool::new(false));
        let told = stop.clone();
        let runner = thread::spawn(move || {
            while !told.load(Ordering::SeqCst) {
                std::hint::spin_loop();
            }
        });
        let start = Instant::now();
        real::wait_until_asleep(&runner);
        assert!(start.elapsed() >= Duration::from_millis(20));
        stop.store(true, Ordering::SeqCst);
        runner.join().unwrap();
    }
}

/// The share that a thread burns while it waits on a condition variable.
fn share_of_a_sleeper() -> Option<f64> {
    let waiter = Arc::new((Mutex::new(false), Condvar::new()));
    let release = waiter.clone();
    real::cpu_while_blocked(
        Duration::from_millis(60),
        move || {
            let guard = waiter.0.lock().unwrap();
            drop(waiter.1.wait_while(guard, |open| !*open).unwrap());
        },
        || {
            *release.0.lock().unwrap() = true;
            release.1.notify_all();
        },
    )
}

/// The share that a thread burns which looks again and again, and `pause`s in between.
fn share_of_a_spinner(pause: fn()) -> Option<f64> {
    let flag = Arc::new(AtomicBool::new(false));
    let release = flag.clone();
    real::cpu_while_blocked(
        Duration::from_millis(60),
        move || {
            while !flag.load(Ordering::SeqCst) {
                pause();
            }
        },
        || release.store(true, Ordering::SeqCst),
    )
}

#[test]
fn a_sleeping_thread_burns_nothing_and_a_spinning_one_does() {
    let asleep = share_of_a_sleeper();
    assert!(asleep.is_none_or(|share| share < 0.05), "{asleep:?}");
    let busy = share_of_a_spinner(std::hint::spin_loop);
    assert!(busy.is_none_or(|share| share > 0.1), "{busy:?}");
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "only Linux says what others keep from a thread"
)]
fn also_on_a_busy_machine_a_spinning_thread_is_told_from_a_sleeping_one() {
    let stop = AtomicBool::new(false);
    let hogs = 3 * std::thread::available_parallelism().unwrap().get();
    std::thread::scope(|scope| {
        for _ in 0..hogs {
            scope.spawn(|| while !stop.load(Ordering::Relaxed) {});
        }
        let asleep = share_of_a_sleeper();
        let polite = share_of_a_spinner(std::thread::yield_now);
        let rude = share_of_a_spinner(std::hint::spin_loop);
        stop.store(true, Ordering::Relaxed);
        assert!(asleep.is_none_or(|share| share < 0.05), "{asleep:?}");
        assert!(polite.is_none_or(|share| share > 0.5), "{polite:?}");
        assert!(rude.is_none_or(|share| share > 0.5), "{rude:?}");
    });
}

#[test]
fn the_compiler_tells_which_traits_hold() {
    assert!(implements!(Mutex<u32>: Send + Sync));
    assert!(!implements!(Rc<u32>: Send));
    assert!(!implements!(std::sync::MutexGuard<'static, u32>: Send));
}

#[test]
fn noise_does_not_slow_a_test_to_a_crawl() {
    let count = AtomicUsize::new(0);
    let start = Instant::now();
    for _ in 0..100_000 {
        count.fetch_add(1, Ordering::Relaxed);
    }
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
}
