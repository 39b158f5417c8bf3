//! Every behaviour that the C11 memory model allows: what is written before a notification
//! is read after the wait, and no reordering loses one.

use std::sync::Arc;
use std::time::Duration;

use condition::{BoundedBuffer, Condition};
use kata_model::orderings::sync::MutexGuard;
use kata_model::orderings::{Tracked, explore, thread};

/// Longer than anybody waits. No timed wait ends by itself here.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// Some data, and a condition that says when it is there.
type Letter = (Condition<bool>, Tracked<u32>);

pub fn what_was_written_is_there_after_a_wait() {
    deliver(|condition| {
        let mut sent = condition.acquire();
        while !*sent {
            sent = condition.wait(sent);
        }
    });
}

pub fn what_was_written_is_there_after_a_timed_wait() {
    deliver(|condition| {
        let sent = condition.acquire();
        let (_sent, answer) = condition.wait_for_timeout(sent, |sent| *sent, AN_HOUR);
        assert!(answer, "`wait_for_timeout` gave up");
    });
}

pub fn no_notification_is_lost() {
    deliver(|condition| drop(condition.wait_for(condition.acquire(), |sent| *sent)));
}

/// One thread writes and notifies, another waits and reads.
fn deliver(wait: fn(&Condition<bool>)) {
    explore(move || {
        let shared: Arc<Letter> = Arc::new((Condition::new(false), Tracked::new(0)));
        let first = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            first.1.set(7);
            *first.0.acquire() = true;
            first.0.notify(1);
        });
        let second = Arc::clone(&shared);
        let reader = thread::spawn(move || {
            wait(&second.0);
            assert!(
                second.1.get() == 7,
                "what was written before the notification is not there after the wait"
            );
        });
        writer.join().unwrap();
        reader.join().unwrap();
    });
}

pub fn a_notification_alone_publishes() {
    notified_alone(|condition, guard| drop(condition.wait(guard)));
}

pub fn a_notification_alone_publishes_to_a_timed_wait() {
    notified_alone(|condition, guard| {
        let (_guard, notified) = condition.wait_timeout(guard, AN_HOUR);
        assert!(notified, "`wait_timeout` gave up");
    });
}

/// One thread waits. Another sees that it does, then writes and notifies without the lock.
fn notified_alone(wait: fn(&Condition<bool>, MutexGuard<'_, bool>)) {
    explore(move || {
        let shared: Arc<Letter> = Arc::new((Condition::new(false), Tracked::new(0)));
        let first = Arc::clone(&shared);
        let reader = thread::spawn(move || {
            let mut waits = first.0.acquire();
            *waits = true;
            wait(&first.0, waits);
            assert!(
                first.1.get() == 7,
                "what was written before the notification is not there after the wait that it ended"
            );
        });
        let second = Arc::clone(&shared);
        let writer = thread::spawn(move || {
            while !*second.0.acquire() {
                thread::yield_now();
            }
            second.1.set(7);
            second.0.notify(1);
        });
        reader.join().unwrap();
        writer.join().unwrap();
    });
}

pub fn an_item_brings_what_was_written() {
    explore(|| {
        let shared = Arc::new((BoundedBuffer::new(1), Tracked::new(0)));
        let first = Arc::clone(&shared);
        let putting = thread::spawn(move || {
            first.1.set(7);
            first.0.put(());
        });
        let second = Arc::clone(&shared);
        let taking = thread::spawn(move || {
            second.0.take();
            assert!(
                second.1.get() == 7,
                "what was written before the item was put is not there after it was taken"
            );
        });
        putting.join().unwrap();
        taking.join().unwrap();
    });
}

pub fn room_is_waited_for() {
    explore(|| {
        let buffer = Arc::new(BoundedBuffer::new(1));
        buffer.put(1);
        let [first, second] = [Arc::clone(&buffer), Arc::clone(&buffer)];
        let putting = thread::spawn(move || first.put(2));
        let taking = thread::spawn(move || second.take());
        putting.join().unwrap();
        let taken = [taking.join().unwrap(), buffer.take()];
        assert!(
            taken == [1, 2],
            "1 was put first and 2 second, and they came out as {taken:?}"
        );
    });
}
