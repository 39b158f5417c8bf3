//! What is built from mutexes and condition variables behaves as std's does.
#![cfg(feature = "orderings")]

mod orderings_support;

use std::sync::Arc;
use std::sync::mpsc::{RecvError, SendError, TryRecvError, TrySendError};

use kata_model::orderings::sync::{Barrier, LazyLock, Mutex, Once, OnceLock, RwLock, mpsc};
use kata_model::orderings::{Tracked, catch_panic, thread};
use kata_model::outcome::Diagnosis;
use orderings_support::{fails, passes};

#[test]
fn readers_share_and_a_writer_is_alone() {
    passes(|| {
        let lock = Arc::new((RwLock::new(0), Tracked::new(0)));
        let other = lock.clone();
        let writer = thread::spawn(move || {
            let mut value = other.0.write().unwrap();
            *value += 1;
            other.1.set(*value);
        });
        let one = lock.0.read().unwrap();
        let two = lock.0.read().unwrap();
        assert_eq!(*one, *two);
        assert_eq!(lock.1.get(), *one);
        assert!(lock.0.try_write().is_err());
        drop((one, two));
        writer.join().unwrap();
        assert_eq!(*lock.0.try_read().unwrap(), 1);
    });
}

#[test]
fn a_writer_becomes_a_reader_without_letting_others_write() {
    passes(|| {
        let lock = Arc::new(RwLock::new(0));
        let other = lock.clone();
        let writer = thread::spawn(move || *other.write().unwrap() += 1);
        let mut mine = lock.write().unwrap();
        *mine += 10;
        let before = *mine;
        let mine = kata_model::orderings::sync::RwLockWriteGuard::downgrade(mine);
        assert_eq!(*mine, before);
        drop(mine);
        writer.join().unwrap();
    });
}

#[test]
fn a_reader_that_wants_to_write_waits_for_itself() {
    fails(Diagnosis::Deadlock, || {
        let lock = RwLock::new(0);
        let _read = lock.read().unwrap();
        let _write = lock.write().unwrap();
    });
}

#[test]
fn once_is_once() {
    passes(|| {
        let shared = Arc::new((Once::new(), Tracked::new(0)));
        let other = shared.clone();
        let run = |shared: &(Once, Tracked<i32>)| {
            shared.0.call_once(|| shared.1.update(|value| value + 1));
            shared.1.get()
        };
        let thread = thread::spawn(move || run(&other));
        assert_eq!(run(&shared), 1);
        assert_eq!(thread.join().unwrap(), 1);
        assert!(shared.0.is_completed());
    });
}

#[test]
fn a_cell_is_filled_by_one_thread() {
    passes(|| {
        let cell = Arc::new(OnceLock::new());
        let other = cell.clone();
        let thread = thread::spawn(move || *other.get_or_init(|| 2));
        let mine = *cell.get_or_init(|| 1);
        assert_eq!(thread.join().unwrap(), mine);
        assert_eq!(cell.set(3), Err(3));
        assert_eq!(cell.get(), Some(&mine));
    });
}

#[test]
fn a_lazy_value_is_made_when_it_is_asked_for() {
    passes(|| {
        let lazy = Arc::new(LazyLock::new(|| Tracked::new(4)));
        assert!(LazyLock::get(&lazy).is_none());
        let other = lazy.clone();
        let thread = thread::spawn(move || other.get());
        assert_eq!(lazy.get(), thread.join().unwrap());
    });
}

#[test]
fn a_barrier_lets_all_through_at_once() {
    passes(|| {
        let shared = Arc::new((Barrier::new(2), Tracked::new(0), Tracked::new(0)));
        let other = shared.clone();
        let thread = thread::spawn(move || {
            other.1.set(1);
            let leads = other.0.wait().is_leader();
            (leads, other.2.get())
        });
        shared.2.set(2);
        let leads = shared.0.wait().is_leader();
        assert_eq!(shared.1.get(), 1);
        let (other_leads, seen) = thread.join().unwrap();
        assert!(leads != other_leads);
        assert_eq!(seen, 2);
    });
}

#[test]
fn a_barrier_with_a_thread_missing_stands_still() {
    fails(Diagnosis::Deadlock, || {
        Barrier::new(2).wait();
    });
}

#[test]
fn a_channel_hands_over_in_order_and_ends() {
    passes(|| {
        let (sender, receiver) = mpsc::channel();
        let thread = thread::spawn(move || {
            sender.send(1).unwrap();
            sender.send(2).unwrap();
        });
        assert_eq!(receiver.iter().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(receiver.recv(), Err(RecvError));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
        thread.join().unwrap();
    });
}

#[test]
fn a_channel_without_a_receiver_gives_back() {
    passes(|| {
        let (sender, receiver) = mpsc::channel();
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        drop(receiver);
        assert_eq!(sender.send(1), Err(SendError(1)));
    });
}

#[test]
fn a_full_channel_blocks() {
    passes(|| {
        let (sender, receiver) = mpsc::sync_channel(1);
        sender.try_send(1).unwrap();
        assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
        let thread = thread::spawn(move || sender.send(3).unwrap());
        assert_eq!(receiver.recv(), Ok(1));
        assert_eq!(receiver.recv(), Ok(3));
        thread.join().unwrap();
    });
}

#[test]
fn a_channel_without_room_is_a_rendezvous() {
    passes(|| {
        let (sender, receiver) = mpsc::sync_channel(0);
        let data = Arc::new(Tracked::new(0));
        let shared = data.clone();
        let thread = thread::spawn(move || {
            sender.send(1).unwrap();
            shared.get()
        });
        data.set(5);
        assert_eq!(receiver.recv(), Ok(1));
        assert_eq!(thread.join().unwrap(), 5);
    });
    fails(Diagnosis::Deadlock, || {
        let (sender, _receiver) = mpsc::sync_channel(0);
        let _ = sender.send(1);
    });
}

#[test]
fn poison_is_seen_by_whoever_takes_the_lock_and_missed_by_a_mere_look() {
    fn poisons_while(look: impl Fn(&Mutex<()>) -> bool) -> bool {
        let lock = Arc::new(Mutex::new(()));
        let other = lock.clone();
        let thread = thread::spawn(move || {
            let _ = catch_panic(|| {
                let _guard = other.lock().unwrap();
                panic!("under the lock");
            });
        });
        let poisoned = look(&lock);
        thread.join().unwrap();
        poisoned
    }
    fails(Diagnosis::Panic, || {
        assert!(!poisons_while(|lock| lock.lock().is_err()));
    });
    // A look is no operation: it belongs to the one before, so nobody comes in between.
    passes(|| assert!(!poisons_while(|lock| lock.is_poisoned())));
}
