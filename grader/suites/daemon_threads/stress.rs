//! Real threads: what a process does, and that whoever waits sleeps.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use daemon_threads::{Process, Thread};
use kata_model::real::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use kata_model::real::thread::{self, JoinHandle};
use kata_model::real::{
    catch_panic, implements, rounds, sleeps_while_blocked, wait_until_asleep, within,
};

/// Long enough, also on a busy machine, for all that need not wait.
const PATIENCE: Duration = Duration::from_secs(3);

/// Longer than any test runs.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// Long enough for a `run` that does not wait to return too early.
const A_MOMENT: Duration = Duration::from_millis(20);

/// The ways to wait for a thread.
const WAYS: [(&str, fn(&Thread)); 3] = [
    ("join", |thread| thread.join()),
    ("join_timeout(one hour)", |thread| {
        assert!(
            thread.join_timeout(AN_HOUR),
            "`join_timeout` gave up long before its time"
        );
    }),
    ("join_timeout(Duration::MAX)", |thread| {
        assert!(
            thread.join_timeout(Duration::MAX),
            "`join_timeout(Duration::MAX)` gave up"
        );
    }),
];

pub fn run_gives_what_main_gave() {
    within(PATIENCE, "a process without threads ends", || {
        let here = std::thread::current().id();
        let mut calls = 0;
        let answer = Process::run(|_| {
            calls += 1;
            assert!(
                std::thread::current().id() == here,
                "`main` ran on another thread than the one that called `run`"
            );
            String::from("forty-two")
        });
        assert!(
            answer == "forty-two",
            "`main` returned \"forty-two\", and `run` returned {answer:?}"
        );
        assert!(calls == 1, "`main` ran {calls} times");
    });
}

pub fn run_waits_for_foreground_threads() {
    within(PATIENCE, "a process ends after its threads", || {
        let done = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = Process::run(|process| {
            let start = |start: fn(&Process, Body) -> Thread| {
                let done = Arc::clone(&done);
                let body = move || {
                    thread::sleep(A_MOMENT);
                    done.fetch_add(1, Relaxed);
                };
                start(process, Box::new(body))
            };
            [Process::spawn, Process::spawn_foreground, Process::spawn]
                .map(start)
                .into()
        });
        let done = done.load(Relaxed);
        assert!(
            done == 3,
            "`main` had started three threads, and {done} were done when `run` returned"
        );
        assert!(
            !threads.iter().any(Thread::is_alive),
            "`run` has returned, and `is_alive` still says that a foreground thread is alive"
        );
    });
}

type Body = Box<dyn FnOnce() + Send>;

pub fn run_waits_for_threads_of_threads() {
    within(PATIENCE, "a process ends after its threads", || {
        let done = Arc::new(AtomicBool::new(false));
        let last = Arc::clone(&done);
        Process::run(|process| descend(process, 6, last));
        assert!(
            done.load(Relaxed),
            "each thread started another one and ended, and `run` did not wait for the last of them"
        );
    });
}

/// Starts a thread that does the same, so many times.
fn descend(process: &Process, generations: usize, done: Arc<AtomicBool>) {
    let inside = process.clone();
    process.spawn(move || {
        thread::sleep(A_MOMENT / 4);
        match generations {
            0 => done.store(true, Relaxed),
            _ => descend(&inside, generations - 1, done),
        }
    });
}

pub fn run_waits_for_what_is_started_meanwhile() {
    let who: [(&str, fn(&Process, Body)); 2] = [
        ("a daemon", |process, body| drop(process.spawn_daemon(body))),
        ("a thread of nobody's", |_, body| drop(thread::spawn(body))),
    ];
    for (who, start) in who {
        within(PATIENCE, "a process ends after its threads", move || {
            let done = Arc::new(AtomicBool::new(false));
            let late = Arc::clone(&done);
            let (main_is_done, is_main_done) = mpsc::channel::<()>();
            Process::run(|process| {
                let (end, told_to_end) = mpsc::channel();
                process.spawn(until_told(told_to_end));
                let inside = process.clone();
                start(
                    process,
                    Box::new(move || {
                        is_main_done.recv().ok();
                        thread::sleep(A_MOMENT / 4);
                        inside.spawn_foreground(move || {
                            thread::sleep(A_MOMENT);
                            late.store(true, Relaxed);
                        });
                        drop(end);
                    }),
                );
                drop(main_is_done);
            });
            assert!(
                done.load(Relaxed),
                "while `run` waited, {who} started a foreground thread, and `run` did not wait for that one"
            );
        });
    }
}

pub fn run_never_waits_for_daemons() {
    let (_keep, never) = mpsc::channel::<()>();
    let never = Arc::new(std::sync::Mutex::new(never));
    let expectation = "a process ends although twenty daemons go on for ever";
    let process = within(PATIENCE, expectation, move || {
        Process::run(|process| {
            for number in 0..20 {
                let never = Arc::clone(&never);
                process.spawn_daemon(move || {
                    loop {
                        match number % 2 {
                            0 => thread::sleep(A_MOMENT),
                            _ => drop(never.lock().map(|never| never.recv())),
                        }
                    }
                });
            }
            process.spawn(|| ());
            process.clone()
        })
    });
    let count = process.active_count();
    assert!(
        count == 20,
        "`run` has returned and twenty daemons are alive, and `active_count` says {count}"
    );
}

pub fn a_child_is_what_its_creator_is() {
    within(PATIENCE, "threads start threads", || {
        let (other_process, other_is_there) = mpsc::channel();
        let (end, told_to_end) = mpsc::channel::<()>();
        let other = thread::spawn(move || {
            Process::run(|process| {
                other_process.send(process.clone()).unwrap();
                told_to_end.recv().ok();
            });
        });
        let other_process = other_is_there.recv().unwrap();
        Process::run(|process| {
            // One daemon is alive all the time.
            let (_keep, never) = mpsc::channel();
            let (tell, begun) = mpsc::channel();
            let waits = until_told(never);
            process.spawn_daemon(move || {
                tell.send(()).unwrap();
                waits();
            });
            begun.recv().unwrap();
            is_daemon(process, false, "main", Process::spawn);
            is_daemon(process, true, "main", Process::spawn_daemon);
            is_daemon(process, false, "main", Process::spawn);
            is_daemon(process, false, "main", Process::spawn_foreground);
            let started_by =
                |creator: &'static str, start: fn(&Process, Body) -> Thread, what: bool| {
                    let (process, other) = (process.clone(), other_process.clone());
                    let inside = process.clone();
                    let body = move || {
                        is_daemon(&inside, what, creator, Process::spawn);
                        is_daemon(&inside, true, creator, Process::spawn_daemon);
                        is_daemon(&inside, false, creator, Process::spawn_foreground);
                        is_daemon(&inside, what, creator, Process::spawn);
                        is_daemon(&other, false, "a thread of another process", Process::spawn);
                    };
                    passes(|body| start(&process, body), body);
                };
            started_by("a foreground thread", Process::spawn, false);
            started_by("a foreground thread", Process::spawn_foreground, false);
            started_by("a daemon", Process::spawn_daemon, true);
            let deeper = process.clone();
            let body = move || {
                let again = deeper.clone();
                let body = move || is_daemon(&again, true, "a daemon's daemon", Process::spawn);
                passes(|body| deeper.spawn(body), body);
            };
            passes(|body| process.spawn_daemon(body), body);
            let inside = process.clone();
            join(thread::spawn(move || {
                is_daemon(&inside, false, "a thread of nobody's", Process::spawn);
            }));
        });
        drop(end);
        join(other);
    });
}

#[track_caller]
fn is_daemon(
    process: &Process,
    expected: bool,
    creator: &str,
    start: fn(&Process, Body) -> Thread,
) {
    let thread = start(process, Box::new(|| ()));
    let what = |daemon| {
        if daemon {
            "a daemon"
        } else {
            "a foreground thread"
        }
    };
    let is = thread.is_daemon();
    assert!(
        is == expected,
        "{creator} started a thread that should be {}, and it is {}",
        what(expected),
        what(is)
    );
    thread.join();
    assert!(
        thread.is_daemon() == is,
        "`is_daemon` says something else once the thread is finished"
    );
}

/// Runs a body in a thread that `start` starts. A panic in it goes on here.
fn passes(start: impl FnOnce(Body) -> Thread, body: impl FnOnce() + Send + 'static) {
    let (tell, told) = mpsc::channel();
    start(Box::new(move || {
        let _ = tell.send(catch_panic(body));
    }))
    .join();
    if let Err(text) = told.recv().unwrap() {
        panic!("{text}");
    }
}

pub fn threads_are_counted_while_they_live() {
    within(PATIENCE, "threads start and end", || {
        let (tell, told) = mpsc::channel();
        let process = Process::run(|process| {
            counts(process, 1, "only main is alive");
            let (end, told_to_end) = mpsc::channel();
            let (end_daemon, daemon_told_to_end) = mpsc::channel();
            let thread = process.spawn(until_told(told_to_end));
            counts(process, 2, "main and one thread are alive");
            let daemon = process.spawn_daemon(until_told(daemon_told_to_end));
            counts(process, 3, "main, a thread and a daemon are alive");
            drop(end);
            thread.join();
            counts(process, 2, "main and a daemon are alive");
            process.spawn(|| panic!("on purpose")).join();
            counts(
                process,
                2,
                "main and a daemon are alive, and one has panicked",
            );
            drop(end_daemon);
            assert!(daemon.join_timeout(AN_HOUR), "`join_timeout` gave up");
            counts(process, 1, "only main is alive");
            for _ in 0..100 {
                process.spawn(|| ()).join();
                counts(process, 1, "only main is alive");
            }
            let inside = process.clone();
            process.spawn(move || {
                thread::sleep(A_MOMENT);
                tell.send(inside.active_count()).unwrap();
            });
            process.clone()
        });
        let count = told.recv().unwrap();
        assert!(
            count == 2,
            "main had returned, `run` waited for one thread, and `active_count` said {count} to it; main counts until `run` returns"
        );
        counts(&process, 0, "`run` has returned, and no daemon is alive");
    });
}

#[track_caller]
fn counts(process: &Process, expected: usize, why: &str) {
    let counted = process.active_count();
    assert!(
        counted == expected,
        "{why}, so `active_count` is {expected}; it says {counted}"
    );
}

pub fn a_thread_is_alive_until_it_is_finished() {
    within(PATIENCE, "threads start and end", || {
        Process::run(|process| {
            let starts: [fn(&Process, Body) -> Thread; 2] = [Process::spawn, Process::spawn_daemon];
            for start in starts {
                for (way, wait) in WAYS {
                    let (end, told_to_end) = mpsc::channel();
                    let thread = start(process, Box::new(until_told(told_to_end)));
                    let clone = thread.clone();
                    assert!(
                        thread.is_alive() && clone.is_alive(),
                        "a thread was started and is not done, and `is_alive` says no"
                    );
                    let waiting = spawn(&clone, wait);
                    wait_until_asleep(&waiting);
                    assert!(
                        !waiting.is_finished(),
                        "`{way}` returned, and the thread was not done"
                    );
                    drop(end);
                    join(waiting);
                    for thread in [thread, clone] {
                        assert!(
                            !thread.is_alive() && !thread.panicked(),
                            "a thread has returned, `is_alive` says {} and `panicked` {}",
                            thread.is_alive(),
                            thread.panicked()
                        );
                        // Finished threads can be joined, again and again.
                        WAYS.iter().for_each(|(_, wait)| wait(&thread));
                    }
                }
            }
        });
    });
}

pub fn many_may_join_one_thread() {
    for joiners in [2, 5, 10] {
        rounds(4, |_| {
            let expectation = format!("{joiners} threads join one");
            within(PATIENCE, &expectation, move || {
                Process::run(|process| {
                    let done = Arc::new(AtomicBool::new(false));
                    let (end, told_to_end) = mpsc::channel::<()>();
                    let set = Arc::clone(&done);
                    let thread = process.spawn(move || {
                        told_to_end.recv().ok();
                        set.store(true, Relaxed);
                    });
                    let joining: Vec<_> = (0..joiners)
                        .map(|number| {
                            let done = Arc::clone(&done);
                            spawn(&thread, move |thread| {
                                WAYS[number % WAYS.len()].1(thread);
                                assert!(
                                    done.load(Relaxed) && !thread.is_alive(),
                                    "{joiners} threads joined one, and one of them came back before it was finished"
                                );
                            })
                        })
                        .collect();
                    joining.iter().for_each(wait_until_asleep);
                    drop(end);
                    joining.into_iter().for_each(join);
                });
            });
        });
    }
}

pub fn a_timed_join_lasts_its_time() {
    within(PATIENCE, "a timed join ends", || {
        Process::run(|process| {
            let (end, told_to_end) = mpsc::channel();
            let thread = process.spawn(until_told(told_to_end));
            for micros in (700..1000).step_by(50).chain([20_700]) {
                let timeout = Duration::from_micros(micros);
                let start = Instant::now();
                let finished = thread.join_timeout(timeout);
                let waited = start.elapsed();
                assert!(
                    !finished,
                    "`join_timeout` says that a thread is finished that is not"
                );
                assert!(
                    waited >= timeout,
                    "`join_timeout({timeout:?})` gave up after {waited:?}"
                );
                assert!(
                    thread.is_alive(),
                    "`join_timeout` gave up, and after that `is_alive` says no"
                );
            }
            drop(end);
            thread.join();
        });
    });
}

pub fn a_timeout_of_zero_tries_once() {
    let expectation = "`join_timeout` of zero returns at once";
    within(PATIENCE, expectation, || {
        Process::run(|process| {
            let (end, told_to_end) = mpsc::channel();
            let thread = process.spawn(until_told(told_to_end));
            assert!(
                !thread.join_timeout(Duration::ZERO),
                "`join_timeout` of zero says that a thread is finished that is not"
            );
            drop(end);
            thread.join();
            assert!(
                thread.join_timeout(Duration::ZERO),
                "`join_timeout` of zero says that a thread is not finished that is"
            );
        });
    });
}

pub fn the_longest_timeout_is_for_ever() {
    within(PATIENCE, "`join_timeout(Duration::MAX)` waits", || {
        Process::run(|process| {
            for timeout in [Duration::MAX, Duration::MAX - Duration::from_nanos(1)] {
                let (end, told_to_end) = mpsc::channel();
                let thread = process.spawn(until_told(told_to_end));
                let waiting = spawn(&thread, move |thread| thread.join_timeout(timeout));
                wait_until_asleep(&waiting);
                drop(end);
                assert!(
                    join(waiting) && thread.join_timeout(timeout),
                    "`join_timeout(Duration::MAX)` gave up instead of waiting for ever"
                );
            }
        });
    });
}

pub fn a_panic_ends_one_thread() {
    within(PATIENCE, "a process goes on after a panic", || {
        let answer = Process::run(|process| {
            let (end, told_to_end) = mpsc::channel();
            let other = process.spawn(until_told(told_to_end));
            for start in [Process::spawn, Process::spawn_daemon] {
                for (way, wait) in WAYS {
                    let thread = start(process, || {
                        thread::sleep(A_MOMENT / 10);
                        panic!("on purpose");
                    });
                    wait(&thread);
                    assert!(
                        thread.panicked() && !thread.is_alive(),
                        "a thread has panicked and `{way}` has returned, and `panicked` says {}, `is_alive` {}",
                        thread.panicked(),
                        thread.is_alive()
                    );
                }
            }
            assert!(
                other.is_alive() && !other.panicked(),
                "other threads have panicked, and this is said of one that has not"
            );
            process.spawn(|| panic!("on purpose, too"));
            drop(end);
            42
        });
        assert!(
            answer == 42,
            "`main` returned 42, and `run` returned {answer}"
        );
    });
}

pub fn a_panic_of_main_waits_for_the_others() {
    within(PATIENCE, "a process ends after a panic of main", || {
        let done = Arc::new(AtomicBool::new(false));
        let late = Arc::clone(&done);
        let mut kept = None;
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            Process::run(|process| {
                kept = Some(process.clone());
                let inside = process.clone();
                process.spawn(move || {
                    thread::sleep(A_MOMENT);
                    inside.spawn(move || {
                        thread::sleep(A_MOMENT);
                        late.store(true, Relaxed);
                    });
                });
                panic_any(42_u64);
            })
        }));
        assert!(
            done.load(Relaxed),
            "`main` panicked, and `run` did not wait for the foreground threads"
        );
        let payload: Option<u64> = outcome
            .err()
            .and_then(|payload| payload.downcast_ref().copied());
        assert!(
            payload == Some(42),
            "`main` panicked with 42, and something else came out of `run`"
        );
        let kept = kept.expect("`main` has run");
        assert!(
            catch_unwind(AssertUnwindSafe(|| kept.active_count())).is_ok(),
            "`main` panicked, and since then `active_count` panics, too"
        );
    });
}

pub fn handles_can_be_dropped() {
    within(PATIENCE, "threads do their work unwatched", || {
        let done = Arc::new(AtomicUsize::new(0));
        Process::run(|process| {
            for _ in 0..5 {
                let (end, told_to_end) = mpsc::channel::<()>();
                let done = Arc::clone(&done);
                let thread = process.spawn(move || {
                    told_to_end.recv().ok();
                    done.fetch_add(1, Relaxed);
                });
                drop(thread.clone());
                drop(thread);
                drop(end);
            }
        });
        let done = done.load(Relaxed);
        assert!(
            done == 5,
            "five threads were started and their handles dropped, and {done} did their work"
        );
    });
}

pub fn a_finished_thread_keeps_nothing() {
    within(PATIENCE, "threads end", || {
        Process::run(|process| {
            for panics in [false, true] {
                let owned = Arc::new(());
                let moved = Arc::clone(&owned);
                let thread = process.spawn(move || {
                    let _moved = moved;
                    assert!(!panics, "on purpose");
                });
                thread.join();
                assert!(
                    Arc::strong_count(&owned) == 1,
                    "a thread is finished, and what its body owned has not been dropped"
                );
            }
        });
    });
}

pub fn processes_do_not_wait_for_each_other() {
    within(PATIENCE, "one process ends while another goes on", || {
        let (end, told_to_end) = mpsc::channel();
        let (begun, has_begun) = mpsc::channel();
        let other = thread::spawn(move || {
            Process::run(|process| {
                process.spawn(until_told(told_to_end));
                begun.send(()).unwrap();
            });
        });
        has_begun.recv().unwrap();
        Process::run(|process| {
            counts(process, 1, "only main of this process is alive");
            process.spawn(|| ());
        });
        drop(end);
        join(other);
    });
}

pub fn many_threads_come_and_go() {
    rounds(4, |_| {
        within(PATIENCE, "many threads come and go", || {
            let done = Arc::new(AtomicUsize::new(0));
            let process = Process::run(|process| {
                for _ in 0..4 {
                    let (inside, done) = (process.clone(), Arc::clone(&done));
                    process.spawn(move || {
                        for number in 0..15 {
                            let done = Arc::clone(&done);
                            let work = move || drop(done.fetch_add(1, Relaxed));
                            match number % 3 {
                                0 => drop(inside.spawn(work)),
                                1 => inside.spawn_daemon(work).join(),
                                _ => inside.spawn_foreground(work).join(),
                            }
                        }
                    });
                }
                process.clone()
            });
            let done = done.load(Relaxed);
            assert!(
                done == 60,
                "sixty threads were started, and {done} were done when `run` returned"
            );
            counts(&process, 0, "all threads are finished");
        });
    });
}

pub fn waiting_is_sleeping() {
    for (way, wait) in WAYS {
        within(PATIENCE, "a thread is joined", move || {
            Process::run(|process| {
                let (end, told_to_end) = mpsc::channel();
                let thread = process.spawn(until_told(told_to_end));
                sleeps_while_blocked(
                    &format!("a thread in `{way}`"),
                    Duration::from_millis(60),
                    move || wait(&thread),
                    || drop(end),
                );
            });
        });
    }
    within(PATIENCE, "a process ends after its thread", || {
        let (end, told_to_end) = mpsc::channel();
        sleeps_while_blocked(
            "`run`, when `main` has returned,",
            Duration::from_millis(60),
            || {
                Process::run(|process| drop(process.spawn(until_told(told_to_end))));
            },
            || drop(end),
        );
    });
}

pub fn asking_never_waits() {
    within(PATIENCE, "handles answer while others wait", || {
        let (end, told_to_end) = mpsc::channel();
        let (tell, told) = mpsc::channel();
        let running = thread::spawn(move || {
            Process::run(|process| {
                let thread = process.spawn(until_told(told_to_end));
                tell.send((process.clone(), thread)).unwrap();
            });
        });
        let (process, thread) = told.recv().unwrap();
        let joining = spawn(&thread, Thread::join);
        wait_until_asleep(&joining);
        wait_until_asleep(&running);
        // Only then is the thread told to end.
        let text = format!("{process:?} {thread:?}");
        assert!(!text.trim().is_empty(), "`{{:?}}` says nothing");
        assert!(
            thread.is_alive(),
            "`is_alive` says no of a thread that is not done"
        );
        assert!(
            !thread.panicked(),
            "`panicked` says yes of a thread that is not done"
        );
        assert!(
            !thread.is_daemon(),
            "`is_daemon` says yes of a foreground thread"
        );
        counts(&process, 2, "main and one thread are alive");
        process.spawn_daemon(|| ()).join();
        for timeout in [Duration::ZERO, A_MOMENT] {
            assert!(
                !thread.join_timeout(timeout),
                "`join_timeout` says that a thread is finished that is not"
            );
        }
        drop(end);
        join(joining);
        join(running);
    });
}

pub fn every_type_can_be_shared() {
    let wanted = [
        ("Process", "Send", implements!(Process: Send)),
        ("Process", "Sync", implements!(Process: Sync)),
        ("Process", "Clone", implements!(Process: Clone)),
        ("Process", "Debug", implements!(Process: Debug)),
        ("Thread", "Send", implements!(Thread: Send)),
        ("Thread", "Sync", implements!(Thread: Sync)),
        ("Thread", "Clone", implements!(Thread: Clone)),
        ("Thread", "Debug", implements!(Thread: Debug)),
    ];
    for (name, property, holds) in wanted {
        assert!(holds, "`{name}` is not `{property}`");
    }
    within(PATIENCE, "a process ends", || {
        let (process, thread) = Process::run(|process| (process.clone(), process.spawn(|| ())));
        let text = format!("{process:?} {thread:?}");
        assert!(!text.trim().is_empty(), "`{{:?}}` says nothing");
    });
}

/// The body of a thread that ends when the other end of the channel is dropped.
fn until_told(told_to_end: Receiver<()>) -> impl FnOnce() + Send + 'static {
    move || drop(told_to_end.recv())
}

/// Starts a thread of nobody's that does something with a handle.
fn spawn<R: Send + 'static>(
    thread: &Thread,
    body: impl FnOnce(&Thread) -> R + Send + 'static,
) -> JoinHandle<R> {
    let thread = thread.clone();
    thread::spawn(move || body(&thread))
}

fn join<R>(thread: JoinHandle<R>) -> R {
    thread.join().unwrap()
}
