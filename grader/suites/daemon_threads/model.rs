//! Every interleaving: one process, two or three threads.

use std::sync::Arc;
use std::time::Duration;

use daemon_threads::{Process, Thread};
use kata_model::interleavings::sync::mpsc::{self, Receiver, Sender};
use kata_model::interleavings::thread::{self, JoinHandle};
use kata_model::interleavings::time::Instant;
use kata_model::interleavings::{Explore, Tracked, advance, catch_panic, explore};

/// Not a whole number of milliseconds, lest rounding go unnoticed.
const TIMEOUT: Duration = Duration::from_micros(100_700);

/// Longer than anything else in a test.
const AN_HOUR: Duration = Duration::from_secs(3600);

pub fn run_waits_for_a_thread() {
    explore(|| {
        let done = Flag::new();
        let thread = Process::run(|process| process.spawn(done.raiser()));
        done.is_up("`run` returned, and a thread that `main` had started was not done");
        is_finished(&thread, "`run` has returned");
    });
}

pub fn run_waits_for_two_threads() {
    explore(|| {
        let done = [Flag::new(), Flag::new()];
        Process::run(|process| {
            process.spawn(done[0].raiser());
            process.spawn_foreground(done[1].raiser());
        });
        for done in done {
            done.is_up(
                "`run` returned, and one of the two threads that `main` had started was not done",
            );
        }
    });
}

pub fn run_waits_for_the_thread_of_a_thread() {
    explore(|| {
        let done = Flag::new();
        let raise = done.raiser();
        Process::run(|process| {
            let inside = process.clone();
            process.spawn(move || {
                inside.spawn(raise);
            });
        });
        done.is_up(
            "`run` returned, and a thread that a foreground thread had started was not done",
        );
    });
}

pub fn run_waits_for_the_third_generation() {
    Explore::new().preemptions(2).run(|| {
        let done = Flag::new();
        let raise = done.raiser();
        Process::run(|process| {
            let (inside, deeper) = (process.clone(), process.clone());
            process.spawn(move || {
                inside.spawn(move || {
                    deeper.spawn(raise);
                });
            });
        });
        done.is_up(
            "a foreground thread started a second one, and that a third; `run` returned, and the third was not done",
        );
    });
}

pub fn run_waits_for_what_a_daemon_starts() {
    Explore::new().preemptions(3).run(|| {
        let done = Flag::new();
        let raise = done.raiser();
        Process::run(|process| {
            let (started, has_started) = mpsc::channel();
            process.spawn(move || has_started.recv().unwrap());
            let inside = process.clone();
            process.spawn_daemon(move || {
                inside.spawn_foreground(raise);
                started.send(()).unwrap();
            });
        });
        done.is_up("`run` returned, and a foreground thread that a daemon had started meanwhile was not done");
    });
}

pub fn run_waits_for_what_a_stranger_starts() {
    explore(|| {
        let done = Flag::new();
        let raise = done.raiser();
        let stranger = Process::run(|process| {
            let (started, has_started) = mpsc::channel();
            process.spawn(move || has_started.recv().unwrap());
            let inside = process.clone();
            thread::spawn(move || {
                inside.spawn(raise);
                started.send(()).unwrap();
            })
        });
        done.is_up("`run` returned, and a thread that a thread of nobody's had started meanwhile was not done");
        join(stranger);
    });
}

pub fn run_does_not_wait_for_a_daemon() {
    Explore::new().blocked_is_legal().run(|| {
        let (_keep, never) = mpsc::channel();
        let done = Flag::new();
        Process::run(|process| {
            process.spawn_daemon(for_ever(never));
            process.spawn(done.raiser());
        });
        done.is_up("`run` returned, and the foreground thread was not done");
    });
}

pub fn a_daemons_child_is_a_daemon() {
    Explore::new().blocked_is_legal().run(|| {
        let _keep = Process::run(|process| {
            let (keep, never) = mpsc::channel();
            let (tell, told) = mpsc::channel();
            let inside = process.clone();
            process.spawn_daemon(move || tell.send(inside.spawn(for_ever(never))).unwrap());
            let child = told.recv().unwrap();
            assert!(
                child.is_daemon(),
                "a daemon started a thread with `spawn`, and that is no daemon"
            );
            keep
        });
    });
}

pub fn a_daemons_grandchild_is_a_daemon() {
    Explore::new().preemptions(2).blocked_is_legal().run(|| {
        let _keep = Process::run(|process| {
            let (keep, never) = mpsc::channel();
            let (tell, told) = mpsc::channel();
            let (inside, deeper) = (process.clone(), process.clone());
            process.spawn_daemon(move || {
                inside.spawn(move || tell.send(deeper.spawn(for_ever(never))).unwrap());
            });
            let grandchild = told.recv().unwrap();
            assert!(
                grandchild.is_daemon(),
                "a daemon started a thread with `spawn`, and that one another; the last one is no daemon"
            );
            keep
        });
    });
}

pub fn a_daemons_foreground_child_is_no_daemon() {
    Explore::new().preemptions(1).run(|| {
        let done = Flag::new();
        let raise = done.raiser();
        let (tell, told) = mpsc::channel();
        Process::run(|process| {
            let (started, has_started) = mpsc::channel();
            process.spawn(move || has_started.recv().unwrap());
            let (inside, deeper) = (process.clone(), process.clone());
            process.spawn_daemon(move || {
                inside.spawn_foreground(move || {
                    tell.send(deeper.spawn(raise).is_daemon()).unwrap();
                });
                started.send(()).unwrap();
            });
        });
        assert!(
            told.recv() == Ok(false),
            "a daemon started a foreground thread, and what that one started with `spawn` is a daemon"
        );
        done.is_up("a daemon started a foreground thread, and that one another; `run` returned, and the last one was not done");
    });
}

pub fn a_daemon_elsewhere_is_a_stranger_here() {
    Explore::new().preemptions(1).run(|| {
        let done = Flag::new();
        let raise = done.raiser();
        let (give, given) = mpsc::channel::<Process>();
        let (tell, told) = mpsc::channel();
        let elsewhere = thread::spawn(move || {
            Process::run(|process| {
                let started = process.spawn_daemon(move || {
                    let process = given.recv().unwrap();
                    tell.send(process.spawn(raise).is_daemon()).unwrap();
                });
                started.join();
            });
        });
        let is_daemon = Process::run(|process| {
            give.send(process.clone()).unwrap();
            told.recv()
        });
        assert!(
            is_daemon == Ok(false),
            "a daemon of one process started a thread in another process with `spawn`, and that is a daemon"
        );
        done.is_up("`run` returned, and a thread that a daemon of another process had started was not done");
        join(elsewhere);
    });
}

pub fn a_daemon_that_ends_ends_nothing_else() {
    explore(|| {
        let done = Flag::new();
        let (process, daemon) = Process::run(|process| {
            process.spawn(done.raiser());
            (process.clone(), process.spawn_daemon(|| ()))
        });
        done.is_up("`run` returned, and the foreground thread was not done");
        daemon.join();
        counts(
            &process,
            0,
            "`run` has returned, and the only daemon is finished",
        );
    });
}

pub fn joined_means_finished() {
    explore(|| {
        Process::run(|process| {
            let done = Flag::new();
            let thread = process.spawn(done.raiser());
            thread.join();
            done.is_up("`join` returned, and the thread was not done");
            is_finished(&thread, "`join` has returned");
            counts(process, 1, "the only thread but main has been joined");
        });
    });
}

pub fn joining_again_changes_nothing() {
    explore(|| {
        Process::run(|process| {
            let thread = process.spawn_daemon(|| ());
            thread.join();
            thread.join();
            assert!(
                thread.join_timeout(Duration::ZERO),
                "a thread was joined, and then `join_timeout` of zero said that it is not finished"
            );
        });
    });
}

pub fn every_joiner_comes_back() {
    explore(|| {
        Process::run(|process| {
            let done = Arc::new(Flag::new());
            let thread = process.spawn(done.raiser());
            let others = [(); 2].map(|()| {
                let (thread, done) = (thread.clone(), Arc::clone(&done));
                thread::spawn(move || {
                    thread.join();
                    done.is_up("two threads joined a third, and one came back before it was done");
                    is_finished(&thread, "`join` has returned");
                })
            });
            others.into_iter().for_each(join);
        });
    });
}

pub fn run_and_all_joiners_come_back() {
    // Nobody runs out of time unless everybody else waits as well.
    Explore::new().preemptions(2).no_timeouts().run(|| {
        let start = Instant::now();
        let (end, running, (_, thread)) = run_elsewhere();
        let patient = spawn(&thread, Thread::join);
        let timed = spawn(&thread, |thread| thread.join_timeout(AN_HOUR));
        running.wait_until_blocked();
        patient.wait_until_blocked();
        timed.wait_until_blocked();
        drop(end);
        join(running);
        join(patient);
        assert!(
            join(timed),
            "a thread has finished, and `join_timeout` of an hour said that it has not"
        );
        assert!(
            start.elapsed() < AN_HOUR / 2,
            "`run`, a join and a timed join waited for one thread; it ended, and they went on waiting for {:?}",
            start.elapsed()
        );
    });
}

pub fn a_panic_is_seen_by_who_joins() {
    explore(|| {
        Process::run(|process| {
            let done = Flag::new();
            let raise = done.raiser();
            let thread = process.spawn(|| {
                raise();
                panic!("on purpose");
            });
            thread.join();
            done.is_up(
                "a thread wrote something and panicked, and whoever has joined it does not see it",
            );
            assert!(
                thread.panicked(),
                "a thread panicked and was joined, and `panicked` says no"
            );
            is_finished(&thread, "`join` has returned");
            counts(
                process,
                1,
                "the only thread but main has panicked and been joined",
            );
        });
    });
}

pub fn a_panic_is_seen_by_who_watches() {
    explore(|| {
        Process::run(|process| {
            let thread = process.spawn_daemon(|| panic!("on purpose"));
            while thread.is_alive() {
                thread::yield_now();
            }
            assert!(
                thread.panicked(),
                "a thread panicked, `is_alive` says that it is finished, and `panicked` says no"
            );
        });
    });
}

pub fn a_panic_ends_one_thread() {
    explore(|| {
        let done = Flag::new();
        let other = Process::run(|process| {
            process.spawn(|| panic!("on purpose"));
            process.spawn(done.raiser())
        });
        done.is_up("one thread panicked, and `run` did not wait for the other one");
        assert!(
            !other.panicked(),
            "one thread panicked, and `panicked` says so of another one"
        );
    });
}

pub fn a_panic_of_main_waits_for_the_others() {
    explore(|| {
        let done = Flag::new();
        let raise = done.raiser();
        let outcome: Result<(), String> = catch_panic(|| {
            Process::run(|process| {
                process.spawn(raise);
                panic!("on purpose")
            })
        });
        assert!(
            outcome == Err("on purpose".to_owned()),
            "`main` panicked with \"on purpose\", and what came out of `run` was {outcome:?}"
        );
        done.is_up("`main` panicked, and `run` did not wait for a foreground thread");
    });
}

pub fn main_counts_until_run_returns() {
    explore(|| {
        let counted = Arc::new(Tracked::new(0));
        let count = Arc::clone(&counted);
        let process = Process::run(|process| {
            let inside = process.clone();
            process.spawn(move || count.set(inside.active_count()));
            process.clone()
        });
        assert!(
            counted.get() == 2,
            "main and one thread were alive, and `active_count` said {} to that thread",
            counted.get()
        );
        counts(&process, 0, "`run` has returned, and there was no daemon");
    });
}

pub fn a_started_thread_is_alive() {
    explore(|| {
        Process::run(|process| {
            for start in [Process::spawn_foreground, Process::spawn_daemon] {
                let (end, told_to_end) = mpsc::channel();
                let thread = start(process, for_ever(told_to_end));
                assert!(
                    thread.is_alive() && !thread.panicked(),
                    "a thread was started and is not done, and `is_alive` says {}, `panicked` {}",
                    thread.is_alive(),
                    thread.panicked()
                );
                counts(process, 2, "main and one other thread are alive");
                assert!(
                    !thread.join_timeout(Duration::ZERO),
                    "`join_timeout` of zero says that a thread is finished that is not"
                );
                drop(end);
                thread.join();
            }
        });
    });
}

pub fn a_timed_join_lasts_its_time() {
    explore(|| {
        Process::run(|process| {
            let (end, told_to_end) = mpsc::channel();
            let thread = process.spawn(for_ever(told_to_end));
            let (finished, waited) = timed(&thread);
            assert!(
                !finished,
                "`join_timeout` says that a thread is finished that is not"
            );
            assert!(
                waited >= TIMEOUT,
                "`join_timeout({TIMEOUT:?})` gave up after {waited:?}"
            );
            assert!(
                waited < TIMEOUT * 3 / 2,
                "`join_timeout({TIMEOUT:?})` gave up only after {waited:?}"
            );
            drop(end);
            thread.join();
        });
    });
}

pub fn woken_in_vain_it_keeps_its_deadline() {
    Explore::new().no_timeouts().run(|| {
        Process::run(|process| {
            let (end, told_to_end) = mpsc::channel();
            let thread = process.spawn(for_ever(told_to_end));
            let waiting = spawn(&thread, timed);
            waiting.wait_until_blocked();
            advance(TIMEOUT * 3 / 4);
            // The end of another thread is none of its business.
            process.spawn(|| ()).join();
            let (finished, waited) = join(waiting);
            assert!(
                !finished && waited >= TIMEOUT,
                "`join_timeout({TIMEOUT:?})` said {finished} after {waited:?}, and the thread had not finished"
            );
            assert!(
                waited < TIMEOUT * 3 / 2,
                "`join_timeout({TIMEOUT:?})` took {waited:?}, because something woke it in between"
            );
            drop(end);
        });
    });
}

pub fn a_timed_join_answers_the_truth() {
    explore(|| {
        Process::run(|process| {
            let done = Flag::new();
            let thread = process.spawn(done.raiser());
            let (finished, waited) = timed(&thread);
            if finished {
                done.is_up("`join_timeout` said that the thread is finished, and it was not done");
                is_finished(&thread, "`join_timeout` has said so");
                counts(process, 1, "the only thread but main has been joined");
            } else {
                assert!(
                    waited >= TIMEOUT,
                    "`join_timeout({TIMEOUT:?})` gave up after {waited:?}"
                );
            }
        });
    });
}

pub fn giving_up_leaves_no_trace() {
    Explore::new().preemptions(3).run(|| {
        Process::run(|process| {
            let (end, told_to_end) = mpsc::channel();
            let thread = process.spawn(for_ever(told_to_end));
            let in_a_hurry = spawn(&thread, timed);
            let patient = spawn(&thread, |thread| {
                thread.join();
                is_finished(thread, "`join` has returned");
            });
            drop(end);
            join(patient);
            join(in_a_hurry);
        });
    });
}

pub fn the_longest_timeout_is_for_ever() {
    explore(|| {
        Process::run(|process| {
            let done = Flag::new();
            let thread = process.spawn(done.raiser());
            assert!(
                thread.join_timeout(Duration::MAX),
                "`join_timeout(Duration::MAX)` gave up instead of waiting for ever"
            );
            done.is_up("`join_timeout(Duration::MAX)` said that the thread is finished, and it was not done");
        });
    });
}

pub fn a_stray_unpark_does_no_harm() {
    explore(|| {
        let done = [Flag::new(), Flag::new()];
        let raise = done[1].raiser();
        // Left over from something else that this thread has done.
        thread::current().unpark();
        Process::run(|process| {
            let thread = process.spawn(done[0].raiser());
            thread.join();
            done[0].is_up("`join` returned, and the thread was not done");
            thread::current().unpark();
            process.spawn(raise);
        });
        done[1].is_up("`run` returned, and a foreground thread was not done");
    });
}

pub fn waiting_is_sleeping() {
    let ways: [fn(&Thread) -> bool; 3] = [
        |thread| {
            thread.join();
            true
        },
        |thread| thread.join_timeout(TIMEOUT),
        |thread| thread.join_timeout(Duration::MAX),
    ];
    for wait in ways {
        Explore::new().preemptions(2).run(move || {
            Process::run(|process| {
                let (end, told_to_end) = mpsc::channel();
                let thread = process.spawn_daemon(for_ever(told_to_end));
                let waiting = spawn(&thread, wait);
                waiting.wait_until_blocked();
                drop(end);
                join(waiting);
            });
        });
    }
    Explore::new().preemptions(2).run(|| {
        let (end, told_to_end) = mpsc::channel();
        let running = thread::spawn(|| {
            Process::run(|process| drop(process.spawn(for_ever(told_to_end))));
        });
        running.wait_until_blocked();
        assert!(
            !running.is_finished(),
            "`run` returned, and a foreground thread was not done"
        );
        drop(end);
        join(running);
    });
}

pub fn asking_does_not_wait() {
    Explore::new().preemptions(2).run(|| {
        Process::run(|process| {
            let (end, told_to_end) = mpsc::channel();
            let thread = process.spawn(for_ever(told_to_end));
            let joining = spawn(&thread, Thread::join);
            joining.wait_until_blocked();
            // The thread ends only after all these have come back.
            assert!(
                thread.is_alive(),
                "`is_alive` says no of a thread that is not done"
            );
            assert!(
                !thread.panicked(),
                "`panicked` says yes of a thread that is not done"
            );
            counts(process, 2, "main and one other thread are alive");
            show_something(process, &thread);
            let (finished, _) = timed(&thread);
            assert!(
                !finished,
                "`join_timeout` says that a thread is finished that is not"
            );
            drop(end);
            join(joining);
        });
    });
}

pub fn asking_does_not_wait_for_run() {
    Explore::new().preemptions(2).run(|| {
        let (end, running, (process, thread)) = run_elsewhere();
        running.wait_until_blocked();
        // `run` comes back only after all these have.
        assert!(
            thread.is_alive() && !thread.panicked() && !thread.is_daemon(),
            "a foreground thread is not done, and `is_alive` says {}, `panicked` {}, `is_daemon` {}",
            thread.is_alive(),
            thread.panicked(),
            thread.is_daemon()
        );
        counts(&process, 2, "main and one other thread are alive");
        show_something(&process, &thread);
        process.spawn_daemon(|| ()).join();
        running.wait_until_blocked();
        assert!(
            !running.is_finished(),
            "a daemon has ended, and `run` returned although a foreground thread was not done"
        );
        drop(end);
        join(running);
    });
}

/// Something that a thread does. Whoever asks whether it was done must come after it.
struct Flag(Arc<Tracked<bool>>);

impl Flag {
    fn new() -> Flag {
        Flag(Arc::new(Tracked::new(false)))
    }

    fn raiser(&self) -> impl FnOnce() + Send + 'static {
        let flag = Arc::clone(&self.0);
        move || flag.set(true)
    }

    #[track_caller]
    fn is_up(&self, otherwise: &str) {
        assert!(self.0.get(), "{otherwise}");
    }
}

#[track_caller]
fn is_finished(thread: &Thread, why: &str) {
    assert!(
        !thread.is_alive(),
        "{why}, and `is_alive` still says that the thread is alive"
    );
}

#[track_caller]
fn counts(process: &Process, expected: usize, why: &str) {
    let counted = process.active_count();
    assert!(
        counted == expected,
        "{why}, so `active_count` is {expected}; it says {counted}"
    );
}

/// Another thread in `run`, for as long as the one foreground thread of its process is not told
/// to end, by dropping what comes first.
fn run_elsewhere() -> (Sender<()>, JoinHandle<()>, (Process, Thread)) {
    let (end, told_to_end) = mpsc::channel();
    let (tell, told) = mpsc::channel();
    let running = thread::spawn(move || {
        Process::run(|process| {
            let thread = process.spawn(for_ever(told_to_end));
            tell.send((process.clone(), thread)).unwrap();
        });
    });
    (end, running, told.recv().unwrap())
}

fn show_something(process: &Process, thread: &Thread) {
    assert!(
        ![format!("{process:?}"), format!("{thread:?}")]
            .iter()
            .any(String::is_empty),
        "`{{:?}}` of a process or a thread says nothing"
    );
}

/// The body of a thread that ends when the other end of the channel is dropped.
fn for_ever(told_to_end: Receiver<()>) -> impl FnOnce() + Send + 'static {
    move || drop(told_to_end.recv())
}

/// A timed join: whether the thread was finished, and how long that took.
fn timed(thread: &Thread) -> (bool, Duration) {
    let start = Instant::now();
    (thread.join_timeout(TIMEOUT), start.elapsed())
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
