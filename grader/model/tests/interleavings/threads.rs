use std::cell::Cell;
use std::sync::Arc;

use kata_model::Diagnosis;
use kata_model::interleavings::sync::{Condvar, Mutex};
use kata_model::interleavings::{Explore, Tracked, thread};
use kata_model::interleavings_thread_local;

use crate::{fails, passes};

#[test]
fn join_orders_what_the_thread_did() {
    passes(|| {
        let data = Arc::new(Tracked::new(0));
        let other = Arc::clone(&data);
        let thread = thread::spawn(move || other.set(1));
        thread.join().unwrap();
        assert_eq!(data.get(), 1);
    });
}

#[test]
fn join_gives_the_panic_of_the_thread() {
    passes(|| {
        let thread = thread::spawn(|| panic!("on purpose"));
        let payload = thread.join().unwrap_err();
        assert_eq!(payload.downcast_ref::<&str>(), Some(&"on purpose"));
        assert!(!thread::panicking());
    });
}

#[test]
fn the_panic_of_a_joined_thread_is_told_in_its_own_words() {
    let failure = fails(Diagnosis::Assertion, || {
        let thread = thread::spawn(|| panic!("what really happened"));
        thread.join().unwrap();
    });
    assert_eq!(failure.message.as_deref(), Some("what really happened"));
}

#[test]
fn scoped_threads_borrow_and_are_joined() {
    passes(|| {
        let counter = Mutex::new(0);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| *counter.lock().unwrap() += 1);
            }
        });
        assert_eq!(*counter.lock().unwrap(), 2);
    });
}

#[test]
fn each_thread_has_its_own_locals() {
    interleavings_thread_local! {
        static COUNT: Cell<u32> = const { Cell::new(0) };
    }
    passes(|| {
        COUNT.set(1);
        let thread = thread::spawn(|| {
            COUNT.set(COUNT.get() + 1);
            COUNT.get()
        });
        assert_eq!(thread.join().unwrap(), 1);
        assert_eq!(COUNT.get(), 1);
    });
}

#[test]
fn a_thread_asleep_at_the_end_is_a_deadlock_unless_that_is_legal() {
    let daemon = || {
        let pair = Arc::new((Mutex::new(false), Condvar::new()));
        thread::spawn(move || {
            let guard = pair.0.lock().unwrap();
            drop(pair.1.wait_while(guard, |ready| !*ready).unwrap());
        });
    };
    fails(Diagnosis::Deadlock, daemon);
    Explore::new()
        .blocked_is_legal()
        .try_run(daemon)
        .expect("daemons may sleep for ever");
}

#[test]
fn a_blocked_thread_can_be_waited_for() {
    passes(|| {
        let pair = Arc::new((Mutex::new(0), Condvar::new()));
        let other = Arc::clone(&pair);
        let waiter = thread::spawn(move || {
            let guard = other.0.lock().unwrap();
            *other.1.wait_while(guard, |value| *value == 0).unwrap()
        });
        waiter.wait_until_blocked();
        assert!(waiter.is_blocked());
        *pair.0.lock().unwrap() = 5;
        pair.1.notify_one();
        assert_eq!(waiter.join().unwrap(), 5);
    });
}

#[test]
fn names_and_ids_are_those_of_the_modelled_thread() {
    passes(|| {
        let main = thread::current().id();
        let named = thread::Builder::new()
            .name("worker".to_owned())
            .spawn(move || {
                assert_eq!(thread::current().name(), Some("worker"));
                assert_ne!(thread::current().id(), main);
            })
            .unwrap();
        named.join().unwrap();
        assert_eq!(thread::current().name(), Some("main"));
    });
}

/// A pulse: whoever waits at the moment of `set` is let go, even when `clear` follows at once.
#[test]
fn waiting_for_a_mutex_that_is_about_to_be_free_is_not_being_blocked() {
    passes(|| {
        let event = Arc::new((Mutex::new(0), Condvar::new()));
        let waiters: Vec<_> = (0..2)
            .map(|_| {
                let event = Arc::clone(&event);
                thread::spawn(move || {
                    let generation = event.0.lock().unwrap();
                    let seen = *generation;
                    drop(event.1.wait_while(generation, |now| *now == seen).unwrap());
                })
            })
            .collect();
        for waiter in &waiters {
            waiter.wait_until_blocked();
        }
        *event.0.lock().unwrap() += 1;
        event.1.notify_all();
        for waiter in waiters {
            waiter.join().unwrap();
        }
    });
}
