use std::sync::Arc;
use std::time::Duration;

use kata_model::Diagnosis;
use kata_model::interleavings::sync::mpsc::{
    RecvTimeoutError, TryRecvError, TrySendError, channel, sync_channel,
};
use kata_model::interleavings::{Tracked, thread};

use crate::{fails, passes};

#[test]
fn messages_of_one_sender_keep_their_order() {
    passes(|| {
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || {
            for n in 0..3 {
                sender.send(n).unwrap();
            }
        });
        assert_eq!(receiver.iter().collect::<Vec<_>>(), [0, 1, 2]);
        thread.join().unwrap();
    });
}

#[test]
fn a_message_orders_what_came_before_it() {
    passes(|| {
        let data = Arc::new(Tracked::new(0));
        let (sender, receiver) = channel();
        let other = Arc::clone(&data);
        let thread = thread::spawn(move || {
            other.set(1);
            sender.send(()).unwrap();
        });
        receiver.recv().unwrap();
        assert_eq!(data.get(), 1);
        thread.join().unwrap();
    });
}

#[test]
fn the_last_sender_gone_ends_the_wait() {
    passes(|| {
        let (sender, receiver) = channel::<()>();
        let second = sender.clone();
        let thread = thread::spawn(move || drop(second));
        drop(sender);
        assert!(receiver.recv().is_err());
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
        thread.join().unwrap();
    });
}

#[test]
fn a_sender_kept_alive_is_a_deadlock() {
    fails(Diagnosis::Deadlock, || {
        let (sender, receiver) = channel::<()>();
        let worker = thread::spawn(move || while receiver.recv().is_ok() {});
        // The sender is still there while its worker is joined.
        worker.join().unwrap();
        drop(sender);
    });
}

#[test]
fn a_full_channel_makes_its_sender_wait() {
    passes(|| {
        let (sender, receiver) = sync_channel(1);
        sender.send(1).unwrap();
        assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
        let thread = thread::spawn(move || sender.send(2));
        assert_eq!(receiver.recv(), Ok(1));
        assert_eq!(receiver.recv(), Ok(2));
        thread.join().unwrap().unwrap();
    });
}

#[test]
fn a_rendezvous_waits_for_the_receiver() {
    passes(|| {
        let taken = Arc::new(Tracked::new(false));
        let note = Arc::clone(&taken);
        let (sender, receiver) = sync_channel(0);
        let thread = thread::spawn(move || {
            note.set(true);
            receiver.recv().unwrap()
        });
        sender.send(4).unwrap();
        assert_eq!(thread.join().unwrap(), 4);
        assert!(taken.get());
    });
}

#[test]
fn a_timed_receive_gives_up_or_gets_the_message() {
    passes(|| {
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || {
            let _ = sender.send(1);
        });
        match receiver.recv_timeout(Duration::from_millis(1)) {
            Ok(message) => assert_eq!(message, 1),
            Err(error) => assert_eq!(error, RecvTimeoutError::Timeout),
        }
        thread.join().unwrap();
    });
}
