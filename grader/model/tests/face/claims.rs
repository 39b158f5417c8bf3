//! Names are claims.

use std::sync::Arc;
use std::sync::mpsc::{RecvError, SendError};

use kata_model::outcome::Completeness;

use super::engine::sync::mpsc::sync_channel;
use super::engine::sync::{LazyLock, Mutex, Once, OnceLock, RwLock, RwLockWriteGuard};
use super::engine::{Explore, Tracked, catch_panic, thread};

#[track_caller]
fn passes(test: impl Fn() + Send + Sync + 'static) {
    let explored = Explore::new()
        .preemptions(1)
        .try_run(test)
        .expect("it is correct");
    let incomplete = matches!(explored.completeness, Completeness::Incomplete(_));
    assert!(!incomplete, "{explored:?}");
}

#[test]
fn a_rendezvous_without_a_receiver_gives_its_message_back() {
    passes(|| {
        let (sender, receiver) = sync_channel(0);
        let thread = thread::spawn(move || sender.send("hello"));
        drop(receiver);
        assert_eq!(thread.join().unwrap(), Err(SendError("hello")));
    });
}

/// And not for that of another sender, which the receiver may want only afterwards.
#[test]
fn a_sender_at_a_rendezvous_waits_for_its_own_message() {
    passes(|| {
        let (sender, receiver) = sync_channel(0);
        let mut senders = [1, 2].map(|n| {
            let sender = sender.clone();
            Some(thread::spawn(move || sender.send(n).unwrap()))
        });
        drop(sender);
        for _ in 0..2 {
            let n = receiver.recv().unwrap();
            senders[n - 1].take().unwrap().join().unwrap();
        }
        assert_eq!(receiver.recv(), Err(RecvError));
    });
}

#[test]
fn a_writer_that_becomes_a_reader_keeps_others_from_writing() {
    passes(|| {
        let lock = Arc::new(RwLock::new(0));
        let other = Arc::clone(&lock);
        let writer = thread::spawn(move || *other.write().unwrap() += 1);
        let mut mine = lock.write().unwrap();
        *mine += 1;
        let mine = RwLockWriteGuard::downgrade(mine);
        let seen = *mine;
        let shared = lock.try_read().map(|reader| *reader);
        assert_eq!(shared.ok(), Some(seen));
        assert!(lock.try_write().is_err());
        drop(mine);
        writer.join().unwrap();
        assert_eq!(*lock.read().unwrap(), 2);
    });
}

#[test]
fn whoever_waits_for_a_cell_sees_what_came_before_it() {
    passes(|| {
        let shared = Arc::new((OnceLock::new(), Tracked::new(0)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            other.1.set(1);
            other.0.set(()).unwrap();
        });
        shared.0.wait();
        assert_eq!(shared.1.get(), 1);
        thread.join().unwrap();
    });
}

#[test]
fn a_call_that_panics_poisons_until_one_is_forced() {
    passes(|| {
        let once = Arc::new(Once::new());
        assert!(catch_panic(|| once.call_once(|| panic!("on purpose"))).is_err());
        let text = "Once instance has previously been poisoned";
        assert_eq!(catch_panic(|| once.wait()), Err(text.to_owned()));
        assert_eq!(catch_panic(|| once.call_once(|| ())), Err(text.to_owned()));
        let other = Arc::clone(&once);
        let thread = thread::spawn(move || {
            other.call_once_force(|state| assert!(state.is_poisoned()));
        });
        once.wait_force();
        assert!(once.is_completed());
        thread.join().unwrap();
    });
}

#[test]
fn a_lazy_value_that_panicked_stays_poisoned() {
    passes(|| {
        let lazy = LazyLock::new(|| -> i32 { panic!("on purpose") });
        assert!(catch_panic(|| *lazy).is_err());
        let text = "LazyLock instance has previously been poisoned";
        assert_eq!(catch_panic(|| *lazy), Err(text.to_owned()));
        assert_eq!(format!("{lazy:?}"), "LazyLock(<uninit>)");
    });
}

#[test]
fn a_lock_is_shown_as_that_of_std() {
    passes(|| {
        let lock = Mutex::new(1);
        assert_eq!(
            format!("{lock:?}"),
            format!("{:?}", std::sync::Mutex::new(1))
        );
        let guard = lock.lock().unwrap();
        assert_eq!(
            format!("{lock:?}"),
            "Mutex { data: <locked>, poisoned: false, .. }"
        );
        assert_eq!(format!("{guard} {guard:?}"), "1 1");
    });
}

#[test]
fn threads_are_numbered_from_one_and_named_as_asked() {
    passes(|| {
        let main = thread::current();
        assert_eq!(format!("{:?}", main.id()), "ThreadId(1)");
        assert_eq!(main.name(), Some("main"));
        let named = thread::Builder::new().name("worker".to_owned());
        let thread = named.spawn(|| thread::current().id()).unwrap();
        let handle = thread.thread().clone();
        assert_eq!(handle.name(), Some("worker"));
        assert_eq!(thread.join().unwrap(), handle.id());
        assert_ne!(handle.id(), main.id());
    });
}
