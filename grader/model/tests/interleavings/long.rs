//! Correct programs that are long, wide, or wait in ways that are easily taken for something
//! else: none of them fails.

use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

use kata_model::interleavings::sync::atomic::{AtomicBool, AtomicUsize};
use kata_model::interleavings::sync::mpsc::{TrySendError, sync_channel};
use kata_model::interleavings::sync::{Condvar, Mutex, Once, RwLock};
use kata_model::interleavings::{Explore, Tracked, thread};
use kata_model::outcome::Completeness;

use crate::passes;

#[test]
fn each_sender_of_a_rendezvous_is_released_by_its_own_message() {
    passes(|| {
        let (sender, receiver) = sync_channel(0);
        let second = sender.clone();
        let one = thread::spawn(move || sender.send(1).unwrap());
        let two = thread::spawn(move || second.send(2).unwrap());
        let (met, other) = match receiver.recv().unwrap() {
            1 => (one, two),
            _ => (two, one),
        };
        met.join().unwrap();
        receiver.recv().unwrap();
        other.join().unwrap();
    });
}

#[test]
fn a_rendezvous_that_nobody_waits_for_is_full() {
    passes(|| {
        let (sender, receiver) = sync_channel(0);
        assert_eq!(sender.try_send(1), Err(TrySendError::Full(1)));
        drop(receiver);
        assert_eq!(sender.try_send(1), Err(TrySendError::Disconnected(1)));
    });
}

#[test]
fn senders_of_a_rendezvous_get_their_own_messages_back() {
    passes(|| {
        let (sender, receiver) = sync_channel(0);
        let second = sender.clone();
        let one = thread::spawn(move || sender.send(1).unwrap_err().0);
        let two = thread::spawn(move || second.send(2).unwrap_err().0);
        drop(receiver);
        assert_eq!((one.join().unwrap(), two.join().unwrap()), (1, 2));
    });
}

#[test]
fn a_dropped_sender_orders_what_it_did_before_the_end() {
    passes(|| {
        let data = Arc::new(Tracked::new(0));
        let (sender, receiver) = sync_channel::<()>(1);
        let other = Arc::clone(&data);
        let thread = thread::spawn(move || {
            other.set(1);
            drop(sender);
        });
        assert!(receiver.recv().is_err());
        assert_eq!(data.get(), 1);
        thread.join().unwrap();
    });
}

#[test]
fn a_channel_with_room_for_one_is_a_lock() {
    passes(|| {
        let (sender, receiver) = sync_channel(1);
        let shared = Arc::new((Mutex::new(receiver), Tracked::new(0)));
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let (shared, sender) = (Arc::clone(&shared), sender.clone());
                thread::spawn(move || {
                    sender.send(()).unwrap();
                    shared.1.update(|n| n + 1);
                    shared.0.lock().unwrap().recv().unwrap();
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

#[test]
fn many_reads_in_a_row() {
    passes(|| {
        let stripes: Vec<_> = (0..256).map(|_| AtomicUsize::new(1)).collect();
        let sum = || stripes.iter().map(|it| it.load(SeqCst)).sum::<usize>();
        assert_eq!(sum() + sum(), 512);
    });
}

#[test]
fn many_changes_under_a_lock() {
    passes(|| {
        let lock = Mutex::new(0);
        for _ in 0..10_001 {
            *lock.lock().unwrap() += 1;
        }
    });
}

#[test]
fn a_program_that_is_too_long_is_incomplete() {
    let exploration = Explore::new().try_run(|| {
        let lock = Mutex::new(0);
        for _ in 0..40_000 {
            *lock.lock().unwrap() += 1;
        }
    });
    let completeness = exploration.expect("it is correct").completeness;
    assert!(matches!(completeness, Completeness::Incomplete(_)));
}

#[test]
fn a_program_with_too_many_threads_is_incomplete() {
    let exploration = Explore::new().preemptions(0).try_run(|| {
        for _ in 0..16 {
            thread::spawn(|| ()).join().unwrap();
        }
    });
    let completeness = exploration.expect("it is correct").completeness;
    assert!(matches!(completeness, Completeness::Incomplete(_)));
}

#[test]
fn polling_with_an_effect_lets_the_others_have_their_turn() {
    passes(|| {
        let shared = Arc::new((AtomicUsize::new(0), AtomicBool::new(false)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || other.1.store(true, SeqCst));
        while !shared.1.load(SeqCst) {
            shared.0.fetch_add(1, SeqCst);
        }
        thread.join().unwrap();
    });
}

#[test]
fn a_writer_that_waits_for_a_reader_is_blocked() {
    passes(|| {
        let lock = Arc::new(RwLock::new(0));
        let guard = lock.read().unwrap();
        let other = Arc::clone(&lock);
        let writer = thread::spawn(move || *other.write().unwrap() += 1);
        writer.wait_until_blocked();
        drop(guard);
        writer.join().unwrap();
    });
}

#[test]
fn a_thread_that_waits_for_an_initialisation_is_blocked() {
    passes(|| {
        let once = Arc::new(Once::new());
        let mut started = None;
        once.call_once(|| {
            let other = Arc::clone(&once);
            let thread = thread::spawn(move || other.call_once(|| ()));
            thread.wait_until_blocked();
            started = Some(thread);
        });
        started.unwrap().join().unwrap();
    });
}

#[test]
fn a_thread_that_works_for_long_and_then_blocks() {
    let test = || {
        let shared = Arc::new((Mutex::new(0), Condvar::new()));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            for _ in 0..4_000 {
                *other.0.lock().unwrap() += 1;
            }
            let guard = other.0.lock().unwrap();
            drop(other.1.wait_while(guard, |n| *n != 0).unwrap());
        });
        thread.wait_until_blocked();
        *shared.0.lock().unwrap() = 0;
        shared.1.notify_one();
        thread.join().unwrap();
    };
    Explore::new()
        .preemptions(0)
        .try_run(test)
        .expect("it is correct");
}

/// Explores a correct program that is too long to be searched far: it must not fail.
#[track_caller]
fn does_not_fail(test: impl Fn() + 'static) {
    let explore = Explore::new().only(Some(0), 200_000);
    if let Err(failure) = explore.try_run(test) {
        panic!("a false alarm: {}", crate::told(&failure));
    }
}

/// Two threads do the same work on a lock, again and again.
fn work_together(rounds: usize, work: fn(&Mutex<usize>)) {
    let lock = Arc::new(Mutex::new(0));
    let other = Arc::clone(&lock);
    let thread = thread::spawn(move || (0..rounds).for_each(|_| work(&other)));
    (0..rounds).for_each(|_| work(&lock));
    thread.join().unwrap();
}

#[test]
fn two_threads_that_lock_and_unlock_twenty_thousand_times() {
    does_not_fail(|| work_together(10_000, |lock| *lock.lock().unwrap() += 1));
    does_not_fail(|| work_together(20_000, |lock| *lock.lock().unwrap() += 1));
}

#[test]
fn two_threads_that_lock_and_unlock_and_look_at_nothing() {
    does_not_fail(|| work_together(20_000, |lock| drop(lock.lock().unwrap())));
}

#[test]
fn two_hundred_rounds_of_polling_with_an_effect() {
    does_not_fail(|| {
        let shared = Arc::new((AtomicUsize::new(0), AtomicBool::new(false)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            while other.0.load(SeqCst) < 200 {
                thread::yield_now();
            }
            other.1.store(true, SeqCst);
        });
        while !shared.1.load(SeqCst) {
            shared.0.fetch_add(1, SeqCst);
        }
        thread.join().unwrap();
    });
}

#[test]
fn three_thousand_messages_there_and_back_without_room() {
    does_not_fail(|| {
        let (there, theirs) = sync_channel(0);
        let (back, mine) = sync_channel(0);
        let thread = thread::spawn(move || {
            for _ in 0..1_500 {
                theirs.recv().unwrap();
                back.send(()).unwrap();
            }
        });
        for _ in 0..1_500 {
            there.send(()).unwrap();
            mine.recv().unwrap();
        }
        thread.join().unwrap();
    });
}

/// Two threads have their turns, one after the other.
fn take_turns(rounds: usize) {
    let shared = Arc::new((Mutex::new(false), Condvar::new()));
    let other = Arc::clone(&shared);
    let play = move |(turn, changed): &(Mutex<bool>, Condvar), mine: bool| {
        for _ in 0..rounds {
            let turn = turn.lock().unwrap();
            let mut turn = changed.wait_while(turn, |turn| *turn != mine).unwrap();
            *turn = !mine;
            changed.notify_one();
        }
    };
    let thread = thread::spawn(move || play(&other, true));
    play(&shared, false);
    thread.join().unwrap();
}

#[test]
fn thousands_of_turns_with_a_condition_variable() {
    does_not_fail(|| take_turns(3_000));
    does_not_fail(|| take_turns(12_000));
}

#[test]
fn an_atomic_that_is_read_five_hundred_times_before_it_is_written() {
    does_not_fail(|| {
        let value = Arc::new(AtomicUsize::new(0));
        let other = Arc::clone(&value);
        let thread = thread::spawn(move || {
            let seen = (0..500).map(|_| other.load(SeqCst)).sum::<usize>();
            other.store(seen + 1, SeqCst);
        });
        while value.load(SeqCst) == 0 {}
        thread.join().unwrap();
    });
}
