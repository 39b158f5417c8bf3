use std::sync::Arc;
use std::time::Duration;

use kata_model::Diagnosis;
use kata_model::interleavings::sync::{Condvar, Mutex};
use kata_model::interleavings::time::Instant;
use kata_model::interleavings::{advance, thread};

use crate::{fails, passes};

#[test]
fn only_waiting_takes_time() {
    passes(|| {
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(start.elapsed(), Duration::ZERO);
        }
        thread::sleep(Duration::from_secs(3600));
        assert!(start.elapsed() >= Duration::from_secs(3600));
        advance(Duration::from_secs(60));
        assert!(start.elapsed() >= Duration::from_secs(3660));
    });
}

#[test]
fn whoever_sleeps_less_may_still_come_later() {
    fails(Diagnosis::Assertion, || {
        let order = Arc::new(Mutex::new(Vec::new()));
        let other = Arc::clone(&order);
        let thread = thread::spawn(move || {
            thread::sleep(Duration::from_millis(1));
            other.lock().unwrap().push(1);
        });
        thread::sleep(Duration::from_millis(100));
        order.lock().unwrap().push(2);
        thread.join().unwrap();
        assert_eq!(*order.lock().unwrap(), [1, 2]);
    });
}

#[test]
fn a_sleep_that_ends_while_another_works_moves_its_clock() {
    fails(Diagnosis::Assertion, || {
        let thread = thread::spawn(|| thread::sleep(Duration::from_secs(5)));
        let start = Instant::now();
        assert!(start.elapsed() < Duration::from_secs(5), "an upper bound");
        thread.join().unwrap();
    });
}

#[test]
fn a_wait_for_ever_does_not_overflow() {
    passes(|| {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let other = Arc::clone(&pair);
        let thread = thread::spawn(move || {
            *other.0.lock().unwrap() = true;
            other.1.notify_one();
        });
        let guard = pair.0.lock().unwrap();
        let (_, result) = pair
            .1
            .wait_timeout_while(guard, Duration::MAX, |set| !*set)
            .unwrap();
        assert!(!result.timed_out());
        thread.join().unwrap();
    });
}

#[test]
fn adding_too_much_to_an_instant_panics_where_it_is_added() {
    let failure = fails(Diagnosis::Assertion, || {
        let _ = Instant::now() + Duration::MAX;
    });
    let (file, line, _) = failure.location.unwrap();
    assert_eq!((file.as_str(), line), (file!(), line!() - 3));
}

#[test]
fn polling_with_sleeps_for_what_never_comes_is_a_livelock() {
    fails(Diagnosis::Livelock, || {
        let flag = Mutex::new(false);
        while !*flag.lock().unwrap() {
            thread::sleep(Duration::from_millis(1));
        }
    });
}

#[test]
fn a_loop_of_timed_waits_without_length_is_a_busy_wait() {
    fails(Diagnosis::BusyWait, || {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        let other = Arc::clone(&pair);
        let waiter = thread::spawn(move || {
            let mut set = other.0.lock().unwrap();
            while !*set {
                set = other.1.wait_timeout(set, Duration::ZERO).unwrap().0;
            }
        });
        waiter.wait_until_blocked();
        *pair.0.lock().unwrap() = true;
        waiter.join().unwrap();
    });
}

/// Waits for a notification, and expects to be back in time when there was one.
fn comes_back_in_time(moves_the_clock: bool) {
    let pair = Arc::new((Mutex::new(false), Condvar::new()));
    let other = Arc::clone(&pair);
    let waiter = thread::spawn(move || {
        let time = Duration::from_millis(100);
        let mut told = other.0.lock().unwrap();
        while !*told {
            let begin = Instant::now();
            let (guard, late) = other.1.wait_timeout(told, time).unwrap();
            let in_time = begin.elapsed() < time;
            assert!(late.timed_out() || in_time, "notified, but late");
            told = guard;
        }
    });
    waiter.wait_until_blocked();
    *pair.0.lock().unwrap() = true;
    pair.1.notify_one();
    if moves_the_clock {
        advance(Duration::from_millis(200));
    }
    waiter.join().unwrap();
}

#[test]
fn notified_but_late_is_seen_when_the_clock_moves_in_between() {
    fails(Diagnosis::Assertion, || comes_back_in_time(true));
}

#[test]
fn notified_but_late_is_not_seen_when_the_clock_stands_still() {
    passes(|| comes_back_in_time(false));
}
