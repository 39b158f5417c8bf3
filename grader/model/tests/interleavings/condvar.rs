use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use kata_model::Diagnosis;
use kata_model::interleavings::Explore;
use kata_model::interleavings::sync::{Condvar, Mutex};
use kata_model::interleavings::thread::{self, Thread};
use kata_model::interleavings::time::Instant;

use crate::{fails, passes, preemptions};

type Flag = Arc<(Mutex<bool>, Condvar)>;

fn flag() -> Flag {
    Arc::new((Mutex::new(false), Condvar::new()))
}

fn set(flag: &Flag) {
    *flag.0.lock().unwrap() = true;
    flag.1.notify_one();
}

#[test]
fn a_wait_in_a_loop_is_right() {
    let exploration = passes(|| {
        let flag = flag();
        let other = Arc::clone(&flag);
        let thread = thread::spawn(move || set(&other));
        let mut ready = flag.0.lock().unwrap();
        while !*ready {
            ready = flag.1.wait(ready).unwrap();
        }
        drop(ready);
        thread.join().unwrap();
    });
    println!("{exploration:?}");
}

#[test]
fn if_for_while_is_caught_with_one_waiter() {
    let failure = fails(Diagnosis::SpuriousWakeup, || {
        let flag = flag();
        let other = Arc::clone(&flag);
        let thread = thread::spawn(move || set(&other));
        let mut ready = flag.0.lock().unwrap();
        if !*ready {
            ready = flag.1.wait(ready).unwrap();
        }
        assert!(*ready);
        drop(ready);
        thread.join().unwrap();
    });
    println!("{:?}", failure.exploration);
}

#[test]
fn looking_before_locking_loses_a_wakeup() {
    let failure = fails(Diagnosis::LostWakeup, || {
        let flag = flag();
        let other = Arc::clone(&flag);
        let thread = thread::spawn(move || {
            let ready = *other.0.lock().unwrap();
            if !ready {
                let guard = other.0.lock().unwrap();
                drop(other.1.wait(guard).unwrap());
            }
        });
        set(&flag);
        thread.join().unwrap();
    });
    // One to let the waiter look, one to keep it from waiting.
    assert_eq!(preemptions(&failure), 2);
}

#[test]
fn nobody_notifying_is_a_deadlock() {
    fails(Diagnosis::Deadlock, || {
        let flag = flag();
        let mut ready = flag.0.lock().unwrap();
        while !*ready {
            ready = flag.1.wait(ready).unwrap();
        }
    });
}

#[test]
fn one_notification_for_two_kinds_of_waiters_goes_to_the_wrong_one() {
    let failure = fails(Diagnosis::WrongWakeup, || {
        // A buffer of one item with one condition variable for both sides.
        let buffer = Arc::new((Mutex::new(0_u32), Condvar::new()));
        let consumers: Vec<_> = (0..2)
            .map(|_| {
                let buffer = Arc::clone(&buffer);
                thread::spawn(move || {
                    let mut items = buffer.0.lock().unwrap();
                    while *items == 0 {
                        items = buffer.1.wait(items).unwrap();
                    }
                    *items -= 1;
                    buffer.1.notify_one();
                })
            })
            .collect();
        for _ in 0..2 {
            let mut items = buffer.0.lock().unwrap();
            while *items == 1 {
                items = buffer.1.wait(items).unwrap();
            }
            *items += 1;
            buffer.1.notify_one();
        }
        for consumer in consumers {
            consumer.join().unwrap();
        }
    });
    println!("{:?} {:?}", failure.exploration, preemptions(&failure));
}

#[test]
fn a_timed_wait_is_never_the_cause_of_a_deadlock() {
    passes(|| {
        let flag = flag();
        let before = Instant::now();
        let guard = flag.0.lock().unwrap();
        let (_guard, result) = flag
            .1
            .wait_timeout_while(guard, Duration::from_millis(5), |ready| !*ready)
            .unwrap();
        assert!(result.timed_out());
        assert!(before.elapsed() >= Duration::from_millis(5));
    });
}

#[test]
fn a_timed_wait_may_give_up_or_be_notified() {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    let outcomes = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let seen = Arc::clone(&outcomes);
    passes(move || {
        let flag = flag();
        let other = Arc::clone(&flag);
        let thread = thread::spawn(move || set(&other));
        let guard = flag.0.lock().unwrap();
        let (ready, result) = flag
            .1
            .wait_timeout_while(guard, Duration::from_millis(5), |ready| !*ready)
            .unwrap();
        assert_eq!(result.timed_out(), !*ready);
        seen[usize::from(result.timed_out())].fetch_add(1, Relaxed);
        drop(ready);
        thread.join().unwrap();
    });
    assert!(
        outcomes.iter().all(|count| count.load(Relaxed) > 0),
        "{outcomes:?}"
    );
}

/// A semaphore whose timed-out waiter stays in the queue: a release is handed to its ghost.
#[test]
fn a_timed_out_waiter_that_eats_a_wakeup_is_caught() {
    struct Permits {
        free: usize,
        queue: VecDeque<Thread>,
    }

    fn acquire(permits: &Mutex<Permits>, timeout: Option<Duration>) -> bool {
        loop {
            {
                let mut permits = permits.lock().unwrap();
                if permits.free > 0 {
                    permits.free -= 1;
                    return true;
                }
                permits.queue.push_back(thread::current());
            }
            match timeout {
                None => thread::park(),
                Some(timeout) => {
                    thread::park_timeout(timeout);
                    return false;
                }
            }
        }
    }

    fn release(permits: &Mutex<Permits>) {
        let first = {
            let mut permits = permits.lock().unwrap();
            permits.free += 1;
            permits.queue.pop_front()
        };
        if let Some(first) = first {
            first.unpark();
        }
    }

    fails(Diagnosis::LostWakeup, || {
        let permits = Arc::new(Mutex::new(Permits {
            free: 0,
            queue: VecDeque::new(),
        }));
        let (timed, patient) = (Arc::clone(&permits), Arc::clone(&permits));
        let a = thread::spawn(move || acquire(&timed, Some(Duration::from_millis(1))));
        let b = thread::spawn(move || acquire(&patient, None));
        release(&permits);
        if a.join().unwrap() {
            release(&permits);
        }
        b.join().unwrap();
    });
}

/// Two sleepers wake each other until the main thread says that they may go.
fn wake_each_other(before_they_may_go: fn()) {
    let shared = Arc::new((Mutex::new(false), Condvar::new()));
    let sleepers: Vec<_> = (0..2)
        .map(|_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let (may_go, changed) = &*shared;
                let mut guard = may_go.lock().unwrap();
                while !*guard {
                    changed.notify_one();
                    guard = changed.wait(guard).unwrap();
                }
            })
        })
        .collect();
    before_they_may_go();
    *shared.0.lock().unwrap() = true;
    shared.1.notify_all();
    for sleeper in sleepers {
        sleeper.join().unwrap();
    }
}

#[test]
fn sleepers_that_wake_each_other_for_ever_are_seen_while_the_main_thread_sleeps() {
    fails(Diagnosis::Livelock, || {
        wake_each_other(|| thread::sleep(Duration::from_secs(1)));
    });
}

#[test]
fn sleepers_that_wake_each_other_until_they_may_go_come_to_an_end() {
    let explore = Explore::new().preemptions(2);
    if let Err(failure) = explore.try_run(|| wake_each_other(|| ())) {
        panic!("a false alarm: {}", crate::told(&failure));
    }
}
