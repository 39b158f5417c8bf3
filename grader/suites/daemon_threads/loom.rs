//! Every behaviour that the C11 memory model allows: what a thread wrote can be read by
//! whoever waited for it, and no reordering loses a wake-up.

use std::sync::Arc;
use std::time::Duration;

use daemon_threads::{Process, Thread};
use kata_model::orderings::{Explore, Tracked, explore, thread};

/// Longer than anybody waits. No timed wait ends by itself here.
const AN_HOUR: Duration = Duration::from_secs(3600);

pub fn a_thread_publishes_to_run() {
    explore(|| {
        let running = thread::spawn(|| {
            let data = Arc::new(Tracked::new(0));
            let write = Arc::clone(&data);
            Process::run(|process| drop(process.spawn(move || write.set(1))));
            assert!(
                data.get() == 1,
                "`run` returned, and what a foreground thread wrote is not there"
            );
        });
        running.join().unwrap();
    });
}

pub fn a_thread_publishes_to_join() {
    waited_for(Thread::join);
}

pub fn a_thread_publishes_to_a_timed_join() {
    waited_for(|thread| assert!(thread.join_timeout(AN_HOUR), "`join_timeout` gave up"));
}

pub fn a_thread_that_panics_publishes_to_join() {
    explore(|| {
        let running = thread::spawn(|| {
            Process::run(|process| {
                let data = Arc::new(Tracked::new(0));
                let write = Arc::clone(&data);
                let daemon = process.spawn_daemon(move || {
                    write.set(1);
                    panic!("on purpose");
                });
                daemon.join();
                assert!(
                    data.get() == 1,
                    "a thread wrote something and panicked, and it is not there for who has joined it"
                );
            });
        });
        running.join().unwrap();
    });
}

/// Main starts a daemon, waits for it, and reads what it wrote.
fn waited_for(wait: fn(&Thread)) {
    explore(move || {
        let running = thread::spawn(move || {
            Process::run(|process| {
                let data = Arc::new(Tracked::new(0));
                let write = Arc::clone(&data);
                wait(&process.spawn_daemon(move || write.set(1)));
                assert!(
                    data.get() == 1,
                    "a thread was waited for, and what it wrote is not there"
                );
            });
        });
        running.join().unwrap();
    });
}

pub fn a_thread_publishes_to_every_joiner() {
    Explore::new().preemptions(2).run(|| {
        let running = thread::spawn(|| {
            Process::run(|process| {
                let data = Arc::new(Tracked::new(0));
                let write = Arc::clone(&data);
                let daemon = process.spawn_daemon(move || write.set(1));
                let (joined, read) = (daemon.clone(), Arc::clone(&data));
                let other = thread::spawn(move || {
                    joined.join();
                    assert!(
                        read.get() == 1,
                        "one of two joiners does not see what the thread wrote"
                    );
                });
                daemon.join();
                assert!(
                    data.get() == 1,
                    "one of two joiners does not see what the thread wrote"
                );
                other.join().unwrap();
            });
        });
        running.join().unwrap();
    });
}
