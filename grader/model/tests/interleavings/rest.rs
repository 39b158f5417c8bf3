//! Whoever waits until a thread is blocked sees it at rest in every sleep that it may be in,
//! also in one that ends by itself, and only as long as nobody has woken it.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use kata_model::Diagnosis;
use kata_model::interleavings::Explore;
use kata_model::interleavings::sync::atomic::{AtomicBool, AtomicUsize};
use kata_model::interleavings::sync::{Condvar, Mutex, mpsc};
use kata_model::interleavings::thread::{self, JoinHandle, Thread};
use kata_model::interleavings::time::{Duration, Instant};

use crate::{fails, passes};

const SECOND: Duration = Duration::from_secs(1);

/// Somebody who waits to be given something.
struct Waiter {
    thread: Thread,
    given: AtomicBool,
}

/// Gives to one waiter after the other. One that gives up may have been given something
/// meanwhile, and that is lost.
#[derive(Default)]
struct Forgetful(Mutex<Vec<Arc<Waiter>>>);

impl Forgetful {
    fn wait(&self, deadline: Option<Instant>) -> bool {
        let me = Arc::new(Waiter {
            thread: thread::current(),
            given: AtomicBool::new(false),
        });
        self.0.lock().unwrap().push(Arc::clone(&me));
        while !me.given.load(SeqCst) {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            match left {
                None => thread::park(),
                Some(Duration::ZERO) => {
                    let mut waiters = self.0.lock().unwrap();
                    waiters.retain(|other| !Arc::ptr_eq(other, &me));
                    return false;
                }
                Some(left) => thread::park_timeout(left),
            }
        }
        true
    }

    fn give(&self) {
        let mut waiters = self.0.lock().unwrap();
        if !waiters.is_empty() {
            let waiter = waiters.remove(0);
            waiter.given.store(true, SeqCst);
            waiter.thread.unpark();
        }
    }
}

/// One waiter is in a hurry, another is patient. `rest` says when they are waited for.
fn gives_to_two(
    rest_of_hurried: impl Fn(&JoinHandle<()>),
    rest_of_both: impl Fn([&JoinHandle<()>; 2]),
) {
    let queue: Arc<Forgetful> = Arc::default();
    let theirs = Arc::clone(&queue);
    let hurried = thread::spawn(move || {
        if theirs.wait(Some(Instant::now() + SECOND)) {
            theirs.give();
        }
    });
    rest_of_hurried(&hurried);
    let theirs = Arc::clone(&queue);
    let patient = thread::spawn(move || {
        theirs.wait(None);
    });
    rest_of_both([&hurried, &patient]);
    if queue.0.lock().unwrap().len() == 2 {
        queue.give();
    } else {
        while !patient.is_finished() {
            patient.wait_until_blocked();
            queue.give();
        }
    }
    patient.join().unwrap();
    hurried.join().unwrap();
}

#[test]
fn what_is_given_to_one_who_gives_up_is_lost() {
    fails(Diagnosis::Deadlock, || gives_to_two(|_| (), |_| ()));
}

#[test]
fn what_is_given_to_one_who_was_at_rest_and_gives_up_is_lost() {
    fails(Diagnosis::Deadlock, || {
        gives_to_two(JoinHandle::wait_until_blocked, |_| ());
    });
    fails(Diagnosis::Deadlock, || {
        gives_to_two(|_| (), |[hurried, _]| hurried.wait_until_blocked());
    });
    fails(Diagnosis::Deadlock, || {
        gives_to_two(
            |_| (),
            |[hurried, patient]| {
                patient.wait_until_blocked();
                hurried.wait_until_blocked();
            },
        );
    });
}

/// What a thread sees after this sleep of a number that grows to 2 once it rests. Nobody wakes it.
fn seen_after(sleep: fn()) -> usize {
    let number = Arc::new(AtomicUsize::new(0));
    let other = Arc::clone(&number);
    let sleeper = thread::spawn(move || {
        sleep();
        other.load(SeqCst)
    });
    sleeper.wait_until_blocked();
    number.store(1, SeqCst);
    number.store(2, SeqCst);
    sleeper.join().unwrap()
}

#[test]
fn a_sleep_may_end_as_soon_as_the_thread_has_been_seen_at_rest() {
    let waits: [fn(); 3] = [
        || thread::park_timeout(SECOND),
        || {
            let lock = Mutex::new(());
            let guard = lock.lock().unwrap();
            drop(Condvar::new().wait_timeout(guard, SECOND).unwrap());
        },
        || {
            let (_sender, receiver) = mpsc::channel::<()>();
            let _ = receiver.recv_timeout(SECOND);
        },
    ];
    for wait in waits {
        let explore = Explore::new().no_spurious();
        let result = explore.try_run(move || assert_ne!(seen_after(wait), 1));
        assert_eq!(result.unwrap_err().diagnosis, Diagnosis::Assertion);
    }
    let waits: [fn(); 2] = [thread::park, || {
        let lock = Mutex::new(());
        let guard = lock.lock().unwrap();
        drop(Condvar::new().wait(guard).unwrap());
    }];
    for wait in waits {
        let explore = Explore::new().stuck_is_legal();
        let result = explore.try_run(move || assert_ne!(seen_after(wait), 1));
        assert_eq!(result.unwrap_err().diagnosis, Diagnosis::SpuriousWakeup);
    }
}

#[test]
fn a_sleeper_that_has_been_woken_rests_no_longer() {
    passes(|| {
        let rounds = Arc::new(AtomicUsize::new(0));
        let other = Arc::clone(&rounds);
        let sleeper = thread::spawn(move || {
            thread::park_timeout(SECOND);
            other.fetch_add(1, SeqCst);
        });
        sleeper.wait_until_blocked();
        sleeper.thread().unpark();
        sleeper.wait_until_blocked();
        assert_eq!(rounds.load(SeqCst), 1);
    });
}

#[test]
fn a_receiver_with_a_message_does_not_rest() {
    passes(|| {
        let (sender, receiver) = mpsc::channel();
        sender.send(1).unwrap();
        let got = Arc::new(AtomicUsize::new(0));
        let other = Arc::clone(&got);
        let taker = thread::spawn(move || {
            other.store(receiver.recv_timeout(SECOND).unwrap(), SeqCst);
        });
        taker.wait_until_blocked();
        assert_eq!(got.load(SeqCst), 1);
    });
}

#[test]
fn a_sleep_for_less_than_a_millisecond_is_no_rest() {
    passes(|| {
        let rounds = Arc::new(AtomicUsize::new(0));
        let other = Arc::clone(&rounds);
        let sleeper = thread::spawn(move || {
            thread::park_timeout(Duration::from_micros(999));
            other.fetch_add(1, SeqCst);
        });
        sleeper.wait_until_blocked();
        assert_eq!(rounds.load(SeqCst), 1);
    });
}
